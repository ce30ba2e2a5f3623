"""What a citizen is shown: hours, free places, and why a day has none."""

from datetime import date, timedelta

import pytest
from gerai_booking.models.places import day_quotas, slots
from gerai_booking.refusals import RangeTooLong
from gerai_booking.usecases import holding, planning, rulebook
from gerai_booking.usecases.availability import availability, site_availability
from gerai_shared.refusals import Refused
from sqlalchemy import func, select

from tests.integration.booking import place_laws
from tests.integration.booking.house import DAY, NOW, OPEN_DAYS, SERVICE, SITE, TODAY, House, statements

Day = dict[str, object]


def days(house: House, first: date, last: date, *, site: str = SITE, service: str = SERVICE) -> list[Day]:
    found: list[Day] = house.ask(availability, site=site, service=service, first=first, last=last, now=NOW)[
        "days"
    ]
    return found


def test_an_open_day_has_its_hours_with_their_places(house: House) -> None:
    (day,) = days(house, DAY, DAY)
    assert (day["open"], day["reason"], day["places"]) == (True, None, 140)
    hours = day["slots"]
    assert isinstance(hours, list)
    assert [hour["starts_at"][11:16] for hour in hours] == [
        "01:00",
        "02:00",
        "03:00",
        "04:00",
        "06:00",
        "07:00",
        "08:00",
    ]
    assert {(hour["places"], hour["capacity"]) for hour in hours} == {(20, 20)}


def test_of_today_only_the_hours_to_come_are_left(house: House) -> None:
    (day,) = days(house, TODAY, TODAY)
    hours = day["slots"]
    assert isinstance(hours, list)
    assert [hour["places"] for hour in hours] == [0, 0, 20, 20, 20, 20, 20]
    assert day["places"] == 100


def test_a_day_never_shows_more_places_than_its_quota_has(house: House) -> None:
    house.shrink(day=DAY, places=2)
    (day,) = days(house, DAY, DAY)
    hours = day["slots"]
    assert isinstance(hours, list)
    assert day["places"] == 2
    assert {hour["places"] for hour in hours} == {2}


def test_a_day_without_places_says_why(house: House) -> None:
    house.shrink(day=DAY, places=0)
    told = {
        day["day"]: (day["reason"], day["note"])
        for day in days(house, TODAY - timedelta(days=1), date(2026, 12, 25))
    }
    assert told["2026-11-30"] == ("past", None)
    assert told["2026-12-01"] == (None, None)
    assert told["2026-12-02"] == ("full", None)
    assert told["2026-12-05"] == ("closed", None)
    assert told["2026-12-07"] == ("not_yet_open", None)
    assert told["2026-12-25"] == ("holiday", {"id": "Hari Raya Natal", "en": "Christmas Day"})


def test_a_walk_in_site_shows_no_hours(house: House) -> None:
    (day,) = days(house, date(2026, 12, 5), date(2026, 12, 5), site="popup-gorontalo")
    assert (day["open"], day["slots"]) == (False, [])


def sums(house: House, first: date, last: date, *, site: str = SITE) -> dict[str, list[Day]]:
    """Return the days of all services of a site, by service."""
    found = house.ask(site_availability, site=site, first=first, last=last, now=NOW)["services"]
    return {each["service"]: each["days"] for each in found}


def test_a_whole_site_is_told_as_each_of_its_services(house: House) -> None:
    first, last = TODAY - timedelta(days=1), date(2026, 12, 25)
    house.shrink(day=DAY, places=0)
    house.booked(1, house.slots(TODAY)[-1])
    place_laws.check_shown(house, site=SITE, first=first, last=last, now=NOW)
    told = sums(house, first, last)
    offered = {each.service for each in house.office.agency.offers if each.site == SITE}
    assert told.keys() == offered
    assert {day["day"]: day["reason"] for day in told[SERVICE]} | {
        "2026-11-30": "past",
        "2026-12-02": "full",
        "2026-12-05": "closed",
        "2026-12-25": "holiday",
    } == {day["day"]: day["reason"] for day in told[SERVICE]}
    assert next(day["places"] for day in told[SERVICE] if day["day"] == "2026-12-01") == 99


def test_a_place_whose_hold_ran_out_counts_in_the_sum_of_its_day_until_its_hour_begins(house: House) -> None:
    house.shrink(day=TODAY, places=1)
    house.do(holding.hold, slot_id=house.slots(TODAY)[3], now=NOW)
    over, begun = NOW + timedelta(hours=1), NOW + timedelta(hours=4)
    found = []
    for moment in (NOW, over, begun):
        asked = {"site": SITE, "first": TODAY, "last": TODAY, "now": moment}
        place_laws.check_shown(house, **asked)
        told = house.ask(site_availability, **asked)["services"]
        found.append(next(each["days"][0]["places"] for each in told if each["service"] == SERVICE))
    assert found == [0, 1, 1]


def test_of_all_services_no_more_is_asked_than_of_one(house: House) -> None:
    asked = {"first": TODAY, "last": date(2026, 12, 25), "now": NOW}
    counts = []
    # The rules are read by whoever asks first.
    house.ask(rulebook.in_force)
    for run in (
        lambda: house.ask(availability, site=SITE, service=SERVICE, **asked),
        lambda: house.ask(site_availability, site=SITE, **asked),
    ):
        with statements(house.database) as seen:
            run()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_site_without_bookings_has_no_days_to_tell_of(house: House) -> None:
    assert sums(house, TODAY, TODAY, site="popup-gorontalo") == {}
    with pytest.raises(Refused, match="unknown_site"):
        sums(house, TODAY, TODAY, site="nowhere")
    with pytest.raises(RangeTooLong):
        sums(house, TODAY, TODAY + timedelta(days=62))


@pytest.mark.parametrize(
    ("site", "service", "code"),
    [
        ("nowhere", SERVICE, "unknown_site"),
        (SITE, "haircut", "unknown_service"),
        ("mpp-lebak", "passport-lost", "unknown_service"),
    ],
)
def test_what_is_not_offered_is_refused(house: House, site: str, service: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        days(house, DAY, DAY, site=site, service=service)


def test_a_question_covers_62_days_at_most_and_goes_forward(house: House) -> None:
    assert len(days(house, DAY, DAY + timedelta(days=61))) == 62
    for last in (DAY + timedelta(days=62), DAY - timedelta(days=1)):
        with pytest.raises(RangeTooLong):
            days(house, DAY, last)


def test_opening_days_again_changes_nothing_and_a_later_day_opens_more(house: House) -> None:
    house.booked(1, house.slots()[0])

    def opened() -> list[int]:
        return [house.rows(select(func.count()).select_from(table))[0][0] for table in (slots, day_quotas)]

    before = opened()
    house.do(planning.open_days, now=NOW, days=OPEN_DAYS)
    house.do(planning.record_quotas)
    assert (opened(), house.taken_of_day(DAY)) == (before, 1)
    house.do(planning.open_days, now=NOW + timedelta(days=4), days=OPEN_DAYS)
    assert all(now > then for now, then in zip(opened(), before, strict=True))
    house.check()
