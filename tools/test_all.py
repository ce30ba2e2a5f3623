"""All checks and tests in stages, as `make test` and `make check` run them.

Starts one private RabbitMQ and one private PostgreSQL for the stages that need them, and tells the tests by
GERAI_TEST_BROKER_URL, GERAI_TEST_POSTGRES_URL (addresses of administrators) and GERAI_TEST_BROKER_FOLDER,
GERAI_TEST_POSTGRES_FOLDER (to command them: `attach` in gerai_allinone.servers). On two cores, two folders of
tests run side by side, and one that computes little beside them, each in a process of its own: what they
write is in .run/test, and shown of one that failed; a folder that runs alone writes to the terminal. Ends
with one line a stage and the sum of all tests; exits with 1 when anything failed or the whole took more than
30 minutes (20 are promised), with 2 when asked for something unknown.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, ClassVar
from xml.etree.ElementTree import parse

from gerai_allinone.servers import PostgresServer, RabbitServer
from gerai_allinone.servers.process import leash
from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".run" / "test"
TYPED = ("shared", "services", "deploy", "tests", "tools", "bench")
EVENTLET = ("-p", "tests.support.eventlet_patch")
# Promised for two idle cores. A stage's own limit ends what hangs and leaves room where others work; what is
# left of the whole bounds every stage besides.
PROMISED_SECONDS = 20 * 60
WHOLE_SECONDS = 30 * 60
OF_THE_WHOLE = f", with which the {WHOLE_SECONDS // 60} minutes of the whole run were over"
NO_TESTS_COLLECTED = 5
RELEASE = "faults/test_release_day.py"
# One stage keeps one core busy, and its servers a part of another. More at once would wait for each other.
SIDE_BY_SIDE = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, kw_only=True)
class Check:
    """A stage that says yes or no."""

    name: str
    command: tuple[str, ...]
    seconds: int = 300
    #: Takes longer than all the others together: it begins with the tests, in the place of one folder.
    beside_tests: bool = False
    undisturbed: ClassVar[bool] = False
    light: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Tests:
    """A stage that runs the tests of one folder, or one module, in a process of its own."""

    name: str
    seconds: int
    servers: bool
    #: Below `tests`; as the stage is called when nothing is said.
    path: str = ""
    options: tuple[str, ...] = ()
    #: Keeps several processes busy and waits for pages and alarms: nothing runs beside it.
    undisturbed: bool = False
    #: Waits for programs that it starts more than it computes: it takes nobody's place.
    light: bool = False


@dataclass(frozen=True, kw_only=True)
class Running:
    """A stage that runs, until `ends_at` at the latest; without `output`, the terminal shows it."""

    stage: Check | Tests
    process: subprocess.Popen[str]
    began_at: float
    ends_at: float
    output: Path | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a stage."""

    name: str
    verdict: str  # passed, failed or skipped
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remark: str = ""


def stages() -> list[Check | Tests]:
    """All stages, in the order in which they begin: what fails fastest comes first.

    Then the two that take longest, beside each other; what computes little fills the gaps of all.
    """
    programs = Path(sys.executable).parent
    typed = [folder for folder in TYPED if (ROOT / folder).is_dir()]
    return [
        Check(name="lint", command=(str(programs / "ruff"), "check", ".")),
        Check(name="format", command=(str(programs / "ruff"), "format", "--check", ".")),
        Check(name="imports", command=(str(programs / "lint-imports"),)),
        Check(name="types", command=(str(programs / "mypy"), *typed), beside_tests=True),
        Tests(name="unit", seconds=600, servers=False),
        Tests(name="contract", seconds=600, servers=True, options=EVENTLET),
        Tests(name="integration", seconds=1300, servers=True, options=EVENTLET),
        Tests(name="deploy", seconds=600, servers=True, light=True),
        Tests(name="browser", seconds=1200, servers=True),
        # One of the faults, with servers of its own, too; but it waits for an hour and judges no speed.
        Tests(name="release", path=RELEASE, seconds=600, servers=False, light=True),
        # These break servers, and so start their own. They keep both cores busy and judge how soon the mall
        # is itself again: nothing runs beside them, not even what needs one core alone.
        Tests(
            name="faults",
            seconds=1200,
            servers=False,
            options=(f"--ignore=tests/{RELEASE}",),
            undisturbed=True,
        ),
    ]


def run_check(check: Check, console: Console, deadline: float) -> Outcome:
    """Run a check quietly; what it printed is shown only when it fails."""
    begin = time.monotonic()
    with console.status(check.name):
        code, output = run(check.command, os.environ, seconds=left(check.seconds, deadline))
    if code != 0:
        console.print(output, markup=False, highlight=False)
    return Outcome(name=check.name, verdict="failed" if code else "passed", seconds=time.monotonic() - begin)


def command_of(stage: Check | Tests) -> tuple[str, ...]:
    """What a stage runs."""
    if isinstance(stage, Check):
        return stage.command
    pytest = (sys.executable, "-m", "pytest", "-q", f"--junit-xml={report(stage)}")
    return (*pytest, *stage.options, str(tests_of(stage).relative_to(ROOT)))


