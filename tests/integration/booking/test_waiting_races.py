"""Many at the waiting list at once, on real threads and in several processes."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from gerai_booking.models.tickets import find, tickets
from gerai_booking.usecases import booking, changes
from gerai_shared.refusals import Refused
from sqlalchemy import func, select, text

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, House
from tests.integration.booking.sending import send
from tests.integration.booking.test_races import without_last_word
from tests.integration.booking.test_waiting_invariants import check_list
from tests.integration.booking.waiting import entry, join, look_after, seen, states

LOOKS = 8


def a_place_for_the_first(house: House) -> list[str]:
    """Two wait for a full day, to which then one place is added; their tokens."""
    house.shrink(day=DAY, places=1)
    house.booked(1, house.slots()[0])
    tokens = [join(house, 11), join(house, 12)]
    house.shrink(day=DAY, places=2)
    return tokens


def held(house: House) -> int:
    return int(house.rows(select(func.count()).where(tickets.c.state == "held"))[0][0])


def test_a_place_is_offered_once_and_without_locks_it_would_be_offered_by_everybody(
    lone_postgres_house: House,
) -> None:
    """The negative control: the same crowd offers one place eight times when all look before anybody takes."""
    house = lone_postgres_house
    tokens = a_place_for_the_first(house)
    (locked,) = send("offer_at_once", {"url": house.url, "locked": True}, module="waiting_crowds")
    assert Counter(locked["answers"]) == {"looked": LOOKS}
    assert (held(house), states(house, tokens)) == (1, ["offered", "waiting"])
    house.check()

    house.empty()
    without_last_word(house)
    a_place_for_the_first(house)
    (unlocked,) = send("offer_at_once", {"url": house.url, "locked": False}, module="waiting_crowds")
    assert Counter(unlocked["answers"]) == {"looked": LOOKS}
    assert held(house) == LOOKS
    with pytest.raises(AssertionError):
        house.check()


def test_a_bustle_around_the_list_ends_in_refusals_at_most_and_places_are_held_once(
    postgres_house: House,
) -> None:
    house = postgres_house
    for day in (DAY, NEXT_DAY):
        house.shrink(day=day, places=6, per_slot=2)
        for number, slot in enumerate(house.slots(day)[:6]):
            house.booked(100 + 10 * day.day + number, slot)
    parties = [{"url": house.url, "rounds": 40, "seed": seed} for seed in (0, 1)]
    answers: Counter[str] = Counter()
    for party in send("bustle", *parties, module="waiting_crowds"):
        answers.update(party["answers"])
    assert [answer for answer in answers if answer.startswith("ERROR")] == []
    assert {"join", "cancel", "left", "look", "offer_of_another"} <= set(answers)
    house.check()
    check_list(house)


def test_whoever_books_elsewhere_does_not_wait_for_who_works_on_the_place_offered_to_them(
    postgres_house: House,
) -> None:
    """Such a place is locked before days and entries, a booking has both: each would wait for the other."""
    house = postgres_house
    house.shrink(day=DAY, places=1)
    mine = house.booked(1, house.slots()[0])
    token = join(house, 11)
    house.do(changes.cancel, token=mine, revision=None, now=NOW)
    at = seen(house, token)["offer"]["held_until"]
    request = house.request(11, house.slots(NEXT_DAY)[0])
    with house.database.transaction() as other:
        find(other, entry(house, token).ticket_id, agency=house.office.code, lock=True)
        with house.database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            (answer,) = booking.book_batch(session, house.office, [request], now=NOW).values()
    assert not isinstance(answer, Refused)
    assert (states(house, [token]), held(house)) == (["taken"], 1)
    look_after(house, now=datetime.fromisoformat(at) + timedelta(seconds=1))
    assert held(house) == 0
    house.check()
    check_list(house)
