"""Booking on both databases: places, repeats, bad neighbours, and people who have a ticket already."""

from dataclasses import replace
from datetime import timedelta

import pytest
from gerai_booking.models.people import people
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import OpenTicketExists
from gerai_booking.usecases import changes, holding, views
from gerai_shared import tables
from gerai_shared.refusals import Refused
from gerai_shared.ticket import HoldExpired
from sqlalchemy import func, select

from tests.integration.booking.house import (
    BOUND,
    BOUNDED_SERVICE,
    DAY,
    NEXT_DAY,
    NOW,
    SERVICE,
    SITE,
    TODAY,
    House,
    outcome,
)


def test_a_booking_has_a_number_a_token_and_a_place(house: House) -> None:
    slot = house.slots()[0]
    (answer,) = house.book(house.request(1, slot))
    assert not isinstance(answer, Refused)
    assert (answer["ticket"]["number"], answer["ticket"]["state"]) == ("A-001", "booked")
    assert house.office.ticket_id(answer["token"]) == answer["ticket"]["id"]
    assert (house.taken(slot), house.taken_of_day(DAY)) == (1, 1)
    house.check()


def test_a_batch_is_served_in_its_order_and_numbered_in_it(house: House) -> None:
    slots = house.slots()
    answers = house.book(*(house.request(person, slots[person % 2]) for person in range(1, 31)))
    assert [answer["ticket"]["number"] for answer in answers if not isinstance(answer, Refused)] == [
        f"A-{count:03d}" for count in range(1, 31)
    ]
    house.check()


def test_a_full_hour_refuses_the_next_citizen_and_the_first_come_have_it(house: House) -> None:
    slot = house.slots()[0]
    answers = house.book(*(house.request(person, slot) for person in range(1, 24)))
    assert [outcome(answer) for answer in answers] == ["booked"] * 20 + ["slot_full"] * 3
    house.check()


def test_a_full_day_refuses_the_next_citizen_in_whatever_hour(house: House) -> None:
    house.shrink(day=DAY, places=3)
    slots = house.slots()
    answers = house.book(*(house.request(person, slots[person]) for person in range(1, 6)))
    assert [outcome(answer) for answer in answers] == ["booked"] * 3 + ["day_full"] * 2
    assert house.taken_of_day(DAY) == 3
    house.check()


def test_the_quota_of_one_service_leaves_the_others_theirs(house: House) -> None:
    permits, passports = house.slots(service=BOUNDED_SERVICE), house.slots()
    wanted = [house.request(person, permits[person % 2]) for person in range(1, BOUND + 3)]
    answers = house.book(*wanted, house.request(50, passports[0]))
    assert [outcome(answer) for answer in answers] == ["booked"] * BOUND + ["day_full"] * 2 + ["booked"]
    assert house.taken_of_day(DAY, BOUNDED_SERVICE) == BOUND
    assert house.taken_of_day(DAY) == BOUND + 1
    house.check()


def test_nobody_is_refused_for_a_place_that_another_asked_for_and_did_not_get(house: House) -> None:
    """The first three fit into the day but not into their hour; what they leave belongs to the next."""
    full, free = house.slots()[:2]
    house.book(*(house.request(person, full) for person in range(1, 21)))
    house.shrink(day=DAY, places=23)
    late = [house.request(person, full) for person in range(30, 33)]
    answers = house.book(*late, *(house.request(person, free) for person in range(40, 44)))
    assert [outcome(answer) for answer in answers] == ["slot_full"] * 3 + ["booked"] * 3 + ["day_full"]
    house.check()


def test_a_batch_over_several_days_is_refused_day_by_day(house: House) -> None:
    house.shrink(day=DAY, places=1)
    first, second = house.slots(DAY), house.slots(NEXT_DAY)
    wanted = [house.request(person, days[0]) for person, days in enumerate([second, first, first, second], 1)]
    assert [outcome(answer) for answer in house.book(*wanted)] == ["booked", "booked", "day_full", "booked"]
    house.check()


