"""Releases at a published time: which days are open, which wait, and until when."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from gerai_booking import agencies
from gerai_booking.rules.catalogue import Horizon, ReleaseRule
from gerai_booking.rules.releases import last_open_day, next_release, release_of
from hypothesis import given
from hypothesis import strategies as st

WIB = "Asia/Jakarta"
#: Fridays at 14.00 the next week opens.
FRIDAYS = ReleaseRule(
    until=Horizon.NEXT_WEEK, on=4, at=time(14), basis="Uji", valid_from=date(2026, 11, 1), site="kanim-serang"
)
MONTHS = ReleaseRule(until=Horizon.NEXT_MONTH, on=25, at=time(9), basis="Uji", valid_from=date(2026, 1, 1))
#: Friday, 4 December 2026, 14.00 in Serang.
OPENING = datetime(2026, 12, 4, 7, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 86_400).map(lambda passed: OPENING + timedelta(seconds=passed))
RULES = st.sampled_from([(FRIDAYS,), (MONTHS,), (FRIDAYS, MONTHS)])


def last(now: datetime, *rules: ReleaseRule) -> date | None:
    return last_open_day(rules, site="kanim-serang", time_zone=WIB, now=now)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENING - timedelta(seconds=1), date(2026, 12, 6)),
        (OPENING, date(2026, 12, 13)),
        (OPENING + timedelta(days=3), date(2026, 12, 13)),
        (OPENING + timedelta(days=7), date(2026, 12, 20)),
    ],
)
def test_the_next_week_opens_on_friday_at_two(now, expected) -> None:
    assert last(now, FRIDAYS) == expected


def test_the_next_month_opens_on_the_25th() -> None:
    before = datetime(2026, 12, 25, 1, 59, tzinfo=UTC)
    assert last(before, MONTHS) == date(2026, 12, 31)
    assert last(before + timedelta(minutes=1), MONTHS) == date(2027, 1, 31)
    found = next_release([MONTHS], site="mpp-lebak", time_zone=WIB, now=before)
    assert found is not None
    assert (found.first, found.last) == (date(2027, 1, 1), date(2027, 1, 31))


def test_the_hour_is_the_sites_own() -> None:
    found = next_release([MONTHS], site="popup-gorontalo", time_zone="Asia/Makassar", now=OPENING)
    assert found is not None
    assert found.opens_at == datetime(2026, 12, 25, 1, tzinfo=UTC)


def test_without_a_rule_no_day_waits() -> None:
    assert last(OPENING) is None
    elsewhere = {"site": "mpp-lebak", "time_zone": WIB, "day": date(2026, 12, 9)}
    assert release_of([FRIDAYS], **elsewhere) is None


def test_a_sites_own_rule_goes_before_the_general_one() -> None:
    found = release_of([MONTHS, FRIDAYS], site="kanim-serang", time_zone=WIB, day=date(2026, 12, 9))
    assert found is not None
    assert found.opens_at == OPENING


def test_a_rule_counts_from_its_first_release() -> None:
    later = ReleaseRule(until=Horizon.NEXT_WEEK, on=4, at=time(14), basis="Uji", valid_from=date(2026, 12, 5))
    where = {"site": "kanim-serang", "time_zone": WIB}
    assert release_of([later], **where, day=date(2026, 12, 9)) is None
    assert release_of([later], **where, day=date(2026, 12, 16)) is not None
    found = next_release([later], **where, now=datetime(2026, 10, 30, tzinfo=UTC))
    assert found is not None
    assert found.opens_at == OPENING + timedelta(days=7)


@given(now=MOMENTS, rules=RULES)
def test_what_is_open_stays_open(now, rules) -> None:
    earlier, later = last(now, *rules), last(now + timedelta(hours=7), *rules)
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@given(now=MOMENTS, rules=RULES, ahead=st.integers(0, 60))
def test_a_day_waits_exactly_when_it_is_behind_the_last_open_one(now, rules, ahead) -> None:
    day = now.date() + timedelta(days=ahead)
    release = release_of(rules, site="kanim-serang", time_zone=WIB, day=day)
    waits = release is not None and release.opens_at > now
    assert waits is (day > last(now, *rules))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"on": 7}, "release at kanim-serang: no day 7 for end_of_next_week"),
        ({"until": Horizon.NEXT_MONTH, "on": 29}, "release at kanim-serang: no day 29 for end_of_next_month"),
        ({"pace": 0}, "release at kanim-serang: a pace of 0 is none"),
        ({"site": "nowhere"}, "release names the unknown site nowhere"),
        ({"basis": " "}, "release at kanim-serang: a row has no basis"),
    ],
)
def test_a_catalogue_says_what_is_wrong_with_its_releases(changes, problem) -> None:
    sample = agencies.load("immigration", date(2026, 12, 1))
    assert replace(sample, releases=(replace(FRIDAYS, **changes),)).problems() == [problem]


def test_two_rules_of_one_site_never_hold_on_one_day() -> None:
    sample = agencies.load("immigration", date(2026, 12, 1))
    later = replace(FRIDAYS, valid_from=date(2027, 1, 1))
    assert replace(sample, releases=(FRIDAYS, later)).problems() == [
        "release at kanim-serang: two rows hold on 2027-01-01"
    ]
