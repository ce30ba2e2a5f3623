"""The runner of all stages."""

from pathlib import Path

import pytest

from tools.test_all import chosen_stages, counted, run


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


def test_a_stage_that_takes_too_long_is_ended_with_its_children() -> None:
    code, output = run(
        ["sh", "-c", "echo started; sleep 60; :"], {"PATH": "/usr/bin:/bin"}, seconds=0.5, quiet=True
    )
    assert code is None
    assert output == "started\n"
