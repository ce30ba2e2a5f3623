"""How many open tickets one telephone number or e-mail address may have, on both databases."""

from collections import Counter
from dataclasses import replace
from typing import Any

from gerai_booking.models.people import people
from gerai_booking.usecases import changes, holding
from gerai_shared.refusals import Refused
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, House, outcome
from tests.integration.booking.sending import send

#: As in the sample data of the agency.
MOST = 5
EMAIL = "keluarga@example.org"


def family(house: House, *persons: int, slot: str | None = None, **contact: str) -> list[str]:
    """Book for several people with one contact, in one batch."""
    wishes = [
        house.request(
            person,
            slot or house.slots()[person % 4],
            person={**house.person(person), **({"email": EMAIL} | contact)},
        )
        for person in persons
    ]
    return [outcome(answer) for answer in house.book(*wishes)]


def test_a_family_of_five_books_and_the_sixth_is_told_what_to_do(house: House) -> None:
    assert family(house, *range(1, 6)) == ["booked"] * MOST
    wish = house.request(6, house.slots()[0], person={**house.person(6), "email": EMAIL})
    (refusal,) = house.book(wish)
    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.details) == ("too_many_for_contact", {"most": MOST})
    assert "applicant's own number or address" in refusal.message
    house.check()


def test_within_one_batch_no_more_are_taken_either(house: House) -> None:
    answers = Counter(family(house, *range(1, 9)))
    assert answers == {"booked": MOST, "too_many_for_contact": 3}
    house.check()


def test_a_place_that_somebody_of_the_family_did_not_get_is_another_ones(house: House) -> None:
    full = house.slots()[0]
    house.shrink(day=DAY, per_slot=2)
    house.booked(20, full)
    house.booked(21, full)
    wishes = [
        house.request(
            person,
            full if person < 4 else house.slots()[person % 4 + 1],
            person={**house.person(person), "email": EMAIL},
        )
        for person in range(1, 9)
    ]
    answers = Counter(outcome(answer) for answer in house.book(*wishes))
    assert answers == {"slot_full": 3, "booked": MOST}
    house.check()


def test_capitals_and_spaces_make_no_other_contact(house: House) -> None:
    assert family(house, *range(1, 6)) == ["booked"] * MOST
    assert family(house, 6, email="KELUARGA@Example.org") == ["too_many_for_contact"]
    assert family(house, 7, email="", phone="0812 3456 7890") == ["booked"]
    assert family(house, *range(8, 12), email="", phone="+62 812-3456-7890") == ["booked"] * 4
    assert family(house, 12, phone="081234567890", email="lain@example.org") == ["too_many_for_contact"]


def test_a_cancelled_ticket_does_not_count_and_a_moved_one_counts_once(house: House) -> None:
    token = house.booked(1, house.slots()[0], person={**house.person(1), "email": EMAIL})
    assert family(house, *range(2, 6)) == ["booked"] * 4
    house.do(changes.reschedule, token=token, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=NOW)
    assert family(house, 6) == ["too_many_for_contact"]
    (moved,) = house.rows(
        select(people.c.ticket_id)
        .where(people.c.masked_identity.like("%0001"))
        .order_by(people.c.ticket_id.desc())
        .limit(1)
    )
    house.do(changes.cancel, token=house.office.token(moved.ticket_id), revision=None, now=NOW)
    assert family(house, 6) == ["booked"]
    house.check()


def test_a_held_place_is_counted_as_any_other(house: House) -> None:
    assert family(house, *range(1, 5)) == ["booked"] * 4
    tokens = [
        house.office.token(house.do(holding.hold, slot_id=house.slots()[0], now=NOW).id) for _ in range(2)
    ]
    assert family(house, 5, slot=tokens[0]) + family(house, 6, slot=tokens[1]) == [
        "booked",
        "too_many_for_contact",
    ]
    house.check()


def test_without_a_limit_nobody_counts(house: House) -> None:
    house.office.agency = replace(house.office.agency, contact_limits=())
    assert family(house, *range(1, 9)) == ["booked"] * 8


def test_what_is_kept_of_a_contact_names_nobody(house: House) -> None:
    family(house, 1, phone="081234567890")
    (row,) = house.rows(select(people.c.phone_hash, people.c.email_hash))
    assert row.email_hash == house.office.person_hash(f"email:{EMAIL}")
    assert row.phone_hash == house.office.person_hash("phone:+6281234567890")


def test_batches_at_the_same_moment_keep_to_the_limit_and_without_locks_each_would_take_its_own(
    lone_postgres_house: House,
) -> None:
    """The negative control: without locks all of them have counted before anybody books."""
    house = lone_postgres_house
    slots = [*house.slots(), *house.slots(NEXT_DAY)]

    def answers(persons: range, *, locked: bool) -> Counter[str]:
        party: dict[str, Any] = {"url": house.url, "persons": [*persons], "slots": slots, "locked": locked}
        return Counter(send("one_contact", party, module="batch_crowds")[0]["answers"])

    assert answers(range(1, 9), locked=True) == {"booked": MOST, "too_many_for_contact": 3}
    house.check()
    house.empty()
    assert answers(range(1, 9), locked=False) == {"booked": 8}
    assert answers(range(9, 11), locked=True) == {"too_many_for_contact": 2}
    house.check()


def test_families_that_share_contacts_crosswise_never_wait_for_each_other_in_a_circle(
    postgres_house: House,
) -> None:
    """Each batch has two people whose contacts are those of the others, in another order."""
    house = postgres_house
    parties = [{"url": house.url, "first": 100 * number, "rounds": 20, "seed": number} for number in (1, 2)]
    counts: Counter[str] = Counter()
    for party in send("crossing_contacts", *parties, module="batch_crowds"):
        counts.update(party["answers"])
    assert set(counts) == {"booked", "too_many_for_contact"}
    held = house.rows(select(people.c.email_hash).where(people.c.email_hash.is_not(None)))
    assert set(Counter(row.email_hash for row in held).values()) == {MOST}
    house.check()
