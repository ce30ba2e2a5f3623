"""Waiting for a condition."""

import pytest

from tests.support.waiting import wait_until


def test_waiting_returns_the_first_true_answer() -> None:
    answers = iter([0, "", "here"])
    assert wait_until(lambda: next(answers)) == "here"


def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.01 s: the impossible"):
        wait_until(lambda: False, timeout=0.01, message="the impossible")


def test_a_failed_assertion_means_not_yet_and_is_shown_at_the_end() -> None:
    def predicate() -> bool:
        raise AssertionError("three of four")

    with pytest.raises(AssertionError) as caught:
        wait_until(predicate, timeout=0.01)
    assert str(caught.value.__cause__) == "three of four"
