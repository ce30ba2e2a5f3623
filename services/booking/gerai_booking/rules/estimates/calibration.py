"""Whether intervals hold what they promise, and how much wider or narrower they have to be.

A simulation knows the chances of what it plays, not of what it leaves out: a form that is missing, an officer
who helps next door. So the past decides: how far beyond the middle did waits end, measured in half intervals?
The ninetieth of a hundred such distances on each side is the factor that stretches that half from then on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gerai_booking.rules.estimates.simulation import Interval

#: So many measured estimates weigh as much as leaving the intervals as they were simulated.
STRENGTH = 30
#: Shorter halves than this are not measured by: who is called within the minute is no surprise.
SHORTEST_HALF = 60.0
#: Who will be called within the minute is told so, and neither measures nor is measured.
SHORTEST_TOLD = 60.0
NARROWEST, WIDEST = 0.5, 4.0
_SHARE = 0.9


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A simulated interval and what came of it, in seconds."""

    simulated: Interval
    actual: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """By how much the half below and the half above the middle are stretched; made of `count` estimates."""

    below: float = 1.0
    above: float = 1.0
    count: int = 0

    def stretch(self, simulated: Interval) -> Interval:
        """Return the interval that is shown."""
        return Interval(
            low=max(simulated.mid - _stretched(simulated.mid - simulated.low, self.below), 0.0),
            mid=simulated.mid,
            high=simulated.mid + _stretched(simulated.high - simulated.mid, self.above),
        )


def _stretched(half: float, factor: float) -> float:
    return max(half + (factor - 1) * max(half, SHORTEST_HALF), 0.0)


def calibrate(measured: Sequence[Measured]) -> Calibration:
    """Return the calibration that past estimates ask for."""
    below = [
        (each.simulated.mid - each.actual) / max(each.simulated.mid - each.simulated.low, SHORTEST_HALF)
        for each in measured
    ]
    above = [
        (each.actual - each.simulated.mid) / max(each.simulated.high - each.simulated.mid, SHORTEST_HALF)
        for each in measured
    ]
    return Calibration(below=_factor(below), above=_factor(above), count=len(measured))


def _factor(distances: Sequence[float]) -> float:
    if not distances:
        return 1.0
    ascending = sorted(distances)
    wanted = ascending[min(int(_SHARE * len(ascending)), len(ascending) - 1)]
    weight = len(ascending) / (len(ascending) + STRENGTH)
    return min(max(weight * wanted + (1 - weight), NARROWEST), WIDEST)
