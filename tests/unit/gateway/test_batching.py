"""Bookings travel together only when they would have waited anyway."""

from typing import Any

import eventlet
import pytest
from eventlet.event import Event
from gerai_gateway.batching import MOST_CALLS, MOST_IN_ONE_CALL, Batcher
from gerai_shared.context import current_context, new_context, working_in
from gerai_shared.refusals import Refused, Unavailable


class Agency:
    """Answers each call when the test lets it."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.deadlines: list[float] = []
        self.contexts: list[str] = []
        self.gates: list[Event] = []
        self.under_way = self.most_under_way = 0

    def __call__(
        self, deployment: str, method: str, payload: dict[str, Any], *, deadline: float
    ) -> dict[str, Any]:
        assert (deployment, method) == ("booking-immigration", "book_batch")
        keys = [request["key"] for request in payload["requests"]]
        gate = Event()
        self.calls.append(keys)
        self.deadlines.append(deadline)
        self.contexts.append(current_context().correlation_id)
        self.gates.append(gate)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            outcome = gate.wait()
        finally:
            self.under_way -= 1
        if isinstance(outcome, Exception):
            raise outcome
        return {"answers": [self.answer(key) for key in keys]}

    def answer(self, key: str) -> dict[str, Any]:
        if key.startswith("full"):
            return {"refused": {"code": "slot_full", "status": 409, "template": "Full.", "details": {}}}
        return {"result": {"ticket": {"number": key}, "token": f"immigration.{key}"}}

    def let_go(self, index: int, outcome: Exception | None = None) -> None:
        self.gates[index].send(outcome)
        settle()


def settle() -> None:
    """Let every green thread run until it waits."""
    for _ in range(5):
        eventlet.sleep(0)


def book(batcher: Batcher, key: str, agency: str = "immigration") -> Any:
    thread = eventlet.spawn(batcher.book, agency, key=key, body={})
    settle()
    return thread


def test_an_idle_system_sends_each_booking_at_once() -> None:
    agency = Agency()
    batcher = Batcher(agency)
    for number in range(3):
        thread = book(batcher, f"key-{number}")
        assert agency.calls[-1] == [f"key-{number}"]
        agency.let_go(number)
        assert thread.wait()["token"] == f"immigration.key-{number}"


def test_bookings_that_arrive_during_the_calls_travel_together_in_their_order() -> None:
    agency = Agency()
    batcher = Batcher(agency)
    threads = [book(batcher, f"key-{number}") for number in range(10)]
    assert agency.calls == [["key-0"], ["key-1"]]
    agency.let_go(0)
    assert agency.calls[2] == [f"key-{number}" for number in range(2, 10)]
    agency.let_go(1)
    agency.let_go(2)
    assert [thread.wait()["ticket"]["number"] for thread in threads] == [
        f"key-{number}" for number in range(10)
    ]


def test_at_most_two_calls_are_under_way_and_at_most_two_hundred_bookings_in_one() -> None:
    agency = Agency()
    batcher = Batcher(agency)
    threads = [
        eventlet.spawn(batcher.book, "immigration", key=f"key-{number}", body={}) for number in range(450)
    ]
    settle()
    while agency.under_way:
        agency.let_go(next(index for index, gate in enumerate(agency.gates) if not gate.ready()))
    assert agency.most_under_way == MOST_CALLS
    assert max(len(keys) for keys in agency.calls) == MOST_IN_ONE_CALL
    assert sum(len(keys) for keys in agency.calls) == 450
    assert all(thread.wait()["token"] for thread in threads)


def test_each_booking_gets_its_own_answer() -> None:
    agency = Agency()
    batcher = Batcher(agency)
    first = [book(batcher, "key-a"), book(batcher, "key-b")]
    threads = [book(batcher, key) for key in ("key-c", "full-d", "key-e")]
    agency.let_go(0)
    agency.let_go(1)
    agency.let_go(2)
    assert [thread.wait()["token"] for thread in first] == ["immigration.key-a", "immigration.key-b"]
    assert threads[0].wait()["token"] == "immigration.key-c"
    assert threads[2].wait()["token"] == "immigration.key-e"
    with pytest.raises(Refused) as caught:
        threads[1].wait()
    assert caught.value.code == "slot_full"


def test_a_failed_call_fails_only_the_bookings_in_it() -> None:
    agency = Agency()
    batcher = Batcher(agency)
    lost, kept = book(batcher, "key-a"), book(batcher, "key-b")
    later = book(batcher, "key-c")
    agency.let_go(0, Unavailable(retry_after=5))
    agency.let_go(1)
    agency.let_go(2)
    with pytest.raises(Refused) as caught:
        lost.wait()
    assert (caught.value.code, caught.value.details) == ("unavailable", {"retry_after": 5})
    assert kept.wait()["token"] == "immigration.key-b"
    assert later.wait()["token"] == "immigration.key-c"


def test_an_error_of_our_own_is_a_fault_and_the_line_goes_on() -> None:
    agency = Agency()
    batcher = Batcher(agency)
    broken = book(batcher, "key-a")
    agency.let_go(0, KeyError("answers"))
    with pytest.raises(Refused) as caught:
        broken.wait()
    assert caught.value.code == "fault"
    fine = book(batcher, "key-b")
    agency.let_go(1)
    assert fine.wait()["token"] == "immigration.key-b"


def test_whoever_waits_too_long_is_told_to_try_again_and_is_not_sent_late() -> None:
    agency = Agency()
    batcher = Batcher(agency, patience=0.2)
    under_way = [book(batcher, "key-a"), book(batcher, "key-b")]
    in_line = book(batcher, "key-c")
    with pytest.raises(Refused) as caught:
        in_line.wait()
    assert (caught.value.code, caught.value.details) == ("unavailable", {"retry_after": 5})
    agency.let_go(0)
    agency.let_go(1)
    assert agency.calls == [["key-a"], ["key-b"]]
    for thread in under_way:
        with pytest.raises(Refused):
            thread.wait()


def test_a_call_has_no_more_time_than_its_latest_booking_waits() -> None:
    agency = Agency()
    times = iter([100.0, 100.5, 100.5, 101.0, 200.0])
    batcher = Batcher(agency, monotonic=lambda: next(times))
    thread = book(batcher, "key-a")
    assert agency.deadlines == [pytest.approx(4.5)]
    agency.let_go(0)
    assert thread.wait()["token"]


def test_agencies_have_lines_of_their_own() -> None:
    calls: list[str] = []

    def call(deployment: str, _method: str, payload: dict[str, Any], *, deadline: float) -> dict[str, Any]:
        calls.append(deployment)
        if deployment == "booking-legal":
            eventlet.sleep(0.5)
        return {"answers": [{"result": {"token": deployment}} for _ in payload["requests"]]}

    batcher = Batcher(call, patience=2)
    slow = [book(batcher, f"key-{number}", "legal") for number in range(4)]
    fast = book(batcher, "key-x", "immigration")
    assert fast.wait() == {"token": "booking-immigration"}
    assert not any(thread.dead for thread in slow)
    for thread in slow:
        assert thread.wait() == {"token": "booking-legal"}


def test_a_call_for_one_citizen_keeps_that_citizens_context() -> None:
    agency = Agency()
    batcher = Batcher(agency)

    def ask() -> dict[str, Any]:
        with working_in(new_context(correlation_id="request-0001")):
            return batcher.book("immigration", key="key-a", body={})

    thread = eventlet.spawn(ask)
    settle()
    agency.let_go(0)
    assert thread.wait()["token"]
    assert agency.contexts == ["request-0001"]
