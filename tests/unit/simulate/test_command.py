"""`gerai simulate day` on the command line: what it is told, what it says when there is nothing to begin with."""

import argparse
import json
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from gerai_allinone.simulate import command
from gerai_allinone.simulate.client import Answer
from gerai_allinone.simulate.command import EXIT_CANNOT_BEGIN, add, main, passwords
from gerai_allinone.simulate.house import sign_in
from gerai_allinone.simulate.site import CannotBegin, look_at
from gerai_allinone.simulate.visitors import free_hours
from gerai_shared import cli

ROOT = Path(__file__).resolve().parents[3]
CLOSED = "http://127.0.0.1:9"


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers())
    return parser.parse_args(["simulate", "day", *words])


def test_other_distributions_add_their_commands_to_gerai(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = tomllib.loads((ROOT / "deploy" / "allinone" / "pyproject.toml").read_text())
    found = declared["project"]["entry-points"][cli.OTHER_COMMANDS]
    points = [metadata.EntryPoint(name, value, cli.OTHER_COMMANDS) for name, value in found.items()]
    monkeypatch.setattr(cli, "entry_points", lambda *, group: points if group == cli.OTHER_COMMANDS else [])
    with pytest.raises(SystemExit) as stopped:
        cli.main(["simulate", "day", "--help"])
    assert stopped.value.code == 0
    told = capsys.readouterr().out
    assert "The mall's own clock is not touched." in told
    assert "--speed" in told


def test_without_them_gerai_has_its_own_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "entry_points", lambda *, group: [])
    with pytest.raises(SystemExit) as stopped:
        cli.main(["simulate", "day"])
    assert stopped.value.code == 2


def test_a_mall_that_does_not_run_cannot_be_begun_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "BEGIN_PATIENCE", 0.0)
    assert main(["day", "--gateway", CLOSED]) == EXIT_CANNOT_BEGIN
    assert "cannot be reached" in capsys.readouterr().out


