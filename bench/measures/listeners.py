"""A thousand screens and phones at one gateway: how long after an officer's click each of them has the call."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from gerai_allinone.plan import Secrets
from gerai_shared.tokens import make_token

from bench.listening import Heard, Job
from bench.load import Job as Load
from bench.load import percentile
from bench.machine import rss_mb
from bench.measures import Context
from bench.measures.display import COUNTER, Desk
from bench.report import Row
from bench.running import IMMIGRATION, Bench, generate_load
from tests.support.errand import SERVICE, SITE

CALLS, ALONE = 50, 20
#: From one call to the next, in seconds: far more of them than counters make.
SPACING = 0.5
P99_BELOW, ADDED_BELOW_MB = 0.500, 100.0
DAY = "2026-12-01"
AFTERNOON = (f"{SITE}.{SERVICE}.20261201T0600Z", f"{SITE}.{SERVICE}.20261201T0700Z")
PLENTY = 5_000


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call: its number, and when the officer clicked."""

    number: str
    clicked: float


@dataclass(frozen=True, kw_only=True)
class Latencies:
    """Sorted seconds from click to screen or phone; `missing` were never told."""

    screens: list[float]
    phones: list[float]
    missing: int

    @property
    def every(self) -> list[float]:
        """All of them, sorted."""
        return sorted((*self.screens, *self.phones))


