"""How fast everybody hears what was booked while the broker was away for a minute."""

import subprocess
import sys
import time

from bench.measures import Context
from bench.measures.bookings import open_wide
from bench.report import Row
from bench.running import IMMIGRATION, NOTIFICATIONS, Bench

EVENTS = 10_000
WITHIN = 60.0
GIVE_UP_AFTER = 300.0


def measure(context: Context) -> list[Row]:
    """Stop the broker, book, start it again, and wait until every event has had its effect once."""
    bench = context.bench
    slots = open_wide(bench)
    bench.settle()
    heard_before = _heard(bench)
    context.tell("drain: stopping the broker")
    bench.mall.rabbit.stop_app()
    stopped = time.monotonic()
    try:
        context.tell(f"drain: {EVENTS} bookings without it")
        _book_meanwhile(bench, slots)
        waiting = int(bench.sql(IMMIGRATION, "SELECT count(*) FROM outbox WHERE sent_at IS NULL"))
        while time.monotonic() - stopped < context.outage:
            context.tell(f"drain: {waiting} events wait; the broker stays away")
            time.sleep(1)
    finally:
        away = time.monotonic() - stopped
        bench.mall.rabbit.start_app()
    began = time.monotonic()
    before = bench.usage()
    context.tell("drain: the broker is back")
    published = _wait_published(bench, began)
    drained = _wait_heard(bench, heard_before + waiting, began)
    used = bench.usage().since(before)
    context.tell("drain: waiting until everybody has been told")
    bench.settle(seconds=GIVE_UP_AFTER)
    told = time.monotonic() - began
    parked = bench.sql(NOTIFICATIONS, "SELECT count(*) FROM failed_messages")
    return [
        Row(
            name="outbox drain",
            parameters=f"{waiting} events, broker away for {away:.0f} s",
            figure=(
                f"{drained:.1f} s until all had their effect ({waiting / drained:.0f}/s); published after "
                f"{published:.1f} s, messages sent after {told:.1f} s"
            ),
            target=f"< {WITHIN:.0f} s",
            reached=drained < WITHIN and parked == "0" and waiting >= EVENTS,
            cores=used,
            numbers={
                "events": waiting,
                "published": published,
                "drained": drained,
                "told": told,
                "parked": parked,
            },
        )
    ]


def _book_meanwhile(bench: Bench, slots: list[str]) -> None:
    """Book by the agency's own use case, in a process with the agency's environment."""
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.backlog", str(EVENTS), str(bench.newcomers(EVENTS))],
        env=bench.mall.environment_of(bench.role(f"{IMMIGRATION}-bus")),
        input="\n".join(slots),
        text=True,
        check=True,
        timeout=GIVE_UP_AFTER,
    )


def _heard(bench: Bench) -> int:
    return int(bench.sql(NOTIFICATIONS, "SELECT count(*) FROM inbox"))


def _wait_published(bench: Bench, began: float) -> float:
    while bench.sql(IMMIGRATION, "SELECT 1 FROM outbox WHERE sent_at IS NULL LIMIT 1"):
        _give_up(began, "not everything was published")
        time.sleep(0.25)
    return time.monotonic() - began


def _wait_heard(bench: Bench, wanted: int, began: float) -> float:
    while _heard(bench) < wanted:
        _give_up(began, "not everything was heard")
        time.sleep(0.25)
    return time.monotonic() - began


def _give_up(began: float, complaint: str) -> None:
    if time.monotonic() - began > GIVE_UP_AFTER:
        raise TimeoutError(f"{complaint} within {GIVE_UP_AFTER:.0f} s")
