"""Two weeks of days on one page."""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS_A_PAGE = 14
#: How far ahead pages lead. Agencies publish places for a shorter time; the rest shows as closed.
DAYS_AHEAD = 84


@dataclass(frozen=True, kw_only=True)
class PageOfDays:
    """The days from `first` to `last`, both included; the neighbours are None where pages end."""

    first: date
    last: date
    previous: date | None
    next: date | None


def page_of_days(wanted: date | None, *, today: date) -> PageOfDays:
    """Return the page on which `wanted` is; a day that no page has leads to the first page.

    Pages begin on a Monday, so that seven days in a row are a week, and the first one holds today.
    """
    start = today - timedelta(days=today.weekday())
    pages = range(DAYS_AHEAD // DAYS_A_PAGE)
    number = (wanted - start).days // DAYS_A_PAGE if wanted is not None else 0
    if number not in pages:
        number = 0
    first = start + timedelta(days=number * DAYS_A_PAGE)
    length = timedelta(days=DAYS_A_PAGE)
    return PageOfDays(
        first=first,
        last=first + length - timedelta(days=1),
        previous=first - length if number > 0 else None,
        next=first + length if number + 1 in pages else None,
    )
