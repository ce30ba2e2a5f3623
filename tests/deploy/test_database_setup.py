"""The script that makes the databases, on PostgreSQL itself."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.deploy.test_secrets import make_secrets
from tests.support.servers import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
DATABASES = ("booking_legal", "complaints", "notifications")


class ReadyServer:
    """A database server that the script has made ready for one agency."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.server = server
        self.options = ("--agencies", "legal", "--database-port", str(server.port))
        self.secrets = make_secrets(folder / "secrets", *self.options)

    def set_up(self) -> None:
        """Run the script as an operator does; no password may show."""
        address = self.server.url().removeprefix("postgresql+psycopg2://")
        done = subprocess.run(
            [ROOT / "deploy" / "postgres" / "create-databases.sh"],
            env={
                "PATH": os.environ["PATH"],
                "SECRETS": str(self.secrets),
                "PSQL": f"psql --host 127.0.0.1 --port {self.server.port} --username gerai",
                "PGPASSWORD": address.partition("@")[0].partition(":")[2],
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said = done.stdout + done.stderr
        assert not [p.name for p in self.secrets.iterdir() if p.read_text().strip() in said]

    def url(self, deployment: str) -> str:
        """The address that a deployment's process is given."""
        return (self.secrets / f"{deployment}.database_url").read_text().strip()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadyServer]:
    """A server of these tests' own: its logins belong to the whole server."""
    with PostgresServer(durable=False) as server:
        made = ReadyServer(server, tmp_path_factory.mktemp("databases"))
        made.set_up()
        yield made


def ask(url: str, question: str) -> object:
    """Ask a database one thing."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(text(question)).scalar() if question else None
    finally:
        engine.dispose()


@pytest.mark.parametrize("deployment", ["booking-legal", "complaints", "notifications"])
def test_a_deployment_owns_its_database(ready: ReadyServer, deployment: str) -> None:
    owner = (
        "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
    )
    assert ask(ready.url(deployment), owner) is True
    assert ask(ready.url(deployment), "SHOW server_encoding") == "UTF8"


def test_a_deployment_cannot_enter_another_ones_database(ready: ReadyServer) -> None:
    foreign = ready.url("complaints").rpartition("/")[0] + "/booking_legal"
    with pytest.raises(OperationalError, match="permission denied"):
        ask(foreign, "SELECT 1")


def test_a_deployments_login_has_no_other_powers(ready: ReadyServer) -> None:
    powers = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert ask(ready.url("complaints"), powers) is False


def test_a_second_run_keeps_data_and_takes_a_renewed_password(ready: ReadyServer) -> None:
    engine = create_engine(ready.url("notifications"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (it int)"))
    engine.dispose()
    for suffix in ("database_password", "database_url"):
        (ready.secrets / f"notifications.{suffix}").unlink()
    make_secrets(ready.secrets, *ready.options)
    with pytest.raises(OperationalError, match="password authentication failed"):
        ask(ready.url("notifications"), "SELECT 1")
    ready.set_up()
    assert ask(ready.url("notifications"), "SELECT count(*) FROM kept") == 0


def test_passwords_stay_out_of_the_servers_log(ready: ReadyServer) -> None:
    log = (ready.server.folder / "postgresql.log").read_text()
    assert not [p.name for p in ready.secrets.glob("*.database_password") if p.read_text().strip() in log]
