"""Suspensions: until when they last, and against which visits they stand. Standard library only.

An order to suspend is made by the office; here it is written down, checked against its limits, and applied.
"""

from calendar import monthrange
from datetime import date, timedelta


def last_day(first: date, months: int) -> date:
    """Return the last day of so many months that begin with `first`.

    A month that has no such day ends with its last one: a month from 31 January ends on 28 February.
    """
    count = first.month - 1 + months
    year, month = first.year + count // 12, count % 12 + 1
    days = monthrange(year, month)[1]
    if first.day > days:
        return date(year, month, days)
    return date(year, month, first.day) - timedelta(days=1)


def holds_for(visit: date, *, first: date, last: date) -> bool:
    """Tell whether a suspension stands against a visit on a day."""
    return first <= visit <= last
