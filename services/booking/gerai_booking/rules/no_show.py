"""Missed visits: which count, what they lead to, and until when. Standard library only.

Who cancels or moves a booking in time never misses it; who was there and was not called has not missed it
either. What counts leads to a kind word first, then to a warning, and only then to a pause of online booking;
coming without a booking stays open to everybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gerai_booking.rules.catalogue import NoShowRule

#: The state that a missed visit ends in, and those out of which it counts: never there, or called in vain.
MISSED = "no_show"
COUNTS_FROM = ("booked", "called")


class Grade(StrEnum):
    """What a missed visit leads to."""

    REMINDER = "reminder"
    WARNING = "warning"
    PAUSE = "pause"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How a booked visit ended: in `state`, out of the state `came_from`.

    `excused` by an appeal, an outage or an order.
    """

    day: date
    state: str
    came_from: str
    excused: bool = False


def missed_days(visits: Iterable[Visit]) -> list[date]:
    """Return the days of the visits that count as missed, in order."""
    return sorted(
        visit.day
        for visit in visits
        if visit.state == MISSED and visit.came_from in COUNTS_FROM and not visit.excused
    )


def rule_on(rules: Iterable[NoShowRule], day: date) -> NoShowRule | None:
    """Return the rule that holds on a day, the one that began last; None when none does."""
    holding = [rule for rule in rules if rule.holds_on(day)]
    return max(holding, key=lambda rule: rule.valid_from, default=None)


def count_at(rule: NoShowRule, missed: Iterable[date], day: date) -> int:
    """Return how many missed visits count on a day: those of the window that ends with it."""
    first = day - timedelta(days=rule.window_days)
    return sum(first < each <= day for each in missed)


def grade_of(rule: NoShowRule, count: int) -> Grade:
    """Return what the `count`-th missed visit within the window leads to."""
    if count >= rule.paused_at:
        return Grade.PAUSE
    return Grade.WARNING if count == rule.paused_at - 1 else Grade.REMINDER


def paused_until(rules: Sequence[NoShowRule], missed: Sequence[date]) -> date | None:
    """Return the last day of the longest pause that missed visits led to, None without one.

    Each missed visit is judged by the rule of its own day.
    """
    ends = []
    for day in missed:
        rule = rule_on(rules, day)
        if rule is not None and grade_of(rule, count_at(rule, missed, day)) is Grade.PAUSE:
            ends.append(day + timedelta(days=rule.pause_days))
    return max(ends, default=None)


def reaches_back(rules: Iterable[NoShowRule]) -> timedelta | None:
    """Return how far back a missed visit can still matter, None without a rule."""
    return max((timedelta(days=rule.window_days + rule.pause_days) for rule in rules), default=None)
