"""A site's own days and shared weekdays on both databases: open, shifted, never closed by the site itself."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from gerai_booking import agencies
from gerai_booking.models.calendar import overrides
from gerai_booking.models.places import slots
from gerai_booking.models.plan import plan_changes
from gerai_booking.rules.catalogue import Break, WeeklyHours
from gerai_booking.rules.quota import ONLINE, Bound
from gerai_booking.rules.rulebook import rules_in
from gerai_booking.usecases import availability, calendar, catalogue, holding, intake, opening, planning
from gerai_booking.usecases.plan import Change
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import select

from tests.integration.booking.house import (
    BOUNDED_SERVICE,
    DAY,
    NEXT_DAY,
    NOW,
    SERVICE,
    SITE,
    TODAY,
    House,
)
from tests.integration.booking.house import office as office_of_the_tests
from tests.integration.booking.test_quotas import CHANGE, OFFICER
from tests.integration.booking.waiting import join, states

SATURDAY, CHRISTMAS = date(2026, 12, 5), date(2026, 12, 25)


def hours(opens: int, closes: int, *breaks: tuple[int, int]) -> WeeklyHours:
    """Hours from one to another, on whatever weekday."""
    pauses = tuple(Break(starts=time(first), ends=time(last)) for first, last in breaks)
    return WeeklyHours(weekday=0, opens=time(opens), closes=time(closes), breaks=pauses)


def set_hours(house: House, day: date, wanted: WeeklyHours | None, *, change: Change = CHANGE) -> None:
    house.do(calendar.set_hours, change, site=SITE, day=day, hours=wanted, basis="Surat bupati")


def seen(house: House, day: date, service: str = SERVICE) -> dict[str, Any]:
    found = house.ask(availability.availability, site=SITE, service=service, first=day, last=day, now=NOW)
    first: dict[str, Any] = found["days"][0]
    return first


def day_of(house: House, day: date) -> calendar.Day:
    coming = house.ask(calendar.coming, site=SITE, now=NOW)
    return next(each for each in coming.days if each.day == day)


def test_the_portal_is_told_the_hours_that_a_supervisor_gave_today(house: House) -> None:
    set_hours(house, TODAY, hours(8, 18))
    told = {each["site"]: each for each in house.ask(opening.today_at_sites, now=NOW)}
    assert told[SITE] == {
        "site": SITE,
        "day": TODAY.isoformat(),
        "hours": {"opens": "08:00", "closes": "18:00"},
        "order": None,
    }
    assert set(told) == {site.code for site in house.office.agency.sites}


def test_s3_4_the_office_itself_cannot_close_a_day(house: House) -> None:
    with pytest.raises(Refused, match="closing_needs_order"):
        set_hours(house, DAY, None)
    assert seen(house, DAY)["open"] is True
    assert house.rows(select(overrides)) == []


def test_only_a_supervisor_decides_hours_and_only_of_days_to_come(house: House) -> None:
    officer = Change(officer=OFFICER, why="Karena sedang diuji", now=NOW)
    with pytest.raises(Forbidden):
        set_hours(house, SATURDAY, hours(8, 12), change=officer)
    with pytest.raises(Refused, match="plan_in_the_past"):
        set_hours(house, date(2026, 11, 30), hours(8, 12))
    with pytest.raises(Refused, match="no_whole_hour"):
        set_hours(house, SATURDAY, replace(hours(8, 9), closes=time(8, 30)))


@pytest.mark.parametrize("day", [SATURDAY, CHRISTMAS])
def test_a_supervisor_opens_a_saturday_or_a_holiday_and_it_can_be_booked(house: House, day: date) -> None:
    assert seen(house, day)["reason"] in {"closed", "holiday"}
    set_hours(house, day, hours(8, 12, (10, 11)))
    found = seen(house, day)
    assert [slot["starts_at"][11:16] for slot in found["slots"]] == ["01:00", "02:00", "04:00"]
    assert found["open"] is True
    house.booked(1, house.slots(day)[0])
    assert day_of(house, day).own.decided_by == "Penyelia Uji"
    (change,) = house.rows(select(plan_changes))
    assert (change.kind, change.officer_name, change.why) == ("calendar", "Penyelia Uji", CHANGE.why)
    house.check()


def test_an_extra_day_takes_walk_ins_too(house: House) -> None:
    saturday = NOW.replace(day=5)
    desk = house.desk(now=saturday)
    with pytest.raises(Refused, match="site_closed_today"):
        house.do(intake.walk_in, desk, service=SERVICE, priority=False)
    set_hours(house, SATURDAY, hours(8, 12))
    assert house.do(intake.walk_in, desk, service=SERVICE, priority=False).day == SATURDAY


def test_a_day_beyond_those_that_can_be_booked_opens_when_its_time_comes(house: House) -> None:
    far = date(2027, 1, 9)
    set_hours(house, far, hours(8, 10))
    assert house.slots(far) == []
    house.do(planning.open_days, now=NOW, days=45)
    assert len(house.slots(far)) == 2


def test_other_hours_of_an_open_day_hold_at_once_with_their_places(house: House) -> None:
    before = len(house.slots(DAY))
    set_hours(house, DAY, hours(8, 18, (12, 13)))
    assert len(house.slots(DAY)) == 9 > before
    set_hours(house, DAY, hours(8, 10))
    assert len(house.slots(DAY)) == 2
    assert len(house.rows(select(plan_changes))) == 2
    house.check()


def test_hours_that_would_leave_out_who_has_booked_are_refused_with_their_count(house: House) -> None:
    last = house.slots(DAY)[-1]
    house.booked(1, last)
    house.booked(2, last)
    with pytest.raises(Refused, match="people_outside_hours") as refused:
        set_hours(house, DAY, hours(8, 10))
    assert refused.value.details["count"] == 2
    assert last in house.slots(DAY)
    assert house.rows(select(overrides)) == []
    house.check()


def test_a_hold_that_ran_out_keeps_no_hour_open(house: House) -> None:
    house.do(holding.hold, slot_id=house.slots(DAY)[-1], now=NOW)
    later = Change(officer=CHANGE.officer, why=CHANGE.why, now=NOW.replace(hour=3))
    set_hours(house, DAY, hours(8, 10), change=later)
    assert len(house.slots(DAY)) == 2
    house.check()


def test_where_the_hours_alone_bound_bookings_the_places_of_the_day_follow(house: House) -> None:
    capacity = house.of_day(DAY, Bound(channel=ONLINE)).capacity
    set_hours(house, DAY, hours(8, 10))
    found = house.of_day(DAY, Bound(channel=ONLINE))
    assert found.capacity == capacity, "Serang has a quota of its own"
    per_hour = house.rows(select(slots.c.capacity).where(slots.c.day == DAY, slots.c.site == SITE))
    assert seen(house, DAY)["places"] <= sum(row.capacity for row in per_hour)


def test_the_calendar_says_why_each_day_is_open_or_not_and_warns_of_years_not_announced(
    house: House,
) -> None:
    assert day_of(house, SATURDAY).reason == "closed"
    christmas = day_of(house, CHRISTMAS)
    assert christmas.holiday is not None
    assert (christmas.reason, christmas.holiday.en) == ("holiday", "Christmas Day")
    assert (day_of(house, DAY).reason, day_of(house, DAY).hours is None) == (None, False)
    assert house.ask(calendar.coming, site=SITE, now=NOW).unannounced == []
    assert calendar.unannounced_years(date(2027, 12, 1)) == [2028]


# Counters shared on weekdays.


def sharing(house: House, **of: tuple[int, ...]) -> None:
    """Have a service given on some weekdays alone."""
    offers = tuple(
        replace(offer, weekdays=of["weekdays"])
        if (offer.site, offer.service) == (SITE, BOUNDED_SERVICE)
        else offer
        for offer in house.office.agency.offers
    )
    house.office = replace(house.office, agency=replace(house.office.agency, offers=offers))


def test_a_service_is_given_on_its_weekdays_alone(house: House) -> None:
    house.change(slots.delete().where(slots.c.service == BOUNDED_SERVICE))
    sharing(house, weekdays=(0, 2))
    house.do(planning.open_days, now=NOW, days=3)
    assert seen(house, DAY, BOUNDED_SERVICE)["open"] is True, "a Wednesday"
    thursday = seen(house, NEXT_DAY, BOUNDED_SERVICE)
    assert (thursday["reason"], thursday["note"]["id"]) == ("not_on_this_weekday", "Senin, Rabu")
    assert seen(house, NEXT_DAY)["open"] is True
    with pytest.raises(Refused, match="not_on_this_weekday") as refused:
        house.do(intake.walk_in, house.desk(), service=BOUNDED_SERVICE, priority=False)
    assert refused.value.details["days"] == "Senin, Rabu"
    told = catalogue.catalogue(house.office, rules_in(house.office.agency), today=TODAY)
    service = next(each for each in told["services"] if each["code"] == BOUNDED_SERVICE)
    assert next(each for each in service["offers"] if each["site"] == SITE)["weekdays"] == [0, 2]


def test_a_service_follows_the_weekdays_of_the_counters_that_give_it() -> None:
    sample = agencies.load("immigration", TODAY)
    counters = tuple(replace(counter, weekdays=(4,)) for counter in sample.counters)
    office = replace(office_of_the_tests(), agency=replace(sample, counters=counters))
    assert office.weekdays_of(SITE, SERVICE) == {4}
    assert office.agency.problems() == []
    broken = replace(office.agency, counters=tuple(replace(each, weekdays=(7,)) for each in counters))
    assert any("impossible weekdays" in problem for problem in broken.problems())
    assert any("on no weekday" in problem for problem in broken.problems())


# Who waits comes first.


def test_hours_that_are_added_go_to_who_waits_at_once(house: House) -> None:
    set_hours(house, DAY, hours(8, 10))
    house.shrink(day=DAY, per_slot=0)
    few = house.slots(DAY)
    waits, later = join(house, 11), join(house, 12, first=CHRISTMAS)
    set_hours(house, DAY, hours(8, 12))
    assert states(house, [waits, later]) == ["offered", "waiting"]
    (added, _) = (each for each in house.slots(DAY) if each not in few)
    assert house.taken(added) == 1
    house.check()


def test_a_day_that_is_opened_is_offered_to_who_waits_for_it_first(house: House) -> None:
    waits = join(house, 11, first=SATURDAY)
    set_hours(house, SATURDAY, hours(8, 12))
    assert states(house, [waits]) == ["offered"]
    house.check()
