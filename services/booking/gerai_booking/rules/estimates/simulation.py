"""The queue of a site played through some hundred times, to see when each who waits will be called.

Each time, counters that come free take whoever is first among those they may serve, as `call next` does, for
a duration drawn from what was learned; who is still to come and goes before others comes by chance. The same
snapshot has the same answer always: the draws are the same each time, which also keeps the answer from
trembling while nothing changes. No clock, no I/O; times are seconds from the moment of the snapshot.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import inf
from random import Random

#: The order of calls: rank, then the moment that the agency gave, then the older ticket.
Order = tuple[int, float, str]
#: Ascending values that stand for how long a service takes at a counter.
TableOf = Callable[[str, str], Sequence[float]]

REPLICATIONS = 200
FEWEST_REPLICATIONS = 20
#: So many calls are played at most in one answer: the more wait, the less often they are played through.
MOST_CALLS = 16_000
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
#: A service that takes longer than any seen lasts a share of its longest more.
BEYOND_LONGEST = 0.15
#: Nobody is played further than a working day.
HORIZON = 8 * 3600.0
#: Draws of other things than durations come from their own row of numbers.
_APART = 1_000_003


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody who waits."""

    id: str
    service: str
    order: Order


@dataclass(frozen=True, kw_only=True)
class OpenCounter:
    """A counter that calls people of `services`; not before `free_in` seconds.

    `serving` is the service of whoever is there since `elapsed` seconds, None when nobody is.
    """

    code: str
    services: tuple[str, ...]
    serving: str | None = None
    elapsed: float = 0.0
    free_in: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Somebody who may come between now and `within` seconds, with a probability, and then has this order."""

    service: str
    within: float
    chance: float
    order: Order


@dataclass(frozen=True, kw_only=True)
class Stream:
    """People who go before others and come by chance, `per_hour` on average: with `rank`, ordered as if
    they had come `head_start` seconds before.
    """

    service: str
    per_hour: float
    rank: int
    head_start: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A site at one moment. `pauses` are (from, to) in which no counter calls; a `to` may be past."""

    waiting: tuple[Waiting, ...]
    counters: tuple[OpenCounter, ...]
    expected: tuple[Expected, ...] = ()
    streams: tuple[Stream, ...] = ()
    pauses: tuple[tuple[float, float], ...] = ()
    #: Services of which is asked how long somebody would wait who came now.
    newcomers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Seconds until the call: in 80 of 100 cases between `low` and `high`, in half of them by `mid`."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Intervals by ticket, and of newcomers by service; without one, no open counter calls them."""

    waiting: Mapping[str, Interval]
    newcomers: Mapping[str, Interval]


