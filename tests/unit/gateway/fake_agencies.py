"""Agencies and a complaints desk in memory, which answer the gateway as the real ones would."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_booking import refusals as booking
from gerai_complaints.refusals import UnknownComplaint
from gerai_shared.events.envelope import Event
from gerai_shared.ids import new_id
from gerai_shared.refusals import Refused, Unavailable, from_wire, to_wire
from gerai_shared.ticket import Actor, Channel, HoldExpired, Lane, State, Ticket, TicketSchema, move
from gerai_shared.tokens import make_token, read_token
from gerai_shared.waiting_room import Number, Room, site_mark

from tests.unit.gateway import figures
from tests.unit.gateway.fake_catalogue import NOW, SECRET, TODAY, Json, catalogue_of
from tests.unit.gateway.fake_devices import FakeDevices
from tests.unit.gateway.fake_files import FakeFiles
from tests.unit.gateway.fake_places import FakePlaces
from tests.unit.gateway.fake_reports import FakeReports
from tests.unit.gateway.fake_surveys import FakeSurveys

PROOF_KEY = "a key for tasks that only tests know"
_schema = TicketSchema()


class FakeAgencies(FakeDevices, FakePlaces, FakeFiles, FakeReports, FakeSurveys):
    """The other side of the bus. `away` are deployments that do not answer; `asked` is what was asked."""

    def __init__(self) -> None:
        self.now = NOW
        self.away: set[str] = set()
        self.asked: list[tuple[str, str, Json, str | None]] = []
        self.refuses: dict[str, Refused] = {}
        self.tickets: dict[str, Ticket] = {}
        self.answers: dict[str, Json] = {}
        self.full: set[str] = set()
        self.identity_note: str | None = None
        self.directive: Json | None = None
        self.match: Json | None = None
        self.restriction: Json | None = None
        self.advice: list[Json] = []
        self.application: Json | None = None
        self.incomplete_file: Json | None = None
        self.missed: Json | None = None
        self.outage: Json | None = None
        self.outages: list[Json] = []
        self.today: list[Json] = []
        self.sequence = 0
        self.events: list[Event] = []
        self.counters_open: dict[str, dict[str, str]] = {}
        self.complaints: dict[str, Json] = {}
        self.uploaded: dict[str, Json] = {}
        self.reports: dict[str, Json] = {}
        self.releases: list[Json] = []
        self.numbers = 0
        self.checks: dict[str, Json] = {}
        self.waiting: dict[str, Json] = {}
        #: Minutes that each waits for each who is ahead, and one more.
        self.minutes_each = 5
        self.have_no_devices()
        self.have_no_answers()

    def ask(
        self, deployment: str, method: str, payload: Json, *, deadline: float = 5.0, key: str | None = None
    ) -> Json:
        """Answer, refuse, or be away."""
        self.asked.append((deployment, method, payload, key))
        if deployment in self.away:
            raise Unavailable(retry_after=5)
        if method in self.refuses:
            raise from_wire(to_wire(self.refuses[method]))
        try:
            return self._answer(deployment, method, payload, key)
        except Refused as refusal:
            raise from_wire(to_wire(refusal)) from None

    def count(self, method: str) -> int:
        """How often something was asked."""
        return sum(1 for _, asked, _, _ in self.asked if asked == method)

    def change(self, token: str, to: State, **changes: Any) -> Event:
        """An officer does something with a ticket; the event is returned."""
        ticket = self._find(token)
        after = replace(ticket, state=to, revision=ticket.revision + 1, **changes)
        self.tickets[ticket.id] = after
        return self._announce(after)

    def walk_in(self, site: str = "mpp-lebak", service: str = "passport-new") -> tuple[str, Event]:
        """Somebody comes without a booking; the token is returned, which in truth nobody gets."""
        ticket = self._new(site, service, State.CHECKED_IN, None, checked_in_at=self.now)
        self.now += timedelta(seconds=1)
        return self.token(ticket), self._announce(ticket)

    def token(self, ticket: Ticket) -> str:
        """The token of a ticket."""
        return make_token(secret=SECRET, realm=ticket.agency, identifier=ticket.id)

    def _answer(self, deployment: str, method: str, payload: Json, key: str | None) -> Json:
        if deployment == "complaints":
            return getattr(self, f"_{method}")(payload)
        agency = deployment.removeprefix("booking-")
        if method in {
            "hold",
            "enter_room",
            "cancel",
            "reschedule",
            "check_in",
            "join_waiting_list",
            "leave_waiting_list",
            "appeal",
            "kiosk_walk_in",
            "kiosk_check_in",
            "kiosk_print",
        }:
            assert key, f"{method} needs a key"
            if key not in self.answers:
                self.answers[key] = getattr(self, f"_{method}")(agency, payload)
            return self.answers[key]
        return getattr(self, f"_{method}")(agency, payload)

    def _catalogue(self, agency: str, _payload: Json) -> Json:
        return {
            **catalogue_of(agency),
            "releases": self.releases,
            "proof_key": PROOF_KEY,
            "outages": self.outages,
            "today": self.today,
        }

    def _audit_heads(self, _payload: Json) -> Json:
        head = {"at": self.now.isoformat(), "count": 120, "position": 4120, "hash": "ab" * 32}
        return {"heads": [{"day": f"{self.now:%Y-%m-%d}", **head}]}

    def _enter_room(self, agency: str, payload: Json) -> Json:
        opens_at = self.now + timedelta(seconds=10)
        if self.releases:
            opens_at = datetime.fromisoformat(self.releases[0]["opens_at"])
        room = Room(site_mark=site_mark(payload["site"]), opens_at=opens_at, pace=2)
        self.numbers += 1
        return {"token": Number(room=room, number=self.numbers).token(secret=SECRET, agency=agency)}

    def _waiting_times(self, agency: str, payload: Json) -> Json:
        waiting = [
            ticket
            for ticket in self.tickets.values()
            if (ticket.agency, ticket.site, ticket.state) == (agency, payload["site"], State.CHECKED_IN)
        ]
        return {
            "site": payload["site"],
            "as_of": self.now.isoformat(),
            "open_counters": 2,
            "services": {
                service["code"]: self._wait(len(waiting)) for service in catalogue_of(agency)["services"]
            },
            "tickets": {
                ticket.id: [1 + place * self.minutes_each, 3 + place * self.minutes_each, 2]
                for place, ticket in enumerate(waiting)
            },
        }

    def _wait(self, ahead: int) -> Json:
        return {
            "low_minutes": 1 + ahead * self.minutes_each,
            "high_minutes": 3 + ahead * self.minutes_each,
            "ahead": ahead,
            "open_counters": 2,
            "sentence": {
                "id": f"{ahead} orang sebelum Anda, 2 loket buka.",
                "en": f"{ahead} people before you, 2 counters open.",
            },
            "as_of": self.now.isoformat(),
        }

    def _check(self, _agency: str, payload: Json) -> Json:
        if payload["token"] not in self.checks:
            raise booking.UnknownCheckCode
        return self.checks[payload["token"]]

    def _road_map(self, agency: str, payload: Json) -> Json:
        entry = {
            "group": {"id": "Paspor", "en": "Passports"},
            "counters": 1,
            "target_on": "2027-07-01",
            "state": "postponed",
            "is_late": False,
            "reason": "Gedung belum selesai",
            "responsible": "Kepala Kantor",
            "basis": "Uji",
            "earlier": [
                {"target_on": "2027-01-04", "changed_on": "2026-11-01", "why": "Gedung belum selesai"}
            ],
        }
        return {"site": payload["site"], "entries": [entry] if agency == "immigration" else []}

    def _oversight(self, agency: str, _payload: Json) -> Json:
        return figures.oversight_of(agency)

    def _outreach(self, agency: str, _payload: Json) -> Json:
        return figures.outreach_of(agency)

    def _pvl_events(self, _payload: Json) -> Json:
        return figures.pvl_events()

    def _new(self, site: str, service: str, state: State, slot_id: str | None, **changes: Any) -> Ticket:
        agency = "immigration" if service.startswith(("passport", "stay")) else "legal"
        starts = datetime.strptime(f"{slot_id[-14:]}+0000", "%Y%m%dT%H%MZ%z") if slot_id else None
        ticket = Ticket(
            id=new_id(),
            number=f"A-{len(self.tickets) + 1:03d}",
            visit_id=new_id(),
            agency=agency,
            site=site,
            service=service,
            slot_id=slot_id,
            slot_starts_at=starts,
            day=starts.astimezone(ZoneInfo("Asia/Jakarta")).date() if starts else TODAY,
            channel=Channel.ONLINE if slot_id else Channel.WALK_IN,
            lane=Lane.APPOINTMENT if slot_id else Lane.WALK_IN,
            state=state,
            created_at=self.now,
            **changes,
        )
        self.tickets[ticket.id] = ticket
        return ticket

    def _announce(self, ticket: Ticket) -> Event:
        self.sequence += 1
        event = Event(
            id=new_id(),
            source=f"booking-{ticket.agency}",
            type="ticket.called.v1",
            subject=ticket.id,
            time=self.now,
            data={"ticket": ticket, "previous_state": None},
            agency=ticket.agency,
            site=ticket.site,
            correlation_id="test",
            traceparent="",
            sequence=self.sequence,
        )
        self.events.append(event)
        return event

    def counter(self, counter: str, state: str, *, agency: str = "immigration") -> Event:
        """A counter opens, pauses or closes; the event is returned."""
        self.counters_open.setdefault(agency, {})[counter] = state
        self.sequence += 1
        data: Json = {"site": "mpp-lebak", "counter": counter, "state": state, "services": [], "until": None}
        event = Event(
            id=new_id(),
            source=f"booking-{agency}",
            type="counter.paused.v1",
            subject=f"mpp-lebak.{counter}",
            time=self.now,
            data=data,
            agency=agency,
            site="mpp-lebak",
            correlation_id="test",
            traceparent="",
            sequence=self.sequence,
        )
        self.events.append(event)
        return event

    def _find(self, token: str) -> Ticket:
        found = self.tickets.get(read_token(secret=SECRET, token=token) or "")
        if found is None:
            raise booking.UnknownTicket
        return found

    def _hold(self, _agency: str, payload: Json) -> Json:
        if payload["slot_id"] in self.full:
            raise booking.SlotFull
        if "replaces" in payload:
            self._moved(payload["replaces"], State.CANCELLED)
        site, service, _ = payload["slot_id"].split(".")
        until = self.now + timedelta(minutes=10)
        ticket = self._new(site, service, State.HELD, payload["slot_id"], held_until=until)
        return {"ticket": _schema.dump(ticket), "token": self.token(ticket), "held_until": until.isoformat()}

    def _book_batch(self, _agency: str, payload: Json) -> Json:
        return {"answers": [self._book(request) for request in payload["requests"]]}

    def _book(self, request: Json) -> Json:
        body = request["body"]
        if request["key"] not in self.answers:
            try:
                if "hold_token" in body:
                    ticket = self._find(body["hold_token"])
                    if ticket.held_until is None or ticket.held_until <= self.now:
                        raise HoldExpired
                    ticket = move(ticket, State.BOOKED, actor=Actor.CITIZEN, now=self.now, held_until=None)
                    self.tickets[ticket.id] = ticket
                else:
                    if body["slot_id"] in self.full:
                        raise booking.SlotFull
                    site, service, _ = body["slot_id"].split(".")
                    ticket = self._new(site, service, State.BOOKED, body["slot_id"])
                    if visit := body.get("visit"):
                        ticket = replace(
                            ticket, visit_id=visit["id"], number=visit["number"] or ticket.number
                        )
                        self.tickets[ticket.id] = ticket
            except Refused as refusal:
                return {"refused": to_wire(refusal)}
            self.answers[request["key"]] = {"ticket": _schema.dump(ticket), "token": self.token(ticket)}
        return {"result": self.answers[request["key"]]}

    def _visit(self, agency: str, payload: Json) -> Json:
        found = [ticket for ticket in self.tickets.values() if ticket.visit_id == payload["visit_id"]]
        own = [ticket for ticket in found if ticket.agency == agency]
        return {"agency": agency, "tickets": [self._view(ticket) for ticket in own]}

    def _visit_check_in(self, agency: str, payload: Json) -> Json:
        checked_in = 0
        for step in self._visit(agency, payload)["tickets"]:
            self.change(step["token"], State.CHECKED_IN, checked_in_at=self.now)
            checked_in += 1
        return {"checked_in": checked_in}

    def _advise(self, _agency: str, _payload: Json) -> Json:
        return {"advice": self.advice}

    def _ticket(self, _agency: str, payload: Json) -> Json:
        return self._view(self._find(payload["token"]))

    def _view(self, ticket: Ticket) -> Json:
        contents = catalogue_of(ticket.agency)
        site = next(each for each in contents["sites"] if each["code"] == ticket.site)
        service = next(each for each in contents["services"] if each["code"] == ticket.service)
        is_booked = ticket.state is State.BOOKED
        return {
            "ticket": _schema.dump(ticket),
            "token": self.token(ticket),
            "check_code": make_token(secret=SECRET, realm=f"check-{ticket.agency}", identifier=ticket.id),
            "site_name": site["name"],
            "site_address": site["address"],
            "time_zone": site["time_zone"],
            "service_name": service["name"],
            "counter_name": None,
            "collection": None,
            "name_masked": "Si** Co****",
            "nik_masked": "3602************",
            "identity_note": self.identity_note,
            "directive": self.directive,
            "match": self.match,
            "restriction": self.restriction,
            "application": self.application,
            "incomplete_file": self.incomplete_file,
            "ahead": 7 if ticket.state is State.CHECKED_IN else None,
            "estimate": self._wait(7) if ticket.state is State.CHECKED_IN else None,
            "can": {
                "cancel": ticket.state in {State.BOOKED, State.CHECKED_IN},
                "reschedule": is_booked or self.outage is not None,
                "reschedule_reason": "outage" if self.outage and not is_booked else None,
                "check_in": is_booked and ticket.day == TODAY,
                "check_in_opens_at": None,
            },
            "outage": self.outage,
            "missed": self.missed if ticket.state is State.NO_SHOW else None,
            "replaced_by_token": make_token(secret=SECRET, realm=ticket.agency, identifier=ticket.replaced_by)
            if ticket.replaced_by
            else None,
        }

    def offer(self, token: str, slot_id: str) -> str:
        """Keep a place for somebody on the waiting list; its token is returned."""
        site, service, _ = slot_id.split(".")
        until = self.now + timedelta(hours=2)
        ticket = self._new(site, service, State.HELD, slot_id, held_until=until)
        kept = {
            "hold_token": self.token(ticket),
            "slot_starts_at": ticket.slot_starts_at.isoformat() if ticket.slot_starts_at else None,
            "held_until": until.isoformat(),
        }
        self.waiting[token] |= {"state": "offered", "ahead": None, "offer": kept}
        return self.token(ticket)

    def _join_waiting_list(self, agency: str, payload: Json) -> Json:
        contents = catalogue_of(agency)
        site = next(each for each in contents["sites"] if each["code"] == payload["site"])
        service = next(each for each in contents["services"] if each["code"] == payload["service"])
        token = make_token(secret=SECRET, realm=f"waiting-{agency}", identifier=new_id())
        self.waiting[token] = {
            "token": token,
            "state": "waiting",
            "agency": agency,
            "site": site["code"],
            "service": service["code"],
            "site_name": site["name"],
            "site_address": site["address"],
            "time_zone": site["time_zone"],
            "service_name": service["name"],
            "first_day": payload["first_day"],
            "last_day": payload["last_day"],
            "name_masked": "Wa*** Co****",
            "ahead": len(self.waiting),
            "offer": None,
            "ticket_token": None,
        }
        return self.waiting[token]

    def _waiting_list_entry(self, _agency: str, payload: Json) -> Json:
        if payload["token"] not in self.waiting:
            raise booking.UnknownEntry
        return self.waiting[payload["token"]]

    def _leave_waiting_list(self, agency: str, payload: Json) -> Json:
        entry = self._waiting_list_entry(agency, payload)
        entry |= {"state": "left", "ahead": None, "offer": None}
        return entry

    def _appeal(self, _agency: str, payload: Json) -> Json:
        assert self.missed is not None
        said = {"filed_at": self.now.isoformat(), "decided_at": None, "accepted": None, "reason": None}
        self.missed = {**self.missed, "can_appeal": False, "appeal": said}
        return self._view(self._find(payload["token"]))

    def _cancel(self, _agency: str, payload: Json) -> Json:
        return self._moved(payload["token"], State.CANCELLED)

    def _check_in(self, _agency: str, payload: Json) -> Json:
        return self._moved(payload["token"], State.CHECKED_IN, checked_in_at=self.now)

    def _moved(self, token: str, to: State, **changes: Any) -> Json:
        ticket = move(self._find(token), to, actor=Actor.CITIZEN, now=self.now, **changes)
        self.tickets[ticket.id] = ticket
        return self._view(ticket)

    def _reschedule(self, _agency: str, payload: Json) -> Json:
        if payload["slot_id"] in self.full:
            raise booking.SlotFull
        old = self._find(payload["token"])
        new = self._new(old.site, old.service, State.BOOKED, payload["slot_id"])
        actor = Actor.SYSTEM if self.outage else Actor.CITIZEN
        self.tickets[old.id] = move(old, State.RESCHEDULED, actor=actor, now=self.now, replaced_by=new.id)
        return self._view(new)

    def _complaint_facts(self, agency: str, payload: Json) -> Json:
        ticket = self._find(payload["token"])
        return {
            "agency": agency,
            "site": ticket.site,
            "service": ticket.service,
            "counter": ticket.counter,
            "ticket_id": ticket.id,
            "number": ticket.number,
            "day": ticket.day.isoformat(),
            "waited_minutes": None,
        }

    def _board(self, agency: str, payload: Json) -> Json:
        shown = [
            _schema.dump(ticket)
            for ticket in self.tickets.values()
            if (ticket.agency, ticket.site) == (agency, payload["site"])
            and ticket.state in {State.CHECKED_IN, State.CALLED, State.SERVING, State.SERVED}
        ]
        return {
            "sequence": self.sequence,
            "agency": agency,
            "site": payload["site"],
            "tickets": shown,
            "counters_open": self.counters_open.get(agency, {}),
        }

    def _file(self, payload: Json) -> Json:
        token = make_token(secret=SECRET, realm="complaint", identifier=new_id())
        facts = payload["ticket_facts"]
        place = facts or payload
        self.complaints[token] = {
            "number": f"P-2026-{len(self.complaints) + 1:06d}",
            "state": "received",
            "classification": payload["classification"],
            "title": payload["title"],
            "text": payload["text"],
            "agency": place["agency"],
            "site": place["site"],
            "received_at": self.now.isoformat(),
            "due_on": "2026-12-14",
            "overdue": False,
            "escalated_to": None,
            "ticket_number": facts["number"] if facts else None,
            "thread": [],
            "publication": "waiting" if payload.get("public") else None,
            "can": {"accept": False, "dispute": False},
        }
        filed = self.complaints[token]
        self.attach(token, payload.get("attachments", []))
        return {
            "number": filed["number"],
            "token": token,
            "received_at": filed["received_at"],
            "due_on": filed["due_on"],
            "working_days": 14,
            "state": "received",
        }

    def _track(self, payload: Json) -> Json:
        if payload["token"] not in self.complaints:
            raise UnknownComplaint
        return self.complaints[payload["token"]]

    def _personal_data(self, payload: Json) -> Json:
        tracked = self._track(payload)
        return {"case": {"number": tracked["number"]}, "contact": {"name": "Warga Contoh"}}

    def _erase(self, payload: Json) -> Json:
        tracked = self._track(payload)
        asked = {"asked_at": self.now.isoformat(), "person_erased_at": None, "contents_erased_at": None}
        tracked.setdefault("erasure", asked)
        return tracked

    def _decide(self, payload: Json) -> Json:
        tracked = self._track(payload)
        tracked["state"] = "closed" if payload["decision"] == "accept" else "disputed"
        return tracked