def test_an_hour_that_has_begun_and_one_that_never_was_are_not_booked(house: House) -> None:
    begun, running_out = house.slots(TODAY)[:2]
    answers = house.book(
        house.request(1, begun),
        house.request(2, running_out),
        house.request(3, "no-such-slot"),
        house.request(4, house.slots()[0]),
    )
    assert [outcome(answer) for answer in answers] == ["slot_past", "slot_past", "unknown_slot", "booked"]


def test_an_hour_on_a_closed_day_is_told_to_be_closed(house: House) -> None:
    christmas, sunday = "20261225T0200Z", "20261206T0200Z"
    wanted = [
        f"{SITE}.{SERVICE}.{christmas}",
        f"{SITE}.{SERVICE}.{sunday}",
        f"{SITE}.{SERVICE}.20261207T0200Z",
        f"{SITE}.haircut.{sunday}",
        f"nowhere.{SERVICE}.{sunday}",
        f"{SITE}.{SERVICE}.99991231T2359Z",
        f"{SITE}.{SERVICE}.00010101T0000Z",
    ]
    answers = house.book(*(house.request(1, place, service=SERVICE) for place in wanted))
    assert [outcome(answer) for answer in answers] == ["slot_closed"] * 2 + ["unknown_slot"] * 5
    assert house.rows(select(tickets)) == []
    house.check()


def test_a_persons_second_wish_counts_when_the_first_found_no_place(house: House) -> None:
    full, free = house.slots()[:2]
    house.shrink(day=DAY, per_slot=1)
    house.booked(1, full)
    twice = [house.request(2, full), house.request(2, free), house.request(3, house.slots()[2])]
    assert [outcome(answer) for answer in house.book(*twice)] == ["slot_full", "booked", "booked"]
    both = [house.request(4, slot) for slot in house.slots()[3:5]]
    assert [outcome(answer) for answer in house.book(*both)] == ["booked", "open_ticket_exists"]
    house.check()


def test_a_bad_neighbour_spoils_nobody_elses_booking(house: House) -> None:
    slot = house.slots()[0]
    good, foreign = house.request(1, slot), house.request(2, slot)
    foreign = replace(foreign, applicant=replace(foreign.applicant, citizenship="WNA"))
    aimless = replace(house.request(3, slot), applicant=replace(good.applicant, purpose="fishing"))
    answers = house.book(good, foreign, aimless, house.request(4, "nowhere"), house.request(5, slot))
    assert [outcome(answer) for answer in answers] == [
        "booked",
        "wrong_citizenship",
        "invalid_request",
        "unknown_slot",
        "booked",
    ]
    house.check()


def test_the_same_key_is_given_the_first_answer_again(house: House) -> None:
    request = house.request(1, house.slots()[0])
    first = house.book(request)
    assert house.book(request, now=NOW + timedelta(minutes=1)) == first
    assert [outcome(answer) for answer in house.book(request, request)] == ["booked"] * 2
    assert house.taken_of_day(DAY) == 1
    house.check()


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    one, other = house.slots()[:2]
    house.book(house.request(1, one, key="key-0001"))
    (answer,) = house.book(house.request(1, other, key="key-0001"))
    assert outcome(answer) == "idempotency_key_reused"
    assert (house.taken(one), house.taken(other)) == (1, 0)


def test_a_key_whose_booking_was_refused_may_be_used_again(house: House) -> None:
    slot = house.slots()[0]
    house.shrink(day=DAY, places=0)
    request = house.request(1, slot, key="key-0001")
    assert [outcome(answer) for answer in house.book(request)] == ["day_full"]
    house.shrink(day=DAY, places=1)
    assert [outcome(answer) for answer in house.book(request)] == ["booked"]


