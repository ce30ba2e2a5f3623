"""Crowds whose batches and contacts get in the way of each other; see crowd.py for how they are sent."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any

from gerai_booking.models import tickets
from gerai_booking.models.tickets import tickets as ticket_table
from gerai_booking.usecases import (
    booking,
    changes,
    contacts,
    holding,
)
from gerai_shared.ticket import State
from sqlalchemy import Select, update

from tests.integration.booking.crowd import (
    PATIENCE,
    THREADS,
    Outcomes,
    a_ticket,
    act_as_one_of,
    attempt,
    told,
    wait_for_a_waiter,
    wait_for_the_word,
)
from tests.integration.booking.house import NOW, TODAY, House, outcome


def overtaken(url: str, *, first: list[list[Any]], second: list[list[Any]]) -> Outcomes:
    """A batch is written and not yet committed when a second one comes; [person, place, key] each.

    The first one commits when the second one waits for it, as the database tells.
    """
    house = House(url)
    batches = [
        [house.request(person, place, key=key) for person, place, key in batch] for batch in (first, second)
    ]
    written, may_commit = threading.Event(), threading.Event()

    def lead() -> list[str]:
        with house.database.transaction() as session:
            answers = booking.book_batch(session, house.office, batches[0], now=NOW)
            written.set()
            may_commit.wait(PATIENCE)
        return told(answers, batches[0])

    def follow() -> list[str]:
        written.wait(PATIENCE)
        with house.database.transaction() as session:
            answers = booking.book_batch(session, house.office, batches[1], now=NOW)
        return told(answers, batches[1])

    wait_for_the_word()
    with ThreadPoolExecutor(2) as pool:
        leading, following = pool.submit(lead), pool.submit(follow)
        waited = wait_for_a_waiter(house, unless=following.done)
        may_commit.set()
        result = {"first": leading.result(), "second": following.result(), "waited": waited}
    house.database.close()
    return result


def crossing(url: str, *, batches: list[list[list[Any]]]) -> Outcomes:
    """Two batches write the same people: each stops after its first statement until the other has made one, too."""
    house = House(url)
    barrier = threading.Barrier(2)
    add, save = tickets.add, tickets.save
    begun = threading.local()

    def pause() -> None:
        if not getattr(begun, "yes", False):
            begun.yes = True
            # Once the other one waits for us in the database, it will not come here.
            with suppress(threading.BrokenBarrierError):
                barrier.wait(1.0)

    def add_and_pause(*args: Any, **kwargs: Any) -> Any:
        added = add(*args, **kwargs)
        if args[1]:
            pause()
        return added

    def save_and_pause(*args: Any, **kwargs: Any) -> None:
        save(*args, **kwargs)
        pause()

    tickets.add, tickets.save = add_and_pause, save_and_pause
    wanted = [[house.request(person, place, key=key) for person, place, key in batch] for batch in batches]
    wait_for_the_word()
    with ThreadPoolExecutor(2) as pool:
        found = [
            pool.submit(attempt, lambda batch=batch: ",".join(map(outcome, house.book(*batch))))
            for batch in wanted
        ]
        answers = [future.result() for future in found]
    house.database.close()
    return {"answers": answers}


def bustle(url: str, *, slots: list[list[str]], rounds: int, seed: int) -> Outcomes:
    """Eight threads book, hold, take up, move and cancel over two days, each in an order of its own."""
    house = House(url, pool_size=THREADS)
    counts: dict[str, int] = {}
    guard = threading.Lock()

    def work(number: int) -> None:
        dice = random.Random(seed * 1000 + number)
        for turn in range(rounds):
            answer = attempt(lambda turn=turn: one_act(house, slots, dice, f"{seed}-{number}-{turn}"))
            with guard:
                counts[answer] = counts.get(answer, 0) + 1

    wait_for_the_word()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    house.database.close()
    return {"answers": counts}


def one_act(house: House, slots: list[list[str]], dice: random.Random, mark: str) -> str:
    """Do one thing by chance; what came of it."""
    anywhere = dice.choice(dice.choice(slots))
    act = dice.choice(["book", "book", "hold", "move", "move", "cancel"])
    if act == "book":
        people = dice.sample(range(1, 17), 5)
        wishes = [(person, dice.choice(dice.choice(slots))) for person in people]
        held = a_ticket(house, dice, State.HELD)
        if held:
            wishes[0] = (people[0], held)
        batch = [house.request(person, place, key=f"key-{mark}-{person}") for person, place in wishes]
        return ",".join(sorted({outcome(answer) for answer in house.book(*batch)}))
    if act == "hold":
        house.do(holding.hold, slot_id=anywhere, holder=None, now=NOW)
        return "held"
    token = a_ticket(house, dice, State.BOOKED)
    if token is None:
        return "nothing"
    if act == "move":
        house.do(changes.reschedule, token=token, slot_id=anywhere, revision=None, now=NOW)
    else:
        house.do(changes.cancel, token=token, revision=None, now=NOW)
    return act


def one_contact(url: str, *, persons: list[int], slots: list[str], locked: bool) -> Outcomes:
    """Several people book at once with one e-mail address; without locks all count before anybody books."""
    house = House(url, pool_size=len(persons))
    barrier = threading.Barrier(len(persons))
    count = booking.contacts_of

    def count_and_wait(*args: Any, **kwargs: Any) -> Any:
        counted = count(*args, **kwargs)
        barrier.wait(PATIENCE)
        return counted

    if not locked:
        contacts.lock = lambda *_: None  # type: ignore[assignment]
        booking.contacts_of = count_and_wait  # type: ignore[assignment]

    def book(person: int) -> str:
        shared = {**house.person(person), "email": "Keluarga@example.org"}
        return outcome(*house.book(house.request(person, slots[person % len(slots)], person=shared)))

    wait_for_the_word()
    with ThreadPoolExecutor(len(persons)) as pool:
        answers = list(pool.map(lambda person: attempt(lambda: book(person)), persons))
    house.database.close()
    return {"answers": answers}


def crossing_contacts(url: str, *, first: int, rounds: int, seed: int) -> Outcomes:
    """Eight threads book for three people at a time, each with one of four addresses, in any order."""
    house = House(url, pool_size=THREADS)
    dice = random.Random(seed)
    hours = [*house.slots(), *house.slots(TODAY)[3:]]
    batches = [
        [
            house.request(
                first + 3 * number + each,
                dice.choice(hours),
                person={**house.person(first + 3 * number + each), "email": f"k{address}@example.org"},
            )
            for each, address in enumerate(dice.sample(range(4), 3))
        ]
        for number in range(rounds)
    ]

    def book(batch: list[booking.BookingRequest]) -> list[str]:
        return [outcome(answer) for answer in house.book(*batch)]

    answers: list[str] = []
    wait_for_the_word()
    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(book, batches):
            answers += found
    house.database.close()
    return {"answers": Counter(answers)}


def move_at_once(url: str, *, token: str, slots: list[str], now: str, guarded: bool) -> Outcomes:
    """A missed ticket is moved to every slot at the same moment; unguarded, all look before anybody moves."""
    house = House(url, pool_size=len(slots))
    barrier = threading.Barrier(len(slots))
    look = changes.load_ticket

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        ticket = look(*args, **kwargs)
        barrier.wait(PATIENCE)
        return ticket

    def save_blindly(session: Any, before: Any, after: Any, **_: Any) -> None:
        change = update(ticket_table).where(ticket_table.c.id == before.id)
        session.execute(change.values(**tickets.row_of(after)))

    if not guarded:
        changes.load_ticket = look_and_wait  # type: ignore[assignment]
        tickets.save = save_blindly  # type: ignore[assignment]
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]

    def move(slot: str) -> str:
        at = datetime.fromisoformat(now)
        house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=at)
        return "moved"

    wait_for_the_word()
    with ThreadPoolExecutor(len(slots)) as pool:
        answers = list(pool.map(lambda slot: attempt(lambda: move(slot)), slots))
    house.database.close()
    return {"answers": answers}


if __name__ == "__main__":
    act_as_one_of(overtaken, crossing, bustle, one_contact, crossing_contacts, move_at_once)
