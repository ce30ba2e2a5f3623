"""The drill by which operators rehearse a cut-off site: it holds, and it would tell if it did not."""

import re
from dataclasses import replace

import pytest
from gerai_allinone import drill, drill_checks
from gerai_booking.rules import merging as rules
from gerai_booking.usecases import merging


def test_a_cut_off_morning_merges_without_loss(capsys: pytest.CaptureFixture[str]) -> None:
    assert drill.main(["cut-off", "--tickets", "40", "--seed", "3"]) == 0
    told = capsys.readouterr().out
    assert told.count("held") == len(drill_checks.CHECKS) + 2
    assert re.search(r"1\d conflicts provoked|[89] conflicts provoked", told)


def test_the_drill_tells_when_a_merge_forgets_what_stands_behind_the_centres_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a merge that lets the floor win always is found out."""
    monkeypatch.setattr(merging, "merge", _floor_always)
    assert drill.main(["cut-off", "--tickets", "40", "--seed", "3"]) == drill.EXIT_FAILED
    assert "The conflicts are those that were" in capsys.readouterr().out


def _floor_always(**asked: object) -> object:
    outcome = rules.merge(**asked)  # type: ignore[arg-type]
    if outcome.decision is rules.Decision.CENTRE:
        return replace(outcome, decision=rules.Decision.FLOOR, revision=outcome.revision - 1)
    return outcome


def test_too_few_people_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        drill.main(["cut-off", "--tickets", "1"])
    assert ended.value.code == drill.EXIT_USAGE
