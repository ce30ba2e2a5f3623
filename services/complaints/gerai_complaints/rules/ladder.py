"""The ladder of escalation: who has a complaint that is not answered, and when.

No regulation says it; reminders at three quarters and nine tenths of the time and a ladder behind the due
date are practice at SP4N-LAPOR! (see docs/decisions/0038).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gerai_complaints.rules.case import Classification
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


def ladder_of(classification: Classification, *, is_about_mall: bool) -> tuple[Rung, ...]:
    """Return the rungs of a complaint.

    Who wishes or asks for something has nothing to bring before the Ombudsman; what is about the mall itself
    has no agency.
    """
    left_out: set[Level] = set()
    if classification is not Classification.COMPLAINT:
        left_out.add(Level.OMBUDSMAN)
    if is_about_mall:
        left_out |= {Level.UNIT_HEAD, Level.AGENCY_HEAD}
    return tuple(rung for rung in LADDER if rung.level not in left_out)


def higher(one: Level | None, other: Level) -> Level:
    """Return the higher of two levels."""
    order = list(Level)
    return other if one is None or order.index(other) > order.index(one) else one


@dataclass(frozen=True, kw_only=True)
class Period:
    """The time that an office has for an answer: it begins on a day that does not count itself, and ends with
    another one, in the calendar and the time zone (IANA name) of its place.

    `working_days` are those in which something can be done; for `paused_days` more it stood still.
    """

    ladder: tuple[Rung, ...]
    begins: date
    working_days: int
    paused_days: int = 0
    ends: date
    time_zone: str

    @property
    def due_at(self) -> datetime:
        """The moment at which its last day is over."""
        return self._begin(self.ends + timedelta(days=1))

    def moment(self, rung: Rung, calendar: Calendar) -> datetime:
        """Return when a rung is reached: at the beginning of the working day on which its share of the time
        is used up, at the latest of the last one; or at the end of the last day.
        """
        if rung.share is not None:
            # Rounded up, and never before the first working day. Days that were closed since do not push it
            # behind the due date, which was promised.
            used = -(-rung.share * self.working_days // 100)
            day = calendar.add_working_days(self.begins, used + self.paused_days)
            return self._begin(min(day, self.ends))
        last = calendar.add_working_days(self.ends, rung.after) if rung.after else self.ends
        return self._begin(last + timedelta(days=1))

    def reached(self, climbed: int, calendar: Calendar, now: datetime) -> list[Rung]:
        """Return the rungs behind the first `climbed` up to the highest that is reached by now.

        None is left out, though the calendar has moved one behind those that follow it.
        """
        behind = self.ladder[climbed:]
        places = [place for place, rung in enumerate(behind, 1) if self.moment(rung, calendar) <= now]
        return list(behind[: max(places, default=0)])

    def next_at(self, climbed: int, calendar: Calendar) -> datetime | None:
        """Return when the rung behind the first `climbed` is reached; None on the last one."""
        return self.moment(self.ladder[climbed], calendar) if climbed < len(self.ladder) else None

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.time_zone))
