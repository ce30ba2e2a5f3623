"""Two hundred officers who click at once: a counter process on PostgreSQL, over HTTP, against a bare server."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from uuid import uuid4

from gerai_allinone.servers import free_ports
from gerai_shared import migrating

from bench.baselines import bare_server
from bench.clicking import Clicked, Job
from bench.houses import SITE
from bench.machine import run_quietly
from bench.measures import Context
from bench.report import Row
from tests.support.errand import ask

OFFICERS, PAUSE = 200, 2.0
P95_BELOW = 0.300
CALLED_TWICE = """
SELECT count(*) FROM (
    SELECT ticket_id FROM ticket_history WHERE to_state = 'called' GROUP BY ticket_id HAVING count(*) > 1
) AS twice
"""
CALLED = "SELECT count(DISTINCT ticket_id) FROM ticket_history WHERE to_state = 'called'"


def measure(context: Context) -> list[Row]:
    """Let officers click, all at once and then each at their own pace. Raises AssertionError."""
    bench, officers = context.bench, context.clients or OFFICERS
    name = f"clicks_{uuid4().hex[:8]}"
    context.tell("clicks: the bare server")
    with bare_server() as port:
        bare = click(Job(port=port, clients=officers, pause=PAUSE, seconds=context.seconds))
    url = bench.mall.postgres.create_database(name)
    try:
        migrating.upgrade(url, "gerai_booking")
        context.tell(f"clicks: {officers} officers sign in")
        with counters(url, officers) as (port, told):
            context.tell(f"clicks: {officers} officers")
            before = bench.usage()
            job = Job(
                port=port,
                site=SITE,
                counters=told["counters"],
                tokens=told["tokens"],
                outcome=outcome_of(port, told),
                pause=PAUSE,
                seconds=context.seconds,
            )
            ours = click(job)
            used = bench.usage().since(before)
        called_twice = int(bench.mall.postgres.sql(CALLED_TWICE, name))
        called = int(bench.mall.postgres.sql(CALLED, name))
    finally:
        bench.mall.postgres.drop_database(name)
    if set(ours.statuses) != {"200"} or ours.broken:
        raise AssertionError(f"not all clicks were carried out: {ours.statuses}, {ours.broken} broken")
    if called_twice or called != len(ours.called) or len(set(ours.called)) != len(ours.called):
        raise AssertionError(f"{called_twice} were called twice; {called} called, {len(ours.called)} told")
    return rows(ours, bare, officers=officers, cores=used)


def rows(ours: Clicked, bare: Clicked, *, officers: int, cores: dict[str, float]) -> list[Row]:
    """Return a row for the moment at which all click, and one for the clicks after it."""
    pace = f"{officers} officers, a click each {PAUSE:.0f} s, {ours.counted} clicks"
    nobody = f"{len(ours.called)} called, nobody twice"
    at_once, later = (ours.first_p50, ours.first_p95), (ours.p50, ours.p95)
    return [
        _row(f"{officers} click at once", "call next, one process", at_once, bare.first_p95, cores, nobody),
        _row("officers' clicks", pace, later, bare.p95, cores, nobody),
    ]


def _row(
    name: str,
    parameters: str,
    seconds: tuple[float, float],
    bare: float,
    cores: dict[str, float],
    nobody: str,
) -> Row:
    p50, p95 = seconds
    return Row(
        name=name,
        parameters=parameters,
        figure=f"p50 {p50 * 1e3:.0f}, p95 {p95 * 1e3:.0f} ms; {nobody}",
        baseline=f"p95 {bare * 1e3:.0f} ms for empty answers of bare nameko",
        ratio=p95 / bare if bare else None,
        target=f"p95 < {P95_BELOW * 1e3:.0f} ms, nobody called twice",
        reached=p95 < P95_BELOW,
        cores=cores,
        numbers={"p50": p50, "p95": p95, "bare_p95": bare},
    )


def click(job: Job) -> Clicked:
    """Run the officers in a process of their own."""
    text = run_quietly(
        [sys.executable, "-m", "bench.clicking"], text=json.dumps(asdict(job)), seconds=job.seconds + 120
    )
    return Clicked(**json.loads(text))


@contextmanager
def counters(url: str, officers: int) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Run a counter process on a database of its own; yields its port, and its counters with bearers."""
    port = free_ports(1)[0]
    command = [sys.executable, "-W", "ignore", "-m", "bench.counter_process", str(port), url, str(officers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise AssertionError("the counter process did not start")
            told: dict[str, list[str]] = json.loads(line)
            yield port, told
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def outcome_of(port: int, told: dict[str, list[str]]) -> str:
    """Return what a service may end with, empty where the counters do not ask."""
    url = f"http://127.0.0.1:{port}/api/v1/queue?counter={SITE}.{told['counters'][0]}"
    answer = ask("GET", url, bearer=told["tokens"][0], timeout=60)
    outcomes = answer.body.get("outcomes") or [""]
    return str(outcomes[0])
