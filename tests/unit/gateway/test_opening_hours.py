"""Whether a place is open now: what the portal says is what the agencies would do."""

from datetime import UTC, datetime

import pytest
from gerai_gateway.portal.shapes import hours_today, is_open_now

from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.fake_agencies import catalogue_of

#: Ten o'clock in Jakarta.
TEN = 3


def site(code: str) -> dict:
    return next(each for each in catalogue_of("immigration")["sites"] if each["code"] == code)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        ((2026, 8, 14), True),
        ((2026, 8, 15), False),
        # A Monday that is Independence Day, and a Tuesday of collective leave.
        ((2026, 8, 17), False),
        ((2026, 3, 24), False),
    ],
)
def test_an_office_is_open_on_working_days_alone(day, is_open) -> None:
    assert is_open_now(site("kanim-serang"), now=datetime(*day, TEN, tzinfo=UTC)) is is_open


@pytest.mark.parametrize(("hour", "is_open"), [(0, False), (1, True), (8, True), (9, False)])
def test_an_office_opens_and_closes_in_its_own_time(hour, is_open) -> None:
    assert is_open_now(site("kanim-serang"), now=datetime(2026, 8, 14, hour, tzinfo=UTC)) is is_open


def test_a_pop_up_keeps_its_dates_whatever_the_calendar_says() -> None:
    # The Saturday of Idul Fitri.
    planned = {**site("popup-gorontalo"), "dates": ["2026-03-21"]}
    assert hours_today(planned, now=datetime(2026, 3, 21, TEN, tzinfo=UTC)) is not None
    assert hours_today(planned, now=datetime(2026, 3, 28, TEN, tzinfo=UTC)) is None


def test_the_pages_say_closed_on_a_holiday(gateway) -> None:
    gateway.agencies.now = datetime(2026, 12, 25, TEN, tzinfo=UTC)
    assert "Sedang tutup" in text_of(gateway.client.get("/sites/mpp-lebak"))
    assert "Sedang buka" not in text_of(gateway.client.get("/"))


def test_only_places_that_close_on_holidays_say_so(gateway) -> None:
    closes = "Tutup pada hari libur nasional dan cuti bersama."
    assert closes in text_of(gateway.client.get("/sites/mpp-lebak"))
    assert closes not in text_of(gateway.client.get("/sites/popup-gorontalo"))
