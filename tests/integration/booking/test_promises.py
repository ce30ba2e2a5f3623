"""Promised days on both databases: counted by the days that the site itself works."""

from datetime import UTC, date, datetime

import pytest
from gerai_booking.models.applications import Application
from gerai_booking.usecases import application_views

from tests.integration.booking.applying import A_DAY, advance, opened, served
from tests.integration.booking.house import NOW, SITE, House
from tests.integration.booking.ordering import close, undo
from tests.integration.booking.test_calendar import hours, set_hours

#: Interviewed on Wednesday, 2 December 2026; four working days later is Tuesday, the 8th.
PROMISED = date(2026, 12, 8)
SATURDAY = date(2026, 12, 5)


def paid(house: House) -> Application:
    """An application whose promise runs."""
    return advance(house, opened(house, served(house)), "paid", "interviewed")


def promised(house: House, found: Application) -> date | None:
    """The promised day that an officer sees."""
    detail = house.ask(application_views.detail, site=SITE, application_id=found.id, now=NOW + A_DAY)
    return detail.application.progress.promise_on


def overdue(house: House, now: datetime) -> list[str]:
    found = house.ask(application_views.listing, site=SITE, wanted="overdue", now=now)
    return [each.lateness for each in found]


def test_a_day_closed_by_order_is_no_working_day_of_a_promise_made_after_it(house: House) -> None:
    close(house, first_day=date(2026, 12, 3), last_day=date(2026, 12, 4))
    assert paid(house).progress.promise_on == date(2026, 12, 10)


def test_an_order_moves_what_was_promised_before_and_its_end_puts_it_back(house: House) -> None:
    found = paid(house)
    assert promised(house, found) == PROMISED
    directive = close(house, first_day=date(2026, 12, 7), last_day=date(2026, 12, 7))
    assert promised(house, found) == date(2026, 12, 9)
    undo(house, directive)
    assert promised(house, found) == PROMISED


def test_an_order_for_another_service_moves_nothing(house: House) -> None:
    found = paid(house)
    close(
        house,
        first_day=date(2026, 12, 7),
        last_day=date(2026, 12, 7),
        services=frozenset({"stay-permit"}),
    )
    assert promised(house, found) == PROMISED


def test_a_saturday_that_a_supervisor_opened_counts_unless_an_order_closes_it(house: House) -> None:
    found = paid(house)
    set_hours(house, SATURDAY, hours(8, 12))
    assert promised(house, found) == date(2026, 12, 7)
    close(house, first_day=SATURDAY, last_day=SATURDAY)
    assert promised(house, found) == PROMISED


def test_what_an_order_moved_is_not_late_before_its_new_day(house: House) -> None:
    paid(house)
    wednesday = datetime(2026, 12, 9, 2, 0, tzinfo=UTC)
    assert overdue(house, wednesday) == ["late"]
    close(house, first_day=date(2026, 12, 7), last_day=date(2026, 12, 8))
    assert overdue(house, wednesday) == ["soon"]
    assert overdue(house, datetime(2026, 12, 3, 2, 0, tzinfo=UTC)) == []


@pytest.mark.parametrize(("year", "provisional"), [(2026, False), (2027, True)])
def test_a_promise_into_a_year_without_announced_leave_is_provisional(
    house: House, monkeypatch: pytest.MonkeyPatch, *, year: int, provisional: bool
) -> None:
    monkeypatch.setattr("gerai_booking.usecases.promises.calendar_is_announced", lambda asked: asked <= 2026)
    if year == 2027:
        close(house, first_day=date(2026, 12, 3), last_day=date(2026, 12, 31))
    ticket = served(house)
    found = advance(house, opened(house, ticket), "paid", "interviewed")
    shown = house.ask(application_views.whole_ticket, ticket, now=NOW + A_DAY)["application"]
    assert shown["promise_on"][:4] == str(year)
    assert shown["promise_provisional"] is provisional
    detail = house.ask(application_views.detail, site=SITE, application_id=found.id, now=NOW + A_DAY)
    assert detail.is_provisional is provisional
