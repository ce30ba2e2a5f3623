"""Estimates against days that simpy plays: nearer to the truth than the static mean, as sure as they say.

The days are the truth and share no code with the estimator; each agency first lives some days, from which it
learns, and is judged by the days after them.
"""

from functools import cache

import pytest

from tests.support.estimating import PATTERNS, Agency, Estimated, report_on

LEARNING, JUDGED, SEED = 8, 24, 1_000
#: Playing a queue through so often is enough for judging, and a fraction of the product's effort.
CALLS, EVERY = 300, 8


@cache
def estimates_of(name: str) -> list[Estimated]:
    pattern = next(each for each in PATTERNS if each.name == name)
    agency = Agency(pattern=pattern, most_calls=CALLS, every=EVERY)
    for day in range(LEARNING):
        agency.live(SEED + day)
    return [each for day in range(LEARNING, LEARNING + JUDGED) for each in agency.live(SEED + day)]


@pytest.mark.parametrize("name", [pattern.name for pattern in PATTERNS])
def test_estimates_beat_the_static_mean_by_a_third_and_hold_what_they_promise(name: str) -> None:
    found = report_on(estimates_of(name))
    assert found.count > 100
    assert found.ratio <= 2 / 3, found
    assert 0.75 <= found.coverage <= 0.85, found


def test_over_all_days_together_four_of_five_intervals_hold() -> None:
    found = report_on([each for pattern in PATTERNS for each in estimates_of(pattern.name)])
    assert found.ratio <= 1 / 2, found
    assert 0.77 <= found.coverage <= 0.83, found


def test_an_estimator_that_has_learned_nothing_does_worse_where_the_catalogue_is_wrong() -> None:
    """The control: it is the learning that makes the difference, not the pattern."""
    pattern = next(each for each in PATTERNS if each.name == "catalogue says double")
    first_day = Agency(pattern=pattern, most_calls=CALLS, every=EVERY).live(SEED)
    assert report_on(first_day).ratio > report_on(estimates_of(pattern.name)).ratio
