"""Places of full hours and days come back at a moment that nobody knows; others at once."""

from datetime import timedelta

import pytest
from gerai_booking.models.freed import freed_places
from gerai_booking.rules.quota import ONLINE, Bound
from gerai_booking.rules.release import LATEST, SOONEST
from gerai_booking.usecases import changes, holding
from gerai_booking.usecases.availability import availability
from gerai_shared.ticket import Actor
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.test_quotas import set_quota
from tests.integration.booking.waiting import look_after

MIDDLE = (SOONEST + LATEST) / 2
ALMOST = MIDDLE - timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_chance(house: House) -> None:
    """Places come back after half of the longest and shortest time."""
    house.office.chance = lambda: 0.5


def full_hour(house: House) -> tuple[str, str]:
    """An hour with one place, taken; the hour and the ticket."""
    house.shrink(day=DAY, per_slot=1)
    slot = house.slots()[0]
    return slot, house.booked(1, slot)


def cancel(house: House, token: str, **more: Actor) -> None:
    house.do(changes.cancel, token=token, revision=None, now=NOW, **more)


def free(house: House, slot: str, *, after: timedelta = timedelta(0)) -> int:
    """The places of an hour as citizens are shown them."""
    found = house.ask(availability, site=SITE, service=SERVICE, first=DAY, last=DAY, now=NOW + after)
    return int({each["id"]: each["places"] for each in found["days"][0]["slots"]}[slot])


def book(house: House, person: int, slot: str, *, after: timedelta = timedelta(0)) -> str:
    (answer,) = house.book(house.request(person, slot), now=NOW + after)
    return outcome(answer)


def kept_back(house: House) -> int:
    return len(house.rows(select(freed_places)))


def test_pain_10_a_cancelled_place_of_a_full_hour_cannot_be_handed_over_by_appointment(house: House) -> None:
    slot, token = full_hour(house)
    cancel(house, token)
    assert (free(house, slot), book(house, 2, slot)) == (0, "slot_full")
    assert book(house, 2, slot, after=ALMOST) == "slot_full"
    house.check()
    assert (free(house, slot, after=MIDDLE), book(house, 2, slot, after=MIDDLE)) == (1, "booked")
    assert kept_back(house) == 0
    house.check()


def test_a_place_of_a_full_day_comes_back_later_too(house: House) -> None:
    house.shrink(day=DAY, places=1)
    first, other = house.slots()[:2]
    token = house.booked(1, first)
    cancel(house, token)
    assert book(house, 2, other) == "day_full"
    house.check()
    assert book(house, 2, other, after=MIDDLE) == "booked"
    house.check()


def test_a_place_of_a_day_with_room_is_free_at_once(house: House) -> None:
    slot = house.slots()[0]
    cancel(house, house.booked(1, slot))
    assert (kept_back(house), house.taken(slot)) == (0, 0)


def test_an_hour_that_begins_before_is_free_at_once(house: House) -> None:
    house.shrink(day=TODAY, per_slot=1)
    slot = house.slots(TODAY)[2]
    token = house.booked(1, slot)
    house.office.chance = lambda: 0.999
    house.do(changes.cancel, token=token, revision=None, now=NOW)
    assert kept_back(house) == 0
    assert book(house, 2, slot) == "booked"


def test_who_moves_keeps_the_old_place_from_being_handed_over(house: House) -> None:
    slot, token = full_hour(house)
    house.do(changes.reschedule, token=token, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW)
    assert book(house, 2, slot) == "slot_full"
    assert book(house, 2, slot, after=MIDDLE) == "booked"
    house.check()


def test_within_a_full_day_one_still_moves_and_the_day_stays_full(house: House) -> None:
    house.shrink(day=DAY, places=1)
    first, other = house.slots()[:2]
    house.do(changes.reschedule, token=house.booked(1, first), slot_id=other, revision=None, now=NOW)
    assert (house.taken(first), house.taken(other), kept_back(house)) == (0, 1, 0)
    house.check()


def test_holds_and_what_officers_cancel_are_free_at_once(house: House) -> None:
    slot, token = full_hour(house)
    cancel(house, token, actor=Actor.OFFICER)
    held = house.do(holding.hold, slot_id=slot, now=NOW)
    cancel(house, house.office.token(held.id))
    assert (kept_back(house), free(house, slot)) == (0, 1)


def test_a_change_of_the_plan_counts_what_is_kept_back_as_taken(house: House) -> None:
    slot, token = full_hour(house)
    cancel(house, token)
    for bound in (Bound(SERVICE, ONLINE), Bound(SERVICE), Bound(channel=ONLINE)):
        set_quota(house, bound, 5)
        assert house.of_day(DAY, bound).taken == 1, bound
    house.check()
    assert book(house, 2, slot, after=MIDDLE) == "booked"
    house.check()


def test_what_was_kept_back_of_a_day_that_is_over_is_forgotten(house: House) -> None:
    _, token = full_hour(house)
    cancel(house, token)
    look_after(house, now=NOW + timedelta(days=2))
    assert kept_back(house) == 0
