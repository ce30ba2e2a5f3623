"""Lanes: who counts as come how much earlier than they came, and who may still be called before whom.

Nobody but an emergency is before all others. Whoever is elderly, pregnant, disabled or with a small child
counts as come some minutes earlier, by a dated rule for each lane; then the order is that of these moments.
So whoever waits is overtaken only by people who came up to a fixed time after them, however many these are
and however few counters are open (docs/decisions/0030). Standard library only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gerai_booking.rules.catalogue import LaneRule
from gerai_booking.rules.catalogue.lane_rules import (
    APPOINTMENT,
    DISABLED,
    ELDERLY,
    EMERGENCY,
    OTHER,
    PREGNANT,
    UNDER_FIVE,
    WALK_IN,
)
from gerai_booking.rules.eligibility import age_on
from gerai_booking.rules.visits import counts_from, queue_rank

#: Why somebody has priority, as officers choose it. Without one of them it is `other`.
GROUNDS = (ELDERLY, UNDER_FIVE, PREGNANT, DISABLED)
#: All lanes, in the order in which reports list them.
LANES = (EMERGENCY, *GROUNDS, OTHER, APPOINTMENT, WALK_IN)
#: Elderly from this age on (UU 13/1998); small children until they are so old.
ELDERLY_FROM, SMALL_UNTIL = 60, 5
NONE = timedelta()
#: What decides that somebody is next, beside their lane.
ARRIVAL, MOVED = "arrival", "moved"


def lane_of(lane: str, ground: str | None) -> str:
    """Return the lane of a ticket, by the lane on it and the ground of its priority, as one of LANES."""
    if lane == "priority":
        return ground if ground in GROUNDS else OTHER
    return lane if lane in {EMERGENCY, APPOINTMENT} else WALK_IN


def ground_by_age(birth_date: date | None, *, day: date, for_children: bool) -> str | None:
    """Return the ground that an age on the day of the visit gives by itself, None without one.

    A small child counts where the service is for children: elsewhere it is not a child's birth date.
    """
    if birth_date is None or birth_date > day:
        return None
    age = age_on(birth_date, day)
    if age >= ELDERLY_FROM:
        return ELDERLY
    return UNDER_FIVE if for_children and age < SMALL_UNTIL else None


def head_start(rules: Iterable[LaneRule], lane: str, day: date) -> timedelta:
    """Return how much earlier those of a lane count as come on a day; nothing without a rule."""
    holding = [rule for rule in rules if rule.lane == lane and rule.holds_on(day)]
    newest = max(holding, key=lambda rule: rule.valid_from, default=None)
    return timedelta(minutes=newest.head_start_minutes) if newest else NONE


def overtaken_within(rules: Iterable[LaneRule], lane: str, day: date) -> timedelta:
    """Return the bound of a lane: nobody who came later than by this is called before somebody in it.

    Never below nothing; emergencies, which are before all others, are not in it.
    """
    rules = tuple(rules)
    greatest = max(head_start(rules, each, day) for each in LANES)
    return greatest - head_start(rules, lane, day)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somebody's place among those who wait; `counts_from` is their arrival or booked hour (rules.visits)."""

    id: str
    lane: str
    counts_from: datetime


def order_of(rules: Iterable[LaneRule], place: Place, day: date) -> tuple[int, datetime, str]:
    """Return by what those who wait are ordered: rank, the moment from which they count, the older ticket."""
    moment = place.counts_from - head_start(rules, place.lane, day)
    return queue_rank(place.lane), moment, place.id


def may_overtake(rules: Iterable[LaneRule], place: Place, others: Iterable[Place], day: date) -> list[Place]:
    """Return those of `others` who came after somebody and are before them all the same.

    They are no more than those who came within `overtaken_within`, and emergencies.
    """
    rules = tuple(rules)
    mine = order_of(rules, place, day)
    return [
        other
        for other in others
        if other.counts_from > place.counts_from and order_of(rules, other, day) < mine
    ]


def safe_from(rules: Iterable[LaneRule], place: Place, day: date) -> datetime:
    """Return the moment from which on nobody who comes will be before somebody, but for emergencies."""
    return place.counts_from + overtaken_within(rules, place.lane, day)


def base_of(counts_from: datetime, *, stands_at: datetime | None, head: timedelta, now: datetime) -> datetime:
    """Return the moment from which head starts are taken when a lane is changed.

    It is where somebody counts from, so that no head start is ever taken from another one. Whoever was put
    back to a later place (`stands_at`, with the head start that they had) keeps that one, and gains nothing;
    whoever stands earlier than they checked in, for they were in the house before, keeps that, too.
    """
    if stands_at is None:
        return counts_from
    stands = stands_at + head
    return max(min(counts_from, stands), min(now, stands))


@dataclass(frozen=True, kw_only=True)
class Because:
    """Why somebody is next: `code` is what decides, `at` the moment that is told with it.

    `emergency`, with the arrival; `moved`: put back by an officer, with the place that they got; a lane of
    GROUNDS or `other`, with the moment as which they count as come, `minutes` earlier; `appointment`, with
    the booked hour; `arrival`, with it.
    """

    code: str
    at: datetime
    minutes: int = 0


def because(
    *, lane: str, booked_for: datetime | None, checked_in_at: datetime, queue_at: datetime | None
) -> Because:
    """Return why somebody who waits first is first, from what their ticket says."""
    base = counts_from(booked_for=booked_for, checked_in_at=checked_in_at)
    at = queue_at or base
    minutes = (base - at) // timedelta(minutes=1)
    if lane == EMERGENCY:
        return Because(code=EMERGENCY, at=checked_in_at)
    if minutes < 0:
        return Because(code=MOVED, at=at)
    if lane not in {APPOINTMENT, WALK_IN} and minutes:
        return Because(code=lane, at=at, minutes=minutes)
    if minutes > 0:
        # In the house since then, for another errand.
        return Because(code=ARRIVAL, at=at)
    return Because(code=APPOINTMENT if base == booked_for else ARRIVAL, at=base)
