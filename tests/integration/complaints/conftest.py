"""A complaints service with all its roles in this process, a gateway that asks, a listener that hears."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from gerai_complaints.keyring import keyring_of
from gerai_complaints.roles import build
from gerai_complaints.seeding import add_officer
from gerai_complaints.shapes import Keyring
from gerai_shared import tables
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.consuming import on
from gerai_shared.bus.embedded import remove_broker
from gerai_shared.bus.rpc import Request, Rpcs, rpc
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment, Resources, deployment_of
from gerai_shared.events.envelope import Event
from gerai_shared.refusals import NotFound
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from nameko.timer import Timer

from tests.support.migrated import MigratedDatabases, MigratedFiles
from tests.support.servers import free_ports
from tests.support.waiting import wait_until

PASSWORD = "kata-sandi-uji"
OFFICERS = (
    ("pengaduan", "Petugas Uji", "officer"),
    ("rekan", "Rekan Uji", "officer"),
    ("pengawas", "Pengawas Uji", "supervisor"),
)
TICKET_ID = "01936c2e-7b1a-7c3d-8e5f-000000000001"
FACTS = {
    "agency": "immigration",
    "site": "mpp-lebak",
    "service": "passport-new",
    "counter": "2",
    "ticket_id": TICKET_ID,
    "number": "A-031",
    "day": "2026-11-20",
    "waited_minutes": 150,
}
TICKET_TOKEN = "immigration." + "a" * 43


class StandingClock(Clock):
    """Stands at Monday, 23 November 2026, 10:00 in Lebak, until a test moves it."""

    moment = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return where it stands."""
        return type(self).moment


class Gateway:
    """Asks."""

    name = "gateway"
    deployment = Resources()
    services = Rpcs()

    @rpc
    def ping(self, request: Request) -> dict[str, Any]:
        """Answer with what came; nobody calls it, it makes the container listen."""
        return request.payload


class Listener:
    """Notes the events of complaints, each once."""

    name = "notifications"
    deployment = Resources()

    @on("complaint.filed.v1")
    def filed(self, _session: Any, event: Event) -> None:
        """Note it."""
        self.deployment.extras["heard"].append(event)

    @on("complaint.answered.v1")
    def answered(self, _session: Any, event: Event) -> None:
        """Note it."""
        self.deployment.extras["heard"].append(event)

    @on("complaint.closed.v1")
    def closed(self, _session: Any, event: Event) -> None:
        """Note it."""
        self.deployment.extras["heard"].append(event)

    @on("complaint.escalated.v1")
    def escalated(self, _session: Any, event: Event) -> None:
        """Note it."""
        self.deployment.extras["heard"].append(event)

    @on("complaint.disputed.v1")
    def disputed(self, _session: Any, event: Event) -> None:
        """Note it."""
        self.deployment.extras["heard"].append(event)


class Immigration:
    """An agency that knows one ticket and tells its names."""

    name = "booking-immigration"
    deployment = Resources()

    @rpc
    def complaint_facts(self, request: Request) -> dict[str, Any]:
        """Answer the facts of the one ticket."""
        if request.payload["token"] != TICKET_TOKEN:
            raise NotFound
        return FACTS

    @rpc
    def catalogue(self, _request: Request) -> dict[str, Any]:
        """Answer the names."""
        return {
            "agency": {"code": "immigration", "name": {"id": "Imigrasi", "en": "Immigration"}},
            "sites": [
                {
                    "code": "mpp-lebak",
                    "name": {"id": "MPP Lebak", "en": "Lebak Mall"},
                    "time_zone": "Asia/Jakarta",
                },
                {"code": "popup", "name": {"id": "Keliling", "en": "Pop-up"}, "time_zone": "Asia/Makassar"},
            ],
            "services": [{"code": "passport-new", "name": {"id": "Paspor baru", "en": "New passport"}}],
        }


