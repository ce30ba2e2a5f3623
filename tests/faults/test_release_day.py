"""Release day with everything that can go wrong: whoever holds a number of the waiting room keeps it and its turn."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.errand import Answer, ask, person
from tests.support.load import AGAIN, try_once
from tests.support.mall import BreakableMall, prepared_mall
from tests.support.waiting import wait_until

AGENCY, SITE, SERVICE = "legal", "mpp-lebak", "apostille"
DATABASE = f"booking-{AGENCY}"
GATEWAY, BUS, RELAY = "gateway-serve", f"{DATABASE}-bus", f"{DATABASE}-relay"
#: Friday, 4 December 2026, 14.00 in Rangkasbitung: the week of the 7th opens.
RELEASE = datetime(2026, 12, 4, 14, tzinfo=ZoneInfo("Asia/Jakarta"))
DAY = "2026-12-09"
CITIZENS, PLACES = 51, 40
#: Every citizen of a wave is refused once before what is broken comes back.
WAVES = 3
SOON = timedelta(seconds=5)
PATIENCE_SECONDS = 90.0


@pytest.fixture
def early_mall(tmp_path: Path) -> Iterator[BreakableMall]:
    """What a release needs, a quarter of an hour before it."""
    with prepared_mall(tmp_path / "data", only=frozenset({DATABASE, "gateway"})) as mall:
        set_clock(mall, RELEASE - timedelta(minutes=14))
        for name in (BUS, RELAY, GATEWAY):
            mall.start(mall.role(name))
        for name in (BUS, RELAY, GATEWAY):
            mall.wait_ready(mall.role(name))
        yield mall


def set_clock(mall: BreakableMall, moment: datetime) -> None:
    """Have processes that start from now on take this for the present moment."""
    mall.clock_offset = (moment - datetime.now(UTC)).total_seconds()


def persist(send: Callable[[], Answer], refused: Callable[[], object] = lambda: None) -> Answer:
    """Ask until there is an answer that is more than "try again"; tell of each refusal."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        answer = try_once(send)
        if answer is not None and answer.status not in AGAIN:
            return answer
        refused()
        time.sleep(0.2)
    raise AssertionError("nobody answers")


@dataclass(kw_only=True)
class Waiting:
    """A citizen with a number of the waiting room; `refused` is set when nobody answered for once."""

    mall: BreakableMall
    index: int
    token: str = ""
    number: int = 0
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    refused: Event = field(default_factory=Event)

    def draw(self) -> "Waiting":
        """Draw a number."""
        url = f"{self.mall.portal}/api/v1/agencies/{AGENCY}/waiting-room"
        answer = persist(lambda: ask("POST", url, {"site": SITE, "day": DAY}, key=self.key))
        assert answer.status == 201, answer
        self.token, self.number = answer.body["token"], answer.body["number"]
        return self

    def look(self) -> dict[str, Any]:
        """Ask where in line the number is."""
        answer = persist(partial(ask, "GET", f"{self.mall.portal}/api/v1/waiting-room/{self.token}"))
        assert answer.status == 200, answer
        return dict(answer.body)

    def book(self, slot: str, purpose: str) -> Answer:
        """Ask for an hour, until there is an answer."""
        body = {
            "slot_id": slot,
            "purpose": purpose,
            "precondition_met": True,
            "room_token": self.token,
            "person": person(self.index),
        }
        url = f"{self.mall.portal}/api/v1/agencies/{AGENCY}/tickets"
        return persist(lambda: ask("POST", url, body, key=f"book-{self.key}"), self.refused.set)


def few_places(mall: BreakableMall) -> str:
    """Leave one hour of the released day, with fewer places than people; return its id."""
    seen = "SELECT id FROM slots WHERE site = %s AND service = %s AND day = %s ORDER BY starts_at"
    wait_until(lambda: bool(mall.query(DATABASE, seen, SITE, SERVICE, DAY)))
    slot = str(mall.query(DATABASE, seen, SITE, SERVICE, DAY)[0][0])
    mall.query(DATABASE, "UPDATE slots SET capacity = %s WHERE id = %s", PLACES, slot)
    wide = "UPDATE day_quotas SET capacity = 1000 WHERE site = %s AND day = %s AND capacity IS NOT NULL"
    mall.query(DATABASE, wide, SITE, DAY)
    return slot


