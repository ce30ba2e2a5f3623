"""Suspensions on both databases: who is refused, until when, and what is kept of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.acts import officer_acts
from gerai_booking.models.sanctions import sanctions as table
from gerai_booking.usecases import changes, floor, holding, queue, sanctions
from gerai_booking.usecases.sanctions import Identity
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SITE, TODAY, House, outcome
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

APPEAL = "Ajukan keberatan tertulis kepada kepala kantor dalam 14 hari."


def suspend(house: House, person: int, *, officer: Officer = SUPERVISOR, **changes: Any) -> str:
    """Suspend a citizen from today on."""
    order: dict[str, Any] = {
        "identity": Identity(citizenship="WNI", number=house.person(person)["nik"]),
        "kind": "negligent_loss",
        "months": 6,
        "first_day": TODAY,
        "basis": "Keputusan 7/2026",
        "issuer": "Kepala Kantor",
        "appeal": APPEAL,
        "why": "Paspor hilang kedua kali",
        **changes,
    }
    with house.database.transaction() as session:
        return sanctions.suspend(session, house.office, officer=officer, now=NOW, **order)


def lift(house: House, suspension: str, *, officer: Officer = SUPERVISOR) -> None:
    with house.database.transaction() as session:
        sanctions.lift(session, officer=officer, suspension_id=suspension, why="Keberatan diterima", now=NOW)


def test_a_suspended_person_is_told_until_when_and_how_to_appeal(house: House) -> None:
    suspend(house, 1)
    answers = house.book(house.request(1, house.slots()[0]), house.request(2, house.slots()[0]))
    assert [outcome(answer) for answer in answers] == ["suspended", "booked"]
    refusal = answers[0]
    assert isinstance(refusal, Refused)
    assert refusal.details == {"until": "2027-05-31", "appeal": APPEAL.removesuffix(".")}
    house.check()


def test_a_hold_does_not_help_a_suspended_person(house: House) -> None:
    suspend(house, 1)
    held = house.do(holding.hold, slot_id=house.slots()[0], now=NOW)
    assert outcome(house.book(house.request(1, house.office.token(held.id)))[0]) == "suspended"
    house.check()


def test_other_services_stay_open_to_a_suspended_person(house: House) -> None:
    suspend(house, 1)
    # A foreigner's permit: who is suspended from passports may ask for it.
    assert not house.office.service("stay-permit").suspendable
    assert outcome(house.book(house.request(1, house.slots(service="stay-permit")[0]))[0]) == "booked"


@pytest.mark.parametrize(
    ("first_day", "code"),
    [
        (DAY - timedelta(days=31), "booked"),
        (DAY - timedelta(days=29), "suspended"),
        (DAY, "suspended"),
        (DAY + timedelta(days=1), "booked"),
    ],
)
def test_only_a_visit_within_the_suspension_is_refused(house: House, first_day: date, code: str) -> None:
    suspend(house, 1, kind="falsification", months=1, first_day=first_day)
    assert outcome(house.book(house.request(1, house.slots()[0]))[0]) == code


def test_the_longest_of_several_suspensions_is_told(house: House) -> None:
    suspend(house, 1, months=24)
    suspend(house, 1, months=6)
    (refusal,) = house.book(house.request(1, house.slots()[0]))
    assert isinstance(refusal, Refused)
    assert refusal.details["until"] == "2028-11-30"


def test_a_lifted_suspension_stands_in_the_record_and_against_nobody(house: House) -> None:
    found = suspend(house, 1)
    lift(house, found)
    assert outcome(house.book(house.request(1, house.slots()[0]))[0]) == "booked"
    (row,) = house.rows(select(table))
    assert (row.lifted_by, row.lifted_why, row.lifted_at) == (SUPERVISOR.name, "Keberatan diterima", NOW)
    with pytest.raises(Refused, match="suspension_lifted"):
        lift(house, found)
    with pytest.raises(Refused, match="unknown_suspension"):
        lift(house, "nothing")


@pytest.mark.parametrize(
    ("kind", "months"),
    [("falsification", 0), ("falsification", 25), ("negligent_loss", 5), ("negligent_loss", 25)],
)
def test_a_suspension_keeps_to_the_limits_of_its_kind(house: House, kind: str, months: int) -> None:
    with pytest.raises(Refused, match="wrong_length"):
        suspend(house, 1, kind=kind, months=months)


def test_only_a_supervisor_suspends_and_lifts(house: House) -> None:
    with pytest.raises(Forbidden):
        suspend(house, 1, officer=OFFICER)
    found = suspend(house, 1)
    with pytest.raises(Forbidden):
        lift(house, found, officer=OFFICER)


def test_the_record_names_nobody(house: House) -> None:
    suspend(house, 1)
    (row,) = house.rows(select(table))
    assert house.person(1)["nik"] not in str(tuple(row))
    assert row.masked_identity == "3602********0001"


def test_a_foreigner_is_known_by_the_passport_number(house: House) -> None:
    suspend(house, 1, identity=Identity(citizenship="WNA", number="X1234567"))
    (row,) = house.rows(select(table))
    assert row.person_hash == house.office.person_hash("WNA:X1234567")
    assert row.masked_identity == "X1****67"


def test_who_looks_writes_and_lifts_stands_in_the_record(house: House) -> None:
    found = suspend(house, 1)
    me = Identity(citizenship="WNI", number=house.person(1)["nik"])
    masked, rows = house.do(sanctions.look_up, officer=SUPERVISOR, identity=me, why="Bertanya", now=NOW)
    assert (masked, [row.id for row in rows]) == ("3602********0001", [found])
    house.do(sanctions.opened, officer=SUPERVISOR, suspension_id=found, now=NOW)
    lift(house, found)
    acts = house.rows(select(officer_acts).order_by(officer_acts.c.id))
    assert [(row.act, row.officer_name) for row in acts] == [
        (act, SUPERVISOR.name) for act in ("recorded", "looked_up", "opened", "lifted")
    ]
    assert house.person(1)["nik"] not in str([tuple(row) for row in acts])


def test_only_a_supervisor_looks_somebody_up_and_opens_a_suspension(house: House) -> None:
    found = suspend(house, 1)
    me = Identity(citizenship="WNI", number=house.person(1)["nik"])
    with pytest.raises(Forbidden):
        house.do(sanctions.look_up, officer=OFFICER, identity=me, why="Ingin tahu", now=NOW)
    with pytest.raises(Forbidden):
        house.do(sanctions.opened, officer=OFFICER, suspension_id=found, now=NOW)


def test_a_booking_from_before_stays_and_the_officer_at_the_counter_is_told(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[2])
    suspension = suspend(house, 1)
    found = house.ask(sanctions.seen, officer=SUPERVISOR, suspension_id=suspension)
    assert [ticket.id for ticket in found.open_tickets] == [house.office.ticket_id(token)]
    house.do(changes.check_in, token=token, now=NOW + timedelta(hours=2))
    house.do(floor.call_next, house.desk())
    seen = house.ask(queue.counter_queue, site=SITE, counter="101", now=NOW)
    assert seen.suspension is not None
    assert seen.suspension.last_day == date(2027, 5, 31)
    lift(house, suspension)
    seen = house.ask(queue.counter_queue, site=SITE, counter="101", now=NOW)
    assert seen.suspension is None
    house.check()


def test_a_booking_is_not_moved_into_a_suspension(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    suspend(house, 1, first_day=NEXT_DAY)
    with pytest.raises(Refused, match="suspended"):
        house.do(changes.reschedule, token=token, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW)
    house.do(changes.reschedule, token=token, slot_id=house.slots()[1], revision=None, now=NOW)
    house.check()


def test_s1_6_a_suspension_has_a_kind_an_end_and_a_way_to_appeal_and_blocks_new_applications(
    house: House,
) -> None:
    suspend(house, 1, kind="falsification", months=24)
    (refusal, other) = house.book(house.request(1, house.slots()[0]), house.request(2, house.slots()[0]))
    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.details["until"]) == ("suspended", "2028-11-30")
    assert refusal.details["appeal"] in refusal.message
    assert outcome(other) == "booked"
    with pytest.raises(Refused, match="wrong_length"):
        suspend(house, 2, kind="falsification", months=25)
