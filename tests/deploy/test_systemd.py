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
        # What starts it is where a mall is installed, not here.
        text = path.read_text().replace("/usr/local/bin/gerai-start", "/bin/true")
        (tmp_path / instance_of(path)).write_text(text)
    command = [analyze, "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "gerai" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_role_of_a_service_that_exists(unit: Path) -> None:
    command = shlex.split(settings(unit)["ExecStart"][0].replace("%i", "legal"))
    start = command.index("/usr/local/bin/gerai-start")
    deployment, package = command[start + 1 : start + 3]
    assert deployment == {"gerai_booking": "booking-legal"}.get(package, package.removeprefix("gerai_"))
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
    # A name at most, for a folder that two units share: systemd makes that user, too.
    assert found.get("User", []) in ([], found.get("StateDirectory"))


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


def test_the_unit_of_a_second_bus_differs_by_its_address_alone() -> None:
    """As the page for operators makes it."""
    page = (ROOT / "docs" / "operations.md").read_text()
    recipe = re.search(r"(?m)^sed '(\S+)' /etc/systemd/system/(\S+) \|$", page)
    name = re.search(
        r"(?m)^echo '(\w+)=127\.0\.0\.1:(\d+)' \| sudo tee -a /etc/gerai/booking-legal\.env$", page
    )
    assert recipe is not None
    assert name is not None
    first = (SYSTEMD / recipe[2]).read_text()
    command = ["sed", recipe[1], SYSTEMD / recipe[2]]
    second = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
    assert second != first
    assert second.replace(name[1], "BUS_ADDRESS") == first
    assert not [path for path in (SYSTEMD / "env").glob("*.env") if name[2] in path.read_text()]


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """Where two releases are installed, whose interpreters say which one they are; an agency runs the old one."""
    folder = tmp_path / "opt"
    for release in ("old", "new"):
        python = folder / "releases" / release / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text('#!/bin/sh\necho "$0" "$@"\n')
        python.chmod(0o755)
    (folder / "booking-legal").symlink_to(folder / "releases" / "old")
    return folder


def started(prefix: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start what a unit starts."""
    return subprocess.run(
        [SYSTEMD / "gerai-start", *arguments],
        env={"PATH": "/usr/bin:/bin", "GERAI_PREFIX": str(prefix)},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


def test_a_process_is_started_from_the_release_and_not_from_the_link_to_it(prefix: Path) -> None:
    """Through the link it would find the files of whatever is installed later."""
    said = started(prefix, "booking-legal", "gerai_booking", "legal", "serve", "--role", "bus").stdout
    assert said == f"{prefix}/releases/old/bin/python -m gerai_booking legal serve --role bus\n"


def test_what_is_not_installed_is_not_tried_again_and_again(prefix: Path) -> None:
    refused = started(prefix, "booking-immigration", "gerai_booking", "immigration", "serve")
    assert (refused.returncode, "booking-immigration is not installed" in refused.stderr) == (2, True)


def test_a_command_of_the_operator_runs_the_release_of_its_deployment(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "common.env").write_text("")
    env = {"PATH": "/usr/bin:/bin", "GERAI_PREFIX": str(prefix), "GERAI_CONFIG": str(tmp_path)}
    command = [SYSTEMD / "gerai-as", "booking-legal", "python", "-m", "gerai_booking"]
    said = subprocess.run(command, env=env, capture_output=True, text=True, timeout=10, check=True).stdout
    assert said == f"{prefix}/releases/old/bin/python -m gerai_booking\n"


@pytest.mark.parametrize(
    ("arguments", "linked"),
    [
        (["booking", "legal"], {"booking-legal": "new", "booking-immigration": "before"}),
        (["booking", "legal", "immigration"], {"booking-legal": "new", "booking-immigration": "new"}),
        (["complaints"], {"complaints": "new", "booking-legal": "before"}),
    ],
)
def test_an_installation_links_the_deployments_that_it_is_told_alone(
    tmp_path: Path, arguments: list[str], linked: dict[str, str]
) -> None:
    """One agency may be upgraded while the other runs the release before."""
    (tmp_path / "before").mkdir()
    for deployment in ("booking-legal", "booking-immigration"):
        (tmp_path / deployment).symlink_to(tmp_path / "before")
    # What would make the environment and fill it says that it did.
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3").write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\nfor tool in pip python; do ln -s /bin/true "$3/bin/$tool"; done\n'
    )
    (tools / "python3").chmod(0o755)
    subprocess.run(
        [SYSTEMD / "install-service", *arguments],
        env={"PATH": f"{tools}:/usr/bin:/bin", "PREFIX": str(tmp_path)},
        capture_output=True,
        timeout=30,
        check=True,
    )
    found = {name: "before" if (tmp_path / name).resolve().name == "before" else "new" for name in linked}
    assert found == linked
