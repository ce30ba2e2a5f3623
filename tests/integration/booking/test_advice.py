"""Advice on both databases: who hears it, and that it changes nothing about a booking."""

from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.people import people
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import UnknownSlot, UnknownTicket
from gerai_booking.rules.rulebook import rules_in
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import advising, catalogue, changes, holding, plan, views
from gerai_booking.usecases.applicants import applicant_of
from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest, Refused
from sqlalchemy import select

from tests.integration.booking.house import DAY, NOW, TODAY, House, outcome
from tests.integration.booking.test_quotas import CHANGE

SERANG_CITY, PANDEGLANG = "36.73", "36.01"


def restrict(house: House, *, last: date | None = DAY, region: str = "36") -> None:
    """Put the pandemic's regime in force."""
    house.do(
        plan.restrict,
        CHANGE,
        name="PPKM",
        level="1",
        region=region,
        valid_from=TODAY,
        valid_to=last,
        basis="Instruksi uji",
    )


def answer(house: House, person: int, *, regency: str | None = None, **body: Any) -> dict[str, Any]:
    """The answer to a booking that must go through."""
    who = house.person(person) | ({"regency": regency} if regency else {})
    (found,) = house.book(house.request(person, house.slots()[0], person=who, **body))
    assert not isinstance(found, Refused), found
    return found


def origin(house: House, booked: dict[str, Any]) -> str | None:
    """The regency that is kept with a ticket."""
    found: str | None = house.rows(select(tickets.c.origin).where(tickets.c.id == booked["ticket"]["id"]))[
        0
    ].origin
    return found


def test_what_the_applicant_names_goes_before_the_region_of_the_nik(house: House) -> None:
    assert origin(house, answer(house, 1)) == "36.02"
    assert origin(house, answer(house, 2, regency=PANDEGLANG)) == PANDEGLANG
    assert origin(house, answer(house, 3, regency="other")) is None


def test_s1_9_pilgrims_of_serang_are_advised_and_a_booking_here_is_honoured(house: House) -> None:
    booked = answer(house, 1, regency=SERANG_CITY, purpose="hajj")
    (advice,) = booked["advice"]
    assert (advice["kind"], advice["office"]["id"]) == ("other_office", "Kantor Imigrasi Cilegon")
    assert advice["basis"] == "Kantor Imigrasi Serang, 2018-07-11"
    # Served as everybody else: the place is taken, the ticket can be moved and used.
    assert house.taken(booked["ticket"]["slot_id"]) == 1
    moved = house.do(
        changes.reschedule, token=booked["token"], slot_id=house.slots()[1], revision=None, now=NOW
    )
    assert (
        house.do(changes.check_in, token=house.office.token(moved.id), now=moved.slot_starts_at).state.value
        == "checked_in"
    )
    house.check()


@pytest.mark.parametrize(("purpose", "regency"), [("hajj", PANDEGLANG), ("holiday", SERANG_CITY)])
def test_s1_9_others_hear_nothing(house: House, purpose: str, regency: str) -> None:
    assert answer(house, 1, regency=regency, purpose=purpose)["advice"] == []


def test_a_repeated_booking_is_answered_with_the_same_advice(house: House) -> None:
    request = house.request(
        1, house.slots()[0], person=house.person(1) | {"regency": SERANG_CITY}, purpose="hajj"
    )
    assert house.book(request) == house.book(request)


def test_advice_is_told_before_a_booking_and_books_nothing(house: House) -> None:
    held = house.do(holding.hold, slot_id=house.slots()[0], now=NOW)
    body = {
        "hold_token": house.office.token(held.id),
        "purpose": "hajj",
        "person": house.person(1) | {"regency": SERANG_CITY},
    }
    applicant = applicant_of(load(BookingSchema(), body), house.office)
    by_hold = house.ask(advising.advise, applicant, slot_id=None, hold_id=held.id)
    by_slot = house.ask(advising.advise, applicant, slot_id=house.slots()[0], hold_id=None)
    assert [each["kind"] for each in by_hold] == ["other_office"]
    assert by_hold == by_slot
    assert house.rows(select(people)) == []
    with pytest.raises(UnknownTicket):
        house.ask(advising.advise, applicant, slot_id=None, hold_id="no-such-hold")
    with pytest.raises(UnknownSlot):
        house.ask(advising.advise, applicant, slot_id="no.such.hour", hold_id=None)


def test_s0_4_the_serang_office_is_there_for_serang_pandeglang_and_lebak(house: House) -> None:
    told = catalogue.catalogue(house.office, rules_in(house.office.agency), today=TODAY)
    areas = {area["name"] for area in told["coverage"] if "kanim-serang" in area["sites"]}
    assert areas == {"Kabupaten Serang", "Kota Serang", "Kabupaten Pandeglang", "Kabupaten Lebak"}


def test_s0_4_any_office_serves_whoever_comes_from_elsewhere(house: House) -> None:
    assert answer(house, 1, regency="75.71")["advice"] == []
    assert answer(house, 2, regency="other")["advice"] == []


def test_s3_5_who_can_wait_is_asked_to_and_is_booked_all_the_same(house: House) -> None:
    restrict(house)
    booked = answer(house, 1, urgent=False)
    (advice,) = booked["advice"]
    # Thursday: the first day after the regime on which the office is open.
    assert (advice["kind"], advice["day"]) == ("postpone", (DAY + timedelta(days=1)).isoformat())
    assert answer(house, 2, urgent=True)["advice"] == []
    assert answer(house, 3)["advice"] == []
    said = {row.masked_identity: row.urgent for row in house.rows(select(people))}
    assert list(said.values()) == [False, True, None]
    house.check()


def test_s3_5_without_a_known_end_no_day_is_promised(house: House) -> None:
    restrict(house, last=None)
    assert answer(house, 1, urgent=False)["advice"][0]["day"] is None


def test_s3_5_where_no_regime_is_in_force_nobody_is_asked_to_wait(house: House) -> None:
    restrict(house, region="75")
    assert answer(house, 1, urgent=False)["advice"] == []


def test_s3_5_the_form_hears_of_the_regime_and_when_it_is_over(house: House) -> None:
    restrict(house)
    held = house.do(holding.hold, slot_id=house.slots()[0], now=NOW)
    shown = house.ask(views.ticket_view, held, now=NOW)["restriction"]
    assert shown == {"name": "PPKM", "level": "1", "free_from": (DAY + timedelta(days=1)).isoformat()}
    booked = answer(house, 1)
    ticket = house.ask(views.load_ticket, booked["token"])
    assert house.ask(views.ticket_view, ticket, now=NOW)["restriction"] is None


def test_s3_6_without_a_purpose_nothing_is_booked(house: House) -> None:
    (refused,) = house.book(house.request(1, house.slots()[0], purpose=None))
    assert isinstance(refused, InvalidRequest)
    assert "purpose" in refused.details["fields"]


def test_s3_1_citizens_have_passports_and_foreigners_stay_permits(house: House) -> None:
    permits = house.slots(service="stay-permit")[0]
    foreigner = house.person(1, citizen=False)
    answers = house.book(
        house.request(1, house.slots()[0], person=foreigner),
        house.request(2, permits, person=house.person(2)),
        house.request(3, permits, person=house.person(3, citizen=False)),
        house.request(4, house.slots()[0]),
    )
    assert [outcome(each) for each in answers] == [
        "wrong_citizenship",
        "wrong_citizenship",
        "booked",
        "booked",
    ]
