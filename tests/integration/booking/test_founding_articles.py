"""What the offices told of themselves (S0 to S3), as far as it is about places, one walk for each row.

Rows about orders, waiting, groups, lists, applications, missed visits, statistics and new offices stand with what
they are about: `test_s3_4_...` in test_directives.py, and so on.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from gerai_booking.rules.quota import EMERGENCY, ONLINE, OVER_QUOTA, WALK_IN, Bound
from gerai_booking.usecases import availability, changes, floor, intake, plan
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.ticket import Lane, State

from tests.integration.booking.applying import POPUP, SATURDAY, everything
from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.test_quotas import (
    CHANGE,
    beyond,
    emergency,
    restrict,
    set_quota,
    walk_in,
)

WHOLE_DAY = Bound(channel=ONLINE)


def crowd(house: House, count: int) -> list[str]:
    """What comes of so many citizens who want places of a day, one after the other."""
    hours = house.slots(DAY)
    wishes = [house.request(person, hours[person % len(hours)]) for person in range(1, count + 1)]
    return [outcome(answer) for answer in house.book(*wishes)]


def test_s0_5_a_regime_lowers_the_quota_of_its_days_and_no_other(house: House) -> None:
    assert house.of_day(DAY, WHOLE_DAY).capacity == 140
    regime = restrict(house, "2", region="36", valid_to=DAY)
    assert [house.of_day(day, WHOLE_DAY).capacity for day in (DAY, NEXT_DAY)] == [70, 140]
    house.do(plan.lift, CHANGE, restriction_id=regime)
    assert house.of_day(DAY, WHOLE_DAY).capacity == 140


def test_s0_6_at_level_3_twenty_are_booked_a_day_and_an_emergency_is_served_all_the_same(
    house: House,
) -> None:
    restrict(house, "3", region="36")
    assert crowd(house, 21) == ["booked"] * 20 + ["day_full"]
    set_quota(house, Bound(channel=WALK_IN), 0)
    ticket = emergency(house)
    assert ticket.lane is Lane.EMERGENCY
    assert house.do(floor.call_next, house.desk()).id == ticket.id
    assert house.taken_of_day(TODAY, channel=EMERGENCY) == 1
    house.check()


@pytest.mark.parametrize("service", ["passport-new", "passport-renewal"])
def test_s0_7_who_registers_online_has_a_number_before_the_visit(house: House, service: str) -> None:
    token = house.booked(1, house.slots(DAY, service=service)[0], service=service)
    came = NOW + timedelta(days=1)
    ticket = house.do(changes.check_in, token=token, now=came)
    assert (ticket.state, ticket.number[:1]) == (State.CHECKED_IN, house.office.service(service).prefix)
    assert house.do(floor.call_next, house.desk(now=came)).number == ticket.number


def test_s1_3_the_citizen_chooses_day_and_hour_and_nobody_has_to_come_at_dawn(house: House) -> None:
    seen = house.ask(availability.availability, site=SITE, service=SERVICE, first=DAY, last=NEXT_DAY, now=NOW)
    hours = [hour["id"] for day in seen["days"] for hour in day["slots"] if hour["places"]]
    assert hours == [*house.slots(DAY), *house.slots(NEXT_DAY)]
    house.booked(1, hours[-1])
    assert house.taken(hours[-1]) == 1


def test_s1_4_the_quota_is_140_and_who_comes_beyond_it_is_served_with_a_reason(house: House) -> None:
    assert house.of_day(TODAY, WHOLE_DAY).capacity == 140
    set_quota(house, Bound(), 1)
    walk_in(house)
    with pytest.raises(Refused, match="walk_in_full"):
        walk_in(house)
    given = beyond(house)
    (row,) = house.ask(plan.overview, site=SITE, days=1, now=NOW).grants
    assert (row.number, row.kind, row.officer_name) == (given.number, OVER_QUOTA, CHANGE.officer.name)
    house.check()


def test_s1_4_the_quota_of_a_day_is_that_of_its_date(house: House) -> None:
    """The Serang office gave 140, then 100, then 50 places a day."""
    for day, places in ((DAY, 100), (NEXT_DAY, 50)):
        set_quota(house, WHOLE_DAY, places, valid_from=day)
    held = [house.of_day(day, WHOLE_DAY).capacity for day in (TODAY, DAY, NEXT_DAY)]
    assert held == [140, 100, 50]


def test_s1_7_elderly_pregnant_and_disabled_people_are_called_before_who_came_just_before_them(
    house: House,
) -> None:
    first = walk_in(house)
    later = house.desk(now=NOW + timedelta(minutes=5))
    elderly = house.do(intake.walk_in, later, service=SERVICE, priority=True)
    called = [house.do(floor.call_next, house.desk(counter, now=later.now)).id for counter in ("101", "102")]
    assert called == [elderly.id, first.id]


def test_s3_3_the_level_of_the_nearest_region_decides(house: House) -> None:
    """National, provincial, regencies and cities: the risk is that of the place."""
    seen = []
    for region, level in (("", "1"), ("36", "2"), ("36.73", "3"), ("75.71", "4")):
        restrict(house, level, region=region)
        seen.append(house.of_day(DAY, WHOLE_DAY).capacity)
    assert seen == [105, 70, 20, 20]


@pytest.mark.parametrize("service", ["passport-lost", "passport-damaged"])
def test_s2_3_replacements_of_lost_and_damaged_passports_are_booked_like_others(
    house: House, service: str
) -> None:
    house.booked(1, house.slots(DAY, service=service)[0], service=service)
    house.check()


def test_s2_4_a_lost_passport_comes_with_its_police_report(house: House) -> None:
    slot = house.slots(DAY, service="passport-lost")[0]
    without = house.request(1, slot, service="passport-lost", police_report=None)
    (refusal,) = house.book(without)
    assert isinstance(refusal, InvalidRequest)
    assert set(refusal.details["fields"]) == {"police_report.number"}
    assert house.taken(slot) == 0
    house.booked(1, slot, key="with-the-report", service="passport-lost")


def test_s2_4_who_lost_a_passport_is_called_in_the_order_of_the_hours_that_are_registered(
    house: House,
) -> None:
    hours = house.slots(DAY, service="passport-lost")
    later, first = (
        house.booked(person, hour, service="passport-lost") for person, hour in ((1, hours[1]), (2, hours[0]))
    )
    came = NOW + timedelta(hours=23)
    # Whoever registered the later hour is there first, and does not overtake.
    numbers = [house.do(changes.check_in, token=token, now=came).number for token in (later, first)]
    counter = next(each for each in house.office.agency.counters if "passport-lost" in each.services)
    desk = replace(house.desk(counter.code, now=came), site=counter.site)
    assert desk.site == SITE
    assert house.do(floor.call_next, desk).number == numbers[1]
    house.check()


def test_s1_7_who_needs_help_says_so_when_booking_and_is_called_before_others_of_that_hour(
    house: House,
) -> None:
    hours = house.slots(DAY)
    ordinary = house.booked(1, hours[1])
    helped = house.booked(2, hours[1], priority=True)
    came = NOW + timedelta(hours=23)
    for token in (ordinary, helped):
        house.do(changes.check_in, token=token, now=came)
    called = house.do(floor.call_next, house.desk(now=came))
    assert (called.id, called.lane) == (house.office.ticket_id(helped), Lane.PRIORITY)
    house.check()


def test_s2_5_a_popup_takes_whoever_comes_and_no_booking(house: House) -> None:
    popup = replace(house.desk("1", now=SATURDAY), site=POPUP)
    day = house.office.today(POPUP, SATURDAY)
    ask = {"site": POPUP, "service": SERVICE, "first": day, "last": day, "now": NOW}
    (seen,) = house.ask(availability.availability, **ask)["days"]
    assert (seen["slots"], seen["places"]) == ([], 0)
    given = {"service": SERVICE, "priority": False, "checklist": everything(house)}
    ticket = house.do(intake.walk_in, popup, **given)
    assert (ticket.state, ticket.slot_id) == (State.CHECKED_IN, None)
    house.check()
