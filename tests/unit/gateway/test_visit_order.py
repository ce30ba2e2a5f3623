"""The order that is proposed for several errands: never two at once, all of them, and the shortest there is."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations, product

from gerai_gateway.rules.visit_order import WALK, Errand, Hour, Step, overlap, propose
from hypothesis import given
from hypothesis import strategies as st

MORNING = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def errand(name: str, minutes: int, *hours: int) -> Errand:
    """An errand with free hours at so many minutes after eight."""
    starts = [MORNING + timedelta(minutes=hour) for hour in sorted(set(hours))]
    return Errand(
        name=name,
        lasts=timedelta(minutes=minutes),
        hours=tuple(Hour(name=f"{name}-{start:%H%M}", starts_at=start) for start in starts),
    )


def length(steps: list[Step]) -> timedelta:
    return steps[-1].ends_at - steps[0].hour.starts_at


def fits(steps: list[Step]) -> bool:
    return all(before.ends_at + WALK <= after.hour.starts_at for before, after in pairwise(steps))


def every_plan(errands: list[Errand]) -> list[list[Step]]:
    """Each order at each hour that fits, found by trying all."""
    found = []
    for order in permutations(errands):
        for hours in product(*(each.hours for each in order)):
            steps = [Step(errand=each, hour=hour) for each, hour in zip(order, hours, strict=True)]
            if fits(steps):
                found.append(steps)
    return found


ERRANDS = st.lists(
    st.tuples(
        st.sampled_from((15, 20, 30, 60)), st.lists(st.integers(0, 24).map(lambda n: n * 20), max_size=5)
    ),
    min_size=2,
    max_size=4,
).map(lambda told: [errand(str(place), minutes, *hours) for place, (minutes, hours) in enumerate(told)])


@given(ERRANDS)
def test_all_errands_are_in_one_after_the_other_and_nothing_is_shorter(errands: list[Errand]) -> None:
    found, plans = propose(errands), every_plan(errands)
    if found is None:
        assert plans == []
        return
    assert sorted(step.errand.name for step in found) == sorted(each.name for each in errands)
    assert fits(found)
    assert not overlap((step.hour.starts_at, step.errand.lasts) for step in found)
    assert length(found) == min(length(plan) for plan in plans)


def test_of_two_that_take_as_long_the_earlier_is_proposed() -> None:
    found = propose([errand("a", 20, 0, 120), errand("b", 20, 60, 180)])
    assert found is not None
    assert found[0].hour.starts_at == MORNING


def test_the_later_errand_goes_first_when_only_so_it_fits() -> None:
    found = propose([errand("a", 30, 120), errand("b", 60, 0)])
    assert found is not None
    assert [step.errand.name for step in found] == ["b", "a"]


def test_there_is_time_to_walk_between_two_counters() -> None:
    assert propose([errand("a", 30, 0), errand("b", 30, 35)]) is None
    assert propose([errand("a", 30, 0), errand("b", 30, 40)]) is not None


def test_errands_at_the_same_time_overlap() -> None:
    half = timedelta(minutes=30)
    assert overlap([(MORNING, half), (MORNING + timedelta(minutes=29), half)])
    assert not overlap([(MORNING + half, half), (MORNING, half)])
