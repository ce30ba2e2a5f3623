"""Crowds at the places of a day and at the counters; see crowd.py for how they are sent."""

import random
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from gerai_booking.models import places, queue_order, tickets, waiting_room
from gerai_booking.usecases import (
    booking,
    floor,
    intake,
)
from gerai_booking.usecases.waiting_room import enter
from gerai_shared.ticket import State
from sqlalchemy import Select, update

from tests.integration.booking.crowd import (
    PATIENCE,
    THREADS,
    Outcomes,
    act_as_one_of,
    attempt,
    run_together,
    wait_for_the_word,
)
from tests.integration.booking.house import COUNTERS, DAY, NOW, SERVICE, SITE, House, outcome


def rush(url: str, *, first: int, count: int, slots: list[str], seed: int) -> Outcomes:
    """Citizens `first` and following book one place each, singly and in batches, from eight threads."""
    house = House(url, pool_size=THREADS)
    dice = random.Random(seed)
    queue = deque(house.request(person, slots[person % len(slots)]) for person in range(first, first + count))
    batches: deque[list[booking.BookingRequest]] = deque()
    while queue:
        size = dice.choice([1, 1, 2, 7, 15])
        batches.append([queue.popleft() for _ in range(min(size, len(queue)))])
    answers: list[str] = []

    def serve() -> None:
        while True:
            try:
                batch = batches.popleft()
            except IndexError:
                return
            try:
                answers.extend(outcome(answer) for answer in house.book(*batch))
            except Exception as error:  # noqa: BLE001 - told to the test, which accepts none
                answers.append(f"ERROR {type(error).__name__}: {error}")

    wait_for_the_word()
    run_together(serve, THREADS)
    house.database.close()
    return {"answers": answers}


def look_then_take(url: str, *, slots: list[str], locked: bool) -> Outcomes:
    """A citizen for each slot books at the same moment; without locks all have looked before anybody takes."""
    house = House(url, pool_size=len(slots))
    barrier = threading.Barrier(len(slots))
    look = places.lock_slots

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        left = look(*args, **kwargs)
        barrier.wait(PATIENCE)
        return left

    if not locked:
        places.lock_slots = look_and_wait
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]
    requests = [house.request(person, slot) for person, slot in enumerate(slots, 1)]
    wait_for_the_word()
    with ThreadPoolExecutor(len(slots)) as pool:
        found = pool.map(lambda request: attempt(lambda: outcome(*house.book(request))), requests)
        answers = list(found)
    house.database.close()
    return {"answers": answers}


def draw_at_once(url: str, *, draws: int, guarded: bool) -> Outcomes:
    """Twenty threads draw numbers of one room; unguarded, all read the last one before anybody writes."""
    house = House(url, pool_size=len(COUNTERS))
    barrier = threading.Barrier(len(COUNTERS))

    def read_then_write(session: Any, site: str, room: Any, *, at_least: int) -> int:
        given = max(waiting_room.last_number(session, site, room) + 1, at_least)
        barrier.wait(PATIENCE)
        session.execute(update(waiting_room.rooms).values(last=given))
        return given

    if not guarded:
        waiting_room.next_number = read_then_write

    def draw(thread: int) -> list[str]:
        barrier.wait(PATIENCE)
        return [
            attempt(
                lambda turn=turn: str(
                    house.do(enter, site=SITE, day=DAY, holder=f"{guarded}-{thread}-{turn}", now=NOW).number
                )
            )
            for turn in range(draws)
        ]

    wait_for_the_word()
    with ThreadPoolExecutor(len(COUNTERS)) as pool:
        answers = [answer for drawn in pool.map(draw, range(len(COUNTERS))) for answer in drawn]
    house.database.close()
    return {"answers": answers}


def walk_in_at_once(url: str, *, locked: bool) -> Outcomes:
    """Twenty officers give a number to a walk-in; without locks all have looked before anybody takes."""
    house = House(url, pool_size=len(COUNTERS))
    barrier = threading.Barrier(len(COUNTERS))
    look = places.lock_days

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        left = look(*args, **kwargs)
        barrier.wait(PATIENCE)
        return left

    if not locked:
        places.lock_days = look_and_wait
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]

    def give(counter: str) -> str:
        house.do(intake.walk_in, house.desk(counter), service=SERVICE, priority=False)
        return "given"

    wait_for_the_word()
    with ThreadPoolExecutor(len(COUNTERS)) as pool:
        answers = list(pool.map(lambda counter: attempt(lambda: give(counter)), COUNTERS))
    house.database.close()
    return {"answers": answers}


def call_at_once(url: str, *, now_minutes: int, locked: bool) -> Outcomes:
    """Twenty officers call the next person; all have chosen before anybody writes."""
    house = House(url, pool_size=len(COUNTERS))
    barrier = threading.Barrier(len(COUNTERS))
    claim = queue_order.claim_next

    def look(session: Any, caller: queue_order.Caller, *, agency: str, **_: Any) -> Any:
        waiting = tickets.of_day(
            session,
            site=caller.site,
            day=caller.day,
            states=[State.CHECKED_IN],
            agency=agency,
            services=caller.services,
        )
        return waiting[0] if waiting else None

    def choose(*args: Any, **kwargs: Any) -> Any:
        chosen = (claim if locked else look)(*args, **kwargs)
        barrier.wait(PATIENCE)
        return chosen

    queue_order.claim_next = choose
    now = NOW + timedelta(minutes=now_minutes)
    wait_for_the_word()
    with ThreadPoolExecutor(len(COUNTERS)) as pool:
        answers = list(
            pool.map(
                lambda counter: attempt(
                    lambda: house.do(floor.call_next, house.desk(counter, now=now)).number
                ),
                COUNTERS,
            )
        )
    house.database.close()
    return {"answers": answers}


if __name__ == "__main__":
    act_as_one_of(rush, look_then_take, draw_at_once, walk_in_at_once, call_at_once)
