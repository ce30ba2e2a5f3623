"""How the one clock of a complaint may be stopped and put off."""

from datetime import date

from gerai_shared.refusals import Refused

from gerai_complaints.rules.due import Calendar, working_days_between

#: So often an officer may let the clock stand still; more often a supervisor may. Practice of this mall:
#: waiting for the citizen is no way to gain time.
PAUSES_OF_OFFICERS = 2
#: A supervisor adds so many working days at once at most. Practice of this mall.
LONGEST_EXTENSION = 30


class TooManyPauses(Refused):
    """The complainant was asked to complete this twice already. Please ask a supervisor to do it again."""

    code = "too_many_pauses"
    status = 403


def may_pause(so_far: int, *, is_supervisor: bool) -> bool:
    """Tell whether the clock may stand still once more."""
    return is_supervisor or so_far < PAUSES_OF_OFFICERS


def paused_working_days(calendar: Calendar, *, began_on: date, ended_on: date, due_on: date) -> int:
    """Return by how many working days a pause moves the due date.

    The day on which it began counts for the office, that on which it ended for the citizen. What was late
    already does not get better by waiting.
    """
    if due_on < began_on:
        return 0
    return working_days_between(calendar, began_on, ended_on)
