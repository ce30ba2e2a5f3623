"""Token buckets, search, pages of days, limits."""

from datetime import date, timedelta

import pytest
from gerai_gateway.limits import Limits, read_limits
from gerai_gateway.portal.forms import token_in
from gerai_gateway.rules.limiting import Buckets, disguise, network_of
from gerai_gateway.rules.pages_of_days import DAYS_A_PAGE, DAYS_AHEAD, page_of_days
from gerai_gateway.rules.search import matches
from gerai_shared.settings import InvalidSettings
from hypothesis import given
from hypothesis import strategies as st

MONDAY = date(2026, 11, 23)


def test_a_bucket_gives_a_minutes_worth_at_once_and_then_one_by_one() -> None:
    buckets = Buckets(per_minute=6)
    assert [buckets.take("a", now=100.0) for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert buckets.take("a", now=109.9) == 1
    assert buckets.take("a", now=110.1) == 0
    assert buckets.take("b", now=110.1) == 0


@given(st.lists(st.floats(0, 5), max_size=300))
def test_no_pattern_of_asking_gets_more_than_the_limit_in_a_minute(pauses) -> None:
    buckets, now, given_at = Buckets(per_minute=10), 0.0, []
    for pause in pauses:
        now += pause
        if buckets.take("a", now=now) == 0:
            given_at.append(now)
    for moment in given_at:
        assert sum(1 for each in given_at if moment - 60 < each <= moment) <= 20


def test_buckets_are_bounded_and_drop_the_longest_unused() -> None:
    buckets = Buckets(per_minute=1, most=2)
    assert buckets.take("a", now=0) == 0
    assert buckets.take("b", now=1) == 0
    assert buckets.take("a", now=2) > 0
    assert buckets.take("c", now=3) == 0
    assert len(buckets) == 2
    assert buckets.take("a", now=4) > 0
    assert buckets.take("b", now=5) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", ""),
        ("::nonsense::", "::nonsense::"),
    ],
)
def test_one_ipv6_network_is_one_asker(address, network) -> None:
    assert network_of(address) == network


def test_an_identity_is_recognised_without_being_kept() -> None:
    disguised = disguise("3602146508900003", key=b"one")
    assert "3602" not in disguised
    assert disguised == disguise(" 3602146508900003 ", key=b"one")
    assert disguised != disguise("3602146508900003", key=b"two")


def test_limits_can_be_raised_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("GERAI_RATE_LIMIT_PER_MINUTE", "60000")
    monkeypatch.setenv("GERAI_LISTENERS", "10")
    limits = read_limits()
    assert (limits.writes, limits.reads, limits.listeners) == (60_000, 600_000, 10)
    monkeypatch.delenv("GERAI_RATE_LIMIT_PER_MINUTE")
    monkeypatch.delenv("GERAI_LISTENERS")
    assert read_limits() == Limits()


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_limits_that_cannot_be_used_are_named(monkeypatch, value) -> None:
    monkeypatch.setenv("GERAI_RATE_LIMIT_PER_MINUTE", value)
    with pytest.raises(InvalidSettings, match="RATE_LIMIT_PER_MINUTE"):
        read_limits()


@pytest.mark.parametrize("query", ["", "paspor", "PASPOR hilang", "hil pas", "lost", "páspor"])
def test_services_are_found_by_the_beginnings_of_words(query) -> None:
    assert matches(query, ["Paspor hilang", "Lost passport"])


@pytest.mark.parametrize("query", ["aspor", "paspor rusak", "merek"])
def test_other_words_do_not_fit(query) -> None:
    assert not matches(query, ["Paspor hilang", "Lost passport"])


@given(st.integers(0, 6), st.integers(0, DAYS_AHEAD - 8))
def test_every_day_ahead_is_on_exactly_the_page_it_is_asked_for(weekday, ahead) -> None:
    today = MONDAY + timedelta(days=weekday)
    wanted = today + timedelta(days=ahead)
    page = page_of_days(wanted, today=today)
    assert page.first <= wanted <= page.last
    assert (page.last - page.first).days + 1 == DAYS_A_PAGE
    assert page.first.weekday() == 0
    if page.next is not None:
        assert page_of_days(page.next, today=today).previous == page.first


@pytest.mark.parametrize("wanted", [None, date(2020, 1, 1), date(2099, 1, 1)])
def test_a_day_that_no_page_has_leads_to_this_week(wanted) -> None:
    page = page_of_days(wanted, today=MONDAY + timedelta(days=3))
    assert (page.first, page.previous) == (MONDAY, None)


def test_the_last_page_leads_nowhere() -> None:
    page = page_of_days(MONDAY + timedelta(days=DAYS_AHEAD - 1), today=MONDAY)
    assert page.next is None
    assert page.previous is not None


@pytest.mark.parametrize(
    "text",
    [
        "immigration.abc",
        " immigration.abc ",
        "https://mall.example/t/immigration.abc",
        "https://mall.example/t/immigration.abc/?new=1",
    ],
)
def test_a_token_is_found_in_what_people_paste(text) -> None:
    assert token_in(text) == "immigration.abc"
