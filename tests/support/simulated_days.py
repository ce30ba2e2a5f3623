"""Days of a queue played by simpy: the truth that estimates are measured against, and knows nothing of them.

What an estimator may see is handed to it by `Seen`: who waits, who is served since when, who is still booked;
never how long a service will take.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import exp
from random import Random
from typing import Any

import simpy

OPENS, CLOSES = 8 * 3600.0, 15 * 3600.0
BREAK = (12 * 3600.0, 12 * 3600.0 + 1800)
SLOTS = tuple(hour * 3600.0 for hour in (8, 9, 10, 11, 13, 14))


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A kind of day. `services` are (true mean seconds, spread of logarithms, share of walk-ins, seconds in the
    catalogue) by code; `counters` are (services, how many times as long they take).

    `rates` are (from second of the day, walk-ins an hour); `booked` how many book each hour.
    """

    name: str
    services: dict[str, tuple[float, float, float, float]]
    counters: dict[str, tuple[tuple[str, ...], float]]
    rates: tuple[tuple[float, float], ...]
    booked: int = 0
    priority: float = 0.0
    missing: float = 0.03
    #: How much days differ: the spread of the logarithm of a factor of all services, and of each counter's.
    days_differ: float = 0.08
    officers_differ: float = 0.12


@dataclass(kw_only=True)
class Person:
    """Somebody of a day; times are seconds of the day."""

    id: str
    service: str
    rank: int
    arrives: float
    booked_for: float | None = None
    called_at: float | None = None

    @property
    def order_at(self) -> float:
        """The moment that orders them."""
        if self.booked_for is not None and self.arrives <= self.booked_for + 900:
            return self.booked_for
        return self.arrives

    @property
    def order(self) -> tuple[int, float, str]:
        """The order of calls."""
        return (self.rank, self.order_at, self.id)


@dataclass(kw_only=True)
class Visit:
    """One person at one counter, as the agency's database knows it afterwards."""

    service: str
    counter: str
    called_at: float
    finished_at: float


@dataclass(kw_only=True)
class Seen:
    """What is known at a moment of the day."""

    pattern: Pattern
    now: float
    waiting: list[Person] = field(default_factory=list)
    #: By counter: service and moment of the call.
    serving: dict[str, tuple[str, float]] = field(default_factory=dict)
    booked: list[Person] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)


#: Called with what is seen when somebody has checked in, and with them.
AtCheckIn = Callable[[Seen, Person], None]


def play_day(pattern: Pattern, seed: int, at_check_in: AtCheckIn) -> Seen:
    """Play a day to its end; return what is known then."""
    return _Day(pattern, Random(seed), at_check_in).play()


class _Day:
    def __init__(self, pattern: Pattern, chance: Random, at_check_in: AtCheckIn) -> None:
        self.pattern, self.chance, self.at_check_in = pattern, chance, at_check_in
        self.environment = simpy.Environment(initial_time=OPENS - 3600)
        self.seen = Seen(pattern=pattern, now=OPENS - 3600)
        self.woken = self.environment.event()
        self.pace = exp(chance.gauss(0, pattern.days_differ))
        self.paces = {code: exp(chance.gauss(0, pattern.officers_differ)) for code in pattern.counters}

    def play(self) -> Seen:
        people = sorted([*self._booked(), *self._walk_ins()], key=lambda person: person.arrives)
        self.environment.process(self._arrive(people))
        for code in self.pattern.counters:
            self.environment.process(self._work(code))
        self.environment.run(until=20 * 3600)
        return self.seen

    def _walk_ins(self) -> Iterator[Person]:
        codes = list(self.pattern.services)
        shares = [self.pattern.services[code][2] for code in codes]
        for index, (start, per_hour) in enumerate(self.pattern.rates):
            following = self.pattern.rates[index + 1 :]
            end = following[0][0] if following else CLOSES
            at = start
            while per_hour and (at := at + self.chance.expovariate(per_hour / 3600)) < end:
                rank = 1 if self.chance.random() < self.pattern.priority else 2
                service = self.chance.choices(codes, shares)[0]
                yield Person(id=f"w{at:.3f}", service=service, rank=rank, arrives=at)

    def _booked(self) -> Iterator[Person]:
        codes = list(self.pattern.services)
        for slot in SLOTS:
            for number in range(self.pattern.booked):
                late = self.chance.gauss(-900, 700)
                arrives = slot + min(max(late, -3500.0), 2400.0)
                person = Person(
                    id=f"b{slot:.0f}-{number}",
                    service=self.chance.choice(codes),
                    rank=2,
                    arrives=arrives,
                    booked_for=slot,
                )
                self.seen.booked.append(person)
                if self.chance.random() < 0.85:
                    yield person

    def _arrive(self, people: list[Person]) -> Iterator[Any]:
        for person in people:
            yield self.environment.timeout(max(person.arrives - self.environment.now, 0))
            if person in self.seen.booked:
                self.seen.booked.remove(person)
            self.seen.waiting.append(person)
            self.seen.now = self.environment.now
            self.at_check_in(self.seen, person)
            self.woken.succeed()
            self.woken = self.environment.event()

    def _work(self, code: str) -> Iterator[Any]:
        services, own_pace = self.pattern.counters[code]
        yield self.environment.timeout(OPENS - self.environment.now)
        while True:
            if BREAK[0] <= self.environment.now < BREAK[1]:
                yield self.environment.timeout(BREAK[1] - self.environment.now)
            mine = [person for person in self.seen.waiting if person.service in services]
            if not mine:
                yield self.woken
                continue
            person = min(mine, key=lambda each: each.order)
            self.seen.waiting.remove(person)
            person.called_at = self.environment.now
            self.seen.serving[code] = (person.service, person.called_at)
            yield self.environment.timeout(self._occupation(person.service, own_pace * self.paces[code]))
            del self.seen.serving[code]
            self.seen.visits.append(
                Visit(
                    service=person.service,
                    counter=code,
                    called_at=person.called_at,
                    finished_at=self.environment.now,
                )
            )

    def _occupation(self, service: str, pace: float) -> float:
        if self.chance.random() < self.pattern.missing:
            return self.chance.uniform(60, 150)
        mean, spread, _, _ = self.pattern.services[service]
        served = mean * self.chance.lognormvariate(-(spread**2) / 2, spread)
        return self.chance.uniform(15, 60) + served * pace * self.pace
