"""The agency on the bus: requests from the gateway, what it does by itself, the relay."""

from datetime import datetime
from typing import Any

from gerai_shared import commands
from gerai_shared.borders import load
from gerai_shared.bus.consuming import on
from gerai_shared.bus.relay import relay
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.clock import local_date
from gerai_shared.commands import fingerprint
from gerai_shared.context import new_context
from gerai_shared.deployment import Resources
from gerai_shared.events.envelope import Event
from gerai_shared.refusals import IdempotencyKeyMissing, IdempotencyKeyReused, Refused, to_wire
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gerai_booking import schemas
from gerai_booking.kiosk_service import KioskRequests
from gerai_booking.measuring_loop import Measurements
from gerai_booking.node_loop import NodeTalk
from gerai_booking.opening_loop import Openings
from gerai_booking.refusals import OnlyAtCentre
from gerai_booking.rules.rulebook import Rules
from gerai_booking.usecases import (
    advising,
    appeals,
    application_views,
    availability,
    booking,
    changes,
    checking,
    estimates,
    holding,
    opening,
    outages,
    outreach,
    oversight,
    releases,
    road_map,
    rulebook,
    sending_on,
    views,
    visits,
    waiting_list,
    waiting_room,
)
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.catalogue import catalogue
from gerai_booking.usecases.office import Office

_batch = schemas.BatchSchema()
_booking = schemas.BookingSchema()
NOT_WRITTEN = frozenset(("holder", "network", "room_token", "proof", "visit"))


