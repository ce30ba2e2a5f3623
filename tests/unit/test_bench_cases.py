"""What the measurements of complaints make of what they saw."""

import pytest

from bench.complainants import Lives
from bench.measures.cases import ASKED, row
from bench.measures.life_cycles import check
from bench.measures.spike import AFTER, CALM, SPIKE, recovery

END = CALM + SPIKE


def requests(slow_until: float) -> list[tuple[str, float, float]]:
    """Return ten requests a second of 10 ms each; those that begin in the spike, or before that moment, take 2 s."""
    moments = [count / 10 for count in range(int((END + AFTER) * 10))]
    return [("file", at, 2.0 if CALM <= at < slow_until else 0.010) for at in moments]


def test_it_is_as_before_once_everybody_is_answered_as_before() -> None:
    before, meanwhile, back = recovery(requests(slow_until=END + 12))
    assert (before, meanwhile) == (0.010, 2.0)
    assert 11 <= back <= 12


def test_who_is_slow_to_the_end_never_recovers() -> None:
    assert recovery(requests(slow_until=END + AFTER))[2] == float("inf")


def test_a_quick_moment_is_no_recovery() -> None:
    seen = [
        (step, at, 2.0 if END + 10 <= at < END + 30 else took)
        for step, at, took in requests(slow_until=END + 5)
    ]
    assert recovery(seen)[2] >= 29


@pytest.mark.parametrize("counted", ["2|2|2", "3|3|2", "3|3|3"])
def test_what_was_told_is_there(counted: str) -> None:
    check(Lives(begun=3, accepted=["P-1", "P-2"], failed={"accept 0 None": 1}), counted)


@pytest.mark.parametrize("counted", ["1|1|1", "3|2|2", "4|4|2", "3|3|1"])
def test_what_is_lost_or_doubled_is_noticed(counted: str) -> None:
    with pytest.raises(AssertionError):
        check(Lives(begun=3, accepted=["P-1", "P-2"]), counted)


def test_a_list_is_held_against_a_desk_with_as_much_under_way() -> None:
    listing = next(each for each in ASKED if each.name == "list: open")
    filing = next(each for each in ASKED if each.name == "file")
    seconds = [0.010], [0.020], [0.021]
    assert row(listing, *map(list, seconds), cases=1000, under_way=10).reached
    assert not row(filing, *map(list, seconds), cases=1000, under_way=10).reached
