"""Holds: how many a browser and a network may have, and that a change of mind blocks no second place."""

from datetime import timedelta

import pytest
from gerai_booking.refusals import SlotFull, TooManyHolds, UnknownTicket
from gerai_booking.rules.visits import HOLD_LASTS, HOLDS_OF_A_NETWORK
from gerai_booking.usecases import holding
from gerai_booking.usecases.views import load_ticket
from gerai_shared.ticket import State

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, House

NETWORK = "203.0.113.7"


def hold(house: House, slot: str, *, after: timedelta = timedelta(0), **whose: str | None) -> str:
    return house.office.token(house.do(holding.hold, slot_id=slot, now=NOW + after, **whose).id)


def state_of(house: House, token: str) -> State:
    return house.ask(load_ticket, token).state


def test_one_network_keeps_a_bounded_number_of_places_whatever_its_browsers_call_themselves(
    house: House,
) -> None:
    slots = house.slots()
    for number in range(HOLDS_OF_A_NETWORK):
        hold(house, slots[number % 3], holder=f"browser-{number}", network=NETWORK)
    with pytest.raises(TooManyHolds) as refused:
        hold(house, slots[4], holder="one more", network=NETWORK)
    assert refused.value.details["retry_after"] == HOLD_LASTS.total_seconds()
    hold(house, slots[4], holder="one more", network="198.51.100.7")
    hold(house, slots[4], holder="one more", network=NETWORK, after=HOLD_LASTS)
    house.check()


@pytest.mark.parametrize("day", [DAY, NEXT_DAY])
def test_another_hour_gives_up_the_one_held_before(house: House, day) -> None:
    first, other = house.slots()[0], house.slots(day)[1]
    before = hold(house, first, holder="browser")
    after = hold(house, other, holder="browser", replaces=before)
    assert (state_of(house, before), state_of(house, after)) == (State.CANCELLED, State.HELD)
    assert (house.taken(first), house.taken(other)) == (0, 1)
    assert house.announced(before) == ["ticket.held.v1", "ticket.cancelled.v1"]
    house.check()


def test_whoever_changes_their_mind_often_is_never_refused_for_it(house: House) -> None:
    slots = house.slots()
    held = hold(house, slots[0], holder="browser", network=NETWORK)
    for number in range(1, HOLDS_OF_A_NETWORK + 5):
        held = hold(house, slots[number % 5], holder="browser", network=NETWORK, replaces=held)
    assert sum(house.taken(slot) for slot in slots) == 1
    house.check()


def test_an_hour_that_is_full_leaves_the_one_held_before(house: House) -> None:
    first, full = house.slots()[:2]
    house.shrink(day=DAY, per_slot=1)
    hold(house, full)
    before = hold(house, first, holder="browser")
    with pytest.raises(SlotFull):
        hold(house, full, holder="browser", replaces=before)
    assert state_of(house, before) is State.HELD
    house.check()


def test_a_hold_that_became_a_booking_is_not_given_up(house: House) -> None:
    first, other = house.slots()[:2]
    token = hold(house, first, holder="browser")
    house.book(house.request(1, token))
    hold(house, other, holder="browser", replaces=token)
    assert state_of(house, token) is State.BOOKED
    house.check()


def test_a_strangers_token_gives_nothing_up(house: House) -> None:
    before = hold(house, house.slots()[0])
    stranger = before[:-1] + ("A" if before[-1] != "A" else "B")
    with pytest.raises(UnknownTicket):
        hold(house, house.slots()[1], replaces=stranger)
    assert house.taken(house.slots()[1]) == 0
    house.check()
