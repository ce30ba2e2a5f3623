"""A booking engine at a database of its own in the bench's private PostgreSQL, empty or full of three years.

Driven through the use cases in this process: no bus and no gateway, so that what is seen is what the tables cost.
"""

import base64
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count
from uuid import uuid4

from gerai_booking import agencies
from gerai_booking.rules.catalogue import Agency, DailyQuota, Offer, Service
from gerai_booking.rules.statistics import PREVIOUS, YEAR, period_of
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import availability, booking, floor, planning
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.booking import BookingRequest
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.statistics import Wanted, statistics_of
from gerai_shared import migrating
from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.commands import fingerprint
from gerai_shared.database import Database
from gerai_shared.refusals import Refused
from gerai_shared.sealing import Sealer
from gerai_shared.workdays import WorkCalendar
from sqlalchemy import event, text

from bench.measures import Context
from bench.running import MORNING, Bench
from tests.support.errand import person

TODAY = date(2026, 12, 1)
SITE, SERVICES, DAYS = "kanim-serang", 20, 60
PLENTY = 10_000
PORTION = 50_000
SUPERVISOR = Officer(id="bench", username="bench", name="Bench", role="supervisor")
#: Three years of tickets, one of ten still to come, at one site. One in 25 is a hold that was left to itself: nobody
#: takes those away, so that they gather.
_FILL = """
INSERT INTO tickets (id, number, visit_id, site, service, slot_id, slot_starts_at, day, channel, lane, state, created_at,
    held_until, checked_in_at, called_at, times_called, started_at, finished_at, revision, person_hash, origin, quota_channel,
    queue_rank, queue_at)
SELECT md5('t' || n)::uuid::text, 'Z-' || lpad((n / 1100)::text, 5, '0'), md5('v' || n)::uuid::text, '{site}',
    service, '{site}.' || service || '.' || to_char(day, 'YYYYMMDD"T0200Z"'), day + time '02:00', day,
    CASE WHEN n % 10 = 0 THEN 'walk_in' ELSE 'online' END, CASE WHEN n % 10 = 0 THEN 'walk_in' ELSE 'appointment' END,
    CASE WHEN n % 25 = 7 THEN 'held' WHEN day >= '{today}' THEN 'booked' WHEN n % 11 = 0 THEN 'no_show' WHEN n % 13 = 0 THEN 'cancelled'
        WHEN n % 17 = 0 THEN 'rescheduled' ELSE 'served' END,
    '{today}'::date - 1, '{today}'::date - 1, day + time '02:00', day + time '02:00' + n % 90 * interval '1 minute', 1,
    day + time '02:00' + n % 90 * interval '1 minute', day + time '02:20' + n % 90 * interval '1 minute', 5,
    CASE WHEN n % 25 <> 7 THEN md5('p' || n) || md5('q' || n) END, CASE n % 50 WHEN 0 THEN '32.01' WHEN 1 THEN NULL ELSE
        (ARRAY['36.01', '36.02', '36.04', '36.73', '36.72', '36.71'])[1 + n % 6] END, 'online', 1, day + time '02:00'
FROM (
    SELECT n, '{today}'::date - 990 + (n % 1100)::int AS day, 'bench-' || lpad((n % {services})::text, 2, '0') AS service
    FROM generate_series({first}, {last}) n
) AS made;
INSERT INTO people (ticket_id, sealed, contact, masked_name, masked_identity, language, email_hash)
    SELECT md5('t' || n)::uuid::text, repeat('s', 300), repeat('c', 200), 'W*** U**', '3602********0001', 'id',
        md5('e' || n) || md5('f' || n)
    FROM generate_series({first}, {last}) n;
INSERT INTO ticket_history (ticket_id, revision, to_state, actor, site, at)
    SELECT md5('t' || n)::uuid::text, step, 'booked', 'citizen', '{site}', '{today}'::date - 1
    FROM generate_series({first}, {last}) n, generate_series(1, 2) step;
"""


