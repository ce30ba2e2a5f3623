"""The two sides of a cut-off drill, each with a database of its own, and the line between them."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from gerai_booking import agencies
from gerai_booking.models import tickets
from gerai_booking.rules.catalogue import Agency, Counter, DailyQuota, Text
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import booking, leases, merging, node_sync, plan, planning
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_shared import migrating
from gerai_shared.borders import load
from gerai_shared.commands import fingerprint
from gerai_shared.database import Database
from gerai_shared.refusals import Refused
from gerai_shared.sealing import Sealer
from gerai_shared.ticket import Ticket
from gerai_shared.workdays import WorkCalendar
from sqlalchemy import text

SITE, ZONE = "kanim-serang", ZoneInfo("Asia/Jakarta")
#: A Tuesday of the sample data, so that a drill is the same on every day.
DAY = date(2026, 12, 1)
#: Small beside a real page, so that a merge has many places at which it can be cut.
CHUNK = 7


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of the drill's day."""
    return datetime.combine(DAY, time(hour, minute, second), ZONE).astimezone(UTC)


@dataclass(kw_only=True)
class Side:
    """The centre or the node: its database and what its use cases work with."""

    database: Database
    office: Office
    refused: dict[str, int] = field(default_factory=dict)

    def do(self, usecase: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Carry out one use case in a transaction of its own; a refusal is counted, and None returned."""
        try:
            with self.database.transaction() as session:
                return usecase(session, self.office, *args, **kwargs)
        except Refused as refusal:
            self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1
            return None

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query in SQL."""
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(text(query), values)]

    def of_day(self, columns: str, table: str, also: str = "true", **values: Any) -> list[tuple[Any, ...]]:
        """Return columns of the rows of the drill's site and day for which `also` holds, too."""
        query = f"SELECT {columns} FROM {table} WHERE site = :site AND day = :day AND {also}"  # noqa: S608
        return self.rows(query, site=SITE, day=str(DAY), **values)

    def ticket(self, ticket_id: str) -> Ticket | None:
        """Return a ticket as this side has it."""
        with self.database.reading() as session:
            return tickets.find(session, ticket_id, agency=self.office.code)

    def desk(self, counter: str, now: datetime) -> Desk:
        """Return an officer at a counter."""
        return Desk(site=SITE, counter=counter, officer_id="petugas", now=now)


@dataclass(kw_only=True)
class Line:
    """The line between node and centre. Everything crosses it as JSON, in small pages; it can be cut.

    `pages_left` is after how many pages of a merge it breaks, and `loses_answer` whether the last of them
    arrived and only its answer was lost. `between` is what happens at the node while a page is on its way.
    """

    centre: Side
    key: str
    now: Callable[[], datetime]
    is_cut: bool = False
    pages_left: int | None = None
    loses_answer: bool = False
    between: Callable[[], None] = lambda: None

    def _ask(self, usecase: Callable[..., Any], **asked: Any) -> Any:
        if self.is_cut:
            raise node_sync.CentreAway
        with self.centre.database.transaction() as session:
            node = leases.node_of(session, self.key)
            answer = usecase(session, self.centre.office, node, now=self.now(), **asked)
        return json.loads(json.dumps(answer))

    def grant(self) -> dict[str, Any]:
        """See node_sync.Centre."""
        found: dict[str, Any] = self._ask(leases.grant)
        return found

    def changes(
        self, lease_id: str, confirmed: Sequence[tuple[str, int]], standing: str | None
    ) -> dict[str, Any]:
        """See node_sync.Centre."""
        found: dict[str, Any] = self._ask(
            leases.changes, lease_id=lease_id, confirmed=confirmed, standing=standing
        )
        return found

    def merge(self, lease_id: str, tickets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """See node_sync.Centre; the first part of what is given is taken, the rest comes again."""
        page = json.loads(json.dumps(tickets[:CHUNK]))
        changes = [merging.Change(**ticket) for ticket in page]
        answers: list[dict[str, Any]] = self._ask(merging.merge_page, lease_id=lease_id, changes=changes)
        self.between()
        if self.pages_left is not None:
            self.pages_left -= 1
            if self.pages_left <= 0:
                self.is_cut = True
                if self.loses_answer:
                    raise node_sync.CentreAway
        return answers

    def give_back(self, lease_id: str) -> None:
        """See node_sync.Centre."""
        self._ask(leases.give_back, lease_id=lease_id)


@contextmanager
def two_databases(folder: Path, postgres: str | None) -> Iterator[tuple[str, str]]:
    """Make two migrated databases for the length of the block: in `folder`, or at a PostgreSQL.

    `postgres` is the address of a database there whose user may create others.
    """
    if postgres is None:
        first, second = folder / "centre.sqlite", folder / "node.sqlite"
        migrating.upgrade(f"sqlite:///{first}", "gerai_booking")
        second.write_bytes(first.read_bytes())
        yield f"sqlite:///{first}", f"sqlite:///{second}"
        return
    admin = Database(postgres, pool_size=1)
    suffix = f"{random.SystemRandom().getrandbits(32):08x}"
    names = [f"gerai_drill_{side}_{suffix}" for side in ("centre", "node")]

    def ask(statement: str) -> None:
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))

    try:
        urls = []
        for name in names:
            ask(f'CREATE DATABASE "{name}"')
            urls.append(admin.url.set(database=name).render_as_string(hide_password=False))
            migrating.upgrade(urls[-1], "gerai_booking")
        yield urls[0], urls[1]
    finally:
        for name in names:
            ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.close()


