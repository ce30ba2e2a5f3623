"""A private PostgreSQL server."""

import os
import pwd
import secrets
import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gerai_allinone.servers.network import LOOPBACK, ServerError, exchange
from gerai_allinone.servers.process import PrivateServer, bare_environment, write_private


class PostgresServer(PrivateServer):
    """A private PostgreSQL cluster with one superuser, `gerai`, who signs in with a random password.

    PostgreSQL refuses to run as root: started by root it runs as the account `postgres`, else `nobody`.
    """

    label = "postgresql"
    polite_end = signal.SIGINT  # "fast": ends sessions; SIGTERM would wait for every client to leave.

    def __init__(
        self, *, folder: Path | None = None, durable: bool = True, max_connections: int = 300
    ) -> None:
        """`durable=False`, for tests: faster, data survives a crash of the server, not of the machine."""
        self._account = _unprivileged_account() if os.geteuid() == 0 else None
        super().__init__(folder=folder)
        self._durable = durable
        self._max_connections = max_connections

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy address of `database` as superuser."""
        return f"postgresql+psycopg2://gerai:{self._facts['password']}@{LOOPBACK}:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run `statement` as superuser; the rows come back as lines with columns separated by `|`."""
        psql = str(_postgres_programs() / "psql")
        address = ["-h", LOOPBACK, "-p", str(self.port), "-U", "gerai", "-d", database]
        env = bare_environment(self.folder) | {"PGPASSWORD": str(self._facts["password"])}
        return self._command([psql, "-XqtA", "-v", "ON_ERROR_STOP=1", *address, "-c", statement], env).strip()

    def create_database(self, name: str) -> str:
        """Create an empty database and return its address."""
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the sessions that still use it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _new_secrets(self) -> dict[str, str | int]:
        return {"password": secrets.token_urlsafe(18)}

    def _launch(self) -> None:
        programs, data = _postgres_programs(), self.folder / "data"
        env = bare_environment(self.folder)
        if not (data / "PG_VERSION").exists():
            self._make_cluster(programs, data, env)
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(self._max_connections),
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(data), *options]
        self._spawn(command, env, log="postgresql.log", account=self._account)

    def _make_cluster(self, programs: Path, data: Path, env: Mapping[str, str]) -> None:
        shutil.rmtree(data, ignore_errors=True)  # half a cluster of an interrupted first start
        data.mkdir(mode=0o700)
        password_file = self.folder / "password"
        write_private(password_file, str(self._facts["password"]))
        if self._account:
            self.folder.chmod(0o711)
            _refuse_unreachable(self.folder, self._account)
            for path in (data, password_file):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        owner = ["--username=gerai", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        texts = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        self._command([str(programs / "initdb"), "-D", str(data), *owner, *texts], env, account=self._account)
        password_file.unlink()

    def _answers(self) -> bool:
        """Ask for a session: while it starts or recovers it refuses, afterwards it wants a password."""
        parameters = b"user\0gerai\0database\0postgres\0\0"
        length = (len(parameters) + 8).to_bytes(4, "big")
        return exchange(self.port, length + (196608).to_bytes(4, "big") + parameters).startswith(b"R")


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("PostgreSQL does not run as root, and there is neither an account postgres nor nobody")


def _refuse_unreachable(folder: Path, account: pwd.struct_passwd) -> None:
    closed = [str(parent) for parent in folder.parents if not parent.stat().st_mode & 0o001]
    if closed:
        raise ServerError(
            f"the account {account.pw_name}, as which PostgreSQL runs, may not enter {', '.join(closed)}"
        )


def _postgres_programs() -> Path:
    """The folder of initdb, postgres and psql: the newest that the system has, else where PATH finds them."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    folders += [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "postgres", "psql")):
            return folder
    raise ServerError("PostgreSQL (initdb, postgres, psql) is missing; `make system-packages` installs it")
