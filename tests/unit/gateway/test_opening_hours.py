"""Whether a place is open now: what the portal says is what the agencies would do."""

from datetime import UTC, datetime

import pytest
from gerai_gateway.catalogues import Catalogue
from gerai_gateway.portal.opening import Today, hours_planned, today_at

from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.fake_catalogue import catalogue_of

#: Ten o'clock in Jakarta.
TEN = 3


def site(code: str) -> dict:
    return next(each for each in catalogue_of("immigration")["sites"] if each["code"] == code)


def at(code: str, now: datetime, *told: dict | None) -> Today:
    """A place at a moment; each of `told` is what an agency there says of today, None: it says nothing."""
    present = [
        Catalogue(
            contents={**catalogue_of("immigration"), "today": [{"site": code, **each}] if each else []},
            told_at=now,
        )
        for each in told or (None,)
    ]
    return today_at(present, code, now=now)


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
    assert at("kanim-serang", datetime(*day, TEN, tzinfo=UTC)).is_open is is_open


@pytest.mark.parametrize(("hour", "is_open"), [(0, False), (1, True), (8, True), (9, False)])
def test_an_office_opens_and_closes_in_its_own_time(hour, is_open) -> None:
    assert at("kanim-serang", datetime(2026, 8, 14, hour, tzinfo=UTC)).is_open is is_open


def test_a_pop_up_keeps_its_dates_whatever_the_calendar_says() -> None:
    # The Saturday of Idul Fitri.
    planned = {**site("popup-gorontalo"), "dates": ["2026-03-21"]}
    assert hours_planned(planned, now=datetime(2026, 3, 21, TEN, tzinfo=UTC)) is not None
    assert hours_planned(planned, now=datetime(2026, 3, 28, TEN, tzinfo=UTC)) is None


def test_the_pages_say_closed_on_a_holiday(gateway) -> None:
    gateway.agencies.now = datetime(2026, 12, 25, TEN, tzinfo=UTC)
    assert "Sedang tutup" in text_of(gateway.client.get("/sites/mpp-lebak"))
    assert "Sedang buka" not in text_of(gateway.client.get("/"))


def test_only_places_that_close_on_holidays_say_so(gateway) -> None:
    closes = "Tutup pada hari libur nasional dan cuti bersama."
    assert closes in text_of(gateway.client.get("/sites/mpp-lebak"))
    assert closes not in text_of(gateway.client.get("/sites/popup-gorontalo"))


OPENED = {"opens": "08:00", "closes": "12:00"}
ORDER = {"number": "IMI-1", "issuer": "Pusat", "text": {"id": "Banjir di kantor", "en": "A flood"}}
SATURDAY, FRIDAY = datetime(2026, 8, 15, TEN, tzinfo=UTC), datetime(2026, 8, 14, TEN, tzinfo=UTC)


def test_a_saturday_that_a_supervisor_opened_is_open_at_its_own_hours() -> None:
    found = at("mpp-lebak", SATURDAY, {"day": "2026-08-15", "hours": OPENED, "order": None})
    assert (found.is_open, found.hours, found.is_as_planned) == (True, OPENED, False)


def test_an_order_of_the_centre_closes_a_working_day_and_says_so() -> None:
    found = at("mpp-lebak", FRIDAY, {"day": "2026-08-14", "hours": None, "order": ORDER})
    assert (found.is_open, found.hours, found.order) == (False, None, ORDER)


def test_a_place_is_open_while_one_of_its_agencies_is() -> None:
    closed, opened = ({"day": "2026-08-14", "hours": hours, "order": ORDER} for hours in (None, OPENED))
    found = at("mpp-lebak", FRIDAY, closed, {**opened, "order": None})
    assert (found.is_open, found.hours, found.order) == (True, OPENED, None)


def test_what_was_told_of_yesterday_is_not_said_of_today() -> None:
    found = at("mpp-lebak", FRIDAY, {"day": "2026-08-13", "hours": None, "order": ORDER})
    assert (found.is_open, found.order, found.is_as_planned) == (True, None, True)


def test_the_pages_say_by_which_order_a_place_is_closed(gateway) -> None:
    gateway.agencies.today = [{"site": "mpp-lebak", "day": "2026-12-01", "hours": None, "order": ORDER}]
    gateway.agencies.now = datetime(2026, 12, 1, TEN, tzinfo=UTC)
    for agency in ("immigration", "legal"):
        gateway.mall.catalogues.refresh(agency)
    for path in ("/", "/sites/mpp-lebak"):
        page = text_of(gateway.client.get(path))
        assert "Sedang tutup" in page
        assert "Ditutup atas perintah IMI-1 dari Pusat: Banjir di kantor" in page
