"""In which order, and at which hours, several errands fit one after the other. Standard library only."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, permutations

#: From one counter to the next: a walk through the hall, and a little patience.
WALK = timedelta(minutes=10)
LEAST_ERRANDS, MOST_ERRANDS = 2, 5


@dataclass(frozen=True, kw_only=True)
class Hour:
    """A free hour of an errand; `name` books it."""

    name: str
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Errand:
    """Something to be done: how long it takes, and its free hours in order."""

    name: str
    lasts: timedelta
    hours: tuple[Hour, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """An errand at one of its hours."""

    errand: Errand
    hour: Hour

    @property
    def ends_at(self) -> datetime:
        """When it should be over."""
        return self.hour.starts_at + self.errand.lasts


def propose(errands: Sequence[Errand], *, walk: timedelta = WALK) -> list[Step] | None:
    """Return the errands one after the other with the shortest time from the first hour to the last end.

    Of those that take as long the earliest; between two there is time for a `walk`. None when they do not
    fit.
    """
    best: list[Step] | None = None
    for order in permutations(errands):
        for first in order[0].hours:
            found = _from(order, first, walk)
            if found is None:
                # Beginning later leaves less.
                break
            if best is None or _cost(found) < _cost(best):
                best = found
    return best


def _from(order: Sequence[Errand], first: Hour, walk: timedelta) -> list[Step] | None:
    """Return an order that begins at an hour, each errand as soon as it can be; None when it does not fit."""
    steps = [Step(errand=order[0], hour=first)]
    for errand in order[1:]:
        earliest = steps[-1].ends_at + walk
        index = bisect_left(errand.hours, earliest, key=lambda hour: hour.starts_at)
        if index == len(errand.hours):
            return None
        steps.append(Step(errand=errand, hour=errand.hours[index]))
    return steps


def _cost(steps: Sequence[Step]) -> tuple[timedelta, datetime]:
    return steps[-1].ends_at - steps[0].hour.starts_at, steps[0].hour.starts_at


def overlap(steps: Iterable[tuple[datetime, timedelta]]) -> bool:
    """Tell whether of several (start, length) two are under way at the same time."""
    ordered = sorted(steps)
    return any(start + lasts > later for (start, lasts), (later, _) in pairwise(ordered))
