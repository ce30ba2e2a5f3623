"""Processes start in any order and end without losing what is under way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults.visits import book_once, serve_somebody
from tests.support.errand import ask
from tests.support.load import Load
from tests.support.mall import BreakableMall
from tests.support.waiting import wait_until

DRAIN_SECONDS = 5.0
#: What the interpreter itself needs to end on a busy machine.
LEAVING_SECONDS = 2.0
ONE_OF_EACH_KIND = (
    "booking-immigration-bus",
    "booking-immigration-relay",
    "booking-immigration-counter",
    "complaints-bus",
    "complaints-relay",
    "complaints-desk",
    "notifications-all",
    "gateway-serve",
)


def test_every_kind_of_process_told_to_end_finishes_what_it_began(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    for name in ONE_OF_EACH_KIND:
        code, seconds = mall.end(name)
        assert (code, seconds < DRAIN_SECONDS + LEAVING_SECONDS) == (0, True), (name, code, seconds)
        mall.start(mall.role(name))
    mall.wait_all_ready()
    settle()


def test_a_process_in_which_nothing_happens_hears_that_it_shall_end(mall: BreakableMall) -> None:
    """A signal alone does not wake an event loop that has nothing to wait for."""
    name = "booking-legal-counter"
    wait_until(lambda: mall.readiness(name) == 200)
    code, seconds = mall.end(name)
    mall.revive(name)
    assert (code, seconds < LEAVING_SECONDS) == (0, True), seconds


@pytest.mark.parametrize("name", ["booking-immigration-counter", "booking-immigration-bus", "gateway-serve"])
def test_what_a_process_has_begun_it_answers_although_it_was_told_to_end(
    mall: BreakableMall, load: Load, settle: Callable[..., None], name: str
) -> None:
    """The answer of an agency is on its way when the process that gives it ends."""
    officer = mall.officer("immigration")
    booked, _seconds, _key = book_once(mall, load)
    ticket, token = booked.body["ticket"], booked.body["token"]
    cancel = partial(ask, "POST", f"{mall.portal}/api/v1/tickets/{token}/cancel", {}, key=load.record.key())
    arrive = partial(
        ask,
        "POST",
        f"{mall.counters('immigration')}/api/v1/check-ins",
        {"site": ticket["site"], "number": ticket["number"]},
        key=load.record.key(),
        bearer=officer.bearer,
    )
    stops = mall.log(name).count('"stopping"')
    with ThreadPoolExecutor() as pool:
        with mall.holding_ticket("booking-immigration", ticket["id"]):
            answer = pool.submit(arrive if name.endswith("counter") else cancel)
            wait_until(lambda: mall.is_somebody_waiting("booking-immigration"))
            mall.processes[name].terminate()
            wait_until(lambda: mall.log(name).count('"stopping"') > stops)
        assert answer.result().status == 200, answer.result()
    load.record.tell("immigration", answer.result().body["ticket"])
    assert mall.processes[name].wait(timeout=DRAIN_SECONDS + LEAVING_SECONDS) == 0
    mall.revive(name)
    settle()


def test_nobody_notices_that_one_of_two_processes_is_replaced(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """An upgrade goes process by process: what one of them has not answered the other one gets."""
    name = "booking-immigration-bus"
    twin = mall.twin(name)
    mall.start(twin)
    try:
        mall.wait_ready(twin)
        load.flows(booked=5)
        refused = load.record.statuses[503]
        code, _seconds = mall.end(name)
        assert code == 0
        load.flows(booked=10, changed=3)
        assert load.record.statuses[503] == refused
        mall.revive(name)
    finally:
        mall.retire(twin.name)
    settle()


def test_processes_that_start_before_their_servers_come_up_by_themselves(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazards 11 and 14: elsewhere a process ends when its broker or its database is not there yet."""
    load.stop()
    mall.stop()
    mall.rabbit.stop()
    mall.postgres.stop()
    for role in mall.roles():
        mall.start(role)
    keepers = [role.name for role in mall.roles() if role.database]
    wait_until(lambda: {mall.readiness(name) for name in keepers} == {503}, timeout=60)
    pids = mall.pids()
    mall.postgres.start()
    for name in ("booking-immigration-counter", "booking-legal-counter", "complaints-desk"):
        wait_until(lambda n=name: mall.readiness(n) == 200, timeout=20)  # type: ignore[misc]
    serve_somebody(mall.officer("immigration"), load.record)
    assert mall.readiness("gateway-serve") == 503
    assert mall.dead() == []
    mall.rabbit.start()
    mall.wait_all_ready()
    wait_until(lambda: book_once(mall, load)[0].status == 201, timeout=20)
    load.resume()
    settle()
    assert mall.pids() == pids
