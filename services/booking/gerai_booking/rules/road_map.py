"""The road map of a mall: which counters open when, and how often a year an office goes to its people.

S4-6, S4-7: counters by agency with target date, state and who is responsible. S2-7, S2-10: events a year
against a target. Standard library only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PLANNED, IN_PREPARATION, OPEN, POSTPONED = "planned", "in_preparation", "open", "postponed"
STATES = (PLANNED, IN_PREPARATION, OPEN, POSTPONED)


def is_late(target_on: date, state: str, *, today: date) -> bool:
    """Tell whether a counter should have opened by now."""
    return state != OPEN and target_on < today


@dataclass(frozen=True, kw_only=True)
class Year:
    """The events of a year: those that were held, those still to come, and how many there should be."""

    year: int
    held: int
    to_come: int
    target: int | None

    @property
    def missing(self) -> int | None:
        """How many more have to be planned for the target; None without one."""
        return None if self.target is None else max(self.target - self.held - self.to_come, 0)


def years_of(
    events: Iterable[tuple[date, str]], targets: dict[int, int], *, today: date, years: Iterable[int]
) -> list[Year]:
    """Return the count of each of these years, from (day, place) of events; the same twice counts once.

    A day that is today counts as held.
    """
    found = set(events)
    return [
        Year(
            year=year,
            held=sum(1 for day, _ in found if day.year == year and day <= today),
            to_come=sum(1 for day, _ in found if day.year == year and day > today),
            target=targets.get(year),
        )
        for year in years
    ]
