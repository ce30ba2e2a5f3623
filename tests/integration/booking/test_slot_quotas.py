"""Dated places of an hour on both databases: over the catalogue, effective at once, nobody loses a place."""

import json
from datetime import date
from typing import Any

import pytest
from gerai_booking.models.places import slots
from gerai_booking.models.plan import plan_changes
from gerai_booking.models.slot_quotas import slot_quotas
from gerai_booking.models.waiting_list import waiting_list
from gerai_booking.rules.quota import ONLINE, Bound
from gerai_booking.rules.visits import BOOKABLE_DAYS
from gerai_booking.usecases import changes, plan, planning
from gerai_booking.usecases import slot_quotas as usecase
from gerai_booking.usecases.plan import Change
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, OPEN_DAYS, SERVICE, SITE, TODAY, House
from tests.integration.booking.test_quotas import CHANGE, OFFICER
from tests.integration.booking.waiting import join, look_after

CATALOGUE = 20


def set_places(house: House, places: int, *, change: Change = CHANGE, **given: Any) -> int:
    """Give every hour of passports so many places, from today on."""
    wanted: dict[str, Any] = {"service": SERVICE, "valid_from": TODAY, "valid_to": None, **given}
    return house.do(usecase.set_places, change, site=SITE, places_an_hour=places, basis="Uji", **wanted)


def capacities(house: House, day: date = DAY) -> set[int]:
    """How many places the hours of passports have on a day."""
    where = (slots.c.site == SITE, slots.c.service == SERVICE, slots.c.day == day)
    return {row.capacity for row in house.rows(select(slots.c.capacity).where(*where))}


def open_again(house: House, days: int = OPEN_DAYS) -> None:
    """Carry out what opens days from time to time."""
    house.do(planning.open_days, now=NOW, days=days)


def test_without_a_row_the_catalogue_has_the_number(house: House) -> None:
    assert capacities(house) == {CATALOGUE}


def test_a_row_changes_the_hours_of_open_days_at_once_for_its_dates_alone(house: House) -> None:
    set_places(house, 7, valid_from=DAY, valid_to=DAY)
    assert [capacities(house, day) for day in (TODAY, DAY, NEXT_DAY)] == [{CATALOGUE}, {7}, {CATALOGUE}]
    house.check()


def test_days_that_open_later_have_the_places_of_the_row(house: House) -> None:
    later = date(2026, 12, 8)
    set_places(house, 7)
    open_again(house, BOOKABLE_DAYS)
    assert capacities(house, later) == {7}
    set_places(house, 9, valid_from=later)
    open_again(house, BOOKABLE_DAYS)
    assert [capacities(house, day) for day in (DAY, later)] == [{7}, {9}]


def test_the_row_that_begins_last_holds_and_the_other_comes_back_after_it(house: House) -> None:
    set_places(house, 7, valid_from=DAY, valid_to=DAY)
    set_places(house, 9)
    assert [capacities(house, day) for day in (TODAY, DAY, NEXT_DAY)] == [{9}, {7}, {9}]


def test_an_hour_never_falls_below_what_is_taken_and_the_rest_is_told(house: House) -> None:
    hour, other = house.slots()[2:4]
    tokens = [house.booked(person, hour) for person in range(1, 4)]
    assert set_places(house, 1) == 1
    (found,) = house.rows(select(slots.c.capacity, slots.c.taken).where(slots.c.id == hour))
    assert tuple(found) == (3, 3)
    (answer,) = house.book(house.request(4, hour))
    assert isinstance(answer, Refused)
    house.booked(5, other)
    (change,) = house.rows(select(plan_changes).where(plan_changes.c.kind == "slot_quota"))
    assert json.loads(change.after)["above"] == 1
    house.check()
    # What is given back goes beyond the number no more.
    for token in tokens[:2]:
        house.do(changes.cancel, token=token, revision=None, now=NOW, hand_on=False)
    open_again(house)
    assert capacities(house) == {1}
    house.check()


def test_no_places_close_the_hours_and_more_open_them_again(house: House) -> None:
    set_places(house, 0)
    (answer,) = house.book(house.request(1, house.slots()[2]))
    assert isinstance(answer, Refused)
    assert answer.code == "slot_full"
    set_places(house, 1)
    house.booked(1, house.slots()[2])
    house.check()


def test_without_a_quota_the_day_has_as_many_places_as_its_hours(house: House) -> None:
    bound = Bound(channel=ONLINE)
    house.do(plan.end_quota, CHANGE, site=SITE, bound=bound, valid_from=date(2024, 1, 1))
    before = house.of_day(DAY, bound).capacity
    set_places(house, 7)
    assert house.of_day(DAY, bound).capacity == before - len(house.slots()) * (CATALOGUE - 7)
    house.check()


def test_what_becomes_free_goes_to_who_waits(house: House) -> None:
    set_places(house, 0)
    join(house, 1)
    set_places(house, 2)
    look_after(house)
    (entry,) = house.rows(select(waiting_list))
    assert entry.state == "offered"
    house.check()


def test_the_change_is_written_down_with_who_and_why(house: House) -> None:
    set_places(house, 7)
    set_places(house, 8)
    first, second = house.rows(
        select(plan_changes).where(plan_changes.c.kind == "slot_quota").order_by(plan_changes.c.version)
    )
    assert first.before is None
    assert json.loads(second.before)["places"] == 7
    assert (second.officer_name, second.why) == (CHANGE.officer.name, CHANGE.why)
    assert [row.places for row in house.rows(select(slot_quotas))] == [8]


def test_only_a_supervisor_changes_hours_and_only_from_today_on_of_what_is_booked(house: House) -> None:
    with pytest.raises(Forbidden):
        set_places(house, 7, change=Change(officer=OFFICER, why="Karena sedang diuji", now=NOW))
    with pytest.raises(Refused, match="plan_in_the_past"):
        set_places(house, 7, valid_from=date(2026, 11, 30))
    with pytest.raises(Refused, match="unknown_service"):
        set_places(house, 7, service="tea")
    with pytest.raises(Refused, match="not_booked_online"):
        house.do(
            usecase.set_places, CHANGE, site="popup-gorontalo", service=SERVICE,
            places_an_hour=7, valid_from=TODAY, valid_to=None, basis="Uji",
        )  # fmt: skip
    assert house.rows(select(slot_quotas)) == []
