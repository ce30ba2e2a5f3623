"""The command `gerai`: officers' accounts, and what the broker's administrator is told."""

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gerai_shared import accounts, cli, inbox, tables
from gerai_shared.accounts import Officer
from gerai_shared.database import Database
from gerai_shared.refusals import Refused, SignInRequired

PASSWORD, ANOTHER_PASSWORD = "loket-nomor-satu", "loket-nomor-dua"
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with accounts, the one that the command finds in its environment."""
    url = f"sqlite:///{tmp_path}/desk.sqlite"
    made = Database(url)
    accounts.metadata.create_all(made.engine)
    monkeypatch.setenv("GERAI_DATABASE_URL", url)
    monkeypatch.delenv("GERAI_DATABASE_URL_FILE", raising=False)
    yield made
    made.close()


@pytest.fixture
def password_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file from which the command takes passwords."""
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    monkeypatch.setenv("GERAI_OFFICER_PASSWORD_FILE", str(path))
    return path


def sign_in(database: Database, password: str) -> tuple[str, Officer] | Refused:
    """Try to sign in as the officer of these tests."""
    with database.transaction() as session:
        return accounts.sign_in(session, username="dewi", password=password, now=NOW)


def test_an_added_officer_can_sign_in_with_the_password_of_the_file(
    database: Database, password_file: Path
) -> None:
    assert cli.main(["officers", "add", "Dewi", "--name", "Petugas Dewi", "--role", "supervisor"]) == 0
    answer = sign_in(database, PASSWORD)
    assert isinstance(answer, tuple)
    assert (answer[1].username, answer[1].name, answer[1].role) == ("dewi", "Petugas Dewi", "supervisor")


def test_a_second_account_of_the_same_name_is_refused(
    database: Database, password_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["officers", "add", "dewi", "--name", "Satu"])
    assert cli.main(["officers", "add", "DEWI", "--name", "Dua"]) == 1
    assert "there is an account dewi already" in capsys.readouterr().err


@pytest.mark.parametrize("username", ["d", "de wi", "-dewi", "dewi;", "d" * 41])
def test_a_username_that_cannot_be_typed_safely_is_refused(
    database: Database, password_file: Path, username: str
) -> None:
    assert cli.main(["officers", "add", "--name", "Dewi", "--", username]) == 1
    with database.reading() as session:
        assert accounts.list_accounts(session) == []


def test_a_weak_password_is_refused(
    database: Database, password_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    password_file.write_text("pendek")
    assert cli.main(["officers", "add", "dewi", "--name", "Dewi"]) == 1
    assert "at least 10 characters" in capsys.readouterr().err


def test_no_password_is_taken_from_the_command_line(database: Database) -> None:
    with pytest.raises(SystemExit) as wrong_usage:
        cli.main(["officers", "add", "dewi", "--name", "Dewi", "--password", PASSWORD])
    assert wrong_usage.value.code == 2


def test_without_a_terminal_a_password_needs_its_file(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GERAI_OFFICER_PASSWORD_FILE", raising=False)
    assert cli.main(["officers", "add", "dewi", "--name", "Dewi"]) == 1
    assert "GERAI_OFFICER_PASSWORD_FILE" in capsys.readouterr().err


def test_a_deactivated_officer_is_signed_out_and_stays_out(database: Database, password_file: Path) -> None:
    cli.main(["officers", "add", "dewi", "--name", "Dewi"])
    answer = sign_in(database, PASSWORD)
    assert isinstance(answer, tuple)
    assert cli.main(["officers", "deactivate", "dewi"]) == 0
    with database.reading() as session, pytest.raises(SignInRequired):
        accounts.officer_of(session, token=answer[0], now=NOW)
    assert isinstance(sign_in(database, PASSWORD), accounts.WrongCredentials)
    assert cli.main(["officers", "activate", "dewi"]) == 0
    assert isinstance(sign_in(database, PASSWORD), tuple)


def test_a_new_password_replaces_the_old_one_and_its_sessions_and_lifts_the_lock(
    database: Database, password_file: Path
) -> None:
    cli.main(["officers", "add", "dewi", "--name", "Dewi"])
    answer = sign_in(database, PASSWORD)
    assert isinstance(answer, tuple)
    for _ in range(accounts.ATTEMPTS_ALLOWED):
        sign_in(database, "salah-salah-salah")
    assert isinstance(sign_in(database, PASSWORD), accounts.TooManyAttempts)
    password_file.write_text(ANOTHER_PASSWORD)
    assert cli.main(["officers", "reset-password", "dewi"]) == 0
    with database.reading() as session, pytest.raises(SignInRequired):
        accounts.officer_of(session, token=answer[0], now=NOW)
    assert isinstance(sign_in(database, ANOTHER_PASSWORD), tuple)
    assert isinstance(sign_in(database, PASSWORD), accounts.WrongCredentials)


@pytest.mark.parametrize("action", ["deactivate", "activate", "reset-password"])
def test_an_account_that_is_not_there_cannot_be_changed(
    database: Database, password_file: Path, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["officers", action, "tidak-ada"]) == 1
    assert "there is no account tidak-ada" in capsys.readouterr().err


def test_the_list_names_every_account_and_no_password(
    database: Database, password_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["officers", "add", "dewi", "--name", "Dewi"])
    cli.main(["officers", "add", "budi", "--name", "Budi"])
    cli.main(["officers", "deactivate", "budi"])
    capsys.readouterr()
    assert cli.main(["officers", "list"]) == 0
    listed = capsys.readouterr().out
    assert listed.index("budi") < listed.index("dewi")
    assert "argon2" not in listed


def test_a_database_without_accounts_is_told_from_one_with_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/empty.sqlite"
    assert cli.main(["officers", "--database-url", url, "list"]) == 1
    assert "migrate it first" in capsys.readouterr().err


def test_the_address_of_the_database_may_be_in_a_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GERAI_DATABASE_URL")
    address = tmp_path / "address"
    address.write_text(f"{database.url.render_as_string(hide_password=False)}\n")
    monkeypatch.setenv("GERAI_DATABASE_URL_FILE", str(address))
    assert cli.main(["officers", "list"]) == 0
    monkeypatch.setenv("GERAI_DATABASE_URL_FILE", str(tmp_path / "missing"))
    with pytest.raises(SystemExit) as wrong_usage:
        cli.main(["officers", "list"])
    assert wrong_usage.value.code == 2


def test_every_deployment_of_the_mall_gets_permissions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["topology", "permissions", "--agencies", "legal,tax", "--vhost", "mall"]) == 0
    told = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert {tuple(line[:3]) for line in told} == {("set_permissions", "--vhost", "mall")}
    assert [line[3] for line in told] == [
        "booking-legal",
        "booking-tax",
        "complaints",
        "notifications",
        "gateway",
    ]


def test_permissions_can_be_asked_for_one_user_alone(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["topology", "permissions", "--users", "gateway"])
    told = capsys.readouterr().out.splitlines()
    assert [shlex.split(line)[3] for line in told] == ["gateway"]


def test_printed_policies_survive_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["topology", "policies"]) == 0
    told = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    definitions = {line[5]: json.loads(line[7]) for line in told}
    assert definitions["gerai-events"]["dead-letter-exchange"] == "gerai.parking"
    assert [line[6] for line in told] == [r"^[a-z-]+\.events$", r"^rpc\.", r"^gerai\.parked$"]


