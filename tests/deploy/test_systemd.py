"""The units of systemd."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEMD = ROOT / "deploy" / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
#: The templates with the instance that each is tried with.
INSTANCES = {"gerai-gateway@": "8000", "gerai-booking-": "legal"}


def instance_of(unit: Path) -> str:
    """Name of a unit that can be started: of a template, one of its instances."""
    instance = next((found for start, found in INSTANCES.items() if unit.name.startswith(start)), "")
    return unit.name.replace("@.", f"@{instance}.")


def settings(unit: Path) -> dict[str, list[str]]:
    """The settings of a unit with all their values; syntactically wrong lines fail here."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            name, separator, value = line.partition("=")
            assert separator, line
            assert re.fullmatch(r"[A-Z][A-Za-z]+", name), line
            found.setdefault(name, []).append(value)
    return found


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        # Every other test here reads the units as well.
        assert all(settings(unit)["ExecStart"] for unit in UNITS)
        return
    for path in [*UNITS, SYSTEMD / "gerai.target"]:
        # The interpreter is where a mall is installed, not here.
        text = re.sub(r"/opt/gerai/[a-z]+/bin/python", "/bin/true", path.read_text())
        (tmp_path / instance_of(path)).write_text(text)
    command = [analyze, "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "gerai" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_role_of_a_service_that_exists(unit: Path) -> None:
    command = shlex.split(settings(unit)["ExecStart"][0].replace("%i", "legal"))
    package = command[command.index("-m") + 1]
    assert f"/opt/gerai/{package.removeprefix('gerai_')}/bin/python" in command
    folder = ROOT / "services" / package.removeprefix("gerai_") / package
    assert (folder / "__main__.py").exists()
    if "--role" in command:
        roles = re.search(r"(?s)ROLES = \((.+?)\)", (folder / "roles.py").read_text())
        assert roles is not None
        assert f'"{command[command.index("--role") + 1]}"' in roles[1]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_hands_over_every_secret_that_it_names(unit: Path) -> None:
    found = settings(unit)
    loaded = dict(value.split(":", 1) for value in found["LoadCredential"])
    named = dict(value.split("=", 1) for value in found["Environment"])
    assert named == {f"GERAI_{name.upper()}_FILE": f"%d/{name}" for name in loaded}
    assert all(path.startswith("/etc/gerai/secrets/") for path in loaded.values())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_secrets_and_files_of_a_unit_are_made_by_the_setup(unit: Path, tmp_path: Path) -> None:
    from tests.deploy.test_secrets import make_secrets

    made = {path.name for path in make_secrets(tmp_path / "secrets").iterdir()}
    for value in settings(unit)["LoadCredential"]:
        assert Path(value.split(":", 1)[1].replace("%i", "legal")).name in made
    for value in settings(unit)["EnvironmentFile"]:
        assert (SYSTEMD / "env" / Path(value.replace("%i", "legal")).name).is_file()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_listens_where_its_settings_say(unit: Path) -> None:
    address = re.search(r"GERAI_HTTP_ADDRESS=(\S+)", settings(unit)["ExecStart"][0])
    assert address is not None
    if address[1] != "127.0.0.1:%i":
        file = settings(unit)["EnvironmentFile"][1].replace("%i", "legal")
        assert f"{address[1][2:-1]}=127.0.0.1:" in (SYSTEMD / "env" / Path(file).name).read_text()


def test_no_two_processes_listen_at_the_same_place() -> None:
    places = [
        address
        for path in (SYSTEMD / "env").glob("*.env")
        for address in re.findall(r"_ADDRESS=(\S+)", path.read_text())
    ]
    assert len(places) == 10
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_let_finish_and_is_not_restarted_with_settings_that_cannot_be_used(unit: Path) -> None:
    found = settings(unit)
    drain = re.search(r"GERAI_DRAIN_SECONDS=(\d+)", (SYSTEMD / "env" / "common.env").read_text())
    assert drain is not None
    assert int(found["TimeoutStopSec"][0]) > int(drain[1])
    assert found["RestartPreventExitStatus"] == ["2"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_as_a_user_of_its_own_without_privileges(unit: Path) -> None:
    found = settings(unit)
    assert found["DynamicUser"] == found["NoNewPrivileges"] == ["yes"]
    assert found["CapabilityBoundingSet"] == [""]
    assert "User" not in found


def test_a_command_of_the_operator_gets_a_deployments_settings(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (tmp_path / "common.env").write_text((SYSTEMD / "env" / "common.env").read_text())
    (tmp_path / "notifications.env").write_text((SYSTEMD / "env" / "notifications.env").read_text())
    (secrets / "notifications.database_url").write_text("sqlite:///there.sqlite\n")
    done = subprocess.run(
        [SYSTEMD / "gerai-as", "notifications", "env"],
        env={"PATH": "/usr/bin:/bin", "GERAI_CONFIG": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    given = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert given["GERAI_DATABASE_URL_FILE"] == str(secrets / "notifications.database_url")
    assert given["GERAI_ENVIRONMENT"] == "production"
    assert given["GERAI_MAIL_FROM"] == "Mal Pelayanan Publik <antrean@mpp.example.id>"
    assert "GERAI_SECRET_KEY_FILE" not in given