#: People who wait at a site today, one in ten with priority, one after the other since the morning.
_WAITING = """
INSERT INTO tickets (id, number, visit_id, site, service, day, channel, lane, state, created_at, checked_in_at, times_called,
    revision, origin, quota_channel, queue_rank, queue_at)
SELECT md5('w' || n)::uuid::text, 'W-' || lpad(n::text, 5, '0'), md5('x' || n)::uuid::text, '{site}',
    (ARRAY[{services}])[1 + n % {count}], '{today}', 'walk_in', CASE WHEN n % 10 = 0 THEN 'priority' ELSE 'walk_in' END, 'checked_in',
    came_at, came_at, 0, 1, '36.02', 'walk_in', CASE WHEN n % 10 = 0 THEN 1 ELSE 2 END, came_at
FROM (SELECT n, '{today}'::date + time '01:00' + n * interval '1 second' AS came_at FROM generate_series({first}, {last}) n) AS made
"""


def waiting_people(count: int, *, site: str, services: Sequence[str], first: int = 1) -> str:
    """Return the statement that lets `count` people wait today at a site, for one service after the other."""
    names = ", ".join(f"'{code}'" for code in services)
    return _WAITING.format(
        site=site, services=names, count=len(services), today=TODAY, first=first, last=first + count - 1
    )


class House:
    """The engine at one database."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, pool_size=2)
        self.office = Office(
            agency=agency(),
            deployment="booking-immigration",
            secret="a secret of the bench, long enough",  # noqa: S106 - of nothing that lasts
            identity_key="another secret of the bench, long",
            sealer=Sealer((base64.urlsafe_b64encode(b"b" * 32).decode(),)),
            calendar=WorkCalendar(),
        )
        self._people = count(1)
        self.slots: list[str] = []

    def open(self) -> None:
        """Open the days ahead."""
        with self.database.transaction() as session:
            planning.record_quotas(session, self.office)
            planning.open_days(session, self.office, now=MORNING, days=DAYS)
        self.slots = [slot["id"] for day in self.read()["days"] for slot in day["slots"] if slot["places"]]

    def fill(self, tickets: int) -> None:
        """Make so many tickets of others, some at a time."""
        for first in range(0, tickets, PORTION):
            last = min(first + PORTION, tickets) - 1
            made = _FILL.format(site=SITE, services=SERVICES, today=TODAY, first=first, last=last)
            with self.database.transaction() as session:
                session.execute(text(made))

    def read(self) -> dict[str, list[dict[str, list[dict[str, str]]]]]:
        """Read what is free."""
        with self.database.reading() as session:
            return availability.availability(
                session,
                self.office,
                site=SITE,
                service="bench-00",
                first=TODAY,
                last=TODAY + timedelta(days=DAYS - 1),
                now=MORNING,
            )

    def read_site(self) -> None:
        """Read what is free of every service."""
        with self.database.reading() as session:
            availability.site_availability(
                session,
                self.office,
                site=SITE,
                first=TODAY,
                last=TODAY + timedelta(days=DAYS - 1),
                now=MORNING,
            )

    def let_wait(self, count: int) -> None:
        """Let people wait for all services, as many as that."""
        services = [each.code for each in self.office.agency.services]
        with self.database.transaction() as session:
            session.execute(text(waiting_people(count, site=SITE, services=services)))

    def analyse(self) -> None:
        """Let the database look at its tables, as it does by itself after a while."""
        with self.database.transaction() as session:
            session.execute(text("ANALYZE"))

    def call_next(self) -> str:
        """Call whoever is next to the only counter; return their ticket's id."""
        counter = self.office.agency.counters[0].code
        desk = Desk(site=SITE, counter=counter, officer_id=SUPERVISOR.id, now=MORNING)
        with self.database.transaction() as session:
            return floor.call_next(session, self.office, desk).id

    def let_go(self, ticket_id: str) -> None:
        """Have the counter free again, by the shortest way there is."""
        with self.database.transaction() as session:
            session.execute(text("UPDATE tickets SET state = 'served' WHERE id = :id"), {"id": ticket_id})

    def database_seconds(self, run: Callable[[], object]) -> float:
        """Run something; return the seconds in which statements were under way."""
        engine, started, spent = self.database.engine, [0.0], [0.0]

        def begin(*_: object) -> None:
            started[0] = time.perf_counter()

        def end(*_: object) -> None:
            spent[0] += time.perf_counter() - started[0]

        event.listen(engine, "before_cursor_execute", begin)
        event.listen(engine, "after_cursor_execute", end)
        try:
            run()
        finally:
            event.remove(engine, "before_cursor_execute", begin)
            event.remove(engine, "after_cursor_execute", end)
        return spent[0]

    def book(self) -> None:
        """Book a place for somebody new."""
        number = next(self._people)
        slot = self.slots[number * 7 % len(self.slots)]
        purpose = self.office.service("bench-00").purposes[0].code
        body = {"slot_id": slot, "purpose": purpose, "precondition_met": True, "person": person(number)}
        request = BookingRequest(
            key=f"bench-{number:06d}",
            fingerprint=fingerprint(body),
            slot_id=slot,
            hold_id=None,
            applicant=applicant_of(load(BookingSchema(), body), self.office),
        )
        with self.database.transaction() as session:
            answer = booking.book_batch(session, self.office, [request], now=MORNING)[request.key]
        assert not isinstance(answer, Refused), answer

    def read_statistics(self) -> None:
        """Count a year by origin beside the year before."""
        wanted = Wanted(sites=(SITE,), period=period_of(YEAR, TODAY), against=PREVIOUS, by="origin")
        with self.database.reading() as session:
            statistics_of(session, self.office, SUPERVISOR, wanted, now=MORNING)


