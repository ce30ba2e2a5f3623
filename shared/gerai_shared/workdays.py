"""Working days in Indonesia, for promises and due dates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

SATURDAY = 5


@lru_cache(maxsize=32)
def _days_off(year: int, language: str) -> holidays.HolidayBase:
    # "government" are the days of cuti bersama: offices are closed on them as on public holidays.
    # The language is always named, because the library's own choice hangs on the machine's locale.
    names = "en_US" if language == "en" else "id"
    return holidays.country_holidays("ID", categories=("public", "government"), years=year, language=names)


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """Monday to Friday without public holidays and cuti bersama, with local exceptions.

    `closed` are further days off of one place; `open` are days that are worked all the same.
    """

    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on `day`."""
        if day in self.open:
            return True
        return day.weekday() < SATURDAY and day not in self.closed and day not in _days_off(day.year, "id")

    def name_of_day_off(self, day: date, language: str = "id") -> str | None:
        """Return the holiday's name in `language` ('id' or 'en'), or None on a day that is not a holiday."""
        name = _days_off(day.year, language).get(day)
        return str(name) if name else None

    def add_working_days(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`; `start` itself is never counted."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            if self.is_working_day(day):
                count -= 1
        return day


def calendar_is_announced(year: int, *, categories: Collection[str] = ("government",)) -> bool:
    """Tell whether cuti bersama of `year` is known; the joint decree comes out a year ahead at most."""
    return bool(holidays.country_holidays("ID", categories=tuple(categories), years=year))
