"""PVL on the spot: what became of an event, the plan of a year, the ranking of places; how agreements stand."""

from datetime import date, timedelta

import pytest
from gerai_complaints.rules.agreements import Standing, standing
from gerai_complaints.rules.pvl import (
    EventHasIntake,
    EventNotBegun,
    EventState,
    PlaceFacts,
    check_state,
    rank,
    years_of,
)

DAY = date(2026, 11, 23)
HELD, PLANNED, CANCELLED = EventState.HELD, EventState.PLANNED, EventState.CANCELLED


def place(site: str, **facts: object) -> PlaceFacts:
    """A place that nobody complains about and nobody has visited."""
    known = {"complaints": 0, "regencies": 0, "days_since": None, "planned_for": None, **facts}
    return PlaceFacts(agency="immigration", site=site, **known)  # type: ignore[arg-type]


def test_an_event_is_held_from_its_first_day_on_and_never_called_off_once_somebody_came() -> None:
    check_state(HELD, first_day=DAY, today=DAY, intake=0)
    with pytest.raises(EventNotBegun):
        check_state(HELD, first_day=DAY, today=DAY - timedelta(days=1), intake=0)
    for state in (PLANNED, CANCELLED):
        check_state(state, first_day=DAY, today=DAY, intake=0)
        with pytest.raises(EventHasIntake):
            check_state(state, first_day=DAY, today=DAY, intake=1)
    check_state(HELD, first_day=DAY, today=DAY - timedelta(days=1), intake=1)


def test_s2_7_a_year_is_counted_against_its_plan_and_the_next_is_to_have_more() -> None:
    events = [(date(2025, 5, 1), HELD), *[(date(2026, month, 1), HELD) for month in range(1, 7)]]
    events += [(date(2026, 12, 1), PLANNED), (date(2026, 12, 2), CANCELLED)]
    this, following = years_of(events, {2026: 8, 2027: 8}, years=range(2026, 2028))
    assert (this.held, this.to_come, this.cancelled, this.missing) == (6, 1, 1, 1)
    assert (this.proposed, this.is_increased) == (2, True)
    assert (following.proposed, following.is_increased) == (9, False)


def test_s2_10_once_a_year_for_want_of_budget_is_a_plan_too() -> None:
    (year,) = years_of([(DAY, HELD)], {}, years=range(2026, 2027))
    assert (year.target, year.missing, year.proposed, year.is_increased) == (None, None, None, True)
    (year,) = years_of([(DAY, HELD), (DAY, HELD)], {2026: 1}, years=range(2026, 2027))
    assert year.missing == 0


def test_s0_4_more_complaints_more_regencies_and_a_longer_time_lead_to_a_place_sooner() -> None:
    found = rank(
        [
            place("few", complaints=1, regencies=1, days_since=0),
            place("many", complaints=10, regencies=1, days_since=0),
            place("wide", complaints=1, regencies=3, days_since=0),
            place("long", complaints=1, regencies=1, days_since=3000),
        ]
    )
    assert [(each.facts.site, each.points) for each in found] == [
        ("many", 60),
        ("long", 35),
        ("wide", 35),
        ("few", 15),
    ]


def test_where_an_event_is_planned_nobody_waits_for_one() -> None:
    found = rank([place("next", complaints=9, planned_for=DAY), place("other", complaints=1)])
    assert [each.facts.site for each in found] == ["other", "next"]
    assert rank([]) == []
    # Without any complaint or coverage it is the time alone.
    assert [each.points for each in rank([place("a", days_since=73), place("b")])] == [20, 4]


@pytest.mark.parametrize(
    ("signed_on", "valid_until", "expected"),
    [
        (DAY, None, Standing.IN_FORCE),
        (DAY, DAY + timedelta(days=91), Standing.IN_FORCE),
        (DAY, DAY + timedelta(days=90), Standing.ENDS_SOON),
        (DAY, DAY, Standing.ENDS_SOON),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), Standing.ENDED),
        (DAY + timedelta(days=1), DAY + timedelta(days=9), Standing.TO_COME),
    ],
)
def test_s2_8_an_agreement_reminds_ninety_days_before_its_last_day(
    signed_on: date, valid_until: date | None, expected: Standing
) -> None:
    assert standing(signed_on=signed_on, valid_until=valid_until, today=DAY) is expected
