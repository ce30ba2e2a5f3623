"""What officers may do at a counter, and when: calling again, missed calls, coming back, how a service ends.

Standard library only.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from gerai_booking.rules.catalogue import AsideReason, FloorRule

#: Waiting aside until another counter is done with them: not a reason that officers choose.
AT_ANOTHER_COUNTER = "another_counter"


class Outcome(StrEnum):
    """How a service at a counter ended; an officer who ends one says which."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    REFERRED = "referred"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: Nobody is turned away without a word of why on record (S2-8).
NEEDS_REASON = frozenset({Outcome.REFUSED, Outcome.REFERRED})


class Placement(StrEnum):
    """Where somebody goes who is put back into the queue, the best place first."""

    KEEP = "keep"
    LATER = "later"
    END = "end"


def worse_of(one: Placement, other: Placement) -> Placement:
    """Return the worse of two places."""
    order = list(Placement)
    return max(one, other, key=order.index)


def rule_on(rules: Iterable[FloorRule], day: date) -> FloorRule:
    """Return the rule of a day, the one that began last; where none holds, the last one that did goes on.

    The checks of a catalogue see to it that there is one. Raises LookupError when there is none at all.
    """
    known = sorted(rules, key=lambda rule: (rule.holds_on(day), rule.valid_from <= day, rule.valid_from))
    if not known:
        raise LookupError("there is no rule of the floor")
    return known[-1]


def reasons_on(reasons: Iterable[AsideReason], day: date) -> list[AsideReason]:
    """Return the reasons for waiting aside that hold on a day, in the order of the catalogue."""
    return [reason for reason in reasons if reason.holds_on(day)]


def reason_with(reasons: Iterable[AsideReason], code: str, day: date) -> AsideReason | None:
    """Return a reason by its code, without one the last, which says least; None when there is none."""
    known = reasons_on(reasons, day)
    found = known[-1:] if not code else [reason for reason in known if reason.code == code]
    return found[0] if found else None


def recallable_at(rule: FloorRule, called_at: datetime) -> datetime:
    """Return from when somebody may be called again."""
    return called_at + timedelta(seconds=rule.recall_seconds)


def absent_at(rule: FloorRule, called_at: datetime) -> datetime:
    """Return from when somebody who was called and did not come has missed the call."""
    return called_at + timedelta(seconds=rule.absent_seconds)


def placement_of_return(
    rule: FloorRule, *, missed_at: datetime, times_missed: int, by_supervisor: bool, now: datetime
) -> Placement | None:
    """Return the place of somebody who missed a call and came after all; None when a supervisor decides."""
    if times_missed > rule.most_returns and not by_supervisor:
        return None
    kept_until = missed_at + timedelta(minutes=rule.place_kept_minutes)
    return Placement.KEEP if now <= kept_until else Placement.END


def moment_behind(people: Sequence[datetime], *, count: int, mine: datetime, now: datetime) -> datetime:
    """Return the moment that puts somebody behind the next `count` of those who wait.

    `people` are the moments of the others who wait, in any order; where fewer wait, the end is now. Nobody
    gets a better place by asking for a later one.
    """
    ahead = sorted(people)[:count]
    behind = ahead[-1] + timedelta(microseconds=1) if len(ahead) == count else now
    return max(behind, mine)


def whole_seconds(span: timedelta) -> int:
    """Return a span as people wait for it: whole seconds, one at least."""
    return max(1, -(-span // timedelta(seconds=1)))