def begin(stage: Check | Tests, env: Mapping[str, str], deadline: float, *, alone: bool) -> Running:
    """Start a check or one folder's tests."""
    report(stage).unlink(missing_ok=True)
    output = None if alone else RESULTS / f"{stage.name}.txt"
    now = time.monotonic()
    command = command_of(stage)
    if output is None:
        process = start(command, env, output=None)
    else:
        with output.open("w") as file:
            process = start(command, env, output=file)
    return Running(
        stage=stage,
        process=process,
        began_at=now,
        ends_at=now + left(stage.seconds, deadline),
        output=output,
    )


def is_over(running: Running) -> bool:
    """True when a stage has ended or has to end."""
    return running.process.poll() is not None or time.monotonic() >= running.ends_at


def outcome_of(running: Running, deadline: float) -> Outcome:
    """Count the tests of a stage that is over; one that broke off counts as a failure."""
    code = running.process.poll()
    if code is None:
        end_group(running.process)
    passed, failed, skipped = counted(report(running.stage))
    remark = ""
    if code is None:
        seconds = running.ends_at - running.began_at
        remark = f"ended after {seconds:.0f} s{OF_THE_WHOLE if time.monotonic() >= deadline else ''}"
    elif isinstance(running.stage, Tests):
        if code not in (0, 1, NO_TESTS_COLLECTED):
            remark = f"pytest ended with {code}"
        if (remark or code == 1) and not failed:
            failed = 1
    return Outcome(
        name=running.stage.name,
        verdict="failed" if failed or remark or (isinstance(running.stage, Check) and code) else "passed",
        seconds=time.monotonic() - running.began_at,
        passed=passed,
        failed=failed,
        skipped=skipped,
        remark=remark,
    )


def run_tests(
    chosen: Sequence[Check | Tests], env: Mapping[str, str], deadline: float, console: Console
) -> list[Outcome]:
    """Run stages, SIDE_BY_SIDE at once; each says what came of it as soon as it is over."""
    waiting, running, outcomes = list(chosen), list[Running](), list[Outcome]()
    alone = len(chosen) == 1
    status = console.status("")
    if not alone:
        status.start()
    try:
        while waiting or running:
            while waiting and has_room(waiting[0], [each.stage for each in running]):
                running.append(begin(waiting.pop(0), env, deadline, alone=alone))
            status.update(", ".join(each.stage.name for each in running))
            for each in [each for each in running if is_over(each)]:
                outcomes.append(outcome_of(each, deadline))
                running.remove(each)
                tell(outcomes[-1], each.output, console)
            time.sleep(0.1)
    finally:
        status.stop()
        for each in running:
            end_group(each.process)
    return outcomes


def has_room(stage: Check | Tests, running: Sequence[Check | Tests]) -> bool:
    """Tell whether a stage may begin beside those that run."""
    if any(each.undisturbed for each in (stage, *running)):
        return not running
    return stage.light or sum(not each.light for each in running) < SIDE_BY_SIDE


def tell(outcome: Outcome, output: Path | None, console: Console) -> None:
    """Say what came of a stage: all that it wrote when it failed, and else why tests were skipped."""
    if output is not None:
        console.rule(outcome.name, align="left")
        for line in output.read_text(errors="replace").splitlines():
            if outcome.verdict == "failed" or line.startswith("SKIPPED"):
                console.print(line, markup=False, highlight=False)
    show(outcome, console)


def report(stage: Check | Tests) -> Path:
    """Where pytest counts the tests of a stage."""
    return RESULTS / f"{stage.name}.xml"


def run(command: Sequence[str], env: Mapping[str, str], *, seconds: float) -> tuple[int | None, str]:
    """Run a command; its exit code, or None when it was ended for being too slow, and its output."""
    process = start(command, env, output=subprocess.PIPE)
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, end_group(process)
    except BaseException:
        end_group(process)
        raise
    return process.returncode, output


def start(
    command: Sequence[str], env: Mapping[str, str], *, output: int | IO[str] | None
) -> subprocess.Popen[str]:
    """Start a command as a group of its own; `output` takes what it writes, or else the terminal."""
    return subprocess.Popen(
        [*leash(bound_files=False), *command],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def end_group(process: subprocess.Popen[str]) -> str:
    """End a stage with all it started: SIGINT lets pytest clean up, SIGKILL does not ask."""
    for number, patience in ((signal.SIGINT, 15), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            output, _ = process.communicate(timeout=patience)
            return output or ""
    return ""


def left(seconds: float, deadline: float) -> float:
    """The seconds a stage may take: its own limit, or what is left of the whole run's."""
    return max(1.0, min(seconds, deadline - time.monotonic()))


def counted(report: Path) -> tuple[int, int, int]:
    """Tests passed, failed and skipped in a JUnit report of pytest; nothing when there is none."""
    if not report.exists():
        return 0, 0, 0
    suites = parse(report).getroot().findall("testsuite")  # noqa: S314 - pytest wrote it just now
    total, errors, failures, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "errors", "failures", "skipped")
    )
    failed = errors + failures
    return total - failed - skipped, failed, skipped


