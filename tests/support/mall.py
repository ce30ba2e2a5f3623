"""The real topology for tests that break it: private servers, one process a role, and handles on each one.

The clock of the mall is shifted, so that it is a Tuesday morning whenever the tests run.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
from gerai_allinone.plan import Ports, Secrets
from gerai_allinone.servers import PostgresServer, free_ports
from gerai_allinone.topology import Mall, Role
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.topology import events_queue

from tests.support.errand import Citizen, Officer, ask
from tests.support.servers import QuickRabbit
from tests.support.waiting import wait_until

OPENING_TIME = datetime(2026, 12, 1, 9, 5, tzinfo=ZoneInfo("Asia/Jakarta"))
DATABASES = ("booking-immigration", "booking-legal", "complaints", "notifications")
#: What differs from `make up`: nobody is turned away for asking much, and a stop is quick.
ENVIRONMENT = {"GERAI_ENVIRONMENT": "test", "GERAI_RATE_LIMIT_PER_MINUTE": "1000000"}


class Twin(Role):
    """A second process of the same role, side by side with the first."""

    @property
    def name(self) -> str:
        """As the first one's, with a mark."""
        return f"{super().name}-2"


@dataclass(kw_only=True)
class BreakableMall(Mall):
    """A mall whose processes can be killed, frozen, ended and started by name."""

    added: dict[str, Role] = field(default_factory=dict)
    #: The deployments that are there; none are all.
    only: frozenset[str] = frozenset()

    def roles(self) -> list[Role]:
        """Return every process of the mall that is there."""
        return [role for role in super().roles() if not self.only or role.deployment in self.only]

    @property
    def portal(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.ports.gateway}"

    def counters(self, agency: str) -> str:
        """Return where an agency's counters answer."""
        return f"http://127.0.0.1:{getattr(self.ports, agency)}"

    @property
    def desk(self) -> str:
        """Where the desk of complaints answers."""
        return f"http://127.0.0.1:{self.ports.complaints}"

    @property
    def password(self) -> str:
        """The password of every officer."""
        return Secrets.of(self.folder).demo_password

    def citizen(self, agency: str) -> Citizen:
        """Return somebody who books at an agency."""
        return Citizen(portal=self.portal, agency=agency)

    def officer(self, agency: str) -> Officer:
        """Sign in at an agency's counters."""
        return Officer.sign_in(self.counters(agency), self.password)

    def role(self, name: str) -> Role:
        """Return a process's description."""
        known = {role.name: role for role in self.roles()} | self.added
        return known[name]

    def twin(self, name: str) -> Role:
        """Return the description of a second process beside `name`."""
        role = self.role(name)
        twin = Twin(**{**role.__dict__, "port": free_ports(1)[0]})
        self.added[twin.name] = twin
        return twin

    def start_all(self) -> None:
        """Start every process and wait until all are ready."""
        for role in self.roles():
            self.start(role)
        for role in self.roles():
            self.wait_ready(role)

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.processes[name]
        process.kill()
        process.wait()

    def end(self, name: str) -> tuple[int, float]:
        """Ask a process to end; return its exit code and how long it took in seconds."""
        process, began = self.processes[name], time.monotonic()
        process.terminate()
        return process.wait(timeout=30), time.monotonic() - began

    def revive(self, name: str) -> float:
        """Start a process that has ended; return how long it took to become ready."""
        self.start(self.role(name))
        return self.wait_ready(self.role(name))

    def retire(self, name: str) -> None:
        """End a twin for good."""
        if self.processes[name].poll() is None:
            self.end(name)
        del self.processes[name], self.added[name]

    def freeze(self, name: str) -> None:
        """Stop a process in its tracks; its connections stay open."""
        os.kill(self.processes[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen process go on."""
        os.kill(self.processes[name].pid, signal.SIGCONT)

    def repair(self) -> None:
        """Bring back whatever a failed test has left broken, so that the next one begins with a whole mall."""
        for process in self.processes.values():
            if process.poll() is None:
                os.kill(process.pid, signal.SIGCONT)
        self.rabbit.start()
        self.postgres.start()
        for role in self.roles():
            if role.name in self.dead() or role.name not in self.processes:
                self.start(role)
        self.wait_all_ready()

    def pids(self) -> dict[str, int]:
        """Return each process's number, to tell later whether it was ever replaced."""
        return {name: process.pid for name, process in self.processes.items()}

    def dead(self) -> list[str]:
        """Return the processes that are not running."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def readiness(self, name: str) -> int:
        """Return the status of a process's /readyz; 0 when nobody answers."""
        try:
            return ask("GET", f"http://127.0.0.1:{self.role(name).port}/readyz", timeout=5).status
        except OSError:
            return 0

    def wait_all_ready(self, *, timeout: float = 40) -> None:
        """Wait until every process says that it is ready."""
        late = [role.name for role in self.roles()]

        def ready() -> bool:
            time.sleep(0.2)
            late[:] = [name for name in late if self.readiness(name) != 200]
            return not late

        try:
            wait_until(ready, timeout=timeout)
        except AssertionError as error:
            raise AssertionError(f"not ready after {timeout} s: {late}") from error

    def log(self, name: str) -> str:
        """Return what a process has written so far."""
        return (self.folder / "logs" / f"{name}.log").read_text()

    def query(self, deployment: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask a deployment's database from outside; also for statements that change it."""
        url = self.database_url(deployment).replace("+psycopg2", "")
        connection = psycopg2.connect(url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def publish(self, queue: str, bodies: list[bytes], **properties: Any) -> None:
        """Put messages straight into a queue, as the administrator; all are confirmed by the broker."""
        headers = properties.pop("headers", {})
        content_type = properties.pop("content_type", "application/json")
        content_encoding = properties.pop("content_encoding", None)
        with connection_to(self.rabbit.url()) as connection:
            channel = connection.channel()
            channel.confirm_select()
            for body in bodies:
                message = channel.prepare_message(
                    body,
                    content_type=content_type,
                    content_encoding=content_encoding,
                    headers=headers,
                    properties=dict(properties),
                )
                channel.basic_publish_confirm(message, exchange="", routing_key=queue)

    @contextmanager
    def holding_ticket(self, deployment: str, ticket_id: str) -> Iterator[None]:
        """Keep a ticket's row to ourselves during the block: whoever wants to change it has to wait."""
        connection = psycopg2.connect(self.database_url(deployment).replace("+psycopg2", ""))
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM tickets WHERE id = %s FOR UPDATE", (ticket_id,))
                assert cursor.fetchone() is not None
            yield
        finally:
            connection.rollback()
            connection.close()

    def is_somebody_waiting(self, deployment: str) -> bool:
        """Tell whether a transaction of a deployment waits for a row that another one holds."""
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(self.query(deployment, waiting))

    def measured(self, name: str, metric: str) -> float:
        """Return the sum of a process's measurements whose name and labels begin with `metric`."""
        page = str(ask("GET", f"http://127.0.0.1:{self.role(name).port}/metrics").body)
        return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(metric))


EVENTS_QUEUE = events_queue("notifications")


@contextmanager
def prepared_mall(folder: Path, *, only: frozenset[str] = frozenset()) -> Iterator[BreakableMall]:
    """Start the servers and prepare them, for some deployments alone if named; no process runs yet."""
    (folder / "logs").mkdir(parents=True)
    names = list(Ports.__dataclass_fields__)
    with ExitStack() as stack:
        # The servers first: what they listen on is not free any more.
        rabbit = stack.enter_context(QuickRabbit())
        postgres = stack.enter_context(PostgresServer())
        mall = BreakableMall(
            folder=folder,
            ports=Ports(**dict(zip(names, free_ports(len(names)), strict=True))),
            rabbit=rabbit,
            postgres=postgres,
            clock_offset=(OPENING_TIME - datetime.now(UTC)).total_seconds(),
            environment=dict(ENVIRONMENT),
            only=only,
        )
        stack.callback(mall.stop)
        mall.prepare()
        yield mall
