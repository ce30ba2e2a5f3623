"""Months, quarters and years of the calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

MONTH, QUARTER, YEAR = "month", "quarter", "year"
#: How many months each has.
KINDS = {MONTH: 1, QUARTER: 3, YEAR: 12}
#: So much of the calendar is asked for; beyond it there is no office, and dates end.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days from `first` to `last`, both included. `kind` is one of KINDS."""

    kind: str
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The one before."""
        return period_of(self.kind, self.first - timedelta(days=1))

    @property
    def after(self) -> "Period":
        """The next one."""
        return period_of(self.kind, self.last + timedelta(days=1))

    def parts(self, kind: str) -> tuple["Period", ...]:
        """Return the shorter periods it is made of."""
        found = [period_of(kind, self.first)]
        while found[-1].last < self.last:
            found.append(found[-1].after)
        return tuple(found)


def period_of(kind: str, day: date) -> Period:
    """Return the month, the quarter or the year in which `day` is."""
    months = KINDS[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(kind=kind, first=first, last=months_on(first, months) - timedelta(days=1))


def months_on(first: date, months: int) -> date:
    """Return the first of the month `months` later, earlier if negative."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
