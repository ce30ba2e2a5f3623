"""Lanes: what their head starts promise to whoever waits, whoever comes and whatever counters are open."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from gerai_booking.agencies.fairness import lane_rules
from gerai_booking.rules.catalogue import LaneRule
from gerai_booking.rules.catalogue.lane_rules import LANES_WITH_RULES
from gerai_booking.rules.lanes import (
    GROUNDS,
    LANES,
    Because,
    Place,
    base_of,
    because,
    ground_by_age,
    head_start,
    lane_of,
    may_overtake,
    order_of,
    overtaken_within,
    safe_from,
)
from gerai_booking.rules.visits import GRACE
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 12, 1)
EIGHT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = lane_rules()
HOUR = timedelta(hours=1)


def a_rule(lane: str, minutes: int, *, valid_from: date = date(2024, 1, 1)) -> LaneRule:
    return LaneRule(lane=lane, head_start_minutes=minutes, basis="Uji", valid_from=valid_from)


def a_place(name: str, lane: str, minute: int) -> Place:
    return Place(id=name, lane=lane, counts_from=EIGHT + minute * MINUTE)


rules_of_a_day = st.fixed_dictionaries({lane: st.integers(0, 240) for lane in LANES_WITH_RULES}).map(
    lambda minutes: tuple(a_rule(lane, count) for lane, count in minutes.items())
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who comes in a minute of the day, for one service."""

    place: Place
    service: int


@dataclass(frozen=True, kw_only=True)
class Call:
    """In a minute a counter with these services became free and called somebody."""

    minute: int
    services: frozenset[int]
    called: Person
    waiting: tuple[Person, ...]


people = st.lists(
    st.tuples(st.sampled_from(LANES), st.integers(0, 180), st.integers(0, 2)), min_size=1, max_size=25
).map(
    lambda rows: [
        Person(place=a_place(f"{number:03}", lane, minute), service=service)
        for number, (lane, minute, service) in enumerate(rows)
    ]
)
#: When a counter, that can serve these services, becomes free.
counters_free = st.lists(
    st.tuples(st.integers(0, 300), st.frozensets(st.integers(0, 2), min_size=1)), max_size=40
)


def day_of(people, free, rank) -> list[Call]:
    """Let counters call, each the first by `rank` among those it may serve, as models.queue_order.claim_next does."""
    calls: list[Call] = []
    gone: set[str] = set()
    for minute, services in sorted(free, key=lambda each: each[0]):
        waiting = tuple(
            person
            for person in people
            if person.place.counts_from <= EIGHT + minute * MINUTE
            and person.place.id not in gone
            and person.service in services
        )
        if waiting:
            called = min(waiting, key=lambda person: rank(person.place))
            gone.add(called.place.id)
            calls.append(Call(minute=minute, services=services, called=called, waiting=waiting))
    return calls


@given(people, counters_free, rules_of_a_day)
def test_whoever_waits_is_overtaken_only_by_who_came_within_the_difference_of_the_head_starts(
    people, free, rules
) -> None:
    for call in day_of(people, free, lambda place: order_of(rules, place, DAY)):
        theirs = call.called.place
        for other in call.waiting:
            mine = other.place
            later = theirs.counts_from - mine.counts_from
            if theirs.lane == "emergency" or mine.lane == "emergency":
                continue
            assert later <= head_start(rules, theirs.lane, DAY) - head_start(rules, mine.lane, DAY)
            assert later <= overtaken_within(rules, mine.lane, DAY)
            assert theirs.counts_from <= safe_from(rules, mine, DAY)


@given(people, counters_free, rules_of_a_day)
def test_within_a_lane_who_comes_first_is_called_first(people, free, rules) -> None:
    for call in day_of(people, free, lambda place: order_of(rules, place, DAY)):
        for other in call.waiting:
            if other.place.lane == call.called.place.lane:
                assert call.called.place.counts_from <= other.place.counts_from


@given(people, counters_free, rules_of_a_day)
def test_who_was_called_before_somebody_although_they_came_later_was_foretold(people, free, rules) -> None:
    places = [person.place for person in people]
    for call in day_of(people, free, lambda place: order_of(rules, place, DAY)):
        for other in call.waiting:
            if call.called.place.counts_from > other.place.counts_from:
                assert call.called.place in may_overtake(rules, other.place, places, DAY)


def wait_under_a_rush(rank) -> int | None:
    """Minutes until a walk-in is called while each minute two elderly people come and one counter is free.

    None when they still wait when the day ends, after ten hours of it.
    """
    guest = Person(place=a_place("guest", "walk_in", 0), service=0)
    rush = [
        Person(place=a_place(f"{minute:03}{twin}", "elderly", minute), service=0)
        for minute in range(600)
        for twin in "ab"
    ]
    waiting, coming = [guest], list(reversed(rush))
    for minute in range(600):
        while coming and coming[-1].place.counts_from <= EIGHT + minute * MINUTE:
            waiting.append(coming.pop())
        called = min(waiting, key=lambda person: rank(person.place))
        waiting.remove(called)
        if called is guest:
            return minute
    return None


def test_an_endless_stream_of_priority_at_twice_the_capacity_starves_nobody() -> None:
    # Before the walk-in go those who came from minute 0 to minute 60, two a minute; one a minute is called.
    assert wait_under_a_rush(lambda place: order_of(RULES, place, DAY)) == 61 * 2


def test_with_priority_as_a_rank_of_its_own_the_same_stream_starves_a_walk_in() -> None:
    assert wait_under_a_rush(lambda place: (place.lane not in GROUNDS, place.counts_from, place.id)) is None


