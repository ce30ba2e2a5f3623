"""The plan of a day: who comes when, for what, and how it goes with each of them.

Standard library only, and nothing but the arguments decides: the same seed makes the same day. Times are
minutes since midnight at the site, durations are minutes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

#: How strongly people come, by hours after opening: the rush before and at the door, then less.
RUSH = ((0.0, 2.6), (0.5, 1.9), (1.0, 1.5), (2.0, 1.2), (3.0, 1.0), (5.0, 0.9), (6.0, 0.6))
#: In a break of the counters few come, and the last minutes before closing nobody begins anything.
IN_BREAK, LAST_MINUTES = 0.3, 20.0
#: The doors are open this long before the counters; who is early waits.
EARLY_DOOR = 15.0
#: Of the minutes in which counters are open, the part that a day's visitors fill.
BUSY = 0.85
#: How far service times spread around a service's own: the standard deviation of their logarithm.
SPREAD = 0.45
#: Bookings are for hours of this length.
HOUR = 60.0

APPOINTMENTS = 0.45
PRIORITY = 0.12
#: Of those who booked: never come, cancel, come late, check in by phone.
STAYS_AWAY, CANCELS, LATE, BY_PHONE = 0.07, 0.05, 0.10, 0.6
#: Of those who are called: hear only the recall, are gone, and of these come back after all.
NEEDS_RECALL, GONE, COMES_BACK = 0.05, 0.04, 0.6
#: Of those who are served: wait aside for a copy or a payment, are sent on, are finished with by mistake.
PARKED, SENT_ON, UNDONE = 0.06, 0.04, 0.02
COMPLAINS = 0.04


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When a site's counters are open: from `opens` to `closes` but for `breaks` (from, to)."""

    opens: float
    closes: float
    breaks: tuple[tuple[float, float], ...] = ()

    def pause_until(self, now: float) -> float | None:
        """Return when the break ends that `now` is in, None outside of breaks."""
        return next((ends for starts, ends in self.breaks if starts <= now < ends), None)

    @property
    def working_minutes(self) -> float:
        """How long the counters are open."""
        return self.closes - self.opens - sum(ends - starts for starts, ends in self.breaks)


@dataclass(frozen=True, kw_only=True)
class Service:
    """What people come for: how long it takes, how often it is asked for, whether it can be booked."""

    code: str
    minutes: float
    weight: float
    is_bookable: bool


