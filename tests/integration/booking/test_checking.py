"""The public check: what is genuine is told, what is not is said to be none, and nothing else opens."""

from datetime import timedelta

import pytest
from gerai_booking.refusals import UnknownCheckCode, UnknownTicket
from gerai_booking.usecases import changes, holding, views
from gerai_booking.usecases.checking import check

from tests.integration.booking.house import DAY, NOW, House


def code_of(house: House, token: str) -> str:
    return house.office.check_code(house.office.ticket_id(token))


def test_a_genuine_ticket_is_told_with_the_name_hidden(house: House) -> None:
    slot = house.slots()[0]
    token = house.booked(1, slot)
    told = house.ask(check, code_of(house, token))
    assert told == {
        "agency": "immigration",
        "agency_name": {"id": "Imigrasi", "en": "Immigration"},
        "number": "A-001",
        "state": "booked",
        "is_valid": True,
        "service_name": told["service_name"],
        "site_name": {"id": "Kantor Imigrasi Serang", "en": "Serang Immigration Office"},
        "time_zone": "Asia/Jakarta",
        "day": DAY.isoformat(),
        "starts_at": "2026-12-02T01:00:00+00:00",
        "name_masked": "Wa*** Uj* 1*",
    }
    view = house.ask(views.ticket_view, house.ask(views.load_ticket, token), now=NOW)
    assert view["check_code"] == code_of(house, token)


def test_a_cancelled_ticket_is_genuine_and_not_valid(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    house.do(changes.cancel, token=token, revision=None, now=NOW)
    told = house.ask(check, code_of(house, token))
    assert (told["state"], told["is_valid"]) == ("cancelled", False)


def test_a_place_that_is_only_held_is_no_ticket(house: House) -> None:
    ticket = house.do(holding.hold, slot_id=house.slots()[0], now=NOW + timedelta(seconds=1))
    with pytest.raises(UnknownCheckCode):
        house.ask(check, house.office.check_code(ticket.id))


def test_a_check_code_opens_nothing_and_a_ticket_is_no_check_code(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    code = code_of(house, token)
    renamed = code.replace("check-immigration", "immigration")
    for wrong in (code, renamed):
        with pytest.raises(UnknownTicket):
            house.ask(views.load_ticket, wrong)
    made_up = code[:-1] + ("A" if code[-1] != "A" else "B")
    for wrong in (token, "check-" + token, made_up, "check-immigration.x", ""):
        with pytest.raises(UnknownCheckCode):
            house.ask(check, wrong)