def test_an_emergency_is_before_all_others_and_nobody_else_is() -> None:
    emergency = a_place("z", "emergency", 120)
    others = [a_place(lane, lane, 0) for lane in LANES_WITH_RULES]
    assert all(may_overtake(RULES, other, [emergency], DAY) == [emergency] for other in others)
    assert min([emergency, *others], key=lambda place: order_of(RULES, place, DAY)) == emergency


def test_the_sample_rules_give_every_priority_an_hour_and_the_others_nothing() -> None:
    found = {lane: head_start(RULES, lane, DAY) for lane in LANES}
    assert found == dict.fromkeys((*GROUNDS, "other"), HOUR) | dict.fromkeys(
        ("emergency", "appointment", "walk_in"), timedelta()
    )
    assert overtaken_within(RULES, "walk_in", DAY) == HOUR
    assert overtaken_within(RULES, "elderly", DAY) == timedelta()


def test_without_a_rule_there_is_no_head_start_and_of_two_the_later_one_counts() -> None:
    assert head_start((), "elderly", DAY) == timedelta()
    both = (a_rule("elderly", 10), a_rule("elderly", 30, valid_from=DAY))
    assert head_start(both, "elderly", DAY) == 30 * MINUTE
    assert head_start(both, "elderly", DAY - timedelta(days=1)) == 10 * MINUTE


@pytest.mark.parametrize(
    ("lane", "ground", "found"),
    [
        ("priority", "pregnant", "pregnant"),
        ("priority", None, "other"),
        ("priority", "of a later release", "other"),
        ("appointment", None, "appointment"),
        ("appointment", "pregnant", "appointment"),
        ("walk_in", None, "walk_in"),
        ("regular", None, "walk_in"),
        ("emergency", None, "emergency"),
    ],
)
def test_the_lane_is_that_of_the_ticket_and_for_priority_its_ground(lane, ground, found) -> None:
    assert lane_of(lane, ground) == found


@pytest.mark.parametrize(
    ("born", "for_children", "ground"),
    [
        (date(1966, 12, 1), False, "elderly"),
        (date(1966, 12, 2), False, None),
        (date(1966, 12, 1), True, "elderly"),
        (date(2021, 12, 2), True, "under_five"),
        (date(2021, 12, 1), True, None),
        (date(2021, 12, 2), False, None),
        (date(2026, 12, 2), True, None),
        (None, True, None),
    ],
)
def test_an_age_alone_gives_priority_to_the_elderly_and_to_small_children(born, for_children, ground) -> None:
    assert ground_by_age(born, day=DAY, for_children=for_children) == ground


@given(st.lists(st.sampled_from(("walk_in", *GROUNDS, "other")), max_size=6), rules_of_a_day)
def test_however_often_a_lane_is_changed_no_head_start_is_taken_from_another(lanes, rules) -> None:
    came, now = EIGHT, EIGHT + 7 * MINUTE
    stands_at, lane = came - head_start(rules, "walk_in", DAY), "walk_in"
    for changed_to in lanes:
        base = base_of(came, stands_at=stands_at, head=head_start(rules, lane, DAY), now=now)
        stands_at, lane = base - head_start(rules, changed_to, DAY), changed_to
    assert stands_at == came - head_start(rules, lane, DAY)


def test_who_was_put_back_to_a_later_place_gains_nothing_by_a_change_of_the_lane() -> None:
    put_to_the_end = EIGHT + 30 * MINUTE
    base = base_of(EIGHT, stands_at=put_to_the_end, head=timedelta(), now=put_to_the_end + MINUTE)
    assert base == put_to_the_end
    # And with a head start of theirs, nobody is put into the future.
    assert base_of(EIGHT, stands_at=put_to_the_end, head=HOUR, now=put_to_the_end) == put_to_the_end


def test_who_was_in_the_house_before_they_checked_in_keeps_that_whatever_lane() -> None:
    came, checked_in = EIGHT, EIGHT + 2 * HOUR
    base = base_of(checked_in, stands_at=came, head=timedelta(), now=checked_in + MINUTE)
    assert base == came
    assert base_of(checked_in, stands_at=came - HOUR, head=HOUR, now=checked_in + MINUTE) == came
    assert why(checked_in_at=checked_in, queue_at=came) == Because(code="arrival", at=came)


def why(**changes) -> Because:
    given = {"lane": "walk_in", "booked_for": None, "checked_in_at": EIGHT, "queue_at": EIGHT}
    return because(**given | changes)


def test_why_the_next_is_next_is_told_from_their_ticket() -> None:
    booked = EIGHT + 30 * MINUTE
    assert why() == Because(code="arrival", at=EIGHT)
    assert why(queue_at=None) == Because(code="arrival", at=EIGHT)
    assert why(lane="elderly", queue_at=EIGHT - HOUR) == Because(code="elderly", at=EIGHT - HOUR, minutes=60)
    assert why(lane="elderly") == Because(code="arrival", at=EIGHT)
    assert why(lane="appointment", booked_for=booked, queue_at=booked) == Because(
        code="appointment", at=booked
    )
    assert why(lane="pregnant", booked_for=booked, queue_at=booked - HOUR) == Because(
        code="pregnant", at=booked - HOUR, minutes=60
    )
    late = booked + GRACE + MINUTE
    assert why(lane="appointment", booked_for=booked, checked_in_at=late, queue_at=late) == Because(
        code="arrival", at=late
    )
    assert why(lane="emergency", queue_at=EIGHT) == Because(code="emergency", at=EIGHT)
    assert why(queue_at=EIGHT + MINUTE) == Because(code="moved", at=EIGHT + MINUTE)


def test_of_two_who_count_from_the_same_moment_the_older_ticket_goes_first() -> None:
    older, younger = a_place("a", "elderly", 60), a_place("b", "walk_in", 0)
    assert sorted([younger, older], key=lambda place: order_of(RULES, place, DAY)) == [older, younger]
