"""The runner of all stages."""

import io
import os
import time
from pathlib import Path

import pytest
from rich.console import Console

from tools import test_all
from tools.test_all import (
    PROMISED_SECONDS,
    SIDE_BY_SIDE,
    WHOLE_SECONDS,
    Outcome,
    chosen_stages,
    counted,
    has_room,
    lateness,
    left,
    run,
    run_tests,
)

#: Each of two stages goes on only when the other has begun, too.
MEETING = """
import pathlib
import time

import pytest


def test_the_other_stage_runs_meanwhile():
    pathlib.Path("{mine}").touch()
    last = time.monotonic() + 60
    while not pathlib.Path("{other}").exists():
        assert time.monotonic() < last
        time.sleep(0.01)


def test_what_differs():
    {rest}
"""
HANGING = "import threading\n\n\ndef test_nothing_comes():\n    threading.Event().wait(60)\n"


def stages_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, hanging: str = "", **tests: str
) -> tuple[list[Outcome], str]:
    """Run stages with one test module each in a folder of their own; what came of them and what was told."""
    for name, text in tests.items():
        (folder / "tests" / name).mkdir(parents=True)
        (folder / "tests" / name / "test_it.py").write_text(text)
    monkeypatch.setattr(test_all, "ROOT", folder)
    monkeypatch.setattr(test_all, "RESULTS", folder)
    monkeypatch.setattr(test_all, "SIDE_BY_SIDE", 2)
    console = Console(file=io.StringIO(), width=110)
    stages = [
        test_all.Tests(name=name, seconds=1 if name == hanging else 100, servers=False, options=("-rs",))
        for name in tests
    ]
    # Plugins that come with our packages take seconds to load, and one of them patches threads.
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    outcomes = run_tests(stages, env, time.monotonic() + 110, console)
    return outcomes, console.file.getvalue()


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" errors="1" failures="2" skipped="3"/></testsuites>')
    assert counted(report) == (3, 3, 3)
    assert counted(tmp_path / "none.xml") == (0, 0, 0)


def test_stages_run_in_their_own_order_whatever_the_order_of_the_words() -> None:
    assert [stage.name for stage in chosen_stages(["--only", "browser,unit,lint"])] == [
        "lint",
        "unit",
        "browser",
    ]


def test_an_unknown_stage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        chosen_stages(["--only", "units"])
    assert stopped.value.code == 2
    assert "no stage units" in capsys.readouterr().err


def test_a_run_that_takes_longer_than_promised_says_so() -> None:
    assert lateness(PROMISED_SECONDS) == ""
    assert lateness(PROMISED_SECONDS + 60).startswith("21 minutes instead of 20")


def test_no_stage_goes_on_when_the_time_of_the_whole_run_is_over() -> None:
    """Whatever its own limit is, which leaves room for a busy machine."""
    assert WHOLE_SECONDS > PROMISED_SECONDS
    assert left(600, time.monotonic() - 1) == 1.0
    assert left(600, time.monotonic() + 30) <= 30
    assert left(600, time.monotonic() + WHOLE_SECONDS) == 600


def test_a_stage_that_takes_too_long_is_ended_with_its_children() -> None:
    code, output = run(["sh", "-c", "echo started; sleep 60; :"], {"PATH": "/usr/bin:/bin"}, seconds=0.5)
    assert code is None
    assert output == "started\n"


def test_two_stages_run_side_by_side_and_what_fails_is_shown_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes, told = stages_of(
        tmp_path,
        monkeypatch,
        one=MEETING.format(mine="a", other="b", rest="pytest.skip('no such thing here')"),
        two=MEETING.format(mine="b", other="a", rest="assert 6 * 9 == 42"),
    )
    found = {each.name: (each.verdict, each.passed, each.failed, each.skipped) for each in outcomes}
    assert found == {"one": ("passed", 1, 0, 1), "two": ("failed", 1, 1, 0)}
    assert "assert (6 * 9) == 42" in told
    assert "no such thing here" in told
    assert told.count("test_the_other_stage_runs_meanwhile") == 0


