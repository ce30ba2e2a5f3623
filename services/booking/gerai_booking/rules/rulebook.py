"""Dated rules that supervisors change: those of the catalogue, and over them those that were written down.

Of several rows about one subject the one that begins last counts; when it ends, the one that goes on below it
comes back. A row with the subject and first day of an earlier one takes its place. Standard library only.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import TypeVar

from gerai_booking.rules.catalogue import (
    Agency,
    ContactLimit,
    Coverage,
    Dated,
    FloorRule,
    LaneRule,
    NoShowRule,
    ReleaseRule,
    RestrictionCap,
    Route,
    Stage,
    StageLine,
    SuspensionKind,
)

Row = TypeVar("Row", bound=Dated)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of an agency: on any day at most one row about each subject holds."""

    routes: tuple[Route, ...]
    coverage: tuple[Coverage, ...]
    releases: tuple[ReleaseRule, ...]
    no_show_rules: tuple[NoShowRule, ...]
    floor_rules: tuple[FloorRule, ...]
    contact_limits: tuple[ContactLimit, ...]
    restriction_caps: tuple[RestrictionCap, ...]
    suspension_kinds: tuple[SuspensionKind, ...]
    stage_lines: tuple[StageLine, ...]
    lane_rules: tuple[LaneRule, ...]

    def stages_of(self, service: str, day: date) -> tuple[Stage, ...]:
        """Return the stages of an application that is opened on a day, () when the service ends there."""
        for line in self.stage_lines:
            if line.service == service and line.holds_on(day):
                return line.stages
        return ()

    def every_stage_of(self, service: str) -> tuple[Stage, ...]:
        """Return the stages that a service ever had, each by its newest name, in the order of their lines."""
        lines = sorted(
            (line for line in self.stage_lines if line.service == service), key=lambda line: line.valid_from
        )
        return tuple({stage.code: stage for line in lines for stage in line.stages}.values())

    def suspension_kind(self, code: str, day: date) -> SuspensionKind | None:
        """Return a kind of suspension as it stands on a day, None when it may not be ordered then."""
        return next(
            (each for each in self.suspension_kinds if each.code == code and each.holds_on(day)), None
        )


def rules_in(agency: Agency) -> Rules:
    """Return the rules of a catalogue."""
    return Rules(**{each.name: getattr(agency, each.name) for each in fields(Rules)})


def laid_over(
    below: Iterable[Row], above: Iterable[Row], subject: Callable[[Row], Hashable]
) -> tuple[Row, ...]:
    """Return rows with those above laid over those below, cut so that one a subject holds on each day.

    The order of the subjects, and of the rows of each, is kept.
    """
    by_subject: dict[Hashable, dict[date, Row]] = {}
    for row in (*below, *above):
        by_subject.setdefault(subject(row), {})[row.valid_from] = row
    return tuple(piece for rows in by_subject.values() for piece in _pieces(list(rows.values())))


def _pieces(rows: list[Row]) -> list[Row]:
    """Cut the rows of one subject where another one begins or ends."""
    in_order = sorted(rows, key=lambda row: row.valid_from)
    edges = {row.valid_from for row in rows}
    edges |= {row.valid_to + ONE_DAY for row in rows if row.valid_to is not None and row.valid_to < date.max}
    days = sorted(edges)
    pieces: list[tuple[Row, date, date | None]] = []
    for place, first in enumerate(days):
        last = days[place + 1] - ONE_DAY if place + 1 < len(days) else None
        holding = [row for row in in_order if row.holds_on(first)]
        if not holding:
            continue
        if pieces and pieces[-1][0] is holding[-1] and pieces[-1][2] == first - ONE_DAY:
            pieces[-1] = (holding[-1], pieces[-1][1], last)
        else:
            pieces.append((holding[-1], first, last))
    return [replace(row, valid_from=first, valid_to=last) for row, first, last in pieces]
