"""Whole lives of complaints, new and with three years of cases: by the use cases alone, and through the services."""

import json
import subprocess
import sys
from dataclasses import asdict
from uuid import uuid4

from gerai_allinone.plan import Secrets
from gerai_shared.sealing import Sealer

from bench.case_houses import fill, opened
from bench.complainants import STEPS, Job, Lives
from bench.life_cycles import Job as HouseJob
from bench.life_cycles import Lived
from bench.load import percentile
from bench.machine import run_quietly
from bench.measures import Context
from bench.report import Row
from bench.running import Bench
from tests.support.errand import Officer

COMPLAINTS = "complaints"
#: As many on two cores as keep both busy while others wait for the database.
PROCESSES, CLIENTS, TURNS = 4, 8, 2
TARGET = 100.0
#: What the rival's own load test says: lives a second when it is new, and with a million.
RIVAL_NEW, RIVAL_FULL = 37.0, 6.3
CHECKED = "SELECT count(*), count(DISTINCT number), count(*) FILTER (WHERE state = 'accepted') FROM complaints WHERE title = '{}'"


def measure(context: Context) -> list[Row]:
    """Lead complaints through their lives. Raises AssertionError when one was lost or doubled."""
    return [*by_use_cases(context), *through_services(context)]


def by_use_cases(context: Context) -> list[Row]:
    """In processes of their own, in turns at both databases."""
    with opened(context, cases=0) as new, opened(context, cases=context.cases) as full:
        lived: dict[str, list[Lived]] = {"": [], "full": []}
        for _ in range(TURNS):
            for name, house in (("", new), ("full", full)):
                context.tell(f"lives by the use cases: {PROCESSES} processes {name}")
                url = house.database.url.render_as_string(hide_password=False)
                lived[name] += in_processes(url, context.seconds / TURNS)
    before, after = (_rates(each) for each in lived.values())
    return [
        _row("by the use cases", f"{PROCESSES} processes, a new database", before, None),
        _row("by the use cases", f"{PROCESSES} processes, {context.cases:,} cases", after, before),
    ]


def in_processes(url: str, seconds: float) -> list[Lived]:
    """Run the use cases in processes beside each other."""
    job = json.dumps(asdict(HouseJob(url=url, seconds=seconds)))
    command = [sys.executable, "-W", "ignore", "-m", "bench.life_cycles"]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(job)
        process.stdin.close()
        process.stdin = None
    told = [process.communicate(timeout=seconds + 120)[0] for process in running]
    return [Lived(**json.loads(text)) for text in told]


def _rates(lived: list[Lived]) -> tuple[float, dict[str, list[float]]]:
    """Return lives a second of all processes together, and the sorted seconds of each step."""
    rate = sum(each.lives / each.seconds for each in lived) / TURNS
    return rate, {step: sorted(took for each in lived for took in each.steps[step]) for step in STEPS}


def through_services(context: Context) -> list[Row]:
    """Through gateway, bus and desk; the mall's own database is filled in between, and stays so."""
    bench = context.bench
    context.tell(f"lives through the services: {CLIENTS} clients")
    before = lead(bench, clients=context.clients or CLIENTS, seconds=context.seconds)
    fill_mall(context)
    context.tell(f"lives through the services: {CLIENTS} clients, full")
    after = lead(bench, clients=context.clients or CLIENTS, seconds=context.seconds)
    parts = [_parts(each) for each in (before, after)]
    where = f"gateway, bus and desk, {context.clients or CLIENTS} clients"
    return [
        _row("through the services", f"{where}, a new database", parts[0], None),
        _row("through the services", f"{where}, {context.cases:,} cases", parts[1], parts[0]),
    ]


def fill_mall(context: Context) -> None:
    """Make the cases of three years in the mall's own database, unless they are there."""
    bench = context.bench
    there = int(bench.sql(COMPLAINTS, "SELECT count(*) FROM complaints WHERE number LIKE 'P-2024-%'"))
    if there < context.cases:
        sealer = Sealer((Secrets.of(bench.mall.folder).sealing_key,))
        fill(lambda made: bench.sql(COMPLAINTS, made), context.cases, sealer=sealer, tell=context.tell)
        bench.sql(COMPLAINTS, "VACUUM ANALYZE")


def lead(
    bench: Bench, *, clients: int = 0, seconds: float = 0.0, phases: list[tuple[float, float]] | None = None
) -> Lives:
    """Run the citizens and officers in a process of their own. Raises AssertionError: lost or doubled."""
    title = f"Bangku ukur {uuid4().hex[:8]}"
    desk = bench.mall.ports.complaints
    officer = Officer.sign_in(
        f"http://127.0.0.1:{desk}", Secrets.of(bench.mall.folder).demo_password, "pengaduan"
    )
    job = Job(
        gateway=bench.mall.ports.gateway,
        desk=desk,
        bearer=officer.bearer,
        title=title,
        clients=clients,
        seconds=seconds,
        phases=phases or [],
    )
    limit = seconds + sum(each for _, each in job.phases) + 2 * job.patience + 60
    text = run_quietly(
        [sys.executable, "-W", "ignore", "-m", "bench.complainants"],
        text=json.dumps(asdict(job)),
        seconds=limit,
    )
    lives = Lives(**json.loads(text))
    check(lives, bench.sql(COMPLAINTS, CHECKED.format(title)))
    return lives


def check(lives: Lives, counted: str) -> None:
    """Compare what was told with what the database has ("rows|numbers|accepted"). Raises AssertionError.

    A request that was never answered may have been carried out: so much more may be there, and nothing less.
    """
    rows, numbers, accepted = (int(each) for each in counted.strip().split("|"))
    told = len(lives.accepted)
    unknown = sum(lives.failed.values())
    assert len(set(lives.accepted)) == told, "a number was told twice"
    assert rows == numbers, "a number was given twice"
    assert told <= accepted <= told + unknown, f"{told} were told to be accepted, {accepted} are"
    assert told <= rows <= lives.begun, f"{lives.begun} were filed, {rows} are there"


def _parts(lives: Lives) -> tuple[float, dict[str, list[float]]]:
    if lives.failed:
        raise AssertionError(f"not everything was carried out: {lives.failed}")
    steps = {step: sorted(took for name, _, took in lives.requests if name == step) for step in STEPS}
    return len(lives.accepted) / lives.seconds, steps


def _row(
    name: str,
    parameters: str,
    measured: tuple[float, dict[str, list[float]]],
    new: tuple[float, dict[str, list[float]]] | None,
) -> Row:
    rate, steps = measured

    def at(step: str, share: float) -> float:
        return percentile(steps[step], share) * 1e3

    told = ", ".join(f"{step} {at(step, 0.5):.0f}/{at(step, 0.99):.0f}" for step in STEPS)
    rival = RIVAL_FULL if new else RIVAL_NEW
    return Row(
        name=f"whole lives of complaints {name}",
        parameters=parameters,
        figure=f"{rate:.1f}/s; p50/p99 ms: {told}",
        baseline=f"{new[0]:.1f}/s at a new database; the rival's own test: {rival:g}/s"
        if new
        else f"the rival's own test: {rival:g}/s",
        ratio=rate / new[0] if new else None,
        target=f"{TARGET:.0f}/s",
        reached=rate >= TARGET,
        numbers={
            "rate": rate,
            **{f"{step}_{share}": at(step, share) for step in STEPS for share in (0.5, 0.99)},
        },
    )
