"""The rush as the gateway asks for it: numbers, proofs and checks in JSON, and repeats that change nothing."""

from dataclasses import replace

import pytest
from gerai_booking.refusals import UnknownCheckCode
from gerai_shared import tables
from gerai_shared.refusals import IdempotencyKeyReused
from gerai_shared.waiting_room import read_number
from sqlalchemy import select

from tests.integration.booking.house import DAY, SITE, House
from tests.integration.booking.test_rush import FRIDAYS
from tests.integration.booking.test_service import Gateway, code

ASKED = {"site": SITE, "day": DAY.isoformat()}
PROOF = "d" * 64


@pytest.fixture
def gateway(sqlite_house: House) -> Gateway:
    return Gateway(sqlite_house)


def test_a_number_is_drawn_once_for_its_key_and_kept_without_its_token(gateway) -> None:
    first = gateway.ask(
        "enter_room", {**ASKED, "holder": "browser", "network": "203.0.113.7"}, key="key-0001"
    )
    again = gateway.ask("enter_room", {**ASKED, "network": "198.51.100.7"}, key="key-0001")
    assert first == again
    office = gateway.house.office
    assert read_number(first["token"], secret=office.secret, agency="immigration") is not None
    kept = gateway.house.rows(select(tables.commands.c.response))[0].response
    assert first["token"] not in kept
    with pytest.raises(IdempotencyKeyReused):
        gateway.ask("enter_room", {**ASKED, "day": "2026-12-03"}, key="key-0001")


def test_the_catalogue_tells_releases_and_the_key_for_tasks(gateway) -> None:
    told = gateway.ask("catalogue")
    assert told["releases"] == []
    assert len(told["proof_key"]) == 64
    gateway.house.office.agency = replace(gateway.house.office.agency, releases=(FRIDAYS,))
    assert [each["site"] for each in gateway.ask("catalogue")["releases"]] == [SITE]
    assert gateway.ask("catalogue")["proof_key"] == told["proof_key"]


def test_a_repeat_may_bring_another_proof_and_uses_none_up(gateway) -> None:
    slot = gateway.house.slots()[0]
    first = gateway.ask("hold", {"slot_id": slot, "proof": PROOF}, key="key-0001")
    assert gateway.ask("hold", {"slot_id": slot, "proof": "e" * 64}, key="key-0001") == first
    body = gateway.body(1, slot)
    (booked,) = gateway.book(("key-0002", {**body, "proof": "e" * 64}))
    assert code(booked) == "booked"
    assert gateway.book(("key-0002", {**body, "proof": "f" * 64})) == [booked]
    (used,) = gateway.book(("key-0003", {**gateway.body(2, slot), "proof": PROOF}))
    assert code(used) == "proof_used"
    (bad,) = gateway.book(("key-0004", {**gateway.body(2, slot), "proof": "no hash"}))
    assert code(bad) == "invalid_request"


def test_a_check_is_answered(gateway) -> None:
    (booked,) = gateway.book(("key-0001", gateway.body(1, gateway.house.slots()[0])))
    view = gateway.ask("ticket", {"token": booked["result"]["token"]})
    assert gateway.ask("check", {"token": view["check_code"]})["number"] == view["ticket"]["number"]
    with pytest.raises(UnknownCheckCode):
        gateway.ask("check", {"token": booked["result"]["token"]})
