"""Crowds: many citizens or officers at once, on real threads of a process of their own.

The tests of this stage run in a process whose threads are green, where nothing happens at the very same
moment. So they send crowds: `python -m tests.integration.booking.crowds NAME`, with the arguments as one line
of JSON on standard input. It answers `ready`, waits for another line, acts, and prints what came of it.
"""

import json
import random
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from gerai_booking.models import places, tickets, waiting_room
from gerai_booking.models import plan as plan_table
from gerai_booking.models.places import day_quotas
from gerai_booking.models.tickets import tickets as ticket_table
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.quota import ONLINE, PRIORITY, WALK_IN, Bound
from gerai_booking.usecases import (
    booking,
    changes,
    contacts,
    directive_runs,
    directives,
    floor,
    holding,
    intake,
)
from gerai_booking.usecases import plan as planning
from gerai_booking.usecases.capacities import Rules
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.waiting_room import enter
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State
from sqlalchemy import Select, select, text, tuple_, update
from sqlalchemy.orm import Session

from tests.integration.booking.house import COUNTERS, DAY, NOW, SERVICE, SITE, TODAY, House, outcome

THREADS = 8
CENTRE = Officer(id="centre", username="pusat", name="Pusat Uji", role="central")
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
    claim = tickets.claim_next

    def look(session: Any, *, site: str, day: Any, services: Any, agency: str) -> Any:
        waiting = tickets.of_day(
            session, site=site, day=day, states=[State.CHECKED_IN], agency=agency, services=services
        )
        return waiting[0] if waiting else None

    def choose(*args: Any, **kwargs: Any) -> Any:
        chosen = (claim if locked else look)(*args, **kwargs)
        barrier.wait(PATIENCE)
        return chosen

    tickets.claim_next = choose
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


def replanned(url: str, *, locked: bool) -> Outcomes:
    """A supervisor puts a quota of no places beside a day's others, and commits when a booking waits for that.

    Not `locked`, all rows of a day are read by the statement that locks them, as if it were enough.
    """
    house = House(url)
    written, may_commit = threading.Event(), threading.Event()
    if not locked:
        places.lock_days = lock_in_one_statement

    def lead() -> None:
        with house.database.transaction() as session:
            change_plan(session, house, Bound(SERVICE, ONLINE), 0)
            written.set()
            may_commit.wait(PATIENCE)

    def follow() -> str:
        written.wait(PATIENCE)
        return outcome(house.book(house.request(1, house.slots()[0]))[0])

    wait_for_the_word()
    with ThreadPoolExecutor(2) as pool:
        leading, following = pool.submit(lead), pool.submit(attempt, follow)
        waited = wait_for_a_waiter(house, unless=following.done)
        may_commit.set()
        leading.result()
        result = {"waited": waited, "answer": following.result()}
    house.database.close()
    return result


def lock_in_one_statement(session: Session, days: Any) -> Any:
    """What `places.lock_days` must not be."""
    left: Any = {day: {} for day in days}
    rows = select(day_quotas).where(tuple_(day_quotas.c.site, day_quotas.c.day).in_(list(left)))
    for row in session.execute(rows.with_for_update()):
        here = None if row.capacity is None else row.capacity - row.taken
        left[row.site, row.day][Bound(row.service, row.channel)] = here
    return left


def two_plans(url: str, *, locked: bool) -> Outcomes:
    """Two supervisors change the plan at once; without its lock both have read it before either writes."""
    house = House(url)
    barrier = threading.Barrier(2)
    read = planning.rules_of

    def read_and_wait(session: Session, office: Office, site: Site) -> Rules:
        rules = read(session, office, site)
        barrier.wait(PATIENCE)
        return rules

    if not locked:
        plan_table.lock = lambda *_: None
        plan_table.next_version = lambda *_: 1
        planning.rules_of = read_and_wait

    def change(bound: Bound) -> str:
        with house.database.transaction() as session:
            change_plan(session, house, bound, 7)
        return "changed"

    wait_for_the_word()
    bounds = [Bound(channel=WALK_IN), Bound(channel=PRIORITY)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda bound: attempt(lambda: change(bound)), bounds))
    house.database.close()
    return {"answers": answers}


def change_plan(session: Session, house: House, bound: Bound, count: int) -> None:
    """Put a quota in the plan from today on."""
    supervisor = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
    change = planning.Change(officer=supervisor, why="Karena sedang diuji", now=NOW)
    dates = {"valid_from": TODAY, "valid_to": None}
    planning.set_quota(
        session, house.office, change, site=SITE, bound=bound, places_a_day=count, basis="Uji", **dates
    )


def order_against_booking(url: str, *, directive: str, place: str, locked: bool) -> Outcomes:
    """An order comes when a booking has looked for orders, found none, and is not committed yet.

    The booking commits when the order waits for it; without locks, when the order has been carried out.
    """
    house = House(url)
    written, may_commit = threading.Event(), threading.Event()
    if not locked:
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]
    request = house.request(1, place, service=SERVICE)

    def book() -> str:
        with house.database.transaction() as session:
            answers = booking.book_batch(session, house.office, [request], now=NOW)
            written.set()
            may_commit.wait(PATIENCE)
        return outcome(answers[request.key])

    def close() -> None:
        written.wait(PATIENCE)
        house.do(directives.put_in_force, directive, treatment="offer", officer=CENTRE, now=NOW)
        directive_runs.carry_out(house.database, house.office, directive, now=NOW)

    wait_for_the_word()
    with ThreadPoolExecutor(2) as pool:
        leading, following = pool.submit(book), pool.submit(close)
        waited = wait_for_a_waiter(house, unless=following.done)
        may_commit.set()
        result = {"booked": leading.result(), "waited": waited}
        following.result()
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


CROWDS: dict[str, Callable[..., Outcomes]] = {
    crowd.__name__: crowd
    for crowd in (
        rush,
        look_then_take,
        draw_at_once,
        walk_in_at_once,
        call_at_once,
        overtaken,
        replanned,
        two_plans,
        order_against_booking,
        crossing,
        bustle,
        walk_in_at_once,
        call_at_once,
        overtaken,
        crossing,
        bustle,
        one_contact,
        crossing_contacts,
        move_at_once,
    )
}

if __name__ == "__main__":
    arguments = json.loads(sys.stdin.readline())
    sys.stdout.write(json.dumps(CROWDS[sys.argv[1]](**arguments)) + "\n")
