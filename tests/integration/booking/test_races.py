"""Many at once, on real threads and in several processes: nothing is sold twice, nobody waits in a circle."""

from collections import Counter
from datetime import timedelta

import pytest
from gerai_booking.models.places import day_quotas, slots
from gerai_booking.models.plan import quotas
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.quota import PRIORITY, WALK_IN, Bound
from gerai_booking.usecases import holding, intake
from sqlalchemy import delete, distinct, func, select, text

from tests.integration.booking.house import COUNTERS, DAY, NEXT_DAY, NOW, SERVICE, SITE, House
from tests.integration.booking.sending import send
from tests.integration.booking.test_quotas import set_quota

CITIZENS, PLACES = 400, 140


def sold(house: House) -> tuple[int, int, int]:
    """Tickets, people who have one, and places taken of DAY in Serang."""
    query = select(func.count(), func.count(distinct(tickets.c.person_hash))).where(tickets.c.day == DAY)
    row = house.rows(query)[0]
    return row[0], row[1], house.taken_of_day(DAY)


def parties(house: House, processes: int) -> list[dict[str, object]]:
    share = -(-CITIZENS // processes)
    return [
        {
            "url": house.url,
            "first": 1 + number * share,
            "count": min(share, CITIZENS - number * share),
            "slots": house.slots(),
            "seed": number,
        }
        for number in range(processes)
    ]


@pytest.mark.parametrize(("kind", "processes"), [("postgres", 3), ("sqlite", 1)])
def test_400_citizens_at_once_get_the_140_places_of_a_day_and_no_other(
    request: pytest.FixtureRequest, kind: str, processes: int
) -> None:
    house: House = request.getfixturevalue(f"{kind}_house")
    answers = Counter(
        answer for party in send("rush", *parties(house, processes)) for answer in party["answers"]
    )
    assert sum(answers.values()) == CITIZENS
    assert answers["booked"] == PLACES
    assert set(answers) <= {"booked", "slot_full", "day_full"}
    assert sold(house) == (PLACES, PLACES, PLACES)
    house.check()


def test_the_last_places_of_a_day_are_sold_once_and_without_locks_they_would_be_oversold(
    lone_postgres_house: House,
) -> None:
    """The negative control: the same crowd oversells when all look before anybody takes."""
    house = lone_postgres_house
    house.shrink(day=DAY, places=4)
    (locked,) = send("look_then_take", {"url": house.url, "slots": house.slots(), "locked": True})
    assert Counter(locked["answers"]) == {"booked": 4, "day_full": 3}
    assert sold(house) == (4, 4, 4)
    house.check()

    house.empty()
    without_last_word(house)
    (unlocked,) = send("look_then_take", {"url": house.url, "slots": house.slots(), "locked": False})
    assert Counter(unlocked["answers"]) == {"booked": 7}
    assert sold(house) == (7, 7, 7)
    with pytest.raises(AssertionError):
        house.check()


def test_twenty_officers_give_the_last_numbers_to_walk_ins_once_and_without_locks_they_would_give_more(
    lone_postgres_house: House,
) -> None:
    house = lone_postgres_house
    set_quota(house, Bound(channel=WALK_IN), 5)
    (locked,) = send("walk_in_at_once", {"url": house.url, "locked": True})
    assert Counter(locked["answers"]) == {"given": 5, "walk_in_full": 15}
    house.check()

    house.empty()
    without_last_word(house)
    (unlocked,) = send("walk_in_at_once", {"url": house.url, "locked": False})
    assert Counter(unlocked["answers"]) == {"given": 20}
    with pytest.raises(AssertionError):
        house.check()


def test_who_waited_for_a_change_of_the_plan_books_by_it_and_in_one_statement_would_not(
    lone_postgres_house: House,
) -> None:
    house = lone_postgres_house
    (locked,) = send("replanned", {"url": house.url, "locked": True}, module="plan_crowds")
    assert locked == {"waited": True, "answer": "day_full"}
    house.check()

    house.change(
        delete(day_quotas).where(day_quotas.c.service == SERVICE),
        delete(quotas).where(quotas.c.service == SERVICE),
    )
    (unlocked,) = send("replanned", {"url": house.url, "locked": False}, module="plan_crowds")
    assert unlocked == {"waited": True, "answer": "booked"}
    with pytest.raises(AssertionError):
        house.check()


def test_of_two_plans_at_once_both_hold_and_without_the_lock_one_would_be_lost(
    lone_postgres_house: House,
) -> None:
    house = lone_postgres_house

    def planned() -> set[str]:
        wanted = (day_quotas.c.site == SITE, day_quotas.c.day == DAY, day_quotas.c.capacity == 7)
        return {row.channel for row in house.rows(select(day_quotas.c.channel).where(*wanted))}

    (locked,) = send("two_plans", {"url": house.url, "locked": True}, module="plan_crowds")
    assert (locked["answers"], planned()) == (["changed"] * 2, {WALK_IN, PRIORITY})

    house.change(
        delete(quotas).where(quotas.c.places == 7), delete(day_quotas).where(day_quotas.c.capacity == 7)
    )
    (unlocked,) = send("two_plans", {"url": house.url, "locked": False}, module="plan_crowds")
    assert unlocked["answers"] == ["changed"] * 2
    assert len(planned()) < 2


def without_last_word(house: House) -> None:
    """Take the constraints away that would refuse what the code above them let through."""
    house.change(
        *(
            text(f"ALTER TABLE {table.name} DROP CONSTRAINT ck_{table.name}_taken_within_capacity")
            for table in (slots, day_quotas)
        )
    )


def test_the_database_refuses_an_oversold_day_even_without_locks(postgres_house: House) -> None:
    house = postgres_house
    house.shrink(day=DAY, places=4)
    (unlocked,) = send("look_then_take", {"url": house.url, "slots": house.slots(), "locked": False})
    answers = Counter(answer.split(":")[0] for answer in unlocked["answers"])
    assert answers == {"booked": 4, "ERROR IntegrityError": 3}
    assert sold(house) == (4, 4, 4)


@pytest.mark.parametrize("locked", [True, False])
def test_twenty_officers_call_twenty_people_and_without_the_lock_all_would_call_the_same(
    postgres_house: House, locked: bool
) -> None:
    house = postgres_house
    for minute in range(20):
        desk = house.desk(now=NOW + timedelta(minutes=minute))
        house.do(intake.walk_in, desk, service=SERVICE, priority=False)
    party = {"url": house.url, "now_minutes": 30, "locked": locked}
    (called,) = send("call_at_once", party)
    answers = Counter(called["answers"])
    if locked:
        assert answers == {f"A-{count:03d}": 1 for count in range(1, len(COUNTERS) + 1)}
    else:
        # The negative control: all chose the first one, whose revision let one of them have her.
        assert answers == {"A-001": 1, "stale_revision": len(COUNTERS) - 1}
    house.check()


def test_the_same_key_twice_at_once_is_one_ticket_and_one_answer(postgres_house: House) -> None:
    house = postgres_house
    wish = [1, house.slots()[0], "key-0001"]
    (came,) = send("overtaken", {"url": house.url, "first": [wish], "second": [wish]}, module="batch_crowds")
    assert came["waited"] is True
    assert came["first"] == came["second"]
    assert sold(house) == (1, 1, 1)
    house.check()


def test_the_same_key_at_once_with_another_body_is_refused(postgres_house: House) -> None:
    house = postgres_house
    one, other = house.slots()[:2]
    party = {"url": house.url, "first": [[1, one, "key-0001"]], "second": [[1, other, "key-0001"]]}
    (came,) = send("overtaken", party, module="batch_crowds")
    assert came["second"] == ["idempotency_key_reused"]
    assert (house.taken(one), house.taken(other)) == (1, 0)
    house.check()


def test_a_key_that_was_refused_at_that_very_moment_is_carried_out(postgres_house: House) -> None:
    """The second one waits for the first one's claim, which a refusal then gives back."""
    house = postgres_house
    slot = house.slots()[0]
    party = {
        "url": house.url,
        "first": [[1, "nowhere", "key-0001"]],
        "second": [[1, slot, "key-0001"]],
    }
    (came,) = send("overtaken", party, module="batch_crowds")
    assert came["first"] == ["unknown_slot"]
    assert came["second"][0].startswith("immigration.")
    assert house.taken(slot) == 1
    house.check()


def test_the_same_person_in_two_batches_at_once_is_booked_once_and_the_place_comes_back(
    postgres_house: House,
) -> None:
    """On two days, so that only the index of open tickets stands between them; the neighbour is booked."""
    house = postgres_house
    here, there = house.slots(DAY)[0], house.slots(NEXT_DAY)[0]
    party = {
        "url": house.url,
        "first": [[1, here, "key-0001"]],
        "second": [[1, there, "key-0002"], [2, there, "key-0003"]],
    }
    (came,) = send("overtaken", party, module="batch_crowds")
    assert came["waited"] is True
    assert came["second"][0] == "open_ticket_exists"
    assert came["second"][1].startswith("immigration.")
    assert (house.taken(here), house.taken(there)) == (1, 1)
    house.check()


def test_a_hold_and_a_booking_of_one_person_at_once_become_one_ticket(postgres_house: House) -> None:
    house = postgres_house
    here, there = house.slots(DAY)[0], house.slots(NEXT_DAY)[0]
    held = house.office.token(house.do(holding.hold, slot_id=there, holder=None, now=NOW).id)
    party = {"url": house.url, "first": [[1, here, "key-0001"]], "second": [[1, held, "key-0002"]]}
    (came,) = send("overtaken", party, module="batch_crowds")
    assert (came["waited"], came["second"]) == (True, ["open_ticket_exists"])
    house.check()


def test_two_batches_that_meet_the_same_people_crosswise_never_wait_in_a_circle(
    postgres_house: House,
) -> None:
    """Each books an hour for one person and takes up a hold for the other."""
    house = postgres_house
    here, there = house.slots(DAY)[0], house.slots(NEXT_DAY)[0]
    holds = [
        house.office.token(house.do(holding.hold, slot_id=slot, holder=None, now=NOW).id)
        for slot in (here, there)
    ]
    batches = [
        [[1, holds[0], "key-0001"], [2, here, "key-0002"]],
        [[2, holds[1], "key-0003"], [1, there, "key-0004"]],
    ]
    (came,) = send("crossing", {"url": house.url, "batches": batches}, module="batch_crowds")
    assert sorted(came["answers"]) == ["booked,booked", "open_ticket_exists,open_ticket_exists"]
    house.check()


def test_a_bustle_over_two_days_ends_in_refusals_at_most(postgres_house: House) -> None:
    house = postgres_house
    for day in (DAY, NEXT_DAY):
        house.shrink(day=day, places=12, per_slot=3)
    hours = [house.slots(DAY), house.slots(NEXT_DAY)]
    parties = [
        {"url": house.url, "slots": hours[:: 1 - 2 * seed], "rounds": 40, "seed": seed} for seed in (0, 1)
    ]
    answers: Counter[str] = Counter()
    for party in send("bustle", *parties, module="batch_crowds"):
        answers.update(party["answers"])
    assert sum(answers.values()) == 2 * 8 * 40
    assert [answer for answer in answers if answer.startswith("ERROR")] == []
    assert {"held", "move", "cancel"} <= set(answers)
    assert any("booked" in answer for answer in answers)
    house.check()