def simulate(snapshot: Snapshot, table_of: TableOf, *, most_calls: int = MOST_CALLS) -> Outcome:
    """Return when each will be called."""
    plan = _Plan(snapshot, table_of)
    times = min(max(most_calls // max(len(plan.waiting), 1), FEWEST_REPLICATIONS), REPLICATIONS)
    waits: list[list[float]] = [[] for _ in plan.waiting]
    chance = Random(_APART)  # noqa: S311 - a simulation
    for number in range(times):
        _play(plan, Random(number), chance, waits)  # noqa: S311 - a simulation
    return Outcome(
        waiting={each.id: _interval(found) for each, found in zip(plan.waiting, waits, strict=True) if found},
        newcomers={service: _interval(found) for service, found in plan.newcomers.items() if found},
    )


def _interval(seconds: list[float]) -> Interval:
    ascending = sorted(seconds)
    last = len(ascending) - 1
    return Interval(
        low=ascending[int(LOW * last)],
        mid=ascending[int(MIDDLE * last + 0.5)],
        high=ascending[min(int(HIGH * last + 1), last)],
    )


class _Plan:
    """A snapshot laid out for being played many times: services are numbers, orders are places."""

    def __init__(self, snapshot: Snapshot, table_of: TableOf) -> None:
        self.waiting = sorted(snapshot.waiting, key=lambda each: each.order)
        self.orders = [each.order for each in self.waiting]
        self.pauses = snapshot.pauses
        self.expected = snapshot.expected
        self.streams = [stream for stream in snapshot.streams if stream.per_hour > 0]
        self.newcomers: dict[str, list[float]] = {service: [] for service in snapshot.newcomers}
        #: What anybody waits for, comes for or asks about; other services are played by nobody.
        wanted = {
            *(each.service for each in self.waiting),
            *(each.service for each in self.expected),
            *(each.service for each in self.streams),
        }
        self.numbers = {service: number for number, service in enumerate(sorted(wanted))}
        self.queues: list[list[float]] = [[] for _ in self.numbers]
        for place, each in enumerate(self.waiting):
            self.queues[self.numbers[each.service]].append(float(place))
        for queue in self.queues:
            queue.append(inf)
        self.counters = [_Counter(counter, self, table_of) for counter in snapshot.counters]
        longest = max(
            (table[-1] for counter in self.counters for table in counter.tables if table), default=0.0
        )
        #: Whoever comes later than this meets nobody who waits now.
        self.horizon = min(HORIZON, 3600 + longest * len(self.waiting) / max(len(self.counters), 1))

    def place(self, order: Order, nth: int) -> float:
        """Return a place between those of the waiting, after others who come to the same one before."""
        return bisect_left(self.orders, order) - 0.5 + nth * 1e-6


@dataclass(kw_only=True)
class _Arrivals:
    """Who comes in one run: ascending (seconds, service number, place), and who is there already."""

    coming: list[tuple[float, int, float]]
    next: int = 0
    there: list[list[float]] = field(default_factory=list)

    def take_in(self, now: float) -> None:
        while self.next < len(self.coming) and self.coming[self.next][0] <= now:
            _, service, place = self.coming[self.next]
            heappush(self.there[service], place)
            self.next += 1

    def first_before(self, best: float, services: Sequence[int], now: float) -> int | None:
        """Call whoever came by now and goes before the place `best`; return the service, None for nobody."""
        self.take_in(now)
        service = None
        for each in services:
            there = self.there[each]
            if there and there[0] < best:
                best, service = there[0], each
        if service is not None:
            heappop(self.there[service])
        return service

    def next_for(self, services: Sequence[int]) -> float | None:
        """Return when the next comes whom one of these services is for."""
        return next((at for at, service, _ in self.coming[self.next :] if service in services), None)


class _Counter:
    def __init__(self, counter: OpenCounter, plan: _Plan, table_of: TableOf) -> None:
        self.free_in = counter.free_in
        self.elapsed = counter.elapsed
        self.services = [plan.numbers[each] for each in counter.services if each in plan.numbers]
        self.asked_of = [service for service in counter.services if service in plan.newcomers]
        self.tables: list[Sequence[float]] = [()] * len(plan.numbers)
        for service, number in plan.numbers.items():
            if service in counter.services:
                self.tables[number] = table_of(service, counter.code)
        self.serving = table_of(counter.serving, counter.code) if counter.serving is not None else None

    def first_free(self, chance: Random) -> float:
        """Return when the counter is free: whoever is there has been there for some time already."""
        if self.serving is None:
            return self.free_in
        table = self.serving
        past = bisect_left(table, self.elapsed)
        if past >= len(table):
            return max(self.free_in, chance.random() * 2 * BEYOND_LONGEST * table[-1])
        drawn = table[past + int(chance.random() * (len(table) - past))]
        return max(self.free_in, drawn - self.elapsed)


def _arrivals(plan: _Plan, chance: Random) -> _Arrivals:
    coming = []
    for nth, each in enumerate(plan.expected):
        comes, at = chance.random() < each.chance, chance.random() * each.within
        if comes:
            coming.append((at, plan.numbers[each.service], plan.place(each.order, nth)))
    for stream in plan.streams:
        at = chance.expovariate(stream.per_hour / 3600)
        while at < plan.horizon:
            order = (stream.rank, at - stream.head_start, "")
            coming.append((at, plan.numbers[stream.service], plan.place(order, len(coming))))
            at += chance.expovariate(stream.per_hour / 3600)
    coming.sort()
    return _Arrivals(coming=coming, there=[[] for _ in plan.numbers])


def _play(plan: _Plan, draws: Random, chance: Random, waits: list[list[float]]) -> None:
    """Play the queue through once, adding to `waits` and to the plan's newcomers."""
    counters, queues = plan.counters, plan.queues
    line = [(counter.first_free(chance), number) for number, counter in enumerate(counters)]
    heapify(line)
    arrivals = _arrivals(plan, chance) if plan.expected or plan.streams else None
    heads, left, unasked = [0] * len(queues), len(waits), set(plan.newcomers)
    while line and (left or unasked) and line[0][0] < HORIZON:
        now, number = heappop(line)
        until = _pause_at(plan.pauses, now)
        if until is not None:
            heappush(line, (until, number))
            continue
        counter = counters[number]
        best, service = inf, -1
        for each in counter.services:
            place = queues[each][heads[each]]
            if place < best:
                best, service = place, each
        came = arrivals.first_before(best, counter.services, now) if arrivals is not None else None
        if came is not None:
            service = came
        elif service >= 0:
            heads[service] += 1
            waits[int(best)].append(now)
            left -= 1
        else:
            for asked in unasked.intersection(counter.asked_of):
                plan.newcomers[asked].append(now)
                unasked.discard(asked)
            again = arrivals.next_for(counter.services) if arrivals is not None else None
            if again is not None:
                heappush(line, (again, number))
            continue
        table = counter.tables[service]
        heappush(line, (now + table[int(draws.random() * len(table))], number))


def _pause_at(pauses: Sequence[tuple[float, float]], now: float) -> float | None:
    for start, end in pauses:
        if start <= now < end:
            return end
    return None
