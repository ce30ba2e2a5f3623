"""Calling one person who waits, whoever is before them, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from gerai_booking.usecases import audit, floor, holding
from gerai_shared.refusals import Forbidden, Refused
from gerai_shared.ticket import State, Ticket

from tests.integration.booking.house import NEXT_DAY, TODAY, House
from tests.integration.booking.test_floor import EIGHT, MINUTE, arrive, call, waiting, walk_in
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

LATER = EIGHT + timedelta(hours=3)


def call_one(
    house: House, ticket: Ticket, *, counter: str = "101", officer=SUPERVISOR, revision: int | None = None
) -> Ticket:
    asked = {"officer": officer, "ticket_id": ticket.id, "revision": revision}
    found: Ticket = house.do(floor.call, house.desk(counter, now=LATER), **asked)
    return found


def three(house: House) -> list[Ticket]:
    return [walk_in(house, at=count * MINUTE) for count in range(3)]


def test_a_supervisor_calls_who_is_last_and_the_others_keep_their_order(house: House) -> None:
    first, second, last = three(house)
    called = call_one(house, last, revision=last.revision)
    assert (called.id, called.state, called.counter) == (last.id, State.CALLED, "101")
    assert waiting(house) == [first.number, second.number]
    assert call(house, counter="102").id == first.id
    house.check()


def test_who_was_passed_over_is_counted_and_stays_on_record_when_it_is_taken_back(house: House) -> None:
    first, _second, last = three(house)
    call_one(house, last)
    house.do(floor.undo, house.desk(now=LATER))
    assert waiting(house)[-1] == last.number
    call_one(house, first)
    (row,) = house.ask(audit.audit, officer=SUPERVISOR, month=TODAY).called
    assert (row.number, row.officer_name, row.passed_over) == (last.number, SUPERVISOR.name, 2)
    assert (row.site, row.service) == (last.site, last.service)
    before = TODAY.replace(day=1) - timedelta(days=1)
    assert house.ask(audit.audit, officer=SUPERVISOR, month=before).called == []
    house.check()


def test_an_officer_may_not(house: House) -> None:
    *_, last = three(house)
    with pytest.raises(Forbidden):
        call_one(house, last, officer=OFFICER)
    assert len(waiting(house)) == 3


def test_only_who_waits_for_this_counter_now_can_be_called(house: House) -> None:
    first, second, last = three(house)
    booked = house.office.ticket_id(house.booked(1, house.slots(NEXT_DAY)[0]))
    held = house.do(holding.hold, slot_id=house.slots(NEXT_DAY)[1], now=EIGHT)
    for ticket, counter, code in (
        (first, "4", "unknown_ticket"),
        (replace(first, id="0" * 36), "101", "unknown_ticket"),
        (replace(first, id=booked), "101", "transition_not_allowed"),
        (held, "101", "transition_not_allowed"),
        (first, "999", "unknown_counter"),
    ):
        with pytest.raises(Refused, match=code):
            call_one(house, ticket, counter=counter)
    with pytest.raises(Refused, match="stale_revision"):
        call_one(house, last, revision=last.revision + 1)
    call_one(house, second)
    with pytest.raises(Refused, match="counter_busy"):
        call_one(house, first)
    with pytest.raises(Refused, match="transition_not_allowed"):
        call_one(house, second, counter="102")
    house.check()


def test_a_booking_that_has_come_is_called_before_its_hour(house: House) -> None:
    early = arrive(house, house.booked(1, house.slots()[3]), at=timedelta(hours=2))
    guest = walk_in(house, at=timedelta(hours=2))
    assert waiting(house) == [guest.number, early.number]
    assert call_one(house, early).id == early.id
    (row,) = house.ask(audit.audit, officer=SUPERVISOR, month=TODAY).called
    assert (row.number, row.passed_over) == (early.number, 1)
    house.check()
