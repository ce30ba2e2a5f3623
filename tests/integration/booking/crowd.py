"""What crowds have in common: many citizens or officers at once, on real threads of a process of their own.

The tests of this stage run in a process whose threads are green, where nothing happens at the very same
moment. So they send crowds: `python -m tests.integration.booking.crowds NAME`, with the arguments as one line
of JSON on standard input. It answers `ready`, waits for another line, acts, and prints what came of it.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from gerai_booking.models.tickets import tickets as ticket_table
from gerai_booking.usecases import (
    booking,
)
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State
from sqlalchemy import select, text

from tests.integration.booking.house import House

THREADS = 8
PATIENCE = 20.0
Outcomes = dict[str, Any]


def attempt(work: Callable[[], str]) -> str:
    """What came of a piece of work: its answer, a refusal's code, or the error that nobody foresaw."""
    try:
        return work()
    except Refused as refusal:
        return refusal.code
    except Exception as error:  # noqa: BLE001 - told to the test, which accepts none
        return f"ERROR {type(error).__name__}: {error}"


def a_ticket(house: House, dice: random.Random, state: State) -> str | None:
    """The token of any ticket in a state."""
    rows = house.rows(select(ticket_table.c.id).where(ticket_table.c.state == state.value))
    return house.office.token(dice.choice(rows).id) if rows else None


def told(answers: dict[str, Any], batch: list[booking.BookingRequest]) -> list[str]:
    """What came of each request: a refusal's code, or the ticket."""
    found = [answers[request.key] for request in batch]
    return [answer.code if isinstance(answer, Refused) else answer["token"] for answer in found]


def wait_for_a_waiter(house: House, *, unless: Callable[[], bool]) -> bool:
    """Wait until a session of this database waits for another one's lock; False when nobody needs to."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not unless():
        if house.rows(waiting)[0][0]:
            return True
        time.sleep(0.01)
    return False


def run_together(work: Callable[[], None], count: int) -> None:
    """Run the same work in several threads that begin at the same moment."""
    barrier = threading.Barrier(count)

    def begin() -> None:
        barrier.wait(PATIENCE)
        work()

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for_the_word() -> None:
    """Say that everything is prepared, and wait for the word."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def act_as_one_of(*crowds: Callable[..., Outcomes]) -> None:
    """Be the one of these crowds that the command line names."""
    arguments = json.loads(sys.stdin.readline())
    by_name = {crowd.__name__: crowd for crowd in crowds}
    sys.stdout.write(json.dumps(by_name[sys.argv[1]](**arguments)) + "\n")
