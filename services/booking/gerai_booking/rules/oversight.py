"""What those who look on from outside are told: which months, which numbers add up. Standard library only.

S0-8: the public oversees, and so does the Ombudsman. Both read the same figures, small numbers hidden.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from gerai_booking.rules.statistics import MONTH, Period, neighbour, period_of
from gerai_booking.rules.suppression import Cell, Line, Shown, suppress

#: So many months are told, the present one among them.
MONTHS_TOLD = 6
#: What became of the tickets of a month, and how their holders came: both add up to all that were issued.
OUTCOMES = ("served", "missed", "cancelled", "open")
WAYS = ("booked", "walked_in")
#: What was given beyond the quota, by its kind; whoever was given a place is among the issued.
KINDS = ("over_quota", "emergency")
COUNTED = ("issued", *OUTCOMES, *WAYS, *KINDS)

#: A month by its first day.
Month = date


def months_until(today: date, count: int = MONTHS_TOLD) -> list[Period]:
    """Return the month of a day and those before it, the newest first."""
    present = period_of(MONTH, today)
    return [neighbour(present, -steps) for steps in range(count)]


def as_told(counted: Mapping[Month, Mapping[str, int]], months: Sequence[Month]) -> list[dict[str, Shown]]:
    """Return the counts of each month and, last, their sums, so that no small one can be worked out.

    A month that is not counted has nothing.
    """
    names = COUNTED
    total = date.max
    cells: dict[Cell, int] = {
        (month, name): counted.get(month, {}).get(name, 0) for month in months for name in names
    }
    cells |= {(total, name): sum(cells[month, name] for month in months) for name in names}
    lines = [Line(total=(total, name), parts=tuple((month, name) for month in months)) for name in names]
    lines += [
        Line(total=(month, "issued"), parts=tuple((month, part) for part in parts))
        for month in (*months, total)
        for parts in (OUTCOMES, WAYS)
    ]
    told = suppress(cells, lines)
    return [{name: told[month, name] for name in names} for month in (*months, total)]


def share(kept: int, due: int, *, floor: int) -> int | None:
    """Return how many of a hundred were kept; None for fewer than `floor`, of whom it would tell too much."""
    return None if due < floor else round(100 * kept / due)
