"""The script that makes a mall's secrets."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from gerai_shared.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
SMTP = "smtp://mail.example:25"


def make_secrets(folder: Path, *options: str) -> Path:
    """Run the script as an operator does, with nothing but Python's own library; return the folder."""
    script = ROOT / "deploy" / "new_secrets.py"
    command = [sys.executable, "-I", "-S", str(script), str(folder), "--smtp-url", SMTP, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout + done.stderr == ""
    return folder


@pytest.mark.parametrize(
    ("deployment", "settings", "needs"),
    [
        (
            "booking-legal",
            ("bus_url", "database_url", "secret_key", "identity_key"),
            {"database", "secret", "sealing", "identity"},
        ),
        ("complaints", ("bus_url", "database_url", "secret_key"), {"database", "secret", "sealing"}),
        ("notifications", ("bus_url", "database_url"), {"database", "sealing", "smtp"}),
    ],
)
def test_a_process_starts_with_the_secrets_made_for_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    deployment: str,
    settings: tuple[str, ...],
    needs: set[str],
) -> None:
    folder = make_secrets(tmp_path / "secrets", "--bus-host", "mq.example", "--vhost", "a/b")
    for setting in settings:
        monkeypatch.setenv(f"GERAI_{setting.upper()}_FILE", str(folder / f"{deployment}.{setting}"))
    for setting in ("sealing_keys", "smtp_url"):
        monkeypatch.setenv(f"GERAI_{setting.upper()}_FILE", str(folder / setting))
    read = read_settings(deployment, needs=frozenset(needs))
    name = deployment.replace("-", "_")
    assert read.bus_url.startswith(f"amqp://{deployment}:")
    assert read.bus_url.endswith("@mq.example:5672/a%2Fb")
    assert read.database_url.startswith(f"postgresql+psycopg2://{name}:")
    assert read.database_url.endswith(f"@127.0.0.1:5432/{name}")
    assert read.smtp_url == SMTP


def test_a_second_run_changes_nothing_and_adds_what_a_new_agency_needs(tmp_path: Path) -> None:
    folder = make_secrets(tmp_path / "secrets", "--agencies", "legal")
    before = {path.name: path.read_text() for path in folder.iterdir()}
    make_secrets(folder, "--agencies", "legal,tax")
    after = {path.name: path.read_text() for path in folder.iterdir()}
    assert {name: after[name] for name in before} == before
    assert {name for name in after if name not in before} == {
        f"booking-tax.{kind}"
        for kind in (
            "bus_password",
            "bus_url",
            "database_password",
            "database_url",
            "identity_key",
            "secret_key",
        )
    }


def test_only_the_owner_may_enter_the_folder(tmp_path: Path) -> None:
    folder = make_secrets(tmp_path / "secrets")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_no_two_deployments_share_a_secret_but_the_seal(tmp_path: Path) -> None:
    folder = make_secrets(tmp_path / "secrets")
    values = [path.read_text() for path in folder.iterdir()]
    assert len(set(values)) == len(values)
