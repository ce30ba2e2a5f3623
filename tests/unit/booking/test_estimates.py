"""Laws of the simulated queue, of what is learned, and of what is said."""

from dataclasses import replace
from itertools import pairwise

import pytest
from gerai_booking.rules.estimates.arrivals import expected, share_that_comes
from gerai_booking.rules.estimates.calibration import Calibration, Measured, calibrate
from gerai_booking.rules.estimates.durations import (
    Durations,
    Occupation,
    Sketch,
    catalogue_sketch,
    learn,
    sketch_of,
    with_today,
)
from gerai_booking.rules.estimates.explaining import minutes_of, sentence
from gerai_booking.rules.estimates.simulation import (
    Expected,
    Interval,
    OpenCounter,
    Snapshot,
    Stream,
    Waiting,
    simulate,
)
from hypothesis import given
from hypothesis import strategies as st

KNOWN = Durations(learned={}, configured={"a": 600.0, "b": 900.0}, paces={})
#: So few that every queue is played through equally often, which is what makes draws the same.
CALLS = 1


def table_of(service: str, counter: str) -> tuple[float, ...]:
    # Every counter alike: with different ones, more hands may hold up somebody, as everybody knows who queued.
    assert counter
    return KNOWN.table(service, hour=9, counter="any")


def queue(*services: str) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(id=str(place), service=service, order=(2, float(place), ""))
        for place, service in enumerate(services)
    )


def counters(number: int, *, busy: int = 0, elapsed: float = 0.0) -> tuple[OpenCounter, ...]:
    return tuple(
        OpenCounter(
            code=str(place), services=("a", "b"), serving="a" if place < busy else None, elapsed=elapsed
        )
        for place in range(number)
    )


services = st.lists(st.sampled_from("ab"), min_size=1, max_size=12)


@given(services, st.integers(1, 5), st.data())
def test_one_more_before_me_never_shortens_my_wait(waiting, number, data) -> None:
    free = counters(number, busy=data.draw(st.integers(0, number)))
    snapshot = Snapshot(waiting=queue(*waiting), counters=free, newcomers=("a",))
    one_more = replace(snapshot, waiting=queue(*waiting, "b"))
    before = simulate(snapshot, table_of, most_calls=CALLS).newcomers["a"]
    after = simulate(one_more, table_of, most_calls=CALLS).newcomers["a"]
    assert after.low >= before.low
    assert after.mid >= before.mid
    assert after.high >= before.high


@given(services, st.integers(1, 5), st.data())
def test_who_is_later_in_line_is_called_later_and_intervals_are_in_order(waiting, number, data) -> None:
    free = counters(number, busy=data.draw(st.integers(0, number)))
    found = simulate(Snapshot(waiting=queue(*waiting), counters=free), table_of, most_calls=CALLS).waiting
    assert len(found) == len(waiting)
    in_line = [found[str(place)] for place in range(len(waiting))]
    for each in in_line:
        assert 0 <= each.low <= each.mid <= each.high
    for former, latter in pairwise(in_line):
        assert former.low <= latter.low
        assert former.mid <= latter.mid
        assert former.high <= latter.high


@given(services, st.integers(1, 4))
def test_one_more_counter_never_lengthens_a_wait(waiting, number) -> None:
    few = simulate(Snapshot(waiting=queue(*waiting), counters=counters(number)), table_of, most_calls=CALLS)
    more = simulate(
        Snapshot(waiting=queue(*waiting), counters=counters(number + 1)), table_of, most_calls=CALLS
    )
    for ticket, interval in few.waiting.items():
        assert more.waiting[ticket].mid <= interval.mid + 1e-9
        assert more.waiting[ticket].high <= interval.high + 1e-9


@given(services, st.floats(0, 3_000))
def test_the_same_snapshot_has_the_same_answer(waiting, elapsed) -> None:
    snapshot = Snapshot(
        waiting=queue(*waiting),
        counters=counters(3, busy=2, elapsed=elapsed),
        streams=(Stream(service="a", per_hour=4, rank=1),),
        expected=(Expected(service="b", within=900, chance=0.5, order=(2, -100.0, "")),),
    )
    assert simulate(snapshot, table_of, most_calls=CALLS) == simulate(snapshot, table_of, most_calls=CALLS)


def test_who_is_first_at_a_free_counter_does_not_wait_and_at_a_busy_one_not_for_ever() -> None:
    free = simulate(Snapshot(waiting=queue("a"), counters=counters(1)), table_of)
    assert free.waiting["0"] == Interval(low=0, mid=0, high=0)
    # Served for longer than anybody before: it still ends.
    busy = Snapshot(waiting=queue("a"), counters=counters(1, busy=1, elapsed=20_000))
    assert 0 < simulate(busy, table_of).waiting["0"].high < 1_800


def test_the_time_that_somebody_has_been_served_already_counts() -> None:
    def wait(elapsed: float) -> float:
        busy = Snapshot(waiting=queue("a"), counters=counters(1, busy=1, elapsed=elapsed))
        return simulate(busy, table_of).waiting["0"].mid

    assert wait(0) > wait(300)


