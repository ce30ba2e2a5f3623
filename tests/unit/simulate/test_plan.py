"""The plan of a simulated day: made by its seed alone, and such as a day at a mall may be."""

from random import Random

import pytest
from gerai_allinone.simulate.day import (
    EARLY_DOOR,
    LAST_MINUTES,
    Agency,
    Day,
    Hours,
    Service,
    arrival,
    counted,
    plan_day,
    service_minutes,
)
from hypothesis import given
from hypothesis import strategies as st

HOURS = Hours(opens=480, closes=900, breaks=((720, 780),))
SERVICES = (
    Service(code="passport-new", minutes=20, weight=10, is_bookable=True),
    Service(code="passport-child", minutes=25, weight=5, is_bookable=True),
    Service(code="stay-permit", minutes=40, weight=1, is_bookable=False),
)
AGENCIES = (
    Agency(code="immigration", counters=2, services=SERVICES),
    Agency(code="legal", counters=3, services=SERVICES[:1]),
)


def day(seed: int, *, people: int | None = None) -> Day:
    return plan_day(seed, HOURS, AGENCIES, people=people)


@given(st.integers(), st.integers(min_value=0, max_value=200))
def test_a_seed_makes_one_day_of_as_many_people_as_are_wanted(seed: int, people: int) -> None:
    made = day(seed, people=people)
    assert made == day(seed, people=people)
    assert len(made.visits) == people
    assert [visit.number for visit in made.visits] == list(range(people))


def test_another_seed_makes_another_day() -> None:
    assert day(1, people=20) != day(2, people=20)


@given(st.integers())
def test_everybody_comes_while_they_can_be_served_and_to_what_there_is(seed: int) -> None:
    known = {agency.code: {each.code for each in agency.services} for agency in AGENCIES}
    for visit in day(seed, people=60).visits:
        assert visit.service in known[visit.agency]
        assert visit.sent_on_to is None or visit.sent_on_to in known[visit.agency] - {visit.service}
        if visit.arrives is not None:
            assert HOURS.opens - EARLY_DOOR <= visit.arrives <= HOURS.closes - LAST_MINUTES / 2
        assert 0 < visit.serves <= 4 * 40
        assert visit.calls_heard in {0, 1, 2}
        assert visit.returns_after is None or visit.calls_heard == 0


@given(st.integers())
def test_only_who_booked_stays_away_or_cancels_and_before_their_hour(seed: int) -> None:
    for visit in day(seed, people=60).visits:
        if visit.booked_for is None:
            assert visit.arrives is not None
            assert visit.cancels_at is None
            assert not visit.by_phone
            continue
        assert visit.service != "stay-permit"
        assert HOURS.opens <= visit.booked_for < HOURS.closes
        if visit.cancels_at is not None:
            assert visit.arrives is None
            assert HOURS.opens - EARLY_DOOR <= visit.cancels_at <= visit.booked_for


def test_as_many_come_as_the_counters_can_serve_when_nobody_says_how_many() -> None:
    made = day(1)
    by_agency = counted(made)
    # Two counters for six hours of 22.6 minutes a person, three counters of 20 minutes, 85% of the time.
    assert 25 <= by_agency["immigration"] <= 29
    assert 44 <= by_agency["legal"] <= 48
    assert sum(visit.serves for visit in made.visits) < 5 * HOURS.working_minutes


def test_people_come_in_a_rush_when_the_doors_open_and_few_come_in_the_break() -> None:
    chance = Random(7)
    moments = [arrival(chance, HOURS) for _ in range(4_000)]

    def in_hour(begins: float) -> int:
        return sum(begins <= moment < begins + 60 for moment in moments)

    assert in_hour(480) > 1.4 * in_hour(600) > 1.4 * in_hour(720)
    assert in_hour(780) > 1.5 * in_hour(720)


def test_a_service_takes_on_average_what_is_usual() -> None:
    chance = Random(7)
    drawn = [service_minutes(chance, 20) for _ in range(4_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(20, rel=0.03)
    assert max(drawn) > 2 * min(drawn)


def test_a_site_without_a_counter_has_no_day() -> None:
    with pytest.raises(ValueError, match="no agency"):
        plan_day(1, HOURS, [Agency(code="immigration", counters=0, services=SERVICES)])


def test_a_break_lasts_until_its_end() -> None:
    assert HOURS.pause_until(719.9) is None
    assert HOURS.pause_until(720) == 780
    assert HOURS.pause_until(780) is None
    assert HOURS.working_minutes == 360
