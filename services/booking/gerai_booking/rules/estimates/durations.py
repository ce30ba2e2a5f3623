"""How long a person keeps a counter busy, learned from past visits. Seconds throughout.

What counts is the whole time from the call on, with the way to the counter; who is called in vain keeps it
busy as well, for a short while. Distributions are kept as quantiles: one forgotten click moves a mean for
days, and moves no median.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import exp, log
from statistics import NormalDist, median

#: A sketch holds the seconds at 0, 5, 10, … 100 percent.
POINTS = 21
#: Longer than this many medians is a counter that somebody forgot to free.
OUTLIER_MEDIANS = 8.0
LONGEST_SECONDS = 3 * 3600.0
#: How many visits weigh as much as what is known without them: for a service, its hours and its counters.
STRENGTH_OF_CATALOGUE = 5
STRENGTH_OF_SERVICE = 25
STRENGTH_OF_DAY = 6
#: How widely services vary around the catalogue's duration as long as none was seen: the standard deviation
#: of their logarithms.
USUAL_SPREAD = 0.5
#: So many values stand for a distribution in a simulation; it takes one of them by chance.
TABLE_SIZE = 128


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A distribution: `points` are seconds at equal steps from the shortest to the longest.

    `count` is of how many visits it was made.
    """

    points: tuple[float, ...]
    count: int

    @cached_property
    def mean(self) -> float:
        """Seconds on average: the area under the quantiles."""
        inner = sum(self.points[1:-1])
        return (inner + (self.points[0] + self.points[-1]) / 2) / (len(self.points) - 1)

    def table(self, *, pace: float = 1.0, size: int = TABLE_SIZE) -> tuple[float, ...]:
        """Return `size` ascending values that stand for the distribution, each `pace` times as long."""
        last = len(self.points) - 1
        found = []
        for index in range(size):
            place = (index + 0.5) / size * last
            below = int(place)
            low, high = self.points[below], self.points[below + 1]
            found.append((low + (high - low) * (place - below)) * pace)
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Occupation:
    """One person at one counter: `hour` is the site's hour (0 to 23) of the call."""

    service: str
    counter: str
    hour: int
    seconds: float


#: (service, hour or None for all, counter or None for all)
Cell = tuple[str, int | None, str | None]


def sketch_of(seconds: Iterable[float]) -> Sketch | None:
    """Return the sketch of what was seen without what cannot be; None when nothing is left."""
    seen = sorted(value for value in seconds if 0 < value <= LONGEST_SECONDS)
    if not seen:
        return None
    longest = OUTLIER_MEDIANS * median(seen)
    kept = [value for value in seen if value <= longest]
    return Sketch(points=tuple(_quantile(kept, i / (POINTS - 1)) for i in range(POINTS)), count=len(kept))


def _quantile(ascending: Sequence[float], share: float) -> float:
    place = share * (len(ascending) - 1)
    below = int(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (ascending[above] - ascending[below]) * (place - below)


@cache
def catalogue_sketch(mean_seconds: float) -> Sketch:
    """Return what is assumed of a service of which nothing was seen but its duration in the catalogue."""
    middle = log(mean_seconds) - USUAL_SPREAD**2 / 2
    shares = [min(max(i / (POINTS - 1), 0.01), 0.99) for i in range(POINTS)]
    return Sketch(
        points=tuple(exp(middle + USUAL_SPREAD * NormalDist().inv_cdf(share)) for share in shares), count=0
    )


def blend(special: Sketch | None, general: Sketch, *, strength: int) -> Sketch:
    """Return the special sketch drawn towards the general one: halfway when it was made of `strength`."""
    if special is None:
        return general
    weight = special.count / (special.count + strength)
    return Sketch(
        points=tuple(
            weight * own + (1 - weight) * other
            for own, other in zip(special.points, general.points, strict=True)
        ),
        count=special.count,
    )


def learn(occupations: Iterable[Occupation]) -> dict[Cell, Sketch]:
    """Return sketches of each service, of its hours and of its counters."""
    seconds: dict[Cell, list[float]] = {}
    for seen in occupations:
        for cell in (
            (seen.service, None, None),
            (seen.service, seen.hour, None),
            (seen.service, None, seen.counter),
        ):
            seconds.setdefault(cell, []).append(seen.seconds)
    sketches = {cell: sketch_of(values) for cell, values in seconds.items()}
    return {cell: sketch for cell, sketch in sketches.items() if sketch is not None}


@dataclass(kw_only=True)
class Durations:
    """What is known: sketches of the past, the catalogue's seconds by service, and the paces of today.

    A counter's pace is how many times as long as expected it takes today.
    """

    learned: Mapping[Cell, Sketch]
    configured: Mapping[str, float]
    paces: Mapping[str, float]
    pace_of_all: float = 1.0
    _sketches: dict[tuple[str, int, str], Sketch] = field(default_factory=dict)

    def sketch(self, service: str, *, hour: int, counter: str) -> Sketch:
        """Return how long a service takes in an hour at a counter, on a day like any other."""
        place = (service, hour, counter)
        if place not in self._sketches:
            self._sketches[place] = self._sketch(service, hour=hour, counter=counter)
        return self._sketches[place]

    def _sketch(self, service: str, *, hour: int, counter: str) -> Sketch:
        """Hour and counter each are drawn towards the service, and the service towards the catalogue.

        What they differ by is multiplied, so that a slow counter is slow in its first busy hour, too.
        """
        seen = self.learned.get((service, None, None))
        whole = blend(seen, catalogue_sketch(self.configured[service]), strength=STRENGTH_OF_CATALOGUE)
        if seen is None:
            return whole
        hours = blend(self.learned.get((service, hour, None)), seen, strength=STRENGTH_OF_SERVICE)
        counters = blend(self.learned.get((service, None, counter)), seen, strength=STRENGTH_OF_SERVICE)
        points = zip(whole.points, hours.points, counters.points, seen.points, strict=True)
        return Sketch(
            points=tuple(
                general * of_hour * of_counter / max(of_all, 1.0) ** 2
                for general, of_hour, of_counter, of_all in points
            ),
            count=seen.count,
        )

    def table(self, service: str, *, hour: int, counter: str) -> tuple[float, ...]:
        """Return the values of today that a simulation draws from."""
        pace = self.paces.get(counter, 1.0) * self.pace_of_all
        return self.sketch(service, hour=hour, counter=counter).table(pace=pace)


def with_today(known: Durations, today: Iterable[Occupation]) -> Durations:
    """Return what is known with the paces of a day so far: of all counters together, and of each beside."""
    ratios: dict[str, list[float]] = {}
    for seen in today:
        if seen.service not in known.configured:
            continue
        usual = known.sketch(seen.service, hour=seen.hour, counter=seen.counter).mean
        ratio = min(max(seen.seconds / usual, 0.05), 5.0)
        ratios.setdefault(seen.counter, []).append(ratio)
    everything = [ratio for of_counter in ratios.values() for ratio in of_counter]
    of_all = _drawn_to_one(everything, strength=2 * STRENGTH_OF_DAY)
    return Durations(
        learned=known.learned,
        configured=known.configured,
        _sketches=known._sketches,
        pace_of_all=of_all,
        paces={
            counter: _drawn_to_one([ratio / of_all for ratio in of_counter], strength=STRENGTH_OF_DAY)
            for counter, of_counter in ratios.items()
        },
    )


def _drawn_to_one(ratios: Sequence[float], *, strength: int) -> float:
    return (strength + sum(ratios)) / (strength + len(ratios))