def test_nobody_is_told_a_number_while_no_counter_serves_them() -> None:
    only_a = (OpenCounter(code="1", services=("a",)),)
    found = simulate(Snapshot(waiting=queue("b"), counters=only_a, newcomers=("a", "b")), table_of)
    assert found.waiting == {}
    assert set(found.newcomers) == {"a"}
    text = sentence(ahead=3, open_counters=0, is_known=False)
    assert "Belum ada loket" in text.id


def test_counters_wait_for_the_opening_and_for_the_end_of_a_break() -> None:
    opening = replace(counters(1)[0], free_in=900.0)
    found = simulate(Snapshot(waiting=queue("a"), counters=(opening,)), table_of)
    assert found.waiting["0"].low == 900
    in_break = Snapshot(waiting=queue("a"), counters=counters(1), pauses=((-60.0, 1_200.0),))
    assert simulate(in_break, table_of).waiting["0"].low == 1_200


def test_who_goes_before_others_makes_them_wait_longer() -> None:
    alone = Snapshot(waiting=queue(*"aaaa"), counters=counters(1))
    last = simulate(alone, table_of).waiting["3"].mid
    overtaken = replace(alone, streams=(Stream(service="a", per_hour=6, rank=1),))
    assert simulate(overtaken, table_of).waiting["3"].mid > last
    booked = replace(alone, expected=(Expected(service="a", within=60, chance=1, order=(2, -5.0, "")),))
    assert simulate(booked, table_of).waiting["3"].mid > last
    later = replace(alone, expected=(Expected(service="a", within=60, chance=1, order=(2, 99.0, "")),))
    assert simulate(later, table_of).waiting["3"].mid == last


def test_who_booked_is_expected_until_the_grace_is_over() -> None:
    order = (2, 0.0, "x")
    early = expected(service="a", order=order, booked_in=3_600, share=0.8)
    late = expected(service="a", order=order, booked_in=-600, share=0.8)
    assert early is not None
    assert late is not None
    assert early.chance == pytest.approx(0.8)
    assert 0 < late.chance < early.chance
    assert late.within == 300
    assert expected(service="a", order=order, booked_in=-900, share=0.8) is None
    assert share_that_comes(came=0, booked=0) == 0.85
    assert share_that_comes(came=50, booked=100) < 0.6


def visits(seconds: float, *, counter: str = "1", number: int = 40) -> list[Occupation]:
    return [Occupation(service="a", counter=counter, hour=9, seconds=seconds)] * number


def test_what_was_seen_outweighs_the_catalogue_and_one_forgotten_click_moves_nothing() -> None:
    learned = learn([*visits(300), Occupation(service="a", counter="1", hour=9, seconds=7_000)])
    known = replace(KNOWN, learned=learned)
    assert known.sketch("a", hour=9, counter="1").mean == pytest.approx(330, rel=0.1)
    assert known.sketch("b", hour=9, counter="1") == catalogue_sketch(900.0)
    assert sketch_of([0.0, -1.0, 99_999.0]) is None


def test_a_slow_counter_is_learned_within_the_day_and_beside_the_others() -> None:
    known = replace(KNOWN, learned=learn([*visits(300), *visits(300, counter="2")]))
    today = with_today(known, [*visits(600, number=8), *visits(300, counter="2", number=8)])
    slow = sum(today.table("a", hour=9, counter="1"))
    assert slow > 1.4 * sum(today.table("a", hour=9, counter="2"))


def test_a_sketch_keeps_mean_and_order() -> None:
    sketch = catalogue_sketch(600)
    assert sketch.mean == pytest.approx(600, rel=0.05)
    table = sketch.table()
    assert list(table) == sorted(table)
    assert Sketch(points=(1.0, 2.0, 3.0), count=2).mean == 2


def test_intervals_that_hold_too_rarely_are_stretched_and_those_that_always_hold_are_narrowed() -> None:
    simulated = Interval(low=600, mid=1_000, high=1_400)
    late = calibrate([Measured(simulated=simulated, actual=1_000 + 20 * n) for n in range(60)])
    assert late.above > 1.5
    assert late.stretch(simulated).high > simulated.high
    sure = calibrate([Measured(simulated=simulated, actual=1_000)] * 500)
    assert sure.below < 1
    assert sure.stretch(simulated).low > simulated.low
    assert calibrate([]) == Calibration()
    assert Calibration().stretch(simulated) == simulated


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_minutes_are_rounded_outwards_and_never_none(one, other) -> None:
    low, high = sorted((one, other))
    told = minutes_of(Interval(low=low, mid=low, high=high))
    assert 1 <= told.low <= told.high
    assert told.low <= max(low / 60, 1)
    assert told.high >= high / 60


@pytest.mark.parametrize(
    ("ahead", "open_counters", "indonesian", "english"),
    [
        (4, 3, "4 orang sebelum Anda, 3 loket buka.", "4 people before you, 3 counters open."),
        (1, 1, "1 orang sebelum Anda, 1 loket buka.", "1 person before you, 1 counter open."),
        (0, 2, "Tidak ada orang sebelum Anda, 2 loket buka.", "Nobody is before you, 2 counters open."),
    ],
)
def test_a_sentence_says_what_it_rests_on(ahead, open_counters, indonesian, english) -> None:
    text = sentence(ahead=ahead, open_counters=open_counters, is_known=True)
    assert (text.id, text.en) == (indonesian, english)
