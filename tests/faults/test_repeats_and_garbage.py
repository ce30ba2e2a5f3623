"""Whatever comes twice has one effect; whatever makes no sense is put aside, and work goes on."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.embedded import PARKING_QUEUE
from gerai_shared.bus.topology import RPC_EXCHANGE, events_queue, rpc_queue
from gerai_shared.events.catalogue import REGISTRY

from tests.faults.garbage import requests, spoiled_events, unreadable
from tests.faults.repeating import Repeater
from tests.faults.visits import book_once
from tests.support.errand import ask, person
from tests.support.invariants import PRODUCERS, problems, wait_until_quiet
from tests.support.load import ERRANDS, Load
from tests.support.mall import DATABASES, EVENTS_QUEUE, BreakableMall
from tests.support.waiting import wait_until

#: Of each producer: how many there are by now depends on everything that ran before.
MOST_REPEATED = 200


def announced(mall: BreakableMall) -> list[bytes]:
    """Return the newest messages that notifications has had from each producer, as they were published."""
    types = tuple(each.name for each in REGISTRY if "notifications" in each.consumers)
    sql = """
        SELECT body, sequence FROM outbox WHERE type IN %s AND sent_at IS NOT NULL
        ORDER BY position DESC LIMIT %s
    """
    return [
        json.dumps({**json.loads(body), "sequence": sequence}).encode()
        for name in PRODUCERS
        for body, sequence in mall.query(name, sql, types, MOST_REPEATED)
    ]


def test_messages_delivered_twice_more_change_nothing(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazard 12: after a reconnect the same message may even run twice at the same time."""
    load.flows(booked=30, changed=10, served=10, filed=5)
    bodies = announced(mall)
    assert len(bodies) > 50
    repeats = 'gerai_events_handled_total{outcome="repeat"'
    before = mall.measured("notifications-all", repeats)
    at_once = [threading.Thread(target=mall.publish, args=(EVENTS_QUEUE, bodies)) for _ in range(2)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    wait_until(
        lambda: mall.measured("notifications-all", repeats) >= before + 2 * len(bodies),
        timeout=150,
        message=f"{2 * len(bodies)} repeats",
    )
    settle()


def test_every_request_carried_out_three_times_changes_nothing_more(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazard 12: a request that comes again, even while it is carried out, has one effect and one answer."""
    buses = [f"{name}-bus" for name in PRODUCERS]
    before = sum(mall.measured(name, "gerai_rpc_seconds_count") for name in buses)
    with Repeater(
        mall.rabbit.url(),
        exchange=RPC_EXCHANGE,
        kind="direct",
        keys=PRODUCERS,
        targets=lambda deployment: [rpc_queue(deployment)],
    ) as repeater:
        load.flows(booked=30, changed=10, served=5, filed=5)
        settle()
    assert set(repeater.repeated) == set(PRODUCERS)
    carried_out = sum(mall.measured(name, "gerai_rpc_seconds_count") for name in buses) - before
    # A few may have come too late to be carried out.
    assert carried_out > 2 * repeater.repeated.total()


def test_every_event_told_three_times_leaves_the_boards_right(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Repeats reach a gateway late, and after newer ones; a new gateway, which saw none of them, shows the same."""
    live = [name for name in mall.rabbit.lengths() if name.startswith("live.gateway.")]
    assert live
    with Repeater(
        mall.rabbit.url(), exchange="booking.events", kind="topic", keys=["#"], targets=lambda _key: live
    ) as repeater:
        load.flows(booked=20, changed=10, served=5)
        settle()
    assert repeater.repeated.total() > 50
    shown = board(mall)
    mall.end("gateway-serve")
    mall.revive("gateway-serve")
    wait_until(lambda: board(mall) == shown, message=f"as before: {shown}")


def board(mall: BreakableMall) -> dict[str, Any]:
    """Return what the display of the load's site shows of people."""
    site, _service, _counters = ERRANDS["immigration"]
    shown = ask("GET", f"{mall.portal}/api/v1/sites/{site}/board").body
    return {name: shown[name] for name in ("calls", "next", "waiting")}


def test_garbage_in_every_queue_is_put_aside_and_work_goes_on(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazards 4, 5 and 6: elsewhere such a message is lost, comes back for ever, or ends every consumer."""
    pids = mall.pids()
    real = announced(mall)[0]
    parked: Counter[bytes] = Counter()
    failed: Counter[tuple[str, bytes]] = Counter()
    for queue in mall.rabbit.lengths():
        if queue == PARKING_QUEUE:
            continue
        reader = next((name for name in DATABASES if queue == events_queue(name)), "")
        spoiled = list(spoiled_events(real)) if reader else []
        for garbage in [*unreadable(), *requests(), *spoiled]:
            mall.publish(queue, [garbage.body], **garbage.properties)
            if reader:
                failed[reader, garbage.body] += 1
            elif queue.startswith("rpc.") and not garbage.is_request:
                parked[garbage.body] += 1
    try:
        load.flows(booked=5, served=2, filed=1)
        wait_until(lambda: len(raw_failures(mall)) >= failed.total(), timeout=20)
        settle(parked=parked.total(), failed=failed.total())
        assert Counter(raw_failures(mall)) == failed
        assert Counter(on_broker(mall)) == parked
        assert mall.pids() == pids
        show_replay_and_drop(mall)
    finally:
        for name in DATABASES:
            mall.query(name, "DELETE FROM failed_messages")
        with connection_to(mall.rabbit.url()) as connection:
            connection.channel().queue_purge(PARKING_QUEUE)


def raw_failures(mall: BreakableMall) -> list[tuple[str, bytes]]:
    """Return what each database has parked."""
    select = "SELECT raw FROM failed_messages"
    return [(name, bytes(raw)) for name in DATABASES for (raw,) in mall.query(name, select)]


def on_broker(mall: BreakableMall) -> list[bytes]:
    """Return what lies in the broker's parking queue; it stays there."""
    found = []
    with connection_to(mall.rabbit.url()) as connection:
        channel = connection.channel()
        channel.auto_decode = False
        while (message := channel.basic_get(PARKING_QUEUE, no_ack=False)) is not None:
            found.append(bytes(message.body or b""))
    return found


def gerai(mall: BreakableMall, *arguments: str) -> str:
    """Run the operator's command; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "gerai_shared.cli", *arguments],
        env={"GERAI_CLOCK_OFFSET": str(mall.clock_offset), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def show_replay_and_drop(mall: BreakableMall) -> None:
    """The operator sees both places, and sends back or drops single messages."""
    database = ("parked", "--database-url", mall.database_url("notifications"))
    ((identifier,),) = mall.query(
        "notifications", "SELECT id FROM failed_messages WHERE event_id IS NOT NULL"
    )
    assert identifier in gerai(mall, *database, "list")
    before = mall.query(
        "notifications", "SELECT last_failed_at FROM failed_messages WHERE id = %s", identifier
    )
    gerai(mall, *database, "replay", identifier)
    tried = "SELECT id FROM failed_messages WHERE id = %s AND state = 'parked' AND last_failed_at > %s"
    wait_until(lambda: mall.query("notifications", tried, identifier, before[0][0]), message="tried again")
    gerai(mall, *database, "drop", identifier)
    assert mall.query("notifications", "SELECT id FROM failed_messages WHERE id = %s", identifier) == []
    broker = ("parked", "--bus-url", mall.rabbit.url())
    count = len(on_broker(mall))
    listed = gerai(mall, *broker, "list")
    identifier = next(line.split()[0] for line in listed.splitlines() if "rpc.booking-immigration" in line)
    assert identifier in gerai(mall, *broker, "show", identifier)
    gerai(mall, *broker, "replay", identifier)
    wait_until(lambda: mall.rabbit.lengths()[PARKING_QUEUE] == count, message="parked again by its service")
    gerai(mall, *broker, "drop", identifier)
    wait_until(lambda: len(on_broker(mall)) == count - 1)


def test_what_failed_for_a_reason_is_replayed_when_the_reason_is_gone(
    mall: BreakableMall, load: Load
) -> None:
    """An operator repairs the database and replays: the citizen gets the message after all, once."""
    load.stop()
    wait_until_quiet(mall)
    mall.query("notifications", "ALTER TABLE messages RENAME TO messages_mislaid")
    try:
        answer, _seconds, _key = book_once(mall, load)
        assert answer.status == 201
        failed = "SELECT id FROM failed_messages"
        ((identifier,),) = wait_until(lambda: mall.query("notifications", failed), timeout=20)
        # As if it had gone up the whole ladder of attempts.
        mall.query("notifications", "UPDATE failed_messages SET state = 'parked', next_attempt_at = NULL")
    finally:
        mall.query("notifications", "ALTER TABLE messages_mislaid RENAME TO messages")
    database = ("parked", "--database-url", mall.database_url("notifications"))
    assert "ticket.booked.v1" in gerai(mall, *database, "list")
    gerai(mall, *database, "replay", identifier)
    wait_until_quiet(mall)
    assert load.record.news(problems(mall, load.record)) == []


def test_text_that_no_database_takes_harms_nobody_else_s_booking(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Bookings travel together: one citizen's request must not fail all that share a transaction with it."""
    url = f"{mall.portal}/api/v1/agencies/immigration/tickets"
    for spoiled in ("mpp-lebak.passport-new.\0", "mpp-lebak.passport-new.\ud800"):
        for _ in range(10):
            body = {
                "slot_id": spoiled,
                "purpose": load.purposes["immigration"],
                "person": person(next(load.numbers)),
            }
            answer = ask("POST", url, body, key=load.record.key())
            assert answer.status == 422, answer
    settle()
