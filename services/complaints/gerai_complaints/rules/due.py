"""Due dates: when a period ends, which rule holds on a day, and how many working days are left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from gerai_complaints.rules.case import OPEN_STATES, State

#: Rules of this classification hold for every kind.
ANY_KIND = "any"
#: Rules for complaints of the kind that oversight bodies look into, whatever was chosen on the form.
OVERSIGHT = "oversight"


class Step(StrEnum):
    """What has to happen in a time that a rule sets."""

    ANSWER = "answer"
    #: Verified, and passed on where it was misdirected.
    VERIFICATION = "verification"
    #: Somebody has begun to work on it, after the verification.
    FOLLOW_UP = "follow_up"
    #: The citizen says something to the answer; silence closes the case.
    CITIZEN_REPLY = "citizen_reply"
    #: The citizen completes what lacks; silence withdraws it.
    COMPLETION = "completion"
    #: The citizen objects to a refusal, or opens a case again.
    OBJECTION = "objection"


class Calendar(Protocol):
    """Which days a place works."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on `day`."""

    def add_working_days(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`."""


class NoDueRule(Exception):
    """No rule says by when this has to be answered: the rows of the rules have a gap."""


@dataclass(frozen=True, kw_only=True)
class DueRule:
    """By when something happens: `working_days` after a day which does not count itself.

    `in_calendar_days`, every day counts. Holds from `valid_from` to `valid_to`, both included. A rule with an
    `agency` goes before the general one there, one for a kind before one for ANY_KIND. `basis` names the
    regulation or source.
    """

    classification: str
    step: str = Step.ANSWER
    agency: str | None = None
    working_days: int
    in_calendar_days: bool = False
    basis: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule counts for what is received on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def last_day(self, calendar: Calendar, start: date) -> date:
        """Return by when what began on `start` happens."""
        if self.in_calendar_days:
            return start + timedelta(days=self.working_days)
        return calendar.add_working_days(start, self.working_days)


def rule_for(
    rules: Iterable[DueRule], *, classification: str, agency: str, day: date, step: Step = Step.ANSWER
) -> DueRule:
    """Return the rule for what `agency` receives on `day`: its own before the general, the newest first.

    Raises NoDueRule.
    """
    fitting = [
        rule
        for rule in rules
        if rule.classification in (classification, ANY_KIND)
        and rule.step == step
        and rule.agency in (None, agency)
        and rule.holds_on(day)
    ]
    if not fitting:
        raise NoDueRule(f"{step} of {classification} at {agency} on {day}")
    return max(
        fitting,
        key=lambda rule: (rule.agency is not None, rule.classification != ANY_KIND, rule.valid_from),
    )


def last_day(calendar: Calendar, *, start: date, working_days: int) -> date:
    """Return by when what happened on `start` is answered; that day does not count itself.

    A period begins with the receipt. A dispute begins a new one of as many working days, those of the
    rule that held at the receipt: an office that has answered in time is not late because somebody
    disagrees, and the citizen does not wait for a second answer without end.
    """
    return calendar.add_working_days(start, working_days)


def is_overdue(state: State, *, due_on: date, today: date) -> bool:
    """Tell whether the office still owes an answer after its due date."""
    return state in OPEN_STATES and due_on < today


def working_days_between(calendar: Calendar, earlier: date, later: date) -> int:
    """Return how many working days lie after `earlier` up to and with `later`; 0 when it is not later."""
    days = (later - earlier).days
    return sum(calendar.is_working_day(earlier + timedelta(days=count)) for count in range(1, days + 1))