def agency() -> Agency:
    """Return the sample agency with twenty services at one site, and plenty of places."""
    sample = agencies.load("immigration", TODAY)
    model = next(service for service in sample.services if service.code == "passport-new")
    services: tuple[Service, ...] = tuple(
        replace(model, code=f"bench-{number:02d}") for number in range(SERVICES)
    )
    return replace(
        sample,
        services=services,
        offers=tuple(Offer(site=SITE, service=each.code, places_per_hour_slot=PLENTY) for each in services),
        sites=tuple(site for site in sample.sites if site.code == SITE),
        counters=(replace(sample.counters[0], site=SITE, services=tuple(each.code for each in services)),),
        quotas=(DailyQuota(site=SITE, places=PLENTY, basis="bench", valid_from=date(2020, 1, 1)),),
    )


@contextmanager
def opened(context: Context, *, tickets: int) -> Iterator[House]:
    """Make a database with so many tickets; drop it afterwards."""
    bench: Bench = context.bench
    name = f"house_{uuid4().hex[:8]}"
    url = bench.mall.postgres.create_database(name)
    try:
        migrating.upgrade(url, "gerai_booking")
        house = House(url)
        house.open()
        if tickets:
            context.tell(f"a full database: making {tickets:,} tickets")
            house.fill(tickets)
        bench.mall.postgres.sql("ANALYZE", name)
        yield house
        house.database.close()
    finally:
        bench.mall.postgres.drop_database(name)


def in_turns(
    empty: House, full: House, times: int, run: Callable[[House], object]
) -> tuple[list[float], list[float]]:
    """Return sorted seconds at the empty and at the full database, one after the other: noise meets both."""
    houses = (empty, full)
    for house in houses:
        run(house)
    pairs = [[timed(partial(run, house)) for house in houses] for _ in range(times)]
    return sorted(pair[0] for pair in pairs), sorted(pair[1] for pair in pairs)


def timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
