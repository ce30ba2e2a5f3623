"""The one place where the time of day enters a process."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Tells the time, shifted by `offset` in demonstrations and tests.

    A mall is closed at night and on Sundays; the shift lets somebody try the whole errand at any
    hour. Settings refuse a shift in production.
    """

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC) + self.offset


def local_date(moment: datetime, time_zone: str) -> date:
    """Return the calendar day at a place with `time_zone` (an IANA name) at `moment` (aware)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def day_starts(day: date, time_zone: str) -> datetime:
    """Return midnight at the start of `day` in `time_zone`, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
