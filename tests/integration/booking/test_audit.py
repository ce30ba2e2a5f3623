"""Who gave places beyond the quota, by month, on both databases."""

from datetime import timedelta

import pytest
from gerai_booking.counter.audit_pages import as_text, month_of
from gerai_booking.rules.quota import EMERGENCY, OVER_QUOTA, WALK_IN, Bound
from gerai_booking.usecases import audit
from gerai_shared.refusals import Forbidden

from tests.integration.booking.house import TODAY, House
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR, beyond, emergency, set_quota


def test_each_number_of_a_month_has_its_list(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 0)
    given = [beyond(house), beyond(house), emergency(house)]
    found = house.ask(audit.audit, officer=SUPERVISOR, month=TODAY)
    assert [(each.officer_name, each.kind, each.count) for each in found.given] == [
        (SUPERVISOR.name, OVER_QUOTA, 2),
        (SUPERVISOR.name, EMERGENCY, 1),
    ]
    assert {row.number for row in found.grants} == {ticket.number for ticket in given}
    for each in found.given:
        behind = house.ask(
            audit.audit, officer=SUPERVISOR, month=TODAY, giver=each.officer_id, kind=each.kind
        )
        assert len(behind.grants) == each.count
        assert behind.given == found.given


def test_another_month_or_another_officer_has_nothing(house: House) -> None:
    emergency(house)
    before = TODAY.replace(day=1) - timedelta(days=1)
    assert house.ask(audit.audit, officer=SUPERVISOR, month=before).grants == []
    assert house.ask(audit.audit, officer=SUPERVISOR, month=TODAY, giver="nobody").grants == []


def test_only_a_supervisor_looks(house: House) -> None:
    with pytest.raises(Forbidden):
        house.ask(audit.audit, officer=OFFICER, month=TODAY)


@pytest.mark.parametrize(
    ("text", "shown"), [("2026-11", 1), ("2026-12", 0), ("2020-01", 0), ("x", 0), ("", 0)]
)
def test_a_month_that_is_not_shown_is_the_present_one(text: str, shown: int) -> None:
    months = [TODAY.replace(day=1), TODAY.replace(month=11, day=1)]
    assert month_of(text, months) == months[shown]


@pytest.mark.parametrize(
    ("value", "kept"),
    [("Terbang malam ini", "Terbang malam ini"), ("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5")],
)
def test_no_reason_becomes_a_formula_of_a_spreadsheet(value: str, kept: str) -> None:
    assert as_text(value) == kept
