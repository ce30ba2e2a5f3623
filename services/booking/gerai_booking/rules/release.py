"""When a place that was given back may be booked again. Standard library only.

Whoever sells places gives one back and has the buyer take it the same second. A place that others were
refused for therefore comes back at a moment that nobody knows.
"""

from datetime import datetime, timedelta

SOONEST = timedelta(minutes=15)
LATEST = timedelta(minutes=90)


def opens_at(*, freed_at: datetime, starts_at: datetime, chance: float) -> datetime | None:
    """Return when a place of a full hour or day opens again; None for at once: its hour begins before that.

    `chance` in [0, 1) spreads the moment evenly over 15 to 90 minutes after `freed_at`.
    """
    opens = freed_at + SOONEST + (LATEST - SOONEST) * chance
    return opens if opens < starts_at else None