def measure(context: Context) -> list[Row]:
    """Call people while one screen listens, then while all do. Raises AssertionError."""
    bench = context.bench
    phones = max(context.listeners // 2, CALLS)
    screens = max(context.listeners - phones, 1)
    context.tell(f"listeners: {phones + ALONE} people check in")
    _check_in(bench, phones + ALONE)
    desk = Desk(bench.mall.ports.immigration, bench.officer())
    gateway = bench.mall.processes["gateway-serve"].pid
    at_rest = rss_mb(gateway)
    context.tell("listeners: one screen")
    _, alone = _listened(bench, desk, Job(port=bench.mall.ports.gateway, site=SITE, screens=1), calls=ALONE)
    context.tell(f"listeners: {screens} screens, {phones} phones")
    before = bench.usage()
    job = Job(port=bench.mall.ports.gateway, site=SITE, screens=screens, phones=_tokens(bench))
    memory, ours = _listened(bench, desk, job, calls=CALLS, process=gateway)
    used = bench.usage().since(before)
    bench.settle()
    return [
        row(ours, alone, screens=screens, phones=len(job.phones), at_rest=at_rest, memory=memory, cores=used)
    ]


def row(
    ours: Latencies,
    alone: Latencies,
    *,
    screens: int,
    phones: int,
    at_rest: float,
    memory: float,
    cores: dict[str, float],
) -> Row:
    """Return what it came to."""
    every = ours.every
    p50, p99, bare = percentile(every, 0.5), percentile(every, 0.99), percentile(alone.every, 0.99)
    added = memory - at_rest
    return Row(
        name="a call to all who listen",
        parameters=f"{screens} screens and {phones} phones at one gateway, {CALLS} calls",
        figure=(
            f"p50 {p50 * 1e3:.0f}, p99 {p99 * 1e3:.0f} ms, {ours.missing} not told; "
            f"{memory:.0f} MB, {added:.0f} of them for the listeners"
        ),
        baseline=f"p99 {bare * 1e3:.0f} ms to one screen alone",
        ratio=p99 / bare if bare else None,
        target=f"p99 < {P99_BELOW * 1e3:.0f} ms, all told, < {ADDED_BELOW_MB:.0f} MB for them",
        reached=p99 < P99_BELOW and not ours.missing and added < ADDED_BELOW_MB,
        cores=cores,
        numbers={
            "p50": p50,
            "p99": p99,
            "screens_p99": percentile(ours.screens, 0.99),
            "phones_p99": percentile(ours.phones, 0.99),
            "longest": every[-1] if every else 0.0,
            "missing": ours.missing,
            "alone_p99": bare,
            "rss_mb": memory,
            "rss_mb_at_rest": at_rest,
        },
    )


def latencies(calls: Sequence[Called], heard: Heard, *, screens: int, with_phones: bool) -> Latencies:
    """Compare when officers clicked with what was heard; with phones, each call is somebody's who listens."""
    on_screens = [at - call.clicked for call in calls for at in heard.screens.get(call.number, ())]
    on_phones = [
        heard.phones[call.number] - call.clicked
        for call in calls
        if with_phones and call.number in heard.phones
    ]
    expected = len(calls) * (screens + with_phones)
    return Latencies(
        screens=sorted(on_screens),
        phones=sorted(on_phones),
        missing=expected - len(on_screens) - len(on_phones),
    )


def _check_in(bench: Bench, count: int) -> None:
    """Have people book this afternoon and come now."""
    for table in ("slots", "day_quotas"):
        where = f"site = '{SITE}' AND day = '{DAY}'"
        bench.sql(IMMIGRATION, f"UPDATE {table} SET capacity = capacity + {PLENTY} WHERE {where}")  # noqa: S608
    load = Load(
        host="127.0.0.1",
        port=bench.mall.ports.gateway,
        path="/api/v1/agencies/immigration/tickets",
        people=count,
        clients=16,
        slots=list(AFTERNOON),
        purpose=bench.citizen().purpose(),
        first_person=bench.newcomers(count),
    )
    outcome = generate_load(load)
    if outcome.statuses.get("201") != count:
        raise AssertionError(f"not all could book: {outcome.statuses} {outcome.codes}")
    where = f"site = '{SITE}' AND day = '{DAY}' AND state = 'booked' AND slot_id IN {AFTERNOON}"
    desk = Desk(bench.mall.ports.immigration, bench.officer())
    for number in bench.sql(IMMIGRATION, f"SELECT number FROM tickets WHERE {where}").split():  # noqa: S608
        desk.post("/api/v1/check-ins", {"site": SITE, "number": number})
    bench.settle(seconds=300)


def _tokens(bench: Bench) -> list[str]:
    """Return the tokens of those who wait."""
    where = f"site = '{SITE}' AND day = '{DAY}' AND state = 'checked_in'"
    waiting = bench.sql(IMMIGRATION, f"SELECT id FROM tickets WHERE {where}").split()  # noqa: S608
    secret = Secrets.of(bench.mall.folder).secret_key
    return [make_token(secret=secret, realm="immigration", identifier=ticket) for ticket in waiting]


def _listened(
    bench: Bench, desk: Desk, job: Job, *, calls: int, process: int | None = None
) -> tuple[float, Latencies]:
    """Call people while a job listens; return the most megabytes of `process`, and what was heard."""
    outcome = _outcome(desk)
    with _listening(job) as listener:
        called, memory = [], 0.0
        for _ in range(calls):
            called.append(_call(desk, outcome))
            memory = max(memory, rss_mb(process)) if process else 0.0
        bench.settle()
        time.sleep(SPACING)  # What is slower than this is late in any case, and then it is missing.
        assert listener.stdin is not None
        told, _ = listener.communicate(timeout=60)
    heard = Heard(**json.loads(told))
    if heard.broken:
        raise AssertionError(f"{heard.broken} listeners were cut off")
    return memory, latencies(called, heard, screens=job.screens, with_phones=bool(job.phones))


def _call(desk: Desk, outcome: dict[str, str]) -> Called:
    """Call somebody and let them go; return the call, not before the time for the next one has come."""
    clicked = time.perf_counter()
    number = desk.step("call-next")["number"]
    time.sleep(SPACING / 2)
    desk.step("start")
    desk.post(f"/api/v1/counters/{COUNTER}/finish", outcome)
    time.sleep(max(0.0, clicked + SPACING - time.perf_counter()))
    return Called(number=number, clicked=clicked)


def _outcome(desk: Desk) -> dict[str, str]:
    """Return what to say at the end of a service, where the counters ask for it."""
    outcomes = desk.get(f"/api/v1/queue?counter={COUNTER}").get("outcomes")
    return {"outcome": str(outcomes[0])} if outcomes else {}


@contextmanager
def _listening(job: Job) -> Iterator["subprocess.Popen[str]"]:
    """Run the listeners; yields when all of them listen."""
    command = [sys.executable, "-m", "bench.listening"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(asdict(job)) + "\n")
            process.stdin.flush()
            if not process.stdout.readline():
                raise AssertionError("not all could listen")
            yield process
        finally:
            if process.poll() is None:
                process.kill()
