"""An immigration agency with open days: what the tests of this folder, and the crowds they send, work with."""

import base64
import json
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from gerai_booking import agencies
from gerai_booking.models import (
    applications,
    devices,
    estimates,
    grants,
    groups,
    handovers,
    leases,
    matching,
    missed,
    outages,
    print_jobs,
    shifts,
    skills,
    waiting_room,
)
from gerai_booking.models.freed import freed_places
from gerai_booking.models.history import history
from gerai_booking.models.people import people
from gerai_booking.models.places import day_quotas, series, slots
from gerai_booking.models.tickets import tickets
from gerai_booking.models.waiting_list import waiting_list
from gerai_booking.rules.catalogue import Agency, Counter, DailyQuota, Text
from gerai_booking.rules.quota import GROUP, ONLINE, OVER_QUOTA, Bound, bounds_of
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import booking, planning
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.booking import Answer, BookingRequest
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_shared import tables
from gerai_shared.borders import load
from gerai_shared.commands import fingerprint
from gerai_shared.database import Database
from gerai_shared.refusals import Refused
from gerai_shared.sealing import Sealer
from gerai_shared.workdays import WorkCalendar
from sqlalchemy import ColumnElement, delete, event, select, update
from sqlalchemy.orm import Session

from tests.support.hurry import hurried

#: Tuesday, 1 December 2026, 09:00 in Serang.
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
TODAY, DAY, NEXT_DAY = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)
OPEN_DAYS = 3
SITE, SERVICE = "kanim-serang", "passport-new"
#: A service that has, beside the quota over all, one of its own: three places a day.
BOUNDED_SERVICE, BOUND = "stay-permit", 3
COUNTERS = tuple(f"{number}" for number in range(101, 121))
#: States in which a ticket has given its place back.
WITHOUT_PLACE = ("expired", "cancelled", "rescheduled")

#: The report of a loss that services ask for.
REPORT = {"number": "LP/12/XI/2026", "date": "2026-11-30", "station": "Polsek Contoh"}

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
UseCase = Callable[Concatenate[Session, Office, Arguments], Result]


def agency() -> Agency:
    """The sample agency with twenty passport counters and a quota for one service alone."""
    sample = hurried(agencies.load("immigration", TODAY))
    services = ("passport-new", "passport-renewal", "passport-child")
    return replace(
        sample,
        # Every day of a test is open but where the test itself keeps it back.
        releases=(),
        counters=(
            *sample.counters,
            *(
                Counter(site=SITE, code=code, name=Text(id=f"Loket {code}", en=code), services=services)
                for code in COUNTERS
            ),
        ),
        quotas=(
            *sample.quotas,
            DailyQuota(
                site=SITE, service=BOUNDED_SERVICE, places=BOUND, basis="Uji", valid_from=date(2024, 1, 1)
            ),
        ),
    )


def office() -> Office:
    """The agency's deployment, with keys of its own that are the same in every process."""
    return Office(
        agency=agency(),
        deployment="booking-immigration",
        secret="a secret of the tests, long enough",
        identity_key="another secret of the tests, long",
        sealer=Sealer((base64.urlsafe_b64encode(b"k" * 32).decode(),)),
        calendar=WorkCalendar(),
    )


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked of a database during the block: (statement, parameters)."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def outcome(answer: Answer) -> str:
    """The code of a refusal, or 'booked'."""
    return answer.code if isinstance(answer, Refused) else "booked"