def test_other_machines_are_refused_outright(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["day", "--gateway", "http://192.0.2.1:8000"]) == EXIT_CANNOT_BEGIN
    assert "not an address of this machine" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("--speed", "0"),
        ("--speed", "9999"),
        ("--counters", "immigration"),
        ("--seed", "x"),
        ("--people", "-1"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        options(*words)
    assert stopped.value.code == 2
    assert "error" in capsys.readouterr().err


def test_the_password_is_found_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("from a file\n")
    assert passwords(options("--password-file", str(file)), {"GERAI_DEMO_PASSWORD": "no"}) == ["from a file"]
    assert passwords(options(), {"GERAI_DEMO_PASSWORD_FILE": str(file)}) == ["from a file"]
    assert passwords(options(), {"GERAI_DEMO_PASSWORD": "from outside"}) == ["from outside"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotBegin, match="no password is known"):
        passwords(options(), {})
    for folder, word in (("mall", "one"), ("topology", "two")):
        (tmp_path / ".run" / folder).mkdir(parents=True)
        (tmp_path / ".run" / folder / "secrets.json").write_text(json.dumps({"demo_password": word}))
    assert passwords(options(), {}) == ["one", "two"]
    with pytest.raises(CannotBegin, match="no password can be read"):
        passwords(options("--password-file", str(tmp_path / "none")), {})


class Told:
    """A door whose answers are given by the last word of the path."""

    def __init__(self, **answers: object) -> None:
        self._answers = answers

    def get(self, path: str, *, bearer: str | None = None) -> Answer:
        found = self._answers[path.partition("?")[0].rsplit("/", 1)[-1]]
        return found if isinstance(found, Answer) else Answer(status=200, body=found)


def the_site(**changes: object) -> dict[str, object]:
    usual = {
        "code": "mpp-test",
        "time_zone": "Asia/Jakarta",
        "online_booking": True,
        "dates": [],
        "hours": [
            {
                "weekday": 1,
                "opens": "08:00",
                "closes": "15:00",
                "breaks": [{"starts": "12:00", "ends": "13:00"}],
            }
        ],
        "counters": [{"code": "1", "agency": "immigration"}, {"code": "9", "agency": "health"}],
        "agencies": ["immigration", "health"],
    }
    return {**usual, **changes}


def service(code: str, **changes: object) -> dict[str, object]:
    usual = {
        "code": code,
        "duration_minutes": 20,
        "citizenship": ["WNI"],
        "purposes": [{"code": "work"}],
        "precondition": None,
        "requirements": [{"code": "ktp"}],
        "offers": [{"site": "mpp-test", "places_per_hour_slot": 10, "complete_files_only": False}],
    }
    return {**usual, **changes}


def gateway(
    site: dict[str, object], *services: dict[str, object], now: str = "2026-12-01T02:05:00+00:00"
) -> Told:
    return Told(sites={"sites": [site]}, board={"now": now}, services={"services": list(services)})


def test_the_mall_says_what_there_is_at_the_site_today() -> None:
    elsewhere = service(
        "visa", offers=[{"site": "other", "places_per_hour_slot": 1, "complete_files_only": False}]
    )
    shut = service(
        "deed",
        offers=[
            {"site": "mpp-test", "places_per_hour_slot": 4, "complete_files_only": False, "weekdays": [3]}
        ],
    )
    foreign = service(
        "stay",
        citizenship=["WNA"],
        offers=[{"site": "mpp-test", "places_per_hour_slot": 4, "complete_files_only": True}],
    )
    found = look_at(
        gateway(the_site(), service("new"), elsewhere, shut, foreign), "mpp-test", wanted=["immigration"]
    )
    assert (found.hours.opens, found.hours.closes, found.hours.breaks) == (480, 900, ((720, 780),))
    assert found.counters == {"immigration": ("1",)}
    assert set(found.offered) == {("immigration", "new"), ("immigration", "stay")}
    assert found.offered["immigration", "new"].service.is_bookable
    assert not found.offered["immigration", "stay"].service.is_bookable
    assert found.offered["immigration", "stay"].checklist == ("ktp",)
    assert [(each.code, each.counters, len(each.services)) for each in found.agencies()] == [
        ("immigration", 1, 2)
    ]


@pytest.mark.parametrize(
    ("site", "problem"),
    [
        (the_site(code="another"), "knows no site"),
        (the_site(hours=[]), "is not open on Tuesday"),
        (the_site(dates=["2026-12-12"]), "it is on 2026-12-12"),
    ],
)
def test_a_site_that_is_not_there_or_not_open_has_no_day(site: dict[str, object], problem: str) -> None:
    with pytest.raises(CannotBegin, match=problem):
        look_at(gateway(site, service("new")), "mpp-test", wanted=["immigration"])


def test_a_holiday_has_no_day_and_full_hours_are_left_out() -> None:
    found = look_at(gateway(the_site(), service("new")), "mpp-test", wanted=["immigration"])
    hours = [{"id": "a", "places": 0}, {"id": "b", "places": 2}]
    free = free_hours(Told(availability={"days": [{"reason": None, "slots": hours}]}), found)
    assert free == {("immigration", "new"): [{"id": "b", "places": 2}]}
    with pytest.raises(CannotBegin, match="is closed on 2026-12-01"):
        free_hours(Told(availability={"days": [{"reason": "holiday", "slots": []}]}), found)


def test_the_gateway_that_knows_nothing_yet_is_told_of() -> None:
    with pytest.raises(CannotBegin, match="answers 503"):
        look_at(Told(sites=Answer(status=503, body="")), "mpp-test", wanted=["immigration"])


class Door:
    """Lets somebody in with the word `right`."""

    def __init__(self, status: int = 401) -> None:
        self._status = status

    def post(self, _path: str, body: dict[str, str]) -> Answer:
        if body["password"] != "right" or body["username"] == "stranger":
            return Answer(status=self._status, body={})
        return Answer(status=201, body={"token": f"{body['username']} is in"})


def test_officers_sign_in_with_the_first_password_that_is_right() -> None:
    assert sign_in(Door(), ["petugas"], ["wrong", "right"]) == ["petugas is in"]
    with pytest.raises(CannotBegin, match="--password-file"):
        sign_in(Door(), ["petugas"], ["wrong"])
    with pytest.raises(CannotBegin, match="429"):
        sign_in(Door(429), ["petugas"], ["wrong", "right"])


def test_officers_who_are_not_known_at_an_agency_are_left_out() -> None:
    assert sign_in(Door(), ["petugas", "stranger", "petugas2"], ["right"]) == [
        "petugas is in",
        "petugas2 is in",
    ]
