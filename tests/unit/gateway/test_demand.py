"""When demand counts as high: by the last minute, and not on and off."""

from gerai_gateway.rules.demand import WINDOW_SECONDS, Demand
from hypothesis import given
from hypothesis import strategies as st

WISHES = st.lists(st.floats(0, 200), max_size=200).map(sorted)


def noted(demand: Demand, count: int, *, at: float) -> bool:
    return [demand.note("immigration", now=at) for _ in range(count)][-1]


def test_demand_is_high_from_the_threshold_on_until_it_has_halved() -> None:
    demand = Demand(high=10)
    assert not noted(demand, 9, at=0)
    assert noted(demand, 1, at=30)
    assert not demand.is_high("legal", now=30)
    # Nine of the ten are a minute old: one is left, fewer than half.
    assert demand.is_high("immigration", now=59)
    assert not demand.is_high("immigration", now=60)
    assert not noted(demand, 8, at=61)


def test_demand_that_falls_a_little_stays_high() -> None:
    demand = Demand(high=10)
    noted(demand, 4, at=0)
    assert noted(demand, 6, at=30)
    assert demand.is_high("immigration", now=61)


@given(WISHES)
def test_it_is_high_exactly_when_the_last_minute_says_so(moments) -> None:
    demand, is_high = Demand(high=8), False
    for position, moment in enumerate(moments):
        minute = [each for each in moments[: position + 1] if int(each) > int(moment) - WINDOW_SECONDS]
        is_high = len(minute) >= (4 if is_high else 8)
        # What was high may have calmed in between, unseen by whoever looks at wishes alone.
        assert demand.note("immigration", now=moment) is is_high


@given(WISHES)
def test_it_never_keeps_more_than_a_minute(moments) -> None:
    demand = Demand(high=8)
    for moment in moments:
        demand.note("immigration", now=moment)
    kept = demand._wishes.get("immigration")
    assert kept is None or len(kept.by_second) <= WINDOW_SECONDS
