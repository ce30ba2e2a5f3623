"""Statistics: periods and what they are compared with, changes, percentiles. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gerai_booking.rules.suppression import Hidden, Shown

DAY, WEEK, MONTH, QUARTER, YEAR, RANGE = "day", "week", "month", "quarter", "year", "range"
KINDS = (DAY, WEEK, MONTH, QUARTER, YEAR, RANGE)
STEPS = (DAY, WEEK, MONTH)
PREVIOUS, LAST_YEAR = "previous", "last_year"
AGAINST = (PREVIOUS, LAST_YEAR)
MONTHS_OF = {MONTH: 1, QUARTER: 3, YEAR: 12}
#: So much of the calendar is counted; beyond it there is no office, and dates end.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
LONGEST_DAYS = 366
#: A year has whole weeks, so that a Monday is compared with a Monday.
WEEKS_OF_A_YEAR = timedelta(weeks=52)
#: Over longer periods than this many days, days are put together to weeks, then to months.
DAYS_SHOWN_SINGLY, DAYS_SHOWN_AS_WEEKS = 35, 190
#: Of fewer than this a change is not told in percent: one person more would be a leap.
LEAST_BASE = 20


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days from `first` to `last`, both included. `kind` is one of KINDS."""

    kind: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def period_of(kind: str, day: date) -> Period:
    """Return the day, the week (from Monday), the month, the quarter or the year in which `day` is."""
    if kind == DAY:
        return Period(kind=kind, first=day, last=day)
    if kind == WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind=kind, first=monday, last=monday + timedelta(days=6))
    months = MONTHS_OF[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(kind=kind, first=first, last=_months_on(first, months) - timedelta(days=1))


def neighbour(period: Period, steps: int) -> Period:
    """Return the period `steps` later (earlier, if negative), of its kind; a free range by its length."""
    if period.kind == RANGE:
        shift = timedelta(days=steps * period.days)
        return Period(kind=RANGE, first=period.first + shift, last=period.last + shift)
    if period.kind in MONTHS_OF:
        return period_of(period.kind, _months_on(period.first, steps * MONTHS_OF[period.kind]))
    return period_of(period.kind, period.first + timedelta(days=steps * period.days))


def compared(period: Period, *, against: str, today: date) -> tuple[Period, Period]:
    """Return the period and what it is to be compared with.

    A day is compared with the same weekday of the week before, a free range with as many days before it; the
    others with the one before. Against LAST_YEAR: the same dates; for days and weeks the same weekdays.
    A period that is still running is cut at `today`, and the other one to the same number of days.
    """
    before = _a_year_before(period) if against == LAST_YEAR else _one_before(period)
    if not period.first <= today < period.last:
        return period, before
    days = (today - period.first).days
    cut = min(before.first + timedelta(days=days), before.last)
    return (
        Period(kind=period.kind, first=period.first, last=today),
        Period(kind=before.kind, first=before.first, last=cut),
    )


def _one_before(period: Period) -> Period:
    if period.kind == DAY:
        return period_of(DAY, period.first - timedelta(days=7))
    return neighbour(period, -1)


def _a_year_before(period: Period) -> Period:
    if period.kind in MONTHS_OF:
        return period_of(period.kind, _months_on(period.first, -12))
    if period.kind in {DAY, WEEK}:
        return period_of(period.kind, period.first - WEEKS_OF_A_YEAR)
    first = _same_date(period.first)
    # As many days, so that the 29th of February changes nothing.
    return Period(kind=RANGE, first=first, last=first + timedelta(days=period.days - 1))


def _same_date(day: date) -> date:
    """Return the date a year before; the 28th for a 29th of February."""
    month = _months_on(day.replace(day=1), -12)
    return min(month + timedelta(days=day.day - 1), _months_on(month, 1) - timedelta(days=1))


def _months_on(first: date, months: int) -> date:
    """Return the first of the month `months` later."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def step_for(period: Period) -> str:
    """Return by which steps the course of a period is readable: DAY, WEEK or MONTH."""
    if period.days <= DAYS_SHOWN_SINGLY:
        return DAY
    return WEEK if period.days <= DAYS_SHOWN_AS_WEEKS else MONTH


def spans_of(period: Period, step: str) -> list[Period]:
    """Return the days, weeks or months of a period in order, the first and the last cut to it."""
    spans = []
    day = period.first
    while day <= period.last:
        whole = period_of(step, day)
        spans.append(Period(kind=step, first=day, last=min(whole.last, period.last)))
        day = whole.last + timedelta(days=1)
    return spans


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became more or less; None where it cannot be told.

    `percent` is None when the base is hidden, 0 or below LEAST_BASE. It is 0 or -100 for what is exactly so.
    """

    difference: int | None
    percent: int | None


def change_of(now: Shown, before: Shown | None) -> Change:
    """Return the change from `before` to `now`, nothing of it when one of them is hidden or is not there."""
    if before is None or isinstance(now, Hidden) or isinstance(before, Hidden):
        return Change(difference=None, percent=None)
    difference = now - before
    if before < LEAST_BASE:
        return Change(difference=difference, percent=None)
    rounded = (abs(difference) * 200 + before) // (2 * before)
    if difference:
        rounded = max(rounded, 1)
    if difference < 0 < now:
        rounded = min(rounded, 99)
    return Change(difference=difference, percent=rounded if difference > 0 else -rounded)


def percentile(counts: Mapping[int, int], share: float) -> int:
    """Return the least value that at least `share` (0 to 1) of all do not exceed.

    `counts` says how many have each value. The nearest rank, so a value that somebody really had. Raises
    ValueError for no values.
    """
    total = sum(counts.values())
    reached = 0
    for value, count in sorted(counts.items()):
        reached += count
        if reached >= share * total > 0:
            return value
    raise ValueError("no values")
