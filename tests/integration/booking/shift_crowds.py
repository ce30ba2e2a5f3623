"""Officers who open counters at the same moment; see crowd.py for how they are sent."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gerai_booking.models import shifts as shift_table
from gerai_booking.rules.shifts import Shift
from gerai_booking.usecases import shifts
from gerai_booking.usecases.desk import Desk
from gerai_shared.accounts import Officer
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from tests.integration.booking.crowd import PATIENCE, Outcomes, act_as_one_of, attempt, wait_for_the_word
from tests.integration.booking.house import NOW, SITE, House

INDEXES = ("uq_counter_sessions_open_counter", "uq_counter_sessions_open_officer")
#: Pairs of (officer, counter) that meet.
MEETINGS = {
    "one counter": (("first", "101"), ("second", "101")),
    "one officer": (("first", "101"), ("first", "102")),
}
Step = Callable[..., None]


def open_at_once(url: str, *, indexed: bool) -> Outcomes:
    """The two of each meeting open a counter when both have seen that it is free.

    Not `indexed`, the database lets one counter have two officers, and one officer two counters.
    """
    house = House(url)
    if not indexed:
        house.change(*(text(f"DROP INDEX {name}") for name in INDEXES))
    wait_for_the_word()
    met = {}
    for name, pair in MEETINGS.items():
        house.change(delete(shift_table.counter_sessions))
        met[name] = meet(house, shifts.open_counter, pair)
    house.database.close()
    return met


def swap_at_once(url: str) -> Outcomes:
    """Each of two officers takes over the counter that the other one has open."""
    house = House(url)
    for officer_id, counter in MEETINGS["one officer"][0], ("second", "102"):
        step_of(house, shifts.open_counter, officer_id, counter)
    wait_for_the_word()
    met = meet(house, shifts.take_over, (("first", "102"), ("second", "101")))
    house.database.close()
    return met


def meet(house: House, step: Step, pair: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Have both take a step when both have looked who has the counter, and then what else the officer has."""
    both_looked, looked = threading.Barrier(2), threading.local()
    look = shift_table.open_of

    def look_and_wait(session: Session, officer_id: str) -> Shift | None:
        found = look(session, officer_id)
        if not getattr(looked, "once", False):
            looked.once = True
            both_looked.wait(PATIENCE)
        return found

    shift_table.open_of = look_and_wait
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda each: attempt(lambda: step_of(house, step, *each)), pair))
    shift_table.open_of = look
    sessions = shift_table.counter_sessions
    count = house.rows(select(func.count()).where(sessions.c.closed_at.is_(None)))[0][0]
    return {"answers": sorted(answers), "open": count}


def step_of(house: House, step: Step, officer_id: str, counter: str) -> str:
    """One officer's step at a counter."""
    officer = Officer(id=officer_id, username=officer_id, name=officer_id.title(), role="officer")
    house.do(step, Desk(site=SITE, counter=counter, officer_id=officer_id, now=NOW), officer=officer)
    return "opened"


if __name__ == "__main__":
    act_as_one_of(open_at_once, swap_at_once)
