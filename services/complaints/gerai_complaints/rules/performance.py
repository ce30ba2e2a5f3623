"""Whether promises were kept, and how old open complaints are."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a complaint so far: answered in time or late, still open with or without time left.

    What ended without an answer was withdrawn, refused or forwarded.
    """

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"
    RUNNING = "running"
    OTHERWISE = "otherwise"


OUTCOMES = tuple(outcome.value for outcome in Outcome)
#: Ages of open complaints in calendar days, from-to; the last one has no end.
AGES: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 14), (15, 30), (31, 60), (61, None))


def age_band(days: int) -> tuple[int, int | None]:
    """Return the one of AGES to which so many days belong."""
    return next(band for band in reversed(AGES) if days >= band[0])


def percent_in_time(in_time: int | None, late: int | None, overdue: int | None) -> int | None:
    """Return how many of a hundred answers that were due came in time, rounded half up.

    None where nothing was due yet, or where one of the numbers is not told.
    """
    if in_time is None or late is None or overdue is None:
        return None
    due = in_time + late + overdue
    return (200 * in_time + due) // (2 * due) if due else None