def sides(urls: tuple[str, str], *, walk_ins: int) -> tuple[Side, Side, str]:
    """Return the centre with an open day, the node, and the node's key."""
    key = Fernet.generate_key().decode()
    agency = _agency(walk_ins)
    offices = [
        Office(
            agency=agency,
            deployment="booking-immigration",
            secret="the same in both deployments of a drill",  # noqa: S106 - opens nothing but this drill
            identity_key="also the same, and of no use elsewhere",
            sealer=Sealer((key,)),
            calendar=WorkCalendar(),
            node_of=node_of,
            chance=lambda: 0.5,
        )
        for node_of in (None, SITE)
    ]
    centre, node = (
        Side(database=Database(url), office=office) for url, office in zip(urls, offices, strict=True)
    )
    early = at(6) - timedelta(days=1)
    centre.do(plan.follow_catalogue, now=early)
    centre.do(planning.open_days, now=early, days=3)
    node_key: str = centre.do(leases.add_node, site=SITE, name="Simpul latihan", now=early)
    return centre, node, node_key


def _agency(walk_ins: int) -> Agency:
    """The sample agency with more counters, and quotas that bound who walks in and everybody together."""
    sample = agencies.load("immigration", DAY)
    passports = ("passport-new", "passport-renewal", "passport-child")
    more = tuple(
        Counter(
            site=SITE,
            code=f"{number}",
            name=Text(id=f"Loket {number}", en=f"Counter {number}"),
            services=passports,
        )
        for number in range(6, 9)
    )
    first = date(2024, 1, 1)
    quotas = (
        DailyQuota(site=SITE, channel="walk_in", places=walk_ins, basis="Latihan", valid_from=first),
        DailyQuota(site=SITE, service="stay-permit", places=40, basis="Latihan", valid_from=first),
    )
    return replace(sample, releases=(), counters=(*sample.counters, *more), quotas=(*sample.quotas, *quotas))


def book(centre: Side, person: int, slot: str, *, now: datetime) -> Ticket | None:
    """Have the `person`-th citizen book an hour; None if it is full."""
    service = centre.office.service(slot.split(".")[1])
    is_citizen = "WNI" in service.citizenship
    who = {"nik": f"360214650890{person:04d}"} if is_citizen else {"passport_number": f"X{person:06d}"}
    report = {"number": "LP/12/XI/2026", "date": "2026-11-30", "station": "Polsek Contoh"}
    body = {
        "slot_id": slot,
        "purpose": next((purpose.code for purpose in service.purposes), None),
        "precondition_met": True,
        "police_report": report if service.police_report else None,
        "person": {"name": f"Warga Latihan {person}", "email": f"warga{person}@example.org", **who},
    }
    data = load(BookingSchema(), body)
    request = booking.BookingRequest(
        key=f"drill-{person}",
        fingerprint=fingerprint(body),
        slot_id=slot,
        hold_id=None,
        applicant=applicant_of(data, centre.office),
    )
    answers = centre.do(booking.book_batch, [request], now=now)
    answer = answers[request.key] if answers else None
    if answer is None or isinstance(answer, Refused):
        return None
    return centre.ticket(answer["ticket"]["id"])
