"""A private mall for measuring: servers, databases, every process, and what measurements ask of them."""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from gerai_allinone.plan import Ports, Secrets
from gerai_allinone.servers import PostgresServer, RabbitServer, free_ports
from gerai_allinone.topology import Mall, Role

from bench.load import Job, Outcome
from bench.machine import Usage, rss_mb, run_quietly, usage
from tests.support.errand import Citizen, Officer

#: A working Tuesday, five minutes after the doors opened (09:05 WIB).
MORNING = datetime(2026, 12, 1, 2, 5, tzinfo=UTC)
QUIET_CORES, QUIET_LOOKS = 0.15, 3
UNLIMITED = {"GERAI_RATE_LIMIT_PER_MINUTE": "100000000"}
IMMIGRATION = "booking-immigration"
NOTIFICATIONS = "notifications"


@dataclass(frozen=True, kw_only=True)
class Start:
    """How one process started: seconds until it was ready, resident megabytes then."""

    name: str
    seconds: float
    rss_mb: float


@dataclass(kw_only=True)
class Bench:
    """The mall, and a count of the people who came so far: each is somebody new."""

    mall: Mall
    starts: list[Start] = field(default_factory=list)
    people: int = 0

    @property
    def portal(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.mall.ports.gateway}"

    def citizen(self) -> Citizen:
        """Return somebody who uses the gateway."""
        return Citizen(portal=self.portal)

    def officer(self) -> Officer:
        """Return an officer at immigration's counters, signed in."""
        address = f"http://127.0.0.1:{self.mall.ports.immigration}"
        return Officer.sign_in(address, Secrets.of(self.mall.folder).demo_password)

    def sql(self, deployment: str, statement: str) -> str:
        """Run a statement in a deployment's database."""
        name = self.mall.database_url(deployment).rsplit("/", 1)[-1]
        return self.mall.postgres.sql(statement, name)

    def newcomers(self, count: int) -> int:
        """Return the number of the first of `count` people who were never here."""
        first = self.people
        self.people += count
        return first

    def roots(self) -> dict[str, int]:
        """Return the process at the root of each part, by name."""
        return {
            "bench": os.getpid(),
            "postgresql": self.mall.postgres.process_id,
            "rabbitmq": self.mall.rabbit.process_id,
            **{name: process.pid for name, process in self.mall.processes.items()},
        }

    def usage(self) -> Usage:
        """Return what every part has used until now."""
        return usage(self.roots())

    def memory(self) -> dict[str, float]:
        """Return the resident megabytes of every process of the mall."""
        return {name: rss_mb(process.pid) for name, process in self.mall.processes.items()}

    def role(self, name: str) -> Role:
        """Return a process's description."""
        return next(role for role in self.mall.roles() if role.name == name)

    def settle(self, *, seconds: float = 60.0) -> float:
        """Wait until no event is under way any more, so that the next measurement begins at rest.

        Returns how long that took. Raises TimeoutError.
        """
        began = time.monotonic()
        while self.backlog() > 0:
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"{self.backlog()} events and messages still wait after {seconds:.0f} s")
            time.sleep(0.2)
        return time.monotonic() - began

    def backlog(self) -> int:
        """Return how many events wait in immigration's outbox or on the bus, or as unsent messages."""
        unsent = int(self.sql(IMMIGRATION, "SELECT count(*) FROM outbox WHERE sent_at IS NULL"))
        queued = int(self.mall.rabbit.evaluate(_MESSAGES_IN_EVENT_QUEUE))
        waiting = self.sql(
            NOTIFICATIONS, "SELECT count(*) FROM messages WHERE state IN ('created', 'sending')"
        )
        return unsent + queued + int(waiting)


_MESSAGES_IN_EVENT_QUEUE = (
    "lists:sum([proplists:get_value(messages, rabbit_amqqueue:info(Q, [messages]), 0)"
    ' || Q <- rabbit_amqqueue:list(<<"/">>),'
    ' element(4, element(2, Q)) =:= <<"notifications.events">>])'
)


def generate_load(job: Job) -> Outcome:
    """Run the load generator on a job, in a process of its own."""
    text = run_quietly(
        [sys.executable, "-m", "bench.load"],
        text=json.dumps(asdict(job)),
        seconds=job.warm_up + job.seconds + 2 * job.patience + 30,
    )
    return Outcome(**json.loads(text))


@contextmanager
def running_mall(tell: "Tell") -> Iterator[Bench]:
    """Start everything, one process after the other; end it and remove its folder afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gerai-bench-"))
    (folder / "logs").mkdir()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        tell("starting RabbitMQ and PostgreSQL")
        rabbit = stack.enter_context(RabbitServer())
        postgres = stack.enter_context(PostgresServer(durable=True))
        ports = Ports(**dict(zip(Ports.__dataclass_fields__, free_ports(5), strict=True)))
        offset = (MORNING - datetime.now(UTC)).total_seconds()
        mall = Mall(
            folder=folder,
            ports=ports,
            rabbit=rabbit,
            postgres=postgres,
            clock_offset=offset,
            environment=dict(UNLIMITED),
        )
        stack.callback(mall.stop)
        tell("migrating and seeding")
        mall.prepare()
        bench = Bench(mall=mall)
        for role in mall.roles():
            tell(f"starting {role.name}")
            bench.starts.append(_start(bench, role))
        tell("waiting until the gateway knows every agency")
        _wait_open(bench)
        yield bench


def _start(bench: Bench, role: Role) -> Start:
    mall = bench.mall
    began = time.monotonic()
    mall.start(role)
    mall.wait_ready(role)
    seconds = time.monotonic() - began
    return Start(name=role.name, seconds=seconds, rss_mb=rss_mb(mall.processes[role.name].pid))


def _wait_open(bench: Bench) -> None:
    """Wait until the gateway has every catalogue and board. Raises TimeoutError."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        board = bench.citizen().board()
        if board.status == 200 and all(agency["is_live"] for agency in board.body["waiting"]):
            return
        time.sleep(0.1)
    raise TimeoutError("the gateway's board does not become live")


def wait_for_quiet(bench: Bench, tell: "Tell", *, seconds: float) -> None:
    """Wait until others have used next to nothing of the machine for a while, at most `seconds`."""
    until = time.monotonic() + seconds
    quiet = 0
    while quiet < QUIET_LOOKS and time.monotonic() < until:
        before = bench.usage()
        time.sleep(1.0)
        others = bench.usage().since(before)["others"]
        quiet = quiet + 1 if others < QUIET_CORES else 0
        tell(f"others use {others:.1f} cores; waiting for quiet" if not quiet else "others are quiet")


class Tell(Protocol):
    """Tells what is done now."""

    def __call__(self, text: str) -> None:
        """Tell it."""
