"""The whole floor of a site as its supervisor sees it: every counter, and everybody who waits."""

from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import floor
from gerai_booking.rules.catalogue import Counter
from gerai_booking.rules.estimates.explaining import Minutes, minutes_of
from gerai_booking.rules.shifts import Shift
from gerai_booking.usecases import estimates, skills
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.shifts import open_counters
from gerai_booking.usecases.skills import Setting


@dataclass(frozen=True, kw_only=True)
class CounterSeen:
    """A counter: who is there and since when, if anybody; how many it has served today.

    `minutes` is how long half of its services took at most, None before the first. `could_call` is how many
    wait for it while nobody is there.
    """

    counter: Counter
    #: What is served there now, and whether that is otherwise than the catalogue says.
    services: tuple[str, ...]
    setting: Setting | None
    #: Who has it open, None if nobody.
    shift: Shift | None
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
    #: How long somebody would wait who came now, in minutes as they are told; None while nobody can tell.
    now_waits: Minutes | None


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A site at one moment."""

    counters: list[CounterSeen]
    services: list[ServiceSeen]
    #: What is offered on this weekday, and no counter serves any more.
    unserved: list[str]

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(each.waiting for each in self.services)

    @property
    def served(self) -> int:
        """How many have been served today."""
        return sum(each.served for each in self.counters)

    @property
    def open(self) -> int:
        """How many counters somebody has open, paused ones too."""
        return sum(each.shift is not None for each in self.counters)

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
    served = skills.services_at(session, office, site=site, day=today)
    settings = skills.settings_at(session, office, site=site, day=today)
    shifts = {each.code: each.shift for each in open_counters(session, office, site=site, now=now)}
    times = estimates.waiting_times(session, office, site=site, now=now, may_be_old=estimates.FOR_SCREENS)
    services = _services(floor.waiting(session, site=site, day=today), counters, served, times)
    waiting = {each.service: each.waiting for each in services}
    there = {row.counter: row for row in floor.at_counters(session, site=site)}
    minutes: dict[str, list[float]] = {counter.code: [] for counter in counters}
    for row in floor.served(session, site=site, day=today):
        if row.counter in minutes:
            minutes[row.counter].append((row.finished_at - row.started_at).total_seconds() / 60)
    return Floor(
        counters=[
            replace(
                _counter(
                    counter,
                    there.get(counter.code),
                    minutes[counter.code],
                    waiting,
                    served[counter.code],
                ),
                setting=settings.get(counter.code),
                shift=shifts.get(counter.code),
            )
            for counter in counters
        ],
        services=services,
        unserved=skills.unserved_at(office, site=site, day=today, services=served),
    )


def counter_seen(
    session: Session, office: Office, *, officer: Officer, site: str, counter: str, now: datetime
) -> CounterSeen:
    """Return one counter of a floor. Raises Forbidden, UnknownSite, UnknownCounter."""
    office.counter(site, counter)
    seen = whole_floor(session, office, officer=officer, site=site, now=now)
    return next(each for each in seen.counters if each.counter.code == counter)


def _services(
    rows: list[Any],
    counters: list[Counter],
    served: dict[str, tuple[str, ...]],
    times: estimates.WaitingTimes,
) -> list[ServiceSeen]:
    lanes: dict[str, list[Any]] = {}
    for row in rows:
        lanes.setdefault(row.service, []).append(row)
    found = [
        ServiceSeen(
            service=service,
            waiting=sum(row.count for row in of_service),
            with_priority=sum(row.count for row in of_service if row.lane in WITH_PRIORITY),
            since=min((row.since for row in of_service if row.since is not None), default=None),
            counters=[counter for counter in counters if service in served[counter.code]],
            now_waits=_now_waits(times, service),
        )
        for service, of_service in lanes.items()
    ]
    return sorted(found, key=lambda each: (-each.waiting, each.service))


def _now_waits(times: estimates.WaitingTimes, service: str) -> Minutes | None:
    found = times.newcomers.get(service)
    return minutes_of(found.told) if found and found.told else None


def _counter(
    counter: Counter,
    there: Any | None,
    minutes: list[float],
    waiting: dict[str, int],
    services: tuple[str, ...],
) -> CounterSeen:
    return CounterSeen(
        counter=counter,
        services=services,
        setting=None,
        shift=None,
        number=there.number if there else None,
        state=State(there.state) if there else None,
        since=(there.started_at or there.called_at) if there else None,
        served=len(minutes),
        minutes=round(median(minutes)) if minutes else None,
        could_call=0 if there else sum(waiting.get(service, 0) for service in services),
    )
