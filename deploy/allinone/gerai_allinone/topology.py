"""`python -m gerai_allinone.topology up|down`: the real topology on this machine.

RabbitMQ and PostgreSQL of its own in the data folder, on free ports, and one process for each role
and agency, each with the broker permissions it would have in production. Ctrl-C ends everything.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gerai_allinone.holding import RunsAlready, held, holder
from gerai_allinone.plan import AGENCIES, Ports, Secrets, clock_offset
from gerai_allinone.servers import PostgresServer, RabbitServer, ServerError, free_ports
from gerai_allinone.servers.process import leash

READY_SECONDS = 30
STOPPED_SECONDS = 60
EXIT_RUNS_ALREADY = 2
console = Console()


@dataclass(frozen=True, kw_only=True)
class Role:
    """One process: `deployment` on the bus, `command` after `python -m`."""

    deployment: str
    role: str
    command: tuple[str, ...]
    database: str | None
    port: int

    @property
    def name(self) -> str:
        """What it is called on the terminal and in the log's file name."""
        return f"{self.deployment}-{self.role}"


@dataclass(kw_only=True)
class Mall:
    """The running topology."""

    folder: Path
    ports: Ports
    rabbit: RabbitServer
    postgres: PostgresServer
    clock_offset: float
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    extra_ports: list[int] = field(default_factory=list)

    def roles(self) -> list[Role]:
        """Return every process of the mall."""
        if not self.extra_ports:
            # Nobody listens on the mall's own ports yet: they look as free as all others.
            own = set(vars(self.ports).values())
            self.extra_ports = [port for port in free_ports(7 + len(own)) if port not in own][:7]
        spare = iter(self.extra_ports)
        found = []
        for agency in AGENCIES:
            serve = ("gerai_booking", agency, "serve", "--role")
            name = f"booking-{agency}"
            counter_port = getattr(self.ports, agency)
            for role, port in (("bus", next(spare)), ("relay", next(spare)), ("counter", counter_port)):
                found.append(
                    Role(deployment=name, role=role, command=(*serve, role), database=name, port=port)
                )
        for role, port in (("bus", next(spare)), ("relay", next(spare)), ("desk", self.ports.complaints)):
            command = ("gerai_complaints", "serve", "--role", role)
            found.append(
                Role(deployment="complaints", role=role, command=command, database="complaints", port=port)
            )
        found.append(
            Role(
                deployment="notifications",
                role="all",
                command=("gerai_notifications", "serve", "--role", "all"),
                database="notifications",
                port=self.ports.notifications,
            )
        )
        found.append(
            Role(
                deployment="gateway",
                role="serve",
                command=("gerai_gateway", "serve"),
                database=None,
                port=self.ports.gateway,
            )
        )
        return found

    def database_url(self, name: str) -> str:
        """Return the database of a deployment."""
        return self.postgres.url(name.replace("-", "_"))

    def environment_of(self, role: Role) -> dict[str, str]:
        """Return a process's environment: its own address, database and broker user."""
        kept = Secrets.of(self.folder)
        own = {
            "GERAI_ENVIRONMENT": "demo",
            "GERAI_BUS_URL": self.rabbit.url(user=role.deployment, password=kept.demo_password),
            "GERAI_HTTP_ADDRESS": f"127.0.0.1:{role.port}",
            "GERAI_PUBLIC_URL": f"http://127.0.0.1:{self.ports.gateway}",
            "GERAI_SECRET_KEY": kept.secret_key,
            "GERAI_SEALING_KEYS": kept.sealing_key,
            "GERAI_IDENTITY_KEY": kept.identity_key,
            "GERAI_AGENCIES": ",".join(AGENCIES),
            "GERAI_SMTP_URL": "mailbox://local",
            "GERAI_LOG_LEVEL": "INFO",
            "GERAI_CLOCK_OFFSET": str(self.clock_offset),
            "GERAI_DEMO_PASSWORD": kept.demo_password,
            "GERAI_MAX_WORKERS": "400" if role.deployment == "gateway" else "32",
            "GERAI_DRAIN_SECONDS": "5",
        }
        if role.database:
            own["GERAI_DATABASE_URL"] = self.database_url(role.database)
        kept_from_outside = {k: v for k, v in os.environ.items() if not k.startswith("GERAI_")}
        return {**kept_from_outside, **own, **self.environment, "PYTHONWARNINGS": "ignore"}

    def prepare(self) -> None:
        """Make databases and broker users, declare the topology, migrate, seed."""
        kept = Secrets.of(self.folder)
        roles = {role.deployment: role for role in self.roles()}
        described = topology.describe(AGENCIES)
        with connection_to(self.rabbit.url()) as connection:
            topology.apply(described, connection)
        for command in topology.policy_commands(described, "/"):
            self.rabbit.rabbitmqctl(*command)
        known = self.rabbit.rabbitmqctl("list_users", "--silent")
        for deployment in roles:
            if f"{deployment}\t" not in known:
                self.rabbit.rabbitmqctl("add_user", deployment, kept.demo_password)
        for command in topology.permission_commands(roles, "/"):
            self.rabbit.rabbitmqctl(*command)
        keepers = [role for role in roles.values() if role.database]
        for role in keepers:
            self._create_database(role)
        # Each is a process of its own for some seconds: side by side they need half as long on two cores.
        with ThreadPoolExecutor() as pool:
            for _filled in pool.map(self._fill_database, keepers):
                pass

    def _create_database(self, role: Role) -> None:
        name = self.database_url(role.deployment).rsplit("/", 1)[-1]
        known = self.postgres.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'", "postgres")  # noqa: S608
        if not known.strip():
            self.postgres.create_database(name)

    def _fill_database(self, role: Role) -> None:
        start = role.command[: role.command.index("serve")]
        for step in ("migrate", "seed"):
            if step == "seed" and role.deployment == "notifications":
                continue
            subprocess.run(
                [sys.executable, "-m", *start, step],
                env=self.environment_of(role),
                check=True,
                stdout=subprocess.DEVNULL,
            )

    def start(self, role: Role) -> None:
        """Start one process, which ends with this one however this one ends.

        Its log goes to a file in the data folder.
        """
        with (self.folder / "logs" / f"{role.name}.log").open("ab") as log:
            self.processes[role.name] = subprocess.Popen(
                [*leash(bound_files=False), sys.executable, "-m", *role.command],
                env=self.environment_of(role),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self, role: Role, *, seconds: float = READY_SECONDS) -> float:
        """Wait until a process says it is ready; return how long that took. Raises TimeoutError."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if _answers(f"http://127.0.0.1:{role.port}/readyz"):
                return time.monotonic() - began
            if self.processes[role.name].poll() is not None:
                break
            time.sleep(0.05)
        raise TimeoutError(f"{role.name} did not become ready; see {self.folder / 'logs' / role.name}.log")

    def stop(self) -> None:
        """End every process, politely first."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def main(arguments: list[str] | None = None) -> int:
    """Run `up` or `down`; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m gerai_allinone.topology", description="The real topology here."
    )
    parser.add_argument("action", choices=("up", "down"))
    parser.add_argument(
        "--data-folder", type=Path, default=Path(".run/topology"), help="default: %(default)s"
    )
    parser.add_argument("--ports", type=Ports.parse, default=Ports(), help="as for the one-process mall")
    options = parser.parse_args(arguments)
    return _down(options.data_folder) if options.action == "down" else _up(options.data_folder, options.ports)


def _up(folder: Path, ports: Ports) -> int:
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with held(folder), ExitStack() as stack:
            return _watch(_opened(folder, ports, stack))
    except RunsAlready:
        console.print(f"A mall runs from {folder} already; `make down` ends it.")
        return EXIT_RUNS_ALREADY
    except KeyboardInterrupt:
        console.print("Everything is stopped; the data stays.")
        return 0
    except (ServerError, TimeoutError, subprocess.CalledProcessError) as error:
        console.print(f"[red]{escape(str(error))}[/red]")
        return 1


def _opened(folder: Path, ports: Ports, stack: ExitStack) -> Mall:
    """Start everything and return the mall when it is ready; `stack` ends it."""
    with console.status("Starting RabbitMQ and PostgreSQL…") as status:
        rabbit = stack.enter_context(RabbitServer(folder=(folder / "rabbitmq").resolve()))
        postgres = stack.enter_context(PostgresServer(folder=(folder / "postgresql").resolve()))
        offset = clock_offset(folder, now=datetime.now(UTC)).total_seconds()
        mall = Mall(folder=folder, ports=ports, rabbit=rabbit, postgres=postgres, clock_offset=offset)
        stack.callback(mall.stop)
        status.update("Migrating and seeding…")
        mall.prepare()
        status.update("Starting the services…")
        for role in mall.roles():
            mall.start(role)
        for role in mall.roles():
            mall.wait_ready(role)
    _announce(mall)
    return mall


def _watch(mall: Mall) -> int:
    while all(process.poll() is None for process in mall.processes.values()):
        time.sleep(0.5)
    dead = [name for name, process in mall.processes.items() if process.poll() is not None]
    console.print(f"[red]{', '.join(dead)} ended; see {mall.folder / 'logs'}[/red]")
    return 1


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _announce(mall: Mall) -> None:
    table = Table(
        "process", "address", "log", title="Gerai is open, on RabbitMQ and PostgreSQL", title_justify="left"
    )
    for role in mall.roles():
        table.add_row(
            role.name, f"http://127.0.0.1:{role.port}/", str(mall.folder / "logs" / f"{role.name}.log")
        )
    console.print(table)
    console.print(
        "Officers: petugas, penyelia, pusat, ombudsman (counters), pengaduan, pengawas, ombudsman (desk); "
        f"password {Secrets.of(mall.folder).demo_password}"
    )
    console.print("Ctrl-C ends it; the data stays.")


def _down(folder: Path) -> int:
    pid = holder(folder)
    if pid is None:
        console.print("Nothing is running from this folder.")
        return 0
    if pid <= 0:
        # The lock is held from where this machine's numbers of processes mean nothing.
        console.print("[red]It runs in another container or on another machine: end it there.[/red]")
        return 1
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_SECONDS
    while holder(folder) == pid:
        if time.monotonic() > deadline:
            console.print(f"[red]Process {pid} does not end.[/red]")
            return 1
        time.sleep(0.1)
    console.print("Stopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