@dataclass(frozen=True, kw_only=True)
class Agency:
    """An agency at the site, with so many counters."""

    code: str
    counters: int
    services: tuple[Service, ...]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One person's day.

    `booked_for` is the hour of who has an appointment. `arrives` is None for who never comes, `cancels_at` is
    when a booking is given back. `calls_heard` is the call at which the person goes to the counter, after
    `walks` minutes; 0 for who is gone, and comes back `returns_after` minutes later or, with None, never.
    Being served takes `serves` minutes; after a third of it who is `parked_for` waits aside, who has
    `sent_on_to` goes on to another service. `undone` are finished with by mistake first.
    """

    number: int
    agency: str
    service: str
    booked_for: float | None
    arrives: float | None
    cancels_at: float | None
    by_phone: bool
    priority: bool
    walks: float
    calls_heard: int
    returns_after: float | None
    serves: float
    parked_for: float | None
    sent_on_to: str | None
    undone: bool
    complains: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    """Everybody who has to do with the site on one day, in the order of the plan."""

    hours: Hours
    visits: tuple[Visit, ...]


def plan_day(seed: int, hours: Hours, agencies: Sequence[Agency], *, people: int | None = None) -> Day:
    """Return the day that `seed` makes.

    `people` is how many there are in all; without it, each agency has as many as its counters can serve in
    most of their time. Raises ValueError when there is nothing to come for.
    """
    chance = Random(seed)  # noqa: S311 - people, not secrets
    present = [agency for agency in agencies if agency.counters and agency.services]
    if not present:
        raise ValueError("no agency has a counter and a service here today")
    visits: list[Visit] = []
    for agency, count in zip(present, _shares(present, hours, people), strict=True):
        for _ in range(count):
            visits.append(_visit(chance, len(visits), hours, agency))
    return Day(hours=hours, visits=tuple(visits))


def _shares(agencies: Sequence[Agency], hours: Hours, people: int | None) -> list[int]:
    """Return how many come to each agency: what its counters can serve, or its part of `people`."""
    able = [BUSY * agency.counters * hours.working_minutes / _mean_minutes(agency) for agency in agencies]
    if people is None:
        return [max(1, round(each)) for each in able]
    ends = [round(people * sum(able[:count]) / sum(able)) for count in range(len(able) + 1)]
    return [end - begin for begin, end in pairwise(ends)]


def _mean_minutes(agency: Agency) -> float:
    weights = sum(each.weight for each in agency.services)
    return sum(each.minutes * each.weight for each in agency.services) / weights


def _visit(chance: Random, number: int, hours: Hours, agency: Agency) -> Visit:
    service = chance.choices(agency.services, [each.weight for each in agency.services])[0]
    arrives: float | None = arrival(chance, hours)
    booked_for = cancels_at = None
    if service.is_bookable and chance.random() < APPOINTMENTS:
        booked_for = hours.opens + HOUR * math.floor((max(arrives or 0.0, hours.opens) - hours.opens) / HOUR)
        arrives = _arrival_for(chance, hours, booked_for)
        fate = chance.random()
        if fate < CANCELS:
            arrives, cancels_at = None, chance.uniform(hours.opens - EARLY_DOOR, booked_for)
        elif fate < CANCELS + STAYS_AWAY:
            arrives = None
    others = [each.code for each in agency.services if each.code != service.code]
    heard, returns = _hearing(chance)
    fate = chance.random()
    return Visit(
        number=number,
        agency=agency.code,
        service=service.code,
        booked_for=booked_for,
        arrives=arrives,
        cancels_at=cancels_at,
        by_phone=booked_for is not None and chance.random() < BY_PHONE,
        priority=chance.random() < PRIORITY,
        walks=chance.uniform(0.3, 1.5),
        calls_heard=heard,
        returns_after=returns,
        serves=service_minutes(chance, service.minutes),
        parked_for=chance.uniform(5, 20) if fate < PARKED else None,
        sent_on_to=chance.choice(others) if others and PARKED <= fate < PARKED + SENT_ON else None,
        undone=chance.random() < UNDONE,
        complains=chance.random() < COMPLAINS,
    )


def _hearing(chance: Random) -> tuple[int, float | None]:
    """Return the call that is heard (0: none) and after how long somebody who was gone comes back."""
    fate = chance.random()
    if fate < GONE:
        return 0, chance.uniform(5, 25) if chance.random() < COMES_BACK else None
    return (2 if fate < GONE + NEEDS_RECALL else 1), None


def arrival(chance: Random, hours: Hours) -> float:
    """Return when somebody without a booking comes: never after the last minutes before closing."""
    pieces = _pieces(hours)
    begins, ends, _ = chance.choices(pieces, [(ends - begins) * rate for begins, ends, rate in pieces])[0]
    return chance.uniform(begins, ends)


def _pieces(hours: Hours) -> list[tuple[float, float, float]]:
    """Return (from, to, strength) of the day, cut wherever the strength changes."""
    last = max(hours.closes - LAST_MINUTES, hours.opens + 1)
    cuts = {hours.opens - EARLY_DOOR, last}
    cuts |= {hours.opens + HOUR * begin for begin, _ in RUSH}
    cuts |= {moment for pause in hours.breaks for moment in pause}
    inside = sorted(cut for cut in cuts if hours.opens - EARLY_DOOR <= cut <= last)
    return [(begins, ends, _strength(hours, (begins + ends) / 2)) for begins, ends in pairwise(inside)]


def _strength(hours: Hours, moment: float) -> float:
    usual = [rate for begin, rate in RUSH if hours.opens + HOUR * begin <= moment]
    return (usual[-1] if usual else RUSH[0][1]) * (IN_BREAK if hours.pause_until(moment) else 1.0)


def _arrival_for(chance: Random, hours: Hours, booked_for: float) -> float:
    """Return when somebody with an appointment comes: mostly somewhat early, some late."""
    shift = chance.uniform(15, 45) if chance.random() < LATE else chance.gauss(-8, 8)
    return min(max(booked_for + shift, hours.opens - EARLY_DOOR), hours.closes - LAST_MINUTES / 2)


def service_minutes(chance: Random, usual: float) -> float:
    """Return how long one service takes: log-normal, on average as long as is usual."""
    drawn = chance.lognormvariate(math.log(usual) - SPREAD**2 / 2, SPREAD)
    return min(max(drawn, 1.0), 4 * usual)


def counted(day: Day) -> Mapping[str, int]:
    """Return how many of a day come to each agency, by its code."""
    found: dict[str, int] = {}
    for visit in day.visits:
        found[visit.agency] = found.get(visit.agency, 0) + 1
    return found
