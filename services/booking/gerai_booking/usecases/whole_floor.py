"""The whole floor of a site as its supervisor sees it: every counter, and everybody who waits."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import floor
from gerai_booking.rules.catalogue import Counter
from gerai_booking.usecases.office import Office


@dataclass(frozen=True, kw_only=True)
class CounterSeen:
    """A counter: who is there and since when, if anybody; how many it has served today.

    `minutes` is how long half of its services took at most, None before the first. `could_call` is how many
    wait for it while nobody is there.
    """

    counter: Counter
    number: str | None
    state: State | None
    since: datetime | None
    served: int
    minutes: int | None
    could_call: int


@dataclass(frozen=True, kw_only=True)
class ServiceSeen:
    """A service that people wait for: how many, how many of them with priority, since when the first."""

    service: str
    waiting: int
    with_priority: int
    since: datetime | None
    counters: list[Counter]


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A site at one moment."""

    counters: list[CounterSeen]
    services: list[ServiceSeen]

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(each.waiting for each in self.services)

    @property
    def served(self) -> int:
        """How many have been served today."""
        return sum(each.served for each in self.counters)

    @property
    def busy(self) -> int:
        """At how many counters somebody is."""
        return sum(each.number is not None for each in self.counters)


#: Lanes whose people are called before others, or count as come earlier (rules.lanes).
WITH_PRIORITY = frozenset({"priority", "emergency"})


def whole_floor(session: Session, office: Office, *, officer: Officer, site: str, now: datetime) -> Floor:
    """Return a site's floor, with the counters in their order and the longest queue first.

    Raises Forbidden, UnknownSite.
    """
    officer.must_be_supervisor()
    today = office.today(site, now)
    counters = office.counters_at(site)
    services = _services(floor.waiting(session, site=site, day=today), counters)
    waiting = {each.service: each.waiting for each in services}
    there = {row.counter: row for row in floor.at_counters(session, site=site)}
    minutes: dict[str, list[float]] = {counter.code: [] for counter in counters}
    for row in floor.served(session, site=site, day=today):
        if row.counter in minutes:
            minutes[row.counter].append((row.finished_at - row.started_at).total_seconds() / 60)
    return Floor(
        counters=[
            _counter(counter, there.get(counter.code), minutes[counter.code], waiting) for counter in counters
        ],
        services=services,
    )


def _services(rows: list[Any], counters: list[Counter]) -> list[ServiceSeen]:
    lanes: dict[str, list[Any]] = {}
    for row in rows:
        lanes.setdefault(row.service, []).append(row)
    found = [
        ServiceSeen(
            service=service,
            waiting=sum(row.count for row in of_service),
            with_priority=sum(row.count for row in of_service if row.lane in WITH_PRIORITY),
            since=min((row.since for row in of_service if row.since is not None), default=None),
            counters=[counter for counter in counters if service in counter.services],
        )
        for service, of_service in lanes.items()
    ]
    return sorted(found, key=lambda each: (-each.waiting, each.service))


def _counter(
    counter: Counter, there: Any | None, minutes: list[float], waiting: dict[str, int]
) -> CounterSeen:
    return CounterSeen(
        counter=counter,
        number=there.number if there else None,
        state=State(there.state) if there else None,
        since=(there.started_at or there.called_at) if there else None,
        served=len(minutes),
        minutes=round(median(minutes)) if minutes else None,
        could_call=0 if there else sum(waiting.get(service, 0) for service in counter.services),
    )