def test_the_database_keeps_neither_token_nor_name_nor_nik_in_the_open(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    kept = [house.rows(select(table)) for table in (tickets, people, tables.commands, tables.outbox)]
    for secret in (token, "Warga Uji 1", house.person(1)["nik"], "warga1@example.org"):
        assert secret not in repr(kept)


def test_one_person_has_one_open_ticket_for_a_service_at_whatever_hour(house: House) -> None:
    one, other = house.slots()[:2]
    token = house.booked(1, one)
    assert [outcome(answer) for answer in house.book(house.request(1, other))] == ["open_ticket_exists"]
    renewal = house.slots(service="passport-renewal")[0]
    assert [outcome(answer) for answer in house.book(house.request(1, renewal))] == ["booked"]
    house.do(changes.cancel, token=token, revision=None, now=NOW)
    assert [outcome(answer) for answer in house.book(house.request(1, other, key="key-again"))] == ["booked"]
    house.check()


def test_the_same_person_twice_in_a_batch_is_booked_once(house: House) -> None:
    one, other = house.slots()[:2]
    answers = house.book(house.request(1, one), house.request(1, other), house.request(2, other))
    assert [outcome(answer) for answer in answers] == ["booked", "open_ticket_exists", "booked"]
    assert (house.taken(one), house.taken(other)) == (1, 1)
    house.check()


def test_the_index_has_the_last_word_when_the_look_before_saw_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a race: the other booking became visible after this one had looked."""
    one, other = house.slots()[:2]
    held = house.do(holding.hold, slot_id=other, holder=None, now=NOW)
    house.booked(1, one)
    monkeypatch.setattr("gerai_booking.models.tickets.open_persons", lambda *_: set())
    hold_token = house.office.token(held.id)
    by_slot = house.book(house.request(1, other), house.request(2, other))
    by_hold = house.book(house.request(1, hold_token), house.request(3, other))
    assert [outcome(answer) for answer in by_slot + by_hold] == [OpenTicketExists.code, "booked"] * 2
    assert (house.taken(one), house.taken(other)) == (1, 3)
    house.check()


def test_numbers_go_on_where_they_stopped_and_start_anew_each_day(house: House) -> None:
    house.booked(1, house.slots()[0])
    house.booked(2, house.slots()[1])
    house.booked(3, house.slots(NEXT_DAY)[0])
    house.booked(4, house.slots(service="passport-renewal")[0])
    numbers = house.rows(select(tickets.c.day, tickets.c.number).order_by(tickets.c.id))
    assert [(row.day, row.number) for row in numbers] == [
        (DAY, "A-001"),
        (DAY, "A-002"),
        (NEXT_DAY, "A-001"),
        (DAY, "B-001"),
    ]


def test_a_strangers_token_opens_no_ticket(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    changed = token[:-1] + ("A" if token[-1] != "A" else "E")
    for wrong in (
        changed,
        "legal" + token[len("immigration") :],
        "immigration.x",
        house.office.token("0" * 32),
    ):
        with pytest.raises(Refused, match="unknown_ticket"):
            house.ask(views.load_ticket, wrong)


def test_a_batch_of_nobody_changes_nothing(house: House) -> None:
    assert house.book() == []
    assert house.rows(select(func.count()).select_from(tables.outbox))[0][0] == 0


def test_a_hold_that_two_bring_is_booked_by_the_first_and_nobody_elses_is_lost(house: House) -> None:
    slot = house.slots()[0]
    token = house.office.token(house.do(holding.hold, slot_id=slot, holder=None, now=NOW).id)
    answers = house.book(house.request(1, token), house.request(2, token), house.request(3, slot))
    assert [outcome(answer) for answer in answers] == ["booked", "transition_not_allowed", "booked"]
    house.check()


def test_a_hold_is_left_to_the_second_when_the_first_may_not_have_it(house: House) -> None:
    house.booked(1, house.slots()[1])
    token = house.office.token(house.do(holding.hold, slot_id=house.slots()[0], holder=None, now=NOW).id)
    answers = house.book(house.request(1, token), house.request(2, token))
    assert [outcome(answer) for answer in answers] == ["open_ticket_exists", "booked"]
    house.check()


def test_a_hold_whose_time_is_over_is_not_booked(house: House) -> None:
    token = house.office.token(house.do(holding.hold, slot_id=house.slots()[0], holder=None, now=NOW).id)
    answers = house.book(house.request(1, token), now=NOW + timedelta(minutes=10))
    assert [outcome(answer) for answer in answers] == [HoldExpired.code]