@dataclass(kw_only=True)
class Mall:
    """What a test holds in its hands."""

    deployment: Deployment
    runner: Runner
    heard: list[Event]
    base_url: str
    bus_url: str
    extra: list[Runner] = field(default_factory=list)

    @property
    def keyring(self) -> Keyring:
        """The service's keys."""
        return keyring_of(self.deployment)

    @property
    def rpcs(self) -> Rpcs:
        """The gateway's way to ask."""
        found = [each for each in self.runner.service_map["gateway"].dependencies if isinstance(each, Rpcs)]
        return found[0]

    def ask(self, method: str, payload: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Ask the complaints service over the bus."""
        return self.rpcs.call("complaints", method, payload, key=key)

    def file(self, *, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """File a complaint."""
        return self.ask("file", request(**changes), key=key or secrets.token_hex(8))

    def wait_for(self, event_type: str) -> Event:
        """Return the one event of a type, waiting for it."""
        wait_until(lambda: [each for each in self.heard if each.type == event_type], message=event_type)
        (found,) = [each for each in self.heard if each.type == event_type]
        return found

    def pass_time(self, **span: float) -> None:
        """Move the clock on."""
        StandingClock.moment += timedelta(**span)

    def open_agency(self) -> None:
        """Let the agency answer."""
        deployment = deployment_of(settings("booking-immigration", self.bus_url))
        runner = Runner()
        runner.add(Immigration, deployment, name="booking-immigration")
        runner.start()
        self.extra.append(runner)

    def desk(self, username: str = "pengaduan") -> requests.Session:
        """Return an HTTP session of a signed-in officer: pengaduan, rekan, or the supervisor pengawas."""
        session = requests.Session()
        answer = session.post(
            f"{self.base_url}/api/v1/session",
            json={"username": username, "password": PASSWORD},
            timeout=10,
        )
        assert answer.status_code == 201, answer.text
        return session


def call(
    mall: Mall, desk: requests.Session, verb: str, path: str, body: Any = None, *, key: str | None = None
) -> requests.Response:
    """Call the desk's JSON interface."""
    headers = {"Idempotency-Key": key} if key else {}
    return desk.request(verb, f"{mall.base_url}/api/v1/{path}", json=body, headers=headers, timeout=10)


def request(**changes: Any) -> dict[str, Any]:
    """Return a request `file` that is in order, with `changes`."""
    return {
        "classification": "complaint",
        "title": "Menunggu dua jam melewati jam tiket",
        "text": "Saya datang pukul 10 sesuai tiket tetapi baru dipanggil pukul 12.30.",
        "agency": "immigration",
        "site": "mpp-lebak",
        "service": "passport-new",
        "occurred_on": "2026-11-20",
        "anonymous": False,
        "confidential": False,
        "language": "id",
        "person": {"name": "Siti Contoh", "email": "siti@contoh.example", "phone": "081234567890"},
        "ticket_facts": None,
        "ticket_token": None,
        **changes,
    }


def settings(deployment: str, bus_url: str, **changes: Any) -> Settings:
    """Return settings of a test."""
    return Settings(deployment=deployment, environment="test", bus_url=bus_url, **changes)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind: an empty one, or on PostgreSQL one that is migrated."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'complaints.sqlite'}"
    databases: MigratedDatabases = request.getfixturevalue("migrated_databases")
    return databases.fresh("gerai_complaints")


@pytest.fixture
def mall(database_url: str, tmp_path: Path, migrated_files: MigratedFiles) -> Iterator[Mall]:
    """The complaints service with all roles, a gateway, and a listener."""
    StandingClock.moment = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    name = secrets.token_hex(6)
    bus_url = f"embedded://{name}"
    topology.apply(topology.describe(["immigration", "legal"]), connection_to(bus_url))
    (port,) = free_ports(1)
    if database_url.startswith("sqlite"):
        migrated_files.copy(Path(database_url.removeprefix("sqlite:///")), "gerai_complaints")
    deployment = Deployment(
        settings=settings(
            "complaints",
            bus_url,
            database_url=database_url,
            http_address=f"127.0.0.1:{port}",
            secret_key=secrets.token_urlsafe(32),
            sealing_keys=(Fernet.generate_key().decode(),),
        ),
        clock=StandingClock(),
    )
    for username, name, role in OFFICERS:
        add_officer(deployment, username=username, name=name, role=role, password=PASSWORD)
    listener = deployment_of(
        settings("notifications", bus_url, database_url=f"sqlite:///{tmp_path / 'n.sqlite'}")
    )
    listener.extras["heard"] = []
    tables.metadata.create_all(listener.database.engine)
    runner = Runner()
    build(deployment, runner, "all")
    for each in runner.service_map["complaints"].entrypoints:
        if isinstance(each, Timer):
            # Tests ask the agencies themselves: when, would otherwise depend on the machine's speed.
            each.interval = 3600.0
    runner.add(Listener, listener, name="notifications")
    gateway = deployment_of(settings("booking-legal", bus_url))
    runner.add(Gateway, gateway, name="gateway")
    runner.start()
    mall = Mall(
        deployment=deployment,
        runner=runner,
        heard=listener.extras["heard"],
        base_url=f"http://127.0.0.1:{port}",
        bus_url=bus_url,
    )
    wait_until(lambda: mall.rpcs.connected)
    yield mall
    for each in (*mall.extra, runner):
        each.stop()
    for each in (deployment, listener):
        each.database.close()
    remove_broker(name)
