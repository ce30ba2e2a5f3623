"""The report of fairness: that it sees what was not in order, and tells nothing of few people."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from gerai_booking.agencies.fairness import lane_rules
from gerai_booking.rules.fairness import (
    SIMULTANEOUS,
    TOTAL,
    Broken,
    Wait,
    beyond_bound,
    figures_of,
    out_of_order,
    overtaken,
)
from gerai_booking.rules.lanes import head_start
from gerai_booking.rules.suppression import Hidden
from gerai_booking.rules.visits import queue_rank
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 12, 1)
EIGHT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = lane_rules()


def a_wait(name: str, came: int, called: int | None, *, lane: str = "walk_in", **changes) -> Wait:
    """Somebody who came and was called in these minutes after eight."""
    at = EIGHT + came * MINUTE
    called_at = None if called is None else EIGHT + called * MINUTE
    wait = Wait(
        id=name,
        day=DAY,
        service="passport-new",
        lane=lane,
        rank=queue_rank(lane),
        counts_from=at,
        queue_at=at - head_start(RULES, lane, DAY),
        arrived_at=at,
        stood_from=at,
        called_at=called_at,
        until=called_at,
    )
    return replace(wait, **changes)


def broken(count: int) -> list[Broken]:
    return [Broken(day=DAY, service="passport-new", count=count)]


def test_a_day_in_order_breaks_nothing() -> None:
    waits = [a_wait("a", 0, 10), a_wait("b", 1, 20), a_wait("c", 2, None)]
    assert (out_of_order(waits), beyond_bound(waits, RULES)) == ([], [])
    assert overtaken(waits) == {"a": 0, "b": 0, "c": 0}


def test_who_is_overtaken_by_priority_within_the_bound_is_counted_and_breaks_nothing() -> None:
    waits = [
        a_wait("guest", 0, 90),
        a_wait("elderly", 50, 70, lane="elderly"),
        a_wait("pregnant", 59, 80, lane="pregnant"),
    ]
    assert overtaken(waits) == {"guest": 2, "elderly": 0, "pregnant": 0}
    assert (out_of_order(waits), beyond_bound(waits, RULES)) == ([], [])


def test_who_is_called_before_somebody_ahead_of_them_breaks_the_order() -> None:
    waits = [a_wait("first", 0, 30), a_wait("second", 5, 20)]
    assert out_of_order(waits) == broken(1)
    assert beyond_bound(waits, RULES) == []


def test_priority_that_goes_before_who_came_long_before_them_is_beyond_the_bound() -> None:
    absolute = a_wait("elderly", 61, 70, lane="elderly")
    waits = [a_wait("guest", 0, 90), a_wait("another", 2, 95), absolute]
    assert beyond_bound(waits, RULES) == broken(1)
    assert out_of_order(waits) == broken(1)


def test_who_was_never_called_is_passed_over_all_the_same_until_they_leave() -> None:
    starving = a_wait("guest", 0, None)
    left = a_wait("left", 0, None, until=EIGHT + 10 * MINUTE)
    waits = [starving, left, a_wait("late", 20, 30)]
    assert overtaken(waits) == {"guest": 1, "left": 0, "late": 0}
    assert out_of_order(waits) == broken(1)


def test_calls_at_the_same_moment_at_two_counters_break_nothing() -> None:
    first, second = a_wait("first", 0, 30), a_wait("second", 5, 30)
    just_before = replace(second, called_at=first.called_at - SIMULTANEOUS / 2)
    assert out_of_order([first, just_before]) == []
    assert out_of_order([first, replace(second, called_at=first.called_at - 2 * SIMULTANEOUS)]) == broken(1)


def test_calls_out_of_turn_emergencies_and_those_who_came_back_are_outside_the_law() -> None:
    guest = a_wait("guest", 0, 90)
    for outside in (
        a_wait("z", 70, 80, out_of_turn=True),
        a_wait("z", 70, 80, came_back=True),
        a_wait("z", 70, 80, lane="emergency"),
    ):
        assert overtaken([guest, outside])["guest"] == 0
        assert (out_of_order([guest, outside]), beyond_bound([guest, outside], RULES)) == ([], [])
    # Whoever came back lost their place by themselves, and passed over nobody by it.
    back = a_wait("back", 0, 90, came_back=True)
    assert out_of_order([back, a_wait("b", 5, 20)]) == []


def test_another_service_or_day_and_a_place_that_somebody_got_later_are_not_compared() -> None:
    guest = a_wait("guest", 0, 90)
    other = a_wait("z", 5, 20)
    assert out_of_order([guest, replace(other, service="passport-lost")]) == []
    assert out_of_order([guest, replace(other, day=DAY + timedelta(days=1))]) == []
    assert out_of_order([replace(guest, stood_from=EIGHT + 30 * MINUTE), other]) == []


minutes = st.integers(0, 40)


@given(st.lists(st.tuples(minutes, st.none() | minutes, st.booleans()), max_size=14))
def test_one_walk_counts_what_comparing_each_with_each_does(rows) -> None:
    waits = [
        a_wait(
            f"{number:02}", came, None if took is None else came + took, lane="elderly" if old else "walk_in"
        )
        for number, (came, took, old) in enumerate(rows)
    ]
    far = datetime.max.replace(tzinfo=UTC)
    expected = {
        mine.id: sum(
            other.called_at is not None
            and other.counts_from > mine.counts_from
            and mine.stood_from + SIMULTANEOUS <= other.called_at < (mine.until or far) - SIMULTANEOUS
            for other in waits
        )
        for mine in waits
    }
    assert overtaken(waits) == expected


def test_the_figures_of_a_lane_are_its_median_and_what_nine_of_ten_waited_at_most() -> None:
    waits = [a_wait(f"{number:02}", number, number + 10 + number) for number in range(10)]
    lane, total = figures_of(waits)
    assert (lane.lane, lane.called, lane.median, lane.of_most, lane.longest) == ("walk_in", 10, 14, 18, 19)
    assert (total.lane, total.called, total.overtaken, total.most) == (TOTAL, 10, 0, 0)


def test_a_lane_of_few_people_tells_nothing_of_them_nor_does_the_total() -> None:
    many = [a_wait(f"w{number}", number, number + 10) for number in range(9)]
    booked = [a_wait(f"a{number}", number, number + 10, lane="appointment") for number in range(6)]
    few = [a_wait(f"p{number}", number, number + 10, lane="pregnant") for number in range(2)]
    found = {each.lane: each for each in figures_of([*many, *booked, *few])}
    assert found["pregnant"].called is Hidden.FEW
    # The total and the larger lanes would give it away.
    assert found["appointment"].called is Hidden.KEPT_BACK
    for lane in ("pregnant", "appointment"):
        each = found[lane]
        assert (each.median, each.of_most, each.longest, each.most) == (None, None, None, None)
    assert (found["walk_in"].called, found[TOTAL].called) == (9, 17)


def test_a_day_without_anybody_has_a_total_of_nothing() -> None:
    (total,) = figures_of([])
    assert (total.lane, total.called, total.median, total.most) == (TOTAL, 0, None, None)
