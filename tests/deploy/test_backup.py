"""Backing up and restoring as the page for operators says, on PostgreSQL itself."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.deploy.test_database_setup import ReadyServer
from tests.support.servers import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text().replace("\\\n", " ")
DEPLOYMENT, DATABASE = "booking-legal", "booking_legal"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadyServer]:
    """A server with an agency's database that has its tables and its first days."""
    with PostgresServer(durable=False) as server:
        made = ReadyServer(server, tmp_path_factory.mktemp("databases"))
        made.set_up()
        for step in ("migrate", "seed"):
            run([sys.executable, "-m", "gerai_booking", "legal", step], **settings(made))
        yield made


def settings(ready: ReadyServer) -> dict[str, str]:
    """What an operator's command is given of the deployment."""
    secrets = ready.secrets
    return {
        "GERAI_DATABASE_URL": ready.url(DEPLOYMENT),
        "GERAI_SECRET_KEY_FILE": str(secrets / f"{DEPLOYMENT}.secret_key"),
        "GERAI_IDENTITY_KEY_FILE": str(secrets / f"{DEPLOYMENT}.identity_key"),
        "GERAI_SEALING_KEYS_FILE": str(secrets / "sealing_keys"),
        "GERAI_BUS_URL_FILE": str(secrets / f"{DEPLOYMENT}.bus_url"),
        "GERAI_AGENCIES": "legal",
        "PYTHONWARNINGS": "ignore",
    }


def run(command: list[str], *, stdin: bytes = b"", **env: str) -> bytes:
    """Run a command to its good end and return what it printed."""
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **env},
        input=stdin,
        capture_output=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def written(program: str, *, container: bool) -> list[str]:
    """The words of the page's command from `program` on, without where its output goes."""
    before = "docker compose exec -T postgres " if container else "sudo -u postgres "
    found = re.findall(rf"(?m)^{before}({program} [^<>\n]*{DATABASE}[^<>\n]*)", PAGE)
    assert len(found) == 1, found
    return shlex.split(found[0].rstrip(), comments=True)


def as_administrator(ready: ReadyServer, command: list[str], dump: Path, stdin: bytes = b"") -> bytes:
    """Run the page's command against this server, with the dump in a folder of ours."""
    address = ["--host=127.0.0.1", f"--port={ready.server.port}", "--username=gerai"]
    words = [word.replace(f"/var/backups/gerai/{DATABASE}.dump", str(dump)) for word in command]
    words = [word for word in words if word != "--username=postgres"]
    password = ready.server.url().split(":")[2].partition("@")[0]
    return run([words[0], *address, *words[1:]], stdin=stdin, PGPASSWORD=password)


def rows(url: str) -> dict[str, int]:
    """The number of rows in each table, as the deployment itself may read them."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: int(connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one())
                for name in inspect(engine).get_table_names()
            }
    finally:
        engine.dispose()


@pytest.mark.parametrize("container", [False, True], ids=["debian", "containers"])
def test_a_dump_made_as_written_restores_into_an_empty_database(
    ready: ReadyServer, tmp_path: Path, container: bool
) -> None:
    before, dump = rows(ready.url(DEPLOYMENT)), tmp_path / "kept.dump"
    assert before["slots"] > 0
    made = as_administrator(ready, written("pg_dump", container=container), dump)
    ready.server.sql(f"ALTER DATABASE {DATABASE} RENAME TO {DATABASE}_before_{container}")
    ready.set_up()
    assert rows(ready.url(DEPLOYMENT)) == {}
    as_administrator(ready, written("pg_restore", container=container), dump, stdin=made)
    assert rows(ready.url(DEPLOYMENT)) == before
    # The tables are the deployment's own again: it may change them.
    run([sys.executable, "-m", "gerai_booking", "legal", "migrate"], **settings(ready))
    run([sys.executable, "-m", "gerai_booking", "legal", "seed"], **settings(ready))


def test_the_folder_of_the_dumps_is_made_for_the_account_that_writes_them() -> None:
    account = re.search(r"sudo install -d -o (\w+) -g \w+ -m 700 (/\S+)", PAGE)
    assert account is not None
    assert account[1] == "postgres"
    assert f"--file={account[2]}/{DATABASE}.dump" in written("pg_dump", container=False)
