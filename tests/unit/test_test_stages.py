"""The runner of all stages."""

import time
from pathlib import Path

import pytest

from tools.test_all import PROMISED_SECONDS, WHOLE_SECONDS, chosen_stages, counted, lateness, left, run


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
    code, output = run(
        ["sh", "-c", "echo started; sleep 60; :"], {"PATH": "/usr/bin:/bin"}, seconds=0.5, quiet=True
    )
    assert code is None
    assert output == "started\n"
