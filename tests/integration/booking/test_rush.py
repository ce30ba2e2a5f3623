"""Release day: nothing before its moment, then everybody in the order of their numbers, each proof once."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from gerai_booking.models import waiting_room as models
from gerai_booking.refusals import (
    DayNotOpenYet,
    NotYourTurn,
    NumberExpired,
    ProofUsed,
    RoomNotOpen,
    SlotFull,
    TooManyNumbers,
    UnknownNumber,
    WaitingRoomOpen,
)
from gerai_booking.rules.catalogue import Horizon, ReleaseRule
from gerai_booking.rules.waiting_room import NUMBERS_OF_A_NETWORK, SIDE_WAIT
from gerai_booking.usecases import changes, holding, planning, releases, waiting_room
from gerai_booking.usecases.availability import availability
from gerai_shared.refusals import Refused
from gerai_shared.waiting_room import NUMBER_LASTS, Number
from sqlalchemy import func, select

from tests.integration.booking.house import DAY, NOW, SERVICE, SITE, House, outcome
from tests.integration.booking.sending import send

#: Friday, 4 December 2026, 14.00 in Serang: the week of the 7th opens, for two people a second.
OPENING = datetime(2026, 12, 4, 7, tzinfo=UTC)
RELEASED = date(2026, 12, 9)
FRIDAYS = ReleaseRule(
    until=Horizon.NEXT_WEEK, on=4, at=time(14), pace=2, basis="Uji", valid_from=date(2026, 11, 1), site=SITE
)
BEFORE = OPENING - timedelta(minutes=5)
PROOF = "a" * 64


def with_releases(house: House) -> House:
    """The house with its week released on Fridays."""
    house.office.agency = replace(house.office.agency, releases=(FRIDAYS,))
    return house


@pytest.fixture
def released(house: House) -> House:
    """A house that releases the next week on Friday at two, on each of the databases."""
    with_releases(house).do(planning.open_days, now=NOW, days=3)
    return house


def draw(house: House, holder: str | None = None, *, now: datetime = BEFORE, **asked: object) -> Number:
    return house.do(waiting_room.enter, **{"site": SITE, "day": RELEASED, "holder": holder, **asked}, now=now)


def hold(house: House, number: Number | None, *, now: datetime, slot: int = 0, **more: object) -> None:
    token = waiting_room.token_of(house.office, number) if number else None
    house.do(holding.hold, slot_id=house.slots(RELEASED)[slot], room_token=token, now=now, **more)


def shown(house: House, *, now: datetime) -> dict:
    asked = {"site": SITE, "service": SERVICE, "first": RELEASED, "last": RELEASED}
    return house.ask(availability, **asked, now=now)["days"][0]


def test_a_day_opens_at_its_second_whatever_runs(released: House) -> None:
    day = shown(released, now=OPENING - timedelta(seconds=1))
    assert (day["reason"], day["opens_at"], day["slots"]) == ("not_yet_open", OPENING.isoformat(), [])
    with pytest.raises(DayNotOpenYet) as refused:
        hold(released, None, now=OPENING - timedelta(seconds=1))
    assert refused.value.details == {"opens_at": "2026-12-04T14:00:00+07:00"}
    day = shown(released, now=OPENING)
    assert day["open"]
    assert day["places"] > 0
    hold(released, None, now=OPENING)
    released.check()


def test_a_booking_for_a_day_that_waits_spoils_no_other(released: House) -> None:
    early = released.request(1, released.slots(RELEASED)[0])
    answers = released.book(early, released.request(2, released.slots()[0]))
    assert [outcome(answer) for answer in answers] == ["day_not_open_yet", "booked"]


def test_the_coming_release_is_told(released: House) -> None:
    assert releases.coming(released.office, (FRIDAYS,), now=NOW) == [
        {
            "site": SITE,
            "opens_at": "2026-12-04T07:00:00+00:00",
            "room_opens_at": "2026-12-04T06:45:00+00:00",
            "first": "2026-12-07",
            "last": "2026-12-13",
        }
    ]
    later = releases.coming(released.office, (FRIDAYS,), now=OPENING + timedelta(minutes=3))
    assert [each["first"] for each in later] == ["2026-12-14"]


def test_days_of_the_next_release_are_written_before_it_opens_them(released: House) -> None:
    assert len(released.slots(date(2026, 12, 11))) > 0
    assert released.slots(date(2026, 12, 14)) == []


def test_without_rules_nothing_waits_and_nobody_draws(house: House) -> None:
    house.do(holding.hold, slot_id=house.slots()[0], now=NOW)
    assert releases.coming(house.office, (), now=NOW) == []
    assert house.rows(select(func.count()).select_from(models.rooms))[0][0] == 0


def test_the_room_opens_a_quarter_of_an_hour_before(released: House) -> None:
    with pytest.raises(RoomNotOpen) as refused:
        draw(released, now=OPENING - timedelta(minutes=15, seconds=1))
    assert refused.value.details == {"opens_at": "2026-12-04T13:45:00+07:00"}
    assert draw(released, now=OPENING - timedelta(minutes=15)).number == 1


def test_a_browser_keeps_its_number(released: House) -> None:
    first = draw(released, "one")
    assert draw(released, "two").number == 2
    assert draw(released, "one", now=OPENING + timedelta(minutes=1)) == first
    assert draw(released, "one", now=OPENING + timedelta(minutes=20)) != first


def test_one_network_has_a_bounded_number_of_numbers(house: House) -> None:
    with_releases(house).do(planning.open_days, now=NOW, days=3)
    for _ in range(NUMBERS_OF_A_NETWORK):
        draw(house, network="203.0.113.7")
    with pytest.raises(TooManyNumbers):
        draw(house, network="203.0.113.7")
    assert draw(house, network="198.51.100.7").number == NUMBERS_OF_A_NETWORK + 1


def test_everybody_is_admitted_in_order_and_nobody_past_the_line(released: House) -> None:
    numbers = [draw(released, f"browser {count}") for count in range(5)]
    with pytest.raises(WaitingRoomOpen) as refused:
        hold(released, None, now=OPENING)
    assert refused.value.details == {"site": SITE, "day": "2026-12-09"}
    hold(released, numbers[0], now=OPENING)
    with pytest.raises(NotYourTurn):
        hold(released, numbers[4], now=OPENING + timedelta(seconds=1.9))
    hold(released, numbers[4], now=OPENING + timedelta(seconds=2))
    # Whoever drew one has been admitted: the door is open to all.
    hold(released, None, now=OPENING + timedelta(seconds=2))
    released.check()


def test_a_latecomer_waits_behind_the_pace_and_not_behind_the_sleepers(released: House) -> None:
    draw(released, "early")
    late = OPENING + timedelta(minutes=10)
    numbers = [draw(released, f"late {count}", now=late) for count in range(3)]
    assert [number.number for number in numbers] == [1201, 1202, 1203]
    hold(released, numbers[0], now=late)
    with pytest.raises(NotYourTurn):
        hold(released, numbers[1], now=late)


def test_a_number_that_slept_through_its_turn_is_over(released: House) -> None:
    number = draw(released, "sleeper")
    with pytest.raises(NumberExpired):
        hold(released, number, now=number.admitted_at + NUMBER_LASTS)


def test_a_number_opens_the_door_of_its_own_room_alone(released: House) -> None:
    number = draw(released, "one")
    draw(released, "two")
    elsewhere = waiting_room.token_of(
        released.office, replace(number, room=replace(number.room, site_mark=b"abcdef"))
    )
    slot = released.slots(RELEASED)[0]
    for token in (elsewhere, elsewhere.replace("room-immigration", "room-legal"), "room-immigration.x"):
        with pytest.raises(UnknownNumber):
            released.do(holding.hold, slot_id=slot, room_token=token, now=OPENING)
    last_week = replace(number, room=replace(number.room, opens_at=OPENING - timedelta(minutes=1)))
    with pytest.raises(WaitingRoomOpen):
        hold(released, last_week, now=OPENING)


def test_a_booking_moves_into_the_rush_with_a_number_only(released: House) -> None:
    token = released.booked(1, released.slots(OPENING.date())[-1])
    number, _ = draw(released, "one"), draw(released, "two")
    move = {"token": token, "slot_id": released.slots(RELEASED)[0], "revision": None, "now": OPENING}
    with pytest.raises(WaitingRoomOpen):
        released.do(changes.reschedule, **move)
    room_token = waiting_room.token_of(released.office, number)
    assert released.do(changes.reschedule, **move, room_token=room_token).day == RELEASED
    released.check()


def test_batches_ask_each_booking_for_its_number(released: House) -> None:
    number, _ = draw(released, "one"), draw(released, "two")
    slot = released.slots(RELEASED)[0]
    token = waiting_room.token_of(released.office, number)
    admitted = replace(released.request(1, slot), room_token=token)
    answers = released.book(admitted, released.request(2, slot), now=OPENING)
    assert [outcome(answer) for answer in answers] == ["booked", "waiting_room"]
    released.check()


def test_the_side_door_of_a_quiet_day_makes_wait_a_little(house: House) -> None:
    number = draw(house, day=DAY, now=NOW)
    assert SIDE_WAIT - timedelta(seconds=1) < number.admitted_at - NOW <= SIDE_WAIT
    # It keeps nobody else out.
    house.do(holding.hold, slot_id=house.slots()[0], now=NOW)


def test_fifty_who_wait_keep_their_numbers_over_a_restart_and_come_in_order(released: House) -> None:
    numbers = [draw(released, f"browser {count}") for count in range(50)]
    tokens = [waiting_room.token_of(released.office, number) for number in numbers]
    released.database.close()
    again = with_releases(House(released.url))
    assert [draw(again, f"browser {count}") for count in range(50)] == numbers
    assert draw(again, "newcomer").number == 51
    admitted = []
    slot = again.slots(RELEASED)[0]
    for half_seconds in range(50):
        moment = OPENING + timedelta(seconds=half_seconds / 2)
        for count, token in enumerate(tokens):
            request = replace(
                again.request(count + 1, slot, key=f"key-{half_seconds}-{count}"), room_token=token
            )
            if count in admitted or count > half_seconds + 1:
                continue
            (answer,) = again.book(request, now=moment)
            if not isinstance(answer, Refused) or answer.code != "not_your_turn":
                admitted.append(count)
    assert admitted == list(range(50))
    again.database.close()


def test_two_hundred_draws_at_once_are_two_hundred_numbers_and_unguarded_they_would_be_the_same(
    postgres_house: House,
) -> None:
    """The negative control: the database alone refuses the nineteen that read the same last number."""
    house = postgres_house
    (drawn,) = send("draw_at_once", {"url": house.url, "draws": 10, "guarded": True})
    numbers = sorted(int(answer) for answer in drawn["answers"])
    assert len(set(numbers)) == 200
    assert numbers[-1] - numbers[0] == 199
    (unguarded,) = send("draw_at_once", {"url": house.url, "draws": 1, "guarded": False})
    outcomes = Counter(answer.split(":")[0] for answer in unguarded["answers"])
    assert outcomes == {str(numbers[-1] + 1): 1, "ERROR IntegrityError": 19}


def test_a_proof_opens_one_place(house: House) -> None:
    house.do(holding.hold, slot_id=house.slots()[0], proof=PROOF, now=NOW)
    with pytest.raises(ProofUsed):
        house.do(holding.hold, slot_id=house.slots()[1], proof=PROOF, now=NOW)
    requests = [
        replace(house.request(person, house.slots()[0]), proof=proof)
        for person, proof in ((1, PROOF), (2, "b" * 64), (3, "b" * 64), (4, "c" * 64))
    ]
    answers = house.book(*requests)
    assert [outcome(answer) for answer in answers] == ["proof_used", "booked", "proof_used", "booked"]
    assert house.book(requests[1]) == [answers[1]]
    house.check()


def test_a_proof_whose_place_was_gone_can_be_used_again(house: House) -> None:
    full, free = house.slots()[:2]
    house.shrink(day=DAY, per_slot=1)
    house.do(holding.hold, slot_id=full, now=NOW)
    with pytest.raises(SlotFull):
        house.do(holding.hold, slot_id=full, proof=PROOF, now=NOW)
    refused = house.book(replace(house.request(1, full), proof=PROOF))
    assert [outcome(answer) for answer in refused] == ["slot_full"]
    house.do(holding.hold, slot_id=free, proof=PROOF, now=NOW)


def test_rooms_and_proofs_are_forgotten_when_nothing_needs_them(released: House) -> None:
    draw(released, "one")
    hold(released, None, now=OPENING + timedelta(seconds=1), proof=PROOF)
    for days, left in ((1, 1), (3, 0)):
        with released.database.transaction() as session:
            waiting_room.forget_old(session, now=OPENING + timedelta(days=days))
        for table in (models.rooms, models.entries, models.used_proofs):
            assert released.rows(select(func.count()).select_from(table))[0][0] == left
