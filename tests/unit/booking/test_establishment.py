"""Stages of an establishment, its checklist and deadlines, and figures of demand that point at nobody."""

from datetime import date, timedelta

import pytest
from gerai_booking.rules import demand
from gerai_booking.rules import establishment as rules
from gerai_booking.rules.regions import DISTRICTS, district_name
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 3, 2)
counts = st.dictionaries(st.sampled_from(sorted(DISTRICTS)), st.integers(0, 200))


@pytest.mark.parametrize("kind", rules.KINDS)
def test_each_stage_needs_all_that_earlier_stages_needed(kind: str) -> None:
    needed: set[str] = set()
    for stage in rules.WAY:
        lacking = set(rules.lacking(kind, stage, {}))
        assert needed <= lacking
        needed = lacking
    assert needed == set(rules.items_of(kind))


@pytest.mark.parametrize("kind", rules.KINDS)
@given(data=st.data())
def test_a_stage_lacks_exactly_what_it_needs_and_is_not_accepted(kind: str, data: st.DataObject) -> None:
    states = data.draw(
        st.fixed_dictionaries({i: st.sampled_from(list(rules.ITEM_STATES)) for i in rules.items_of(kind)})
    )
    lacking = rules.lacking(kind, rules.OPENED, states)
    assert set(lacking) == {item for item, state in states.items() if state != rules.ACCEPTED}


def test_what_is_open_or_withdrawn_goes_nowhere_and_every_other_stage_can_be_withdrawn() -> None:
    ended = {stage for stage, onward in rules.NEXT.items() if not onward}
    assert ended == {rules.OPENED, rules.WITHDRAWN}
    assert all(rules.WITHDRAWN in rules.NEXT[stage] for stage in set(rules.STAGES) - ended)


def test_a_mall_is_verified_within_thirty_days_and_for_a_work_unit_no_rule_sets_a_day() -> None:
    found = rules.deadline_of(rules.MALL, DAY)
    assert found is not None
    assert (found[0] - DAY, found[1].citation) == (timedelta(days=30), "Perpres 89/2021 (verifikasi usulan)")
    assert rules.deadline_of(rules.UNIT, DAY) is None
    assert rules.deadline_of(rules.MALL, date(2020, 12, 31)) is None


def test_the_rule_named_for_work_units_is_cited_with_how_well_it_is_known() -> None:
    (basis,) = rules.bases_of(rules.UNIT, DAY)
    assert "19/2018" in basis.citation
    assert basis.confidence == "named"
    assert rules.bases_of(rules.UNIT, date(2017, 12, 31)) == []


@pytest.mark.parametrize(
    ("immigration", "regional", "mixed"),
    [(2, 3, True), (0, 3, False), (2, 0, False), (None, 3, False), (None, None, False)],
)
def test_staff_is_mixed_when_both_sides_send_people(
    immigration: int | None, regional: int | None, *, mixed: bool
) -> None:
    assert rules.staff_is_mixed(immigration=immigration, regional=regional) is mixed


def test_what_is_overdue_comes_first_and_what_is_done_last() -> None:
    earlier, later = DAY - timedelta(days=1), DAY + timedelta(days=1)
    actions = [
        ("later", later, False),
        ("done", earlier, True),
        ("today", DAY, False),
        ("late", earlier, False),
    ]
    assert rules.in_order_of_urgency(actions, today=DAY) == ["late", "today", "later", "done"]


@given(counts)
def test_no_number_below_five_is_ever_shown_nor_told_by_the_sum(found: dict[str, int]) -> None:
    seen = demand.demand(found)
    assert all(row.count is None or row.count >= demand.LEAST_SHOWN for row in seen.rows)
    assert seen.shown == sum(count for count in found.values() if count >= demand.LEAST_SHOWN)
    assert {row.district for row in seen.rows} == {district for district, count in found.items() if count}
    assert seen.is_whole == all(count >= demand.LEAST_SHOWN for count in found.values() if count)


def test_a_better_word_about_the_regency_goes_before_the_district_in_the_nik() -> None:
    assert demand.district_of("36.02", "36.02.14") == "36.02.14"
    assert demand.district_of("36.01", "36.02.14") == demand.UNKNOWN
    assert demand.district_of("36.02", None) == demand.UNKNOWN


def test_the_districts_of_lebak_are_twenty_eight_and_others_are_shown_by_their_code() -> None:
    assert len(DISTRICTS) == 28
    assert district_name("36.02.14") == "Rangkasbitung"
    assert district_name("36.01.01") == "36.01.01"
