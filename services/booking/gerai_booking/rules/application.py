"""An application after the counter: which stage may follow which, and what is promised.

The promise is counted in working days from the stage that its row names. Days on which the office waits
for the citizen are not counted: the promise moves by them. Standard library only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, Protocol

from gerai_shared.refusals import Refused

from gerai_booking.rules.catalogue import Stage
from gerai_booking.rules.catalogue.stages import (
    CLOSED,
    HANDED_OVER,
    READY,
    REJECTED,
    UNCOLLECTED,
    WAITING,
    WITHDRAWN,
)

Lateness = Literal["", "soon", "late"]


class MoveNotAllowed(Refused):
    """This file cannot go there from where it is now. Please look at it again."""

    code = "move_not_allowed"
    status = 409


class Calendar(Protocol):
    """Which days offices work on."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on `day`."""

    def add_working_days(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What was promised when the application was opened: working days after the day of a stage."""

    working_days: int
    counts_from: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where an application is.

    `returns_to` is where it goes on after the citizen has brought what was missing. `stopped_days` are the
    working days that were not counted; since `stopped_since` the clock stands.
    """

    stage: str
    returns_to: str | None = None
    starts_on: date | None = None
    promise_on: date | None = None
    stopped_days: int = 0
    stopped_since: date | None = None


def moves_of(stages: Sequence[Stage]) -> Mapping[str, tuple[str, ...]]:
    """Return the one table of allowed moves of a service, derived from its stages.

    Beside it there is one move more, from waiting back to where the application was: see `next_stages`.
    """
    table: dict[str, tuple[str, ...]] = {
        WAITING: (REJECTED, WITHDRAWN),
        **dict.fromkeys(CLOSED, ()),
        stages[-1].code: (),
    }
    for position, stage in enumerate(stages[:-1]):
        following = stages[position + 1].code
        if stage.code == READY:
            table[READY] = (HANDED_OVER, WITHDRAWN, UNCOLLECTED)
        else:
            table[stage.code] = (following, WAITING, REJECTED, WITHDRAWN)
    return table


def next_stages(progress: Progress, stages: Sequence[Stage]) -> tuple[str, ...]:
    """Return where an application may go now; a stage that the catalogue has no more leads nowhere."""
    after = moves_of(stages).get(progress.stage, ())
    if progress.stage == WAITING and progress.returns_to is not None:
        return (progress.returns_to, *after)
    return after


def is_final(stage: str, stages: Sequence[Stage]) -> bool:
    """Tell whether nothing comes after a stage."""
    return stage in CLOSED or stage == stages[-1].code


def is_fulfilled(stage: str, stages: Sequence[Stage]) -> bool:
    """Tell whether the promise has been kept or given up with this stage."""
    return stage == READY or is_final(stage, stages)


def begin(stages: Sequence[Stage], *, terms: Terms | None, today: date, calendar: Calendar) -> Progress:
    """Return where an application is when it is opened."""
    return _arrive(Progress(stage=""), stages[0].code, stages, terms=terms, today=today, calendar=calendar)


def move(
    progress: Progress,
    to: str,
    *,
    stages: Sequence[Stage],
    terms: Terms | None,
    today: date,
    calendar: Calendar,
) -> Progress:
    """Return where an application is after one move. Raises MoveNotAllowed."""
    if to not in next_stages(progress, stages):
        raise MoveNotAllowed
    return _arrive(progress, to, stages, terms=terms, today=today, calendar=calendar)


def _arrive(
    progress: Progress,
    to: str,
    stages: Sequence[Stage],
    *,
    terms: Terms | None,
    today: date,
    calendar: Calendar,
) -> Progress:
    starts_on = progress.starts_on
    if starts_on is None and terms is not None and terms.counts_from == to:
        starts_on = today
    stopped_days, stopped_since = progress.stopped_days, progress.stopped_since
    if not _stops(to, stages):
        if stopped_since is not None and starts_on is not None:
            stopped_days += working_days_after(max(stopped_since, starts_on), today, calendar)
        stopped_since = None
    elif stopped_since is None:
        stopped_since = today
    arrived = Progress(
        stage=to,
        returns_to=progress.stage if to == WAITING else None,
        starts_on=starts_on,
        stopped_days=stopped_days,
        stopped_since=stopped_since,
    )
    return _promised(arrived, terms, calendar)


def as_promised_now(
    progress: Progress, stages: Sequence[Stage], *, terms: Terms | None, calendar: Calendar
) -> Progress:
    """Return where an application is, its promised day counted by the calendar of now.

    Days may have been closed or opened since its last step. What is fulfilled keeps the day it had.
    """
    return progress if is_fulfilled(progress.stage, stages) else _promised(progress, terms, calendar)


def _promised(progress: Progress, terms: Terms | None, calendar: Calendar) -> Progress:
    if progress.starts_on is None or terms is None:
        return progress
    days = terms.working_days + progress.stopped_days
    return replace(progress, promise_on=calendar.add_working_days(progress.starts_on, days))


def _stops(stage: str, stages: Sequence[Stage]) -> bool:
    """Tell whether the clock stands in a stage; once the promise is fulfilled there is no clock."""
    if is_fulfilled(stage, stages):
        return False
    return stage == WAITING or any(each.code == stage and each.clock == "stops" for each in stages)


def working_days_after(first: date, last: date, calendar: Calendar) -> int:
    """Return how many working days there are after `first`, up to `last`, which is counted."""
    days = (first + timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def lateness(progress: Progress, stages: Sequence[Stage], *, today: date, calendar: Calendar) -> Lateness:
    """Tell whether the promise has passed, or does so within one working day; not while the clock stands."""
    if progress.promise_on is None or progress.stopped_since or is_fulfilled(progress.stage, stages):
        return ""
    if progress.promise_on < today:
        return "late"
    return "soon" if progress.promise_on <= calendar.add_working_days(today, 1) else ""