class BookingService(KioskRequests):
    """Answers the gateway."""

    name = "booking"
    deployment = Resources()

    @property
    def _office(self) -> Office:
        office: Office = self.deployment.extras["office"]
        return office

    @Openings.decorator
    def openings(self) -> None:
        """Runs by itself."""

    @NodeTalk.decorator
    def talk(self) -> None:
        """Runs by itself."""

    @rpc
    def catalogue(self, _request: Request) -> dict[str, Any]:
        """Tell what the agency offers."""
        now = self.deployment.clock.now()
        today = local_date(now, self._office.agency.sites[0].time_zone)
        rules, known = self._known(now)
        return {
            **catalogue(self._office, rules, today=today),
            "releases": releases.coming(self._office, rules.releases, now=now),
            "proof_key": waiting_room.proof_key(self._office),
            **known,
        }

    def _known(self, now: datetime) -> tuple[Rules, dict[str, Any]]:
        """Return the rules, and what goes on: what is offered is told even while the database is away."""
        try:
            with self.deployment.database.reading() as session:
                return rulebook.in_force(session, self._office), {
                    "outages": outages.current(session, now=now),
                    "today": opening.today_at_sites(session, self._office, now=now),
                }
        except DBAPIError:
            return rulebook.last_known(self._office), {"outages": [], "today": []}

    @rpc
    def availability(self, request: Request) -> dict[str, Any]:
        """Tell what can be booked."""
        asked = load(schemas.AvailabilitySchema(), request.payload)
        with self.deployment.database.reading() as session:
            return availability.availability(session, self._office, now=self.deployment.clock.now(), **asked)

    @rpc
    def site_availability(self, request: Request) -> dict[str, Any]:
        """Tell on which days each service of a site can be booked."""
        asked = load(schemas.SiteAvailabilitySchema(), request.payload)
        with self.deployment.database.reading() as session:
            return availability.site_availability(
                session, self._office, now=self.deployment.clock.now(), **asked
            )

    @rpc
    def hold(self, request: Request) -> dict[str, Any]:
        """Hold a place."""
        asked = load(schemas.HoldSchema(), request.payload)

        def run(session: Any, now: Any) -> dict[str, Any]:
            ticket = holding.hold(session, self._office, now=now, **asked)
            return {**views.receipt(ticket), "held_until": ticket.held_until}

        answer = self._once(request, "hold", run, body=_own_words(request.payload))
        return views.with_token(self._office, answer)

    @rpc
    def enter_room(self, request: Request) -> dict[str, Any]:
        """Give a number of the waiting room."""
        asked = load(schemas.RoomSchema(), request.payload)

        def run(session: Any, now: Any) -> dict[str, Any]:
            return waiting_room.told(waiting_room.enter(session, self._office, now=now, **asked))

        answer = self._once(request, "enter_room", run, body=_own_words(request.payload))
        return waiting_room.with_token(self._office, asked["site"], answer)

    @rpc
    def book_batch(self, request: Request) -> dict[str, Any]:
        """Book for many citizens at once."""
        self._refuse_at_node("book")
        items = load(_batch, request.payload)["requests"]
        wanted: dict[str, booking.BookingRequest] = {}
        refused: dict[int, Refused] = {}
        for place, item in enumerate(items):
            try:
                one = self._booking_request(item)
                if wanted.setdefault(one.key, one).fingerprint != one.fingerprint:
                    raise IdempotencyKeyReused
            except Refused as refusal:
                refused[place] = refusal
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            answers = booking.book_batch(session, self._office, list(wanted.values()), now=now)
        return {
            "answers": [
                _answer(refused[place] if place in refused else answers[item["key"]])
                for place, item in enumerate(items)
            ]
        }

    def _booking_request(self, item: dict[str, Any]) -> booking.BookingRequest:
        data = load(_booking, item["body"])
        return booking.BookingRequest(
            key=item["key"],
            fingerprint=fingerprint(_own_words(item["body"])),
            context=new_context(correlation_id=item["correlation_id"], traceparent=item["traceparent"]),
            slot_id=data.get("slot_id"),
            room_token=data.get("room_token"),
            proof=data.get("proof"),
            hold_id=self._office.ticket_id(data["hold_token"]) if "hold_token" in data else None,
            applicant=applicant_of(data, self._office),
            visit=data.get("visit"),
        )

    @rpc
    def advise(self, request: Request) -> dict[str, Any]:
        """Tell what is advised about a booking that is about to be made; nothing is booked."""
        data = load(_booking, request.payload)
        with self.deployment.database.reading() as session:
            given = advising.advise(
                session,
                self._office,
                applicant_of(data, self._office),
                slot_id=data.get("slot_id"),
                hold_id=self._office.ticket_id(data["hold_token"]) if "hold_token" in data else None,
            )
        return {"advice": given}

    @rpc
    def ticket(self, request: Request) -> dict[str, Any]:
        """Show a ticket to its holder."""
        asked = load(schemas.TokenSchema(), request.payload)
        with self.deployment.database.reading() as session:
            ticket = views.load_ticket(session, self._office, asked["token"])
            return application_views.whole_ticket(
                session, self._office, ticket, now=self.deployment.clock.now()
            )

    @rpc
    def cancel(self, request: Request) -> dict[str, Any]:
        """Cancel a ticket."""
        asked = load(schemas.ChangeSchema(), request.payload)
        self._once(
            request,
            "cancel",
            lambda session, now: views.receipt(changes.cancel(session, self._office, now=now, **asked)),
        )
        return self._view(asked["token"])

    @rpc
    def reschedule(self, request: Request) -> dict[str, Any]:
        """Move a ticket to another hour; answers the new ticket."""
        asked = load(schemas.RescheduleSchema(), request.payload)
        answer = self._once(
            request,
            "reschedule",
            lambda session, now: views.receipt(changes.reschedule(session, self._office, now=now, **asked)),
        )
        return self._view(self._office.token(answer["ticket"]["id"]))

    @rpc
    def check_in(self, request: Request) -> dict[str, Any]:
        """Record that a ticket's holder is there."""
        asked = load(schemas.ChangeSchema(), request.payload)
        self._once(
            request,
            "check_in",
            lambda session, now: views.receipt(
                changes.check_in(session, self._office, token=asked["token"], now=now)
            ),
        )
        return self._view(asked["token"])

    @rpc
    def check(self, request: Request) -> dict[str, Any]:
        """Tell whether a ticket is genuine."""
        asked = load(schemas.TokenSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return checking.check(session, self._office, asked["token"])

    @rpc
    def join_waiting_list(self, request: Request) -> dict[str, Any]:
        """Put somebody on the waiting list; answers their place in it."""
        asked = load(schemas.WaitingSchema(), request.payload)
        wanted = {name: asked[name] for name in ("site", "service", "first_day", "last_day")}
        applicant = applicant_of(asked, self._office)

        def run(session: Any, now: Any) -> dict[str, Any]:
            return waiting_list.join(session, self._office, applicant=applicant, now=now, **wanted)

        return self._entry(self._office.entry_token(self._once(request, "join", run)["id"]))

    @rpc
    def waiting_list_entry(self, request: Request) -> dict[str, Any]:
        """Show somebody their place in the waiting list."""
        return self._entry(load(schemas.TokenSchema(), request.payload)["token"])

    @rpc
    def leave_waiting_list(self, request: Request) -> dict[str, Any]:
        """Take somebody from the waiting list."""
        asked = load(schemas.TokenSchema(), request.payload)

        def run(session: Any, now: Any) -> dict[str, Any]:
            waiting_list.leave(session, self._office, token=asked["token"], now=now)
            return {}

        self._once(request, "leave", run)
        return self._entry(asked["token"])

    @rpc
    def visit(self, request: Request) -> dict[str, Any]:
        """Show what a visit over several agencies is here; whoever asks has checked its holder's token."""
        asked = load(schemas.VisitSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return visits.view(session, self._office, now=self.deployment.clock.now(), **asked)

    @rpc
    def visit_check_in(self, request: Request) -> dict[str, Any]:
        """Let the holder of a visit wait for those of its steps here whose check-in is open."""
        asked = load(schemas.VisitSchema(), request.payload)
        with self.deployment.database.transaction() as session:
            return visits.check_in(session, self._office, now=self.deployment.clock.now(), **asked)

    @on("visit.step_changed.v1")
    def visit_step_changed(self, session: Session, event: Event) -> None:
        """Take in where the holder of a visit is at another agency."""
        visits.learn(session, self._office, event, now=self.deployment.clock.now())

    @on("visit.step_wanted.v1")
    def visit_step_wanted(self, session: Session, event: Event) -> None:
        """Take whom another agency sends."""
        sending_on.take(session, self._office, event, now=self.deployment.clock.now())

    @on("visit.step_refused.v1")
    def visit_step_refused(self, session: Session, event: Event) -> None:
        """Hear that another agency cannot take whom we sent."""
        sending_on.hear_no(session, self._office, event, now=self.deployment.clock.now())

    @on("catalogue.offered.v1")
    def catalogue_offered(self, session: Session, event: Event) -> None:
        """Note what another agency gives at our sites."""
        sending_on.note_offers(session, self._office, event)

    @rpc
    def appeal(self, request: Request) -> dict[str, Any]:
        """Take the word of somebody who missed a visit; answers the ticket."""
        asked = load(schemas.AppealSchema(), request.payload)
        self._once(
            request,
            "appeal",
            lambda session, now: views.receipt(appeals.file(session, self._office, now=now, **asked)),
        )
        return self._view(asked["token"])

    @rpc
    def complaint_facts(self, request: Request) -> dict[str, Any]:
        """Tell what a complaint about a visit needs."""
        asked = load(schemas.TokenSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return views.complaint_facts(session, self._office, asked["token"])

    @rpc
    def board(self, request: Request) -> dict[str, Any]:
        """Tell a site's board of today."""
        asked = load(schemas.SiteSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return views.board(session, self._office, site=asked["site"], now=self.deployment.clock.now())

    @rpc
    def waiting_times(self, request: Request) -> dict[str, Any]:
        """Tell how long people wait at a site, and would wait who came now."""
        asked = load(schemas.SiteSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return estimates.told(session, self._office, site=asked["site"], now=self.deployment.clock.now())

    @Measurements.decorator
    def measurements(self) -> None:
        """Runs by itself."""

    @rpc
    def road_map(self, request: Request) -> dict[str, Any]:
        """Tell which counters are planned at a site."""
        asked = load(schemas.SiteSchema(), request.payload)
        with self.deployment.database.reading() as session:
            return road_map.published(
                session, self._office, site=asked["site"], now=self.deployment.clock.now()
            )

    @rpc
    def oversight(self, _request: Request) -> dict[str, Any]:
        """Tell the figures that everybody may read."""
        with self.deployment.database.reading() as session:
            return oversight.published(session, self._office, now=self.deployment.clock.now())

    @rpc
    def outreach(self, _request: Request) -> dict[str, Any]:
        """Tell by what the agency makes its services known next."""
        with self.deployment.database.reading() as session:
            return outreach.published(session, self._office, now=self.deployment.clock.now())

    def _once(
        self, request: Request, scope: str, run: Any, *, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Carry out `run` once for the request's key; `body` is what a repeat has to repeat, else all."""
        if not request.idempotency_key:
            raise IdempotencyKeyMissing
        self._refuse_at_node(scope)
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            return commands.once(
                session,
                scope=scope,
                key=request.idempotency_key,
                body=request.payload if body is None else body,
                now=now,
                run=lambda: run(session, now),
            )

    def _refuse_at_node(self, scope: str) -> None:
        """Refuse at a site node what is the centre's: all but checking in, and what its own kiosks ask."""
        if self._office.node_of is not None and scope != "check_in" and not scope.startswith("kiosk:"):
            raise OnlyAtCentre

    def _entry(self, token: str) -> dict[str, Any]:
        with self.deployment.database.reading() as session:
            return waiting_list.entry_view(session, self._office, token, now=self.deployment.clock.now())

    def _view(self, token: str) -> dict[str, Any]:
        with self.deployment.database.reading() as session:
            ticket = views.load_ticket(session, self._office, token)
            return application_views.whole_ticket(
                session, self._office, ticket, now=self.deployment.clock.now()
            )


class RelayService:
    """Publishes the agency's outbox."""

    name = "relay"
    deployment = Resources()

    @relay
    def relay(self) -> None:
        """Runs by itself."""


def _own_words(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the citizen wrote: a repeat may come from elsewhere, with another number or proof."""
    return {name: value for name, value in payload.items() if name not in NOT_WRITTEN}


def _answer(answer: dict[str, Any] | Refused) -> dict[str, Any]:
    return {"refused": to_wire(answer)} if isinstance(answer, Refused) else {"result": answer}