def test_a_stage_that_nothing_may_disturb_waits_and_is_waited_for() -> None:
    usual, whole, light = (
        test_all.Tests(name="any", seconds=1, servers=False, **kind)
        for kind in ({}, {"undisturbed": True}, {"light": True})
    )
    assert has_room(usual, [])
    assert has_room(whole, [])
    assert not has_room(whole, [usual])
    assert not has_room(usual, [whole])
    assert has_room(usual, [usual]) is (SIDE_BY_SIDE > 1)
    assert not has_room(usual, [usual] * SIDE_BY_SIDE)
    assert has_room(light, [usual] * SIDE_BY_SIDE)
    assert has_room(usual, [light]) is not has_room(whole, [light])


def test_the_two_longest_stages_run_beside_each_other_and_nothing_beside_the_faults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As long as each took on two idle cores; begun after one of them, either would run its last minutes alone."""
    monkeypatch.setattr(test_all, "SIDE_BY_SIDE", 2)
    seconds = {
        "types": 31,
        "unit": 124,
        "contract": 48,
        "integration": 477,
        "browser": 468,
        "deploy": 110,
        "release": 60,
        "faults": 380,
    }
    waiting = [stage for stage in test_all.stages() if stage.name in seconds]
    assert len(waiting) == len(seconds)
    now, running = 0, list[tuple[int, test_all.Check | test_all.Tests]]()
    beside: dict[str, set[str]] = {}
    while waiting or running:
        while waiting and has_room(waiting[0], [stage for _, stage in running]):
            running.append((now + seconds[waiting[0].name], waiting.pop(0)))
        for _, stage in running:
            beside.setdefault(stage.name, set()).update(other.name for _, other in running if other != stage)
        now = min(end for end, _ in running)
        running = [(end, stage) for end, stage in running if end > now]
    assert "browser" in beside["integration"]
    assert beside["faults"] == set()
    # Both cores are busy but for the minute in which the last of the others ends, and for the faults.
    assert now - seconds["faults"] <= (sum(seconds.values()) - seconds["faults"]) / 2 + 60


@pytest.mark.parametrize(("code", "verdict"), [(0, "passed"), (2, "failed")])
def test_a_check_beside_the_tests_is_told_by_its_code_and_shown_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, verdict: str
) -> None:
    monkeypatch.setattr(test_all, "RESULTS", tmp_path)
    console = Console(file=io.StringIO(), width=110)
    checks = [
        test_all.Check(name="wrong", command=("sh", "-c", f"echo reason; exit {code}"), beside_tests=True),
        test_all.Check(name="right", command=("true",), beside_tests=True),
    ]
    outcomes = run_tests(checks, os.environ, time.monotonic() + 100, console)
    found = {each.name: (each.verdict, each.failed) for each in outcomes}
    assert found == {"wrong": (verdict, 0), "right": ("passed", 0)}
    assert ("reason" in console.file.getvalue()) is (verdict == "failed")


def test_every_module_of_tests_belongs_to_one_stage() -> None:
    places = [test_all.tests_of(stage) for stage in test_all.stages() if isinstance(stage, test_all.Tests)]
    modules = [place for place in places if place.is_file()]
    assert [module.relative_to(test_all.ROOT / "tests").as_posix() for module in modules] == [
        test_all.RELEASE
    ]
    (ignoring,) = (stage for stage in test_all.stages() if stage.name == "faults")
    assert test_all.command_of(ignoring)[-2:] == (f"--ignore=tests/{test_all.RELEASE}", "tests/faults")
    folders = {place for place in places if place.is_dir()}
    found = (test_all.ROOT / "tests").rglob("test_*.py")
    assert {path for path in found if not folders & set(path.parents)} == set()


def test_processes_of_tests_read_what_the_first_of_them_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("GERAI_PUBLIC_URL", "https://elsewhere.example")
    with test_all.test_environment(Console(file=io.StringIO()), servers=False) as env:
        assert not {"PYTHONDONTWRITEBYTECODE", "GERAI_PUBLIC_URL"} & env.keys()


def test_of_two_stages_the_one_that_hangs_is_ended_and_the_other_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes, told = stages_of(
        tmp_path,
        monkeypatch,
        hanging="one",
        one=HANGING,
        two="def test_that_ends():\n    assert True\n",
    )
    found = {each.name: (each.verdict, each.passed, each.remark) for each in outcomes}
    assert found == {"one": ("failed", 0, "ended after 1 s"), "two": ("passed", 1, "")}
    assert "ended after 1 s" in told
