"""Crowds around the waiting list; see crowd.py for how they are sent."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

from gerai_booking.models import places
from gerai_booking.models.waiting_list import waiting_list
from gerai_booking.usecases import changes, holding
from gerai_booking.usecases import waiting_list as usecase
from gerai_shared.ticket import State
from sqlalchemy import Select, select

from tests.integration.booking.crowd import (
    PATIENCE,
    THREADS,
    Outcomes,
    a_ticket,
    act_as_one_of,
    attempt,
    wait_for_the_word,
)
from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.waiting import join, seen


def offer_at_once(url: str, *, locked: bool) -> Outcomes:
    """Eight processes look after who waits; without locks all have looked before anybody offers."""
    house = House(url, pool_size=THREADS)
    barrier = threading.Barrier(THREADS)
    look = places.lock_days

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        left = look(*args, **kwargs)
        barrier.wait(PATIENCE)
        return left

    if not locked:
        places.lock_days = look_and_wait
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]

    def offer() -> str:
        house.do(usecase.make_offers, site=SITE, day=DAY, now=NOW)
        return "looked"

    wait_for_the_word()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: attempt(offer), range(THREADS)))
    house.database.close()
    return {"answers": answers}


def miss_at_once(url: str, *, at: str, locked: bool) -> Outcomes:
    """Eight look for missed visits; without locks all have looked before anybody gives a place back."""
    house = House(url, pool_size=THREADS)
    barrier = threading.Barrier(THREADS)
    give_back = places.give_back

    def wait_and_give_back(*args: Any, **kwargs: Any) -> None:
        # Behind the last look: what a ticket was counted in is read once more before it is given back.
        barrier.wait(PATIENCE)
        give_back(*args, **kwargs)

    if not locked:
        places.give_back = wait_and_give_back
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]

    def offer() -> str:
        house.do(usecase.make_offers, site=SITE, day=TODAY, now=datetime.fromisoformat(at))
        return "looked"

    wait_for_the_word()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: attempt(offer), range(THREADS)))
    house.database.close()
    return {"answers": answers}


def come_late(url: str, *, at: str, tokens: list[str]) -> Outcomes:
    """All come after their hour is over, while others look who did not."""
    house, now = House(url, pool_size=THREADS), datetime.fromisoformat(at)

    def work(number: int) -> str:
        if number % 2:
            house.do(usecase.make_offers, site=SITE, day=TODAY, now=now)
            return "looked"
        house.do(changes.check_in, token=tokens[number // 2], now=now)
        return "came"

    wait_for_the_word()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda number: attempt(lambda: work(number)), range(2 * len(tokens))))
    house.database.close()
    return {"answers": answers}


def bustle(url: str, *, rounds: int, seed: int) -> Outcomes:
    """Eight threads wait, cancel, book, take up, leave and look after over two days, as it comes."""
    house = House(url, pool_size=THREADS)
    counts: Counter[str] = Counter()
    guard = threading.Lock()

    def work(number: int) -> None:
        dice = random.Random(seed * 1000 + number)
        for turn in range(rounds):
            answer = attempt(lambda turn=turn: one_act(house, dice, f"{seed}-{number}-{turn}"))
            with guard:
                counts[answer] += 1

    wait_for_the_word()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    house.database.close()
    return {"answers": counts}


def one_act(house: House, dice: random.Random, mark: str) -> str:
    """Do one thing by chance; what came of it."""
    now = NOW + timedelta(minutes=dice.choice([0, 0, 5, 130]))
    act = dice.choice(["join", "join", "book", "hold", "cancel", "cancel", "move", "take", "leave", "look"])
    day: date = dice.choice([DAY, NEXT_DAY])
    slot = dice.choice(house.slots(day))
    person = dice.randrange(1, 60)
    if act == "join":
        join(house, person, first=day, last=NEXT_DAY, now=now)
    elif act == "book":
        return outcome(house.book(house.request(person, slot, key=f"key-{mark}"), now=now)[0])
    elif act == "hold":
        house.do(holding.hold, slot_id=slot, now=now)
    elif act == "look":
        house.do(usecase.make_offers, site=SITE, day=day, now=now)
    elif act in {"cancel", "move"}:
        return give_back(house, dice, act, slot)
    else:
        return answer_offer(house, dice, act, mark)
    return act


def give_back(house: House, dice: random.Random, act: str, slot: str) -> str:
    """Cancel or move any booking."""
    token = a_ticket(house, dice, State.BOOKED)
    if token is None:
        return "nothing"
    if act == "cancel":
        house.do(changes.cancel, token=token, revision=None, now=NOW)
    else:
        house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=NOW)
    return act


def answer_offer(house: House, dice: random.Random, act: str, mark: str) -> str:
    """Leave the list, or try to book what is offered to somebody, as somebody else."""
    rows = house.rows(select(waiting_list.c.id).where(waiting_list.c.state.in_(["waiting", "offered"])))
    if not rows:
        return "nothing"
    token = house.office.entry_token(dice.choice(rows).id)
    if act == "leave":
        house.do(usecase.leave, token=token, now=NOW)
        return "left"
    offer = seen(house, token)["offer"]
    if offer is None:
        return "no offer"
    request = house.request(
        dice.randrange(1, 60), offer["hold_token"], key=f"key-{mark}-{SITE}", service=SERVICE
    )
    return outcome(house.book(request)[0])


if __name__ == "__main__":
    act_as_one_of(offer_at_once, miss_at_once, come_late, bustle)