def through_a_fault(
    wave: list[Waiting],
    ask_for: Callable[[Waiting], Answer],
    stop: Callable[[], object],
    go_on: Callable[[], object],
) -> list[Answer]:
    """Break something, have a wave ask until each was refused, mend it; return what came of each."""
    stop()
    with ThreadPoolExecutor(len(wave)) as pool:
        asked: list[Future[Answer]] = [pool.submit(ask_for, each) for each in wave]
        for each in wave:
            assert each.refused.wait(PATIENCE_SECONDS), each.number
        go_on()
        return [each.result() for each in asked]


def test_whoever_waits_in_the_room_keeps_number_and_turn_whatever_is_killed(
    early_mall: BreakableMall,
) -> None:
    mall = early_mall
    slot, purpose = few_places(mall), mall.citizen(AGENCY).purpose(SERVICE)
    with ThreadPoolExecutor(10) as pool:
        drawn = list(pool.map(lambda index: Waiting(mall=mall, index=index).draw(), range(CITIZENS)))
    drawn.sort(key=lambda each: each.number)
    assert [each.number for each in drawn] == list(range(1, CITIZENS + 1))
    assert drawn[0].book(slot, purpose).body["code"] == "day_not_open_yet"

    # All of it falls over while they wait; the clock of what starts again is some minutes on.
    for name in (GATEWAY, BUS, RELAY):
        mall.kill(name)
    mall.rabbit.kill()
    set_clock(mall, RELEASE - SOON)
    mall.rabbit.start()
    for name in (BUS, RELAY, GATEWAY):
        mall.revive(name)
    with ThreadPoolExecutor(10) as pool:
        seen = list(pool.map(Waiting.look, drawn))
    assert [each["number"] for each in seen] == [each.number for each in drawn]
    again = Waiting(mall=mall, index=0, key=drawn[0].key).draw()
    assert (again.number, again.token) == (drawn[0].number, drawn[0].token)
    wait_until(lambda: drawn[-1].look()["admitted"])

    faults: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (partial(mall.kill, BUS), partial(mall.revive, BUS)),
        (mall.rabbit.stop, partial(restart_broker, mall)),
        (partial(mall.kill, GATEWAY), partial(mall.revive, GATEWAY)),
    ]
    waves = [drawn[turn * CITIZENS // WAVES : (turn + 1) * CITIZENS // WAVES] for turn in range(WAVES)]
    answers: list[Answer] = []
    for wave, (stop, go_on) in zip(waves, faults, strict=True):
        answers += through_a_fault(wave, lambda each: each.book(slot, purpose), stop, go_on)
    check(mall, slot, drawn, answers)


def restart_broker(mall: BreakableMall) -> None:
    """Start the broker, and wait until who needs it has found it."""
    mall.rabbit.start()
    for name in (BUS, RELAY, GATEWAY):
        wait_until(lambda each=name: mall.readiness(each) == 200, timeout=PATIENCE_SECONDS)


def check(mall: BreakableMall, slot: str, drawn: list[Waiting], answers: list[Answer]) -> None:
    """By the database: all numbers are there, the places went to the first, each once, none too early."""
    numbers = mall.query(DATABASE, "SELECT number FROM room_entries WHERE site = %s ORDER BY number", SITE)
    assert [number for (number,) in numbers] == list(range(1, CITIZENS + 1))
    assert [answer.status for answer in answers].count(201) == PLACES
    refused = [answer for answer in answers if answer.status != 201]
    assert {answer.body["code"] for answer in refused} == {"slot_full"}
    # Whole waves came one after the other: of the earlier ones nobody was refused.
    early = len(drawn) * (WAVES - 1) // WAVES
    assert [answer.status for answer in answers[:early]] == [201] * early
    told = {answer.body["ticket"]["id"] for answer in answers if answer.status == 201}
    kept = mall.query(DATABASE, "SELECT id, state, created_at FROM tickets WHERE slot_id = %s", slot)
    assert {ticket for ticket, _state, _at in kept} == told
    assert len(told) == PLACES
    assert {state for _ticket, state, _at in kept} == {"booked"}
    assert min(at for _ticket, _state, at in kept) >= RELEASE
    ((capacity, taken),) = mall.query(DATABASE, "SELECT capacity, taken FROM slots WHERE id = %s", slot)
    assert (capacity, taken) == (PLACES, PLACES)