class House:
    """The engine on one database, driven through its use cases."""

    def __init__(self, url: str, *, pool_size: int = 10, database: Database | None = None) -> None:
        """`database` is that of `url` when there is one already: its statements are compiled."""
        self.url = url
        self.database = database or Database(url, pool_size=pool_size)
        self.office = office()

    def open(self) -> None:
        """Open the first days."""
        with self.database.transaction() as session:
            planning.record_quotas(session, self.office)
            planning.open_days(session, self.office, now=NOW, days=OPEN_DAYS)

    def do(
        self, usecase: "UseCase[Arguments, Result]", *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Carry out one use case in a transaction of its own."""
        with self.database.transaction() as session:
            return usecase(session, self.office, *args, **kwargs)

    def ask(
        self, usecase: "UseCase[Arguments, Result]", *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Carry out a use case that only reads."""
        with self.database.reading() as session:
            return usecase(session, self.office, *args, **kwargs)

    def rows(self, query: Any) -> list[Any]:
        """The rows of a query."""
        with self.database.reading() as session:
            return list(session.execute(query))

    def change(self, *statements: Any) -> None:
        """Change the database behind the engine's back."""
        with self.database.transaction() as session:
            for statement in statements:
                session.execute(statement)

    def slots(self, day: date = DAY, *, service: str = SERVICE, site: str = SITE) -> list[str]:
        """The hours of a day, in order."""
        wanted = (slots.c.day == day, slots.c.service == service, slots.c.site == site)
        return [row.id for row in self.rows(select(slots.c.id).where(*wanted).order_by(slots.c.starts_at))]

    def request(
        self, person: int, place: str, /, *, key: str | None = None, service: str | None = None, **body: Any
    ) -> BookingRequest:
        """The request of the `person`-th citizen for a slot, or for the place under a hold's token."""
        place_field = "hold_token" if place.startswith(f"{self.office.code}.") else "slot_id"
        code = service or (SERVICE if place.count(".") != 2 else place.split(".")[1])
        asked = self.office.service(code)
        body = {
            place_field: place,
            "purpose": next((purpose.code for purpose in asked.purposes), None),
            "precondition_met": True,
            "police_report": REPORT if asked.police_report else None,
            "person": self.person(person, citizen="WNI" in asked.citizenship),
            **body,
        }
        data = load(BookingSchema(), body)
        return BookingRequest(
            key=key or f"key-{person:06d}-{place}",
            fingerprint=fingerprint(body),
            slot_id=data.get("slot_id"),
            hold_id=self.office.ticket_id(place) if place_field == "hold_token" else None,
            applicant=applicant_of(data, self.office),
        )

    def person(self, number: int, *, citizen: bool = True) -> dict[str, str]:
        """A citizen with a NIK that nobody has, or a foreigner."""
        identity = {"nik": f"360214650890{number:04d}"} if citizen else {"passport_number": f"X{number:06d}"}
        return {"name": f"Warga Uji {number}", "email": f"warga{number}@example.org", **identity}

    def book(self, *requests: BookingRequest, now: datetime = NOW) -> list[Answer]:
        """Book in one batch; the answers in the order of the requests."""
        answers = self.do(booking.book_batch, requests, now=now)
        return [answers[request.key] for request in requests]

    def booked(self, person: int, slot: str, /, *, now: datetime = NOW, **body: Any) -> str:
        """Book one place that must be there; the ticket's token."""
        (answer,) = self.book(self.request(person, slot, **body), now=now)
        assert not isinstance(answer, Refused), answer
        token: str = answer["token"]
        return token

    def desk(self, counter: str = "101", *, now: datetime = NOW) -> Desk:
        """An officer at a counter."""
        return Desk(site=SITE, counter=counter, officer_id="officer", now=now)

    def shrink(self, *, day: date, places: int | None = None, per_slot: int | None = None) -> None:
        """Leave fewer places on a day, or in each of its hours."""
        if places is not None:
            whole = self._row(day, Bound(channel=ONLINE))
            self.change(update(day_quotas).where(*whole).values(capacity=places))
        if per_slot is not None:
            hours = (slots.c.site == SITE, slots.c.day == day, slots.c.service == SERVICE)
            self.change(update(slots).where(*hours).values(capacity=per_slot))

    def empty(self) -> None:
        """Take all tickets away."""
        gone = [
            matching.ticket_matches,
            matching.match_changes,
            matching.list_entries,
            matching.list_purposes,
            matching.list_imports,
            *(handovers.reminders, handovers.handovers),
            *(applications.application_steps, applications.incomplete_files, applications.applications),
            groups.group_members,
            groups.group_places,
            groups.groups,
            people,
            waiting_room.entries,
            waiting_room.rooms,
            waiting_room.used_proofs,
            grants.grants,
            freed_places,
            waiting_list,
            missed.appeals,
            outages.outage_tickets,
            outages.outages,
            print_jobs.print_jobs,
            devices.devices,
            *(estimates.wait_estimates, estimates.wait_calibrations),
            *(estimates.service_durations, estimates.service_arrivals),
            *(shifts.counter_pauses, shifts.counter_sessions),
            *(skills.counter_skills, skills.officer_skills),
            tickets,
            history,
            series,
            *(leases.leases, leases.lease_tickets, leases.merge_conflicts, leases.held_leases, leases.nodes),
            tables.outbox,
            tables.streams,
            tables.commands,
        ]
        self.change(
            *(delete(table) for table in gone),
            update(slots).values(taken=0),
            update(day_quotas).values(taken=0, extra=0),
        )

    def taken(self, slot: str) -> int:
        """Places taken of an hour."""
        return int(self.rows(select(slots.c.taken).where(slots.c.id == slot))[0].taken)

    def taken_of_day(self, day: date, service: str = "", channel: str = ONLINE) -> int:
        """Places taken of a day's quota."""
        return int(self.of_day(day, Bound(service, channel)).taken)

    def of_day(self, day: date, bound: Bound) -> Any:
        """A row of a day."""
        return self.rows(select(day_quotas).where(*self._row(day, bound)))[0]

    def _row(self, day: date, bound: Bound) -> tuple[ColumnElement[bool], ...]:
        return (
            day_quotas.c.site == SITE,
            day_quotas.c.day == day,
            day_quotas.c.service == bound.service,
            day_quotas.c.channel == bound.channel,
        )

    def announced(self, token: str) -> list[str]:
        """The types of a ticket's events, in order."""
        subject = tables.outbox.c.subject == self.office.ticket_id(token)
        query = select(tables.outbox.c.type).where(subject).order_by(tables.outbox.c.position)
        return [row.type for row in self.rows(query)]

    def check_places(self) -> None:
        """Each hour and each quota has as many places taken as tickets have places, or as are kept back; none
        has too many.
        """
        held = self.rows(
            select(tickets).where(tickets.c.state.not_in(WITHOUT_PLACE), tickets.c.quota_channel.is_not(None))
        )
        kept_back = self.rows(select(freed_places))
        of_slot = Tally(row.slot_id for row in [*held, *kept_back])
        unnamed = self.rows(select(groups.group_places))
        for each in unnamed:
            of_slot[each.slot_id] += each.places - each.named - each.returned
        for slot in self.rows(select(slots)):
            assert slot.taken == of_slot[slot.id] <= slot.capacity, slot.id
        of_day = Tally(
            (row.site, row.day, bound)
            for row in held
            # Who did not come has the hour still, but no place of the day.
            if row.gave_back_at is None
            for bound in bounds_of(row.service, row.quota_channel)
        )
        of_day.update(
            (row.site, row.day, bound) for row in kept_back for bound in bounds_of(row.service, ONLINE)
        )
        for each in unnamed:
            for bound in bounds_of(each.service, GROUP):
                of_day[each.site, each.day, bound] += each.places - each.named - each.returned
        given = self.rows(select(grants.grants))
        of_day.update(
            (row.site, row.day, bound)
            for row in given
            if row.kind == OVER_QUOTA
            for bound in bounds_of(row.service, OVER_QUOTA)
        )
        for quota in self.rows(select(day_quotas)):
            where = (quota.site, quota.day, Bound(quota.service, quota.channel))
            assert quota.taken == of_day[where], where
            bounded = quota.capacity is None or quota.taken <= quota.capacity + quota.extra
            assert bounded, f"{where}: {quota.taken} of {quota.capacity}"

    def check(self) -> None:
        """The places are right, and each change of each ticket has one line of history and one event."""
        self.check_places()
        lines: dict[str, list[tuple[int, str]]] = {}
        for line in self.rows(select(history).order_by(history.c.position)):
            lines.setdefault(line.ticket_id, []).append((line.revision, line.to_state))
        events: dict[str, list[tuple[int, str]]] = {}
        # Of further news (a missed visit that counts, an appeal, an outage) a change has none or several.
        changes = tables.outbox.c.type.startswith("ticket.")
        for told in self.rows(select(tables.outbox).where(changes).order_by(tables.outbox.c.position)):
            ticket = json.loads(told.body)["data"]["ticket"]
            assert ticket["id"] == told.subject
            events.setdefault(told.subject, []).append((ticket["revision"], ticket["state"]))
        for ticket in self.rows(select(tickets)):
            assert [revision for revision, _ in lines[ticket.id]] == list(range(1, ticket.revision + 1))
            assert lines[ticket.id][-1] == (ticket.revision, ticket.state)
            assert events[ticket.id] == lines[ticket.id]
