"""The ladder of escalation: who is told of a complaint that is not answered, and when.

No regulation says it; reminders at three quarters and nine tenths of the time and a ladder behind the due
date are practice at SP4N-LAPOR! (see docs/decisions/0038).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gerai_complaints.rules.due import Calendar


class Level(StrEnum):
    """Whose turn it is. The desk's officers first, whether anybody has taken the complaint in hand or not."""

    OFFICER = "officer"
    UNIT_HEAD = "unit_head"
    AGENCY_HEAD = "agency_head"
    MALL = "mall"
    OMBUDSMAN = "ombudsman"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the ladder: after a `share` (percent) of the time to answer, or, without one, so many
    working days `after` the due date.
    """

    code: str
    level: Level
    share: int | None = None
    after: int = 0


#: From the first reminder to the Ombudsman, in this order.
LADDER = (
    Rung(code="reminder_75", level=Level.OFFICER, share=75),
    Rung(code="reminder_90", level=Level.OFFICER, share=90),
    Rung(code="unit_head", level=Level.UNIT_HEAD),
    Rung(code="agency_head", level=Level.AGENCY_HEAD, after=3),
    Rung(code="mall", level=Level.MALL, after=5),
    Rung(code="ombudsman", level=Level.OMBUDSMAN, after=10),
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """The time that an office has for an answer: it begins on a day that does not count itself, and ends with
    another one, in the calendar and the time zone (IANA name) of its place.
    """

    begins: date
    working_days: int
    ends: date
    time_zone: str

    @property
    def due_at(self) -> datetime:
        """The moment at which its last day is over."""
        return self._over(self.ends)

    def moment(self, rung: Rung, calendar: Calendar) -> datetime:
        """Return when a rung is reached: at the beginning of the working day on which its share of the time
        is used up, or at the end of the last day.
        """
        if rung.share is not None:
            # Rounded up, and never before the first working day.
            day = calendar.add_working_days(self.begins, -(-rung.share * self.working_days // 100))
            return datetime.combine(day, time(), ZoneInfo(self.time_zone))
        return self._over(calendar.add_working_days(self.ends, rung.after) if rung.after else self.ends)

    def reached(self, climbed: int, calendar: Calendar, now: datetime) -> list[Rung]:
        """Return the rungs behind the first `climbed` that are reached by now."""
        return [rung for rung in LADDER[climbed:] if self.moment(rung, calendar) <= now]

    def next_at(self, climbed: int, calendar: Calendar) -> datetime | None:
        """Return when the rung behind the first `climbed` is reached; None on the last one."""
        return self.moment(LADDER[climbed], calendar) if climbed < len(LADDER) else None

    def _over(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.time_zone))
