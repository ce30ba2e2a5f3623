"""How fair a day was: how long each lane waited, who was overtaken, and whether anybody beyond the bound.

Worked out from what happened, not from what should have: the report would see a counter that calls in a wrong
order. Compared are people of one service: whatever counter called the one could have called the other.
Standard library only.
"""

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gerai_booking.rules.catalogue import LaneRule
from gerai_booking.rules.lanes import LANES, overtaken_within
from gerai_booking.rules.statistics import percentile
from gerai_booking.rules.suppression import FLOOR, Cell, Line, Shown, suppress
from gerai_booking.rules.visits import ORDINARY_RANK

#: What is so close together may have been decided at the same moment, at two counters.
SIMULTANEOUS = timedelta(seconds=5)
NEVER = datetime.max.replace(tzinfo=UTC)
TOTAL = ""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """How somebody waited, for one service on one day.

    `counts_from` is as in rules.visits; `rank`, `queue_at` and `id` made their place, which they had from
    `stood_from` on. `called_at` is when they were called, `until` when they waited no more (None: they still
    do). Outside the law are who was called `out_of_turn`, or `came_back` after a call or to a later place.
    """

    id: str
    day: date
    service: str
    lane: str
    rank: int
    counts_from: datetime
    queue_at: datetime
    arrived_at: datetime
    stood_from: datetime
    called_at: datetime | None
    until: datetime | None
    out_of_turn: bool = False
    came_back: bool = False

    @property
    def is_ordinary(self) -> bool:
        """Whether the order of the queue is all that decided."""
        return self.rank == ORDINARY_RANK and not self.out_of_turn and not self.came_back

    @property
    def minutes(self) -> int | None:
        """How long they waited, None for who was not called."""
        return int((self.called_at - self.arrived_at).total_seconds() // 60) if self.called_at else None


@dataclass(frozen=True, kw_only=True)
class LaneFigures:
    """A lane (TOTAL: all): who was called, how long they waited in minutes, how many were overtaken.

    `most` is by how many one of them was overtaken at most. A figure that would tell of few people is None.
    """

    lane: str
    called: Shown
    median: int | None
    of_most: int | None
    longest: int | None
    overtaken: Shown
    most: int | None


@dataclass(frozen=True, kw_only=True)
class Broken:
    """So many people of a service were passed over on a day, against the order or beyond their bound."""

    day: date
    service: str
    count: int


def figures_of(waits: Sequence[Wait]) -> list[LaneFigures]:
    """Return the figures of every lane in which somebody was called, in the order of LANES, then of all."""
    passed = overtaken(waits)
    called = [wait for wait in waits if wait.called_at is not None]
    lanes = [lane for lane in LANES if any(wait.lane == lane for wait in called)]
    of_lane = {lane: [wait for wait in called if wait.lane == lane] for lane in lanes} | {TOTAL: called}
    told = _told({lane: (len(of), sum(passed[wait.id] > 0 for wait in of)) for lane, of in of_lane.items()})
    return [_figures(lane, of, *told[lane], passed) for lane, of in of_lane.items()]


def _told(counts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[Shown, Shown]]:
    """Hide what would tell of few people: why somebody has priority tells of their health."""
    cells: dict[Cell, int] = {
        (column, lane): pair[column] for lane, pair in counts.items() for column in (0, 1)
    }
    lanes = [lane for lane in counts if lane != TOTAL]
    lines = [Line(total=(column, TOTAL), parts=tuple((column, lane) for lane in lanes)) for column in (0, 1)]
    told = suppress(cells, lines)
    return {lane: (told[0, lane], told[1, lane]) for lane in counts}


def _figures(
    lane: str, waits: list[Wait], called: Shown, passed_over: Shown, passed: Mapping[str, int]
) -> LaneFigures:
    minutes = Counter(wait.minutes for wait in waits if wait.minutes is not None)
    tells = isinstance(called, int) and called >= FLOOR
    tells_passed = tells and isinstance(passed_over, int)
    return LaneFigures(
        lane=lane,
        called=called,
        median=percentile(minutes, 0.5) if tells else None,
        of_most=percentile(minutes, 0.9) if tells else None,
        longest=max(minutes) if tells else None,
        overtaken=passed_over,
        most=max(passed[wait.id] for wait in waits) if tells_passed else None,
    )


def overtaken(waits: Iterable[Wait]) -> dict[str, int]:
    """Return by how many who came after them, in the order of the queue, each was overtaken."""
    return _passed_by(waits, came=lambda wait: wait.counts_from, until=lambda wait: wait.counts_from)


def out_of_order(waits: Iterable[Wait]) -> list[Broken]:
    """Return where somebody was called although others were before them in the queue."""
    waits = list(waits)
    return _broken(waits, _passed_by(waits, came=_place, until=_place))


def beyond_bound(waits: Iterable[Wait], rules: Iterable[LaneRule]) -> list[Broken]:
    """Return where somebody was overtaken by who came later than their bound allows."""
    waits, rules = list(waits), tuple(rules)
    bounds = {pair: overtaken_within(rules, *pair) for pair in {(wait.lane, wait.day) for wait in waits}}
    return _broken(
        waits,
        _passed_by(
            waits,
            came=lambda wait: wait.counts_from,
            until=lambda wait: wait.counts_from + bounds[wait.lane, wait.day],
        ),
    )


def _place(wait: Wait) -> tuple[int, datetime, str]:
    return wait.rank, wait.queue_at, wait.id


def _broken(waits: Iterable[Wait], passed: Mapping[str, int]) -> list[Broken]:
    found = Counter((wait.day, wait.service) for wait in waits if passed[wait.id])
    return [Broken(day=day, service=service, count=count) for (day, service), count in sorted(found.items())]


def _passed_by(
    waits: Iterable[Wait], *, came: Callable[[Wait], Any], until: Callable[[Wait], Any]
) -> dict[str, int]:
    """Return by how many each was passed over, of the same day and service, while they stood in their place.

    By those for whom `came` is greater than their own `until`. One walk through what happened, in the order
    of time: it does not grow with the square of a day's people.
    """
    by_queue: dict[tuple[date, str], list[Wait]] = {}
    passed = {}
    for wait in waits:
        passed[wait.id] = 0
        by_queue.setdefault((wait.day, wait.service), []).append(wait)
    for queue in by_queue.values():
        called: list[Any] = []
        for _moment, step, wait in sorted(_steps(queue), key=lambda each: each[:2]):
            if step == _CALLED:
                insort(called, came(wait))
            else:
                before = len(called) - bisect_right(called, until(wait))
                passed[wait.id] += before if step == _LEAVES else -before
    return passed


#: In the order in which they are taken that happen at one moment.
_LEAVES, _BEGINS, _CALLED = 0, 1, 2


def _steps(queue: Iterable[Wait]) -> Iterable[tuple[datetime, int, Wait]]:
    for wait in queue:
        if wait.is_ordinary and wait.called_at is not None:
            yield wait.called_at, _CALLED, wait
        begins = wait.stood_from + SIMULTANEOUS
        leaves = (wait.until or NEVER) - SIMULTANEOUS
        if not wait.came_back and begins < leaves:
            yield begins, _BEGINS, wait
            yield leaves, _LEAVES, wait