def lateness(seconds: float) -> str:
    """What to say of a whole run that took longer than is promised; nothing of one in time."""
    if seconds <= PROMISED_SECONDS:
        return ""
    return f"{seconds / 60:.0f} minutes instead of {PROMISED_SECONDS // 60}, which are promised"


def tests_of(stage: Tests) -> Path:
    """The folder or the module of a stage."""
    return ROOT / "tests" / (stage.path or stage.name)


def has_tests(stage: Tests) -> bool:
    """True when the folder of a stage has a test module."""
    return tests_of(stage).is_file() or any(tests_of(stage).rglob("test_*.py"))


@contextmanager
def test_environment(console: Console, *, servers: bool) -> Iterator[dict[str, str]]:
    """The environment of the tests: no settings of the developer's own Gerai, and the private servers.

    The hundreds of processes that tests start read what the first of them has compiled, whatever the
    developer wants elsewhere: it is a quarter of the start of each.
    """
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GERAI_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    if not servers:
        yield env
        return
    with console.status("starting a private PostgreSQL and RabbitMQ"):
        begin = time.monotonic()
        postgres = PostgresServer(durable=False).start()
        rabbit = RabbitServer().start()
    console.print(f"servers      ready in {time.monotonic() - begin:.1f} s", highlight=False)
    with postgres, rabbit:
        yield env | {
            "GERAI_TEST_BROKER_URL": rabbit.url(),
            "GERAI_TEST_BROKER_FOLDER": str(rabbit.folder),
            "GERAI_TEST_POSTGRES_URL": postgres.url(),
            "GERAI_TEST_POSTGRES_FOLDER": str(postgres.folder),
        }


def run_all(chosen: Sequence[Check | Tests], console: Console) -> list[Outcome]:
    """Run the chosen stages; each says what came of it as soon as it is over."""
    deadline = time.monotonic() + WHOLE_SECONDS
    checks = [stage for stage in chosen if isinstance(stage, Check) and not stage.beside_tests]
    tests = [stage for stage in chosen if isinstance(stage, Tests)]
    outcomes = []
    for check in checks:
        outcomes.append(run_check(check, console, deadline))
        show(outcomes[-1], console)
    needs_servers = any(stage.servers and has_tests(stage) for stage in tests)
    empty = [stage for stage in tests if not has_tests(stage)]
    for stage in empty:
        outcomes.append(Outcome(name=stage.name, verdict="skipped", seconds=0, remark="no tests"))
        show(outcomes[-1], console)
    with test_environment(console, servers=needs_servers) as env:
        begun = [stage for stage in chosen if stage not in checks and stage not in empty]
        outcomes += run_tests(begun, env, deadline, console)
    order = [stage.name for stage in chosen]
    return sorted(outcomes, key=lambda outcome: order.index(outcome.name))


def show(outcome: Outcome, console: Console) -> None:
    """One line about a stage."""
    colour = {"passed": "green", "failed": "red", "skipped": "yellow"}[outcome.verdict]
    tests = f"{outcome.passed} passed, {outcome.failed} failed" if outcome.passed or outcome.failed else ""
    details = ", ".join(filter(None, [tests, outcome.remark]))
    console.print(
        f"{outcome.name:<12} [{colour}]{outcome.verdict:<8}[/] {outcome.seconds:6.1f} s  {details}",
        highlight=False,
    )


def chosen_stages(arguments: Sequence[str]) -> list[Check | Tests]:
    """The stages the command line asks for; all without a choice."""
    everything = stages()
    names = [stage.name for stage in everything]
    parser = argparse.ArgumentParser(description="Run the checks and tests of Gerai in stages.")
    parser.add_argument("--only", metavar="STAGE,...", help=f"some of: {', '.join(names)}")
    only = parser.parse_args(arguments).only
    wanted = only.split(",") if only else names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(names)}")
    return [stage for stage in everything if stage.name in wanted]


def stop_on_sigterm(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM leaves through the same doors as Ctrl-C, so that all servers are stopped."""
    raise KeyboardInterrupt


def main() -> int:
    """Run what the command line asks for and say what came of it."""
    chosen = chosen_stages(sys.argv[1:])
    signal.signal(signal.SIGTERM, stop_on_sigterm)
    RESULTS.mkdir(parents=True, exist_ok=True)
    console = Console(width=None if sys.stdout.isatty() else min(110, shutil.get_terminal_size().columns))
    begin = time.monotonic()
    try:
        outcomes = run_all(chosen, console)
    except KeyboardInterrupt:
        console.print("[red]stopped[/]")
        return 130
    seconds = time.monotonic() - begin
    console.rule(f"{seconds:.0f} s", align="left")
    for outcome in outcomes:
        show(outcome, console)
    passed, failed, skipped = (
        sum(getattr(outcome, kind) for outcome in outcomes) for kind in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    if late := lateness(seconds):
        console.print(f"[red]{late}[/]", highlight=False)
    return 1 if seconds > WHOLE_SECONDS or any(outcome.verdict == "failed" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