def test_rabbitmqctl_is_run_and_its_failure_is_told(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    tool = tmp_path / "rabbitmqctl"
    tool.write_text(f'#!/bin/sh\nfor a in "$@"; do printf "%s\\n" "$a"; done >> {seen}\nexit ${{CODE:-0}}\n')
    tool.chmod(0o755)
    run = ["topology", "permissions", "--users", "gateway", "--rabbitmqctl"]
    assert cli.main([*run, str(tool)]) == 0
    assert seen.read_text().splitlines()[:4] == ["set_permissions", "--vhost", "/", "gateway"]
    assert cli.main([*run, f"env CODE=1 {tool}"]) == 1


def test_parked_messages_are_listed_with_whole_ids_and_without_personal_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(f"sqlite:///{tmp_path}/parked.sqlite")
    tables.metadata.create_all(database.engine)
    with database.transaction() as session:
        inbox.record_failure(
            session,
            consumer="notifications",
            event_id="01a20155-ff00-729b-ba36-af594fc30807",
            event_type="ticket.booked.v1",
            content_type="application/json",
            raw=b'{"email": "warga@example.id"}',
            reason="KeyError: cannot write to warga@example.id",
            hopeless=True,
            now=NOW,
        )
        message_id = inbox.list_parked(session)[0].id
    url = str(database.url)
    database.close()
    assert cli.main(["parked", "--database-url", url, "list"]) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"{message_id}  notifications  ticket.booked.v1  attempts 1  last 2026-03-02T")
    assert cli.main(["parked", "--database-url", url, "show", message_id]) == 0
    shown = capsys.readouterr().out
    assert "warga@" not in listed + shown
    assert cli.main(["parked", "--database-url", url, "replay", message_id]) == 0
    assert cli.main(["parked", "--database-url", url, "replay", message_id]) == 1
    assert cli.main(["parked", "--database-url", url, "drop", message_id]) == 0
    assert cli.main(["parked", "--database-url", url, "drop", message_id]) == 1


def test_the_brokers_parking_needs_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GERAI_BUS_URL", raising=False)
    monkeypatch.delenv("GERAI_BUS_URL_FILE", raising=False)
    with pytest.raises(SystemExit) as wrong_usage:
        cli.main(["parked", "--broker", "list"])
    assert wrong_usage.value.code == 2
    assert "GERAI_BUS_URL is needed" in capsys.readouterr().err
