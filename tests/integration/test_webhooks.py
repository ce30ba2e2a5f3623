"""From an event on the bus to another system that asked for it, through everything such systems do."""

import contextlib
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import eventlet
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from gerai_notifications import roles
from gerai_notifications.__main__ import main
from gerai_notifications.service import Webhooks
from gerai_notifications.webhooks import models, posting, rules, usecases
from gerai_notifications.webhooks import sending as sender
from gerai_notifications.webhooks.models import Delivery
from gerai_notifications.webhooks.rules import DeliveryState
from gerai_shared import migrating, tables
from gerai_shared.bus import embedded, topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment, deployment_of
from gerai_shared.events.envelope import Event
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from tests.integration.test_notifications import publish
from tests.support.servers import free_port
from tests.support.waiting import wait_until
from tests.unit.notifications.examples import SEALING_KEY, complaint_event, contact, ticket_event

PACKAGE = "gerai_notifications"
DELIVERED, PUT_OFF, PARKED = DeliveryState.DELIVERED, DeliveryState.PUT_OFF, DeliveryState.PARKED


@dataclass
class Receiver:
    """Another system. What it answers is its path: /200, /500, /410, /302, /garbage, /hang."""

    url: str = ""
    server: Any = None
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> list[tuple[dict[str, str], bytes]]:
        """What came to one path."""
        return [(headers, body) for where, headers, body in self.got if where == path]


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks that a test moves wake nobody."""
    monkeypatch.setattr(sender, "IDLE_SECONDS", 0.05)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.got.append((self.path, headers, body))
            if self.path == "/hang":
                kept.go_on.wait(20)
            if self.path == "/flood":
                with contextlib.suppress(OSError):
                    for _ in range(10_000):
                        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            if self.path == "/garbage":
                self.wfile.write(b"\x00\xffthis is no HTTP\r\n\r\n" * 50)
                return
            self.send_response(int(self.path[1:4]) if self.path[1:4].isdigit() else 200)
            self.send_header("location", f"{kept.url}/200")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    kept.server = server
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield kept
    kept.go_on.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'notifications.sqlite'}"
    migrating.upgrade(url, PACKAGE)
    return settings_with(url)


def settings_with(url: str) -> Settings:
    return Settings(
        deployment="notifications",
        environment="test",
        database_url=url,
        http_address=f"127.0.0.1:{free_port()}",
        sealing_keys=(SEALING_KEY,),
        smtp_url="smtp://127.0.0.1:1",
    )


class MovedClock(Clock):
    """The time of the machine, and what a test adds to it."""

    ahead = timedelta(0)

    def now(self) -> Any:
        """Return it."""
        return super().now() + self.ahead


def deployment_with(settings: Settings) -> Deployment:
    return Deployment(settings=settings, clock=MovedClock())


@contextmanager
def sending(settings: Settings) -> Iterator[Deployment]:
    """A process that sends webhooks and nothing else."""
    deployment = deployment_with(settings)
    runner = Runner()
    runner.add(Webhooks, deployment, name="notifications-webhooks")
    runner.start()
    try:
        yield deployment
    finally:
        runner.stop()
        deployment.database.close()


def subscribe(deployment: Deployment, name: str, url: str, *event_types: str) -> str:
    with deployment.database.transaction() as session:
        return usecases.subscribe(
            session,
            name=name,
            url=url,
            event_types=list(event_types) or ["*"],
            agency=None,
            sealer=deployment.sealer,
            production=False,
            now=deployment.clock.now(),
        )


def queue(deployment: Deployment, count: int = 1) -> list[Event]:
    """Have so many events happen."""
    events = [replace(complaint_event(recipient=contact()), sequence=1) for _ in range(count)]
    with deployment.database.transaction() as session:
        for event in events:
            usecases.queue(session, event, now=deployment.clock.now())
    return events


def deliveries(deployment: Deployment) -> list[Delivery]:
    with deployment.database.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def states(deployment: Deployment) -> list[str]:
    return [each.state for each in deliveries(deployment)]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_event_reaches_who_asked_for_it_once_signed_and_without_personal_data(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else f"sqlite:///{tmp_path / 'n'}"
    migrating.upgrade(url, PACKAGE)
    assert migrating.differences(url, [models.Base.metadata, tables.metadata]) == []
    bus = f"embedded://webhooks-{secrets.token_hex(4)}"
    with connection_to(bus) as connection:
        topology.apply(topology.describe(["immigration"]), connection)
    deployment = deployment_of(replace(settings_with(url), bus_url=bus))
    runner = Runner()
    roles.build(deployment, runner, "bus")
    secret = subscribe(deployment, "aduan", f"{receiver.url}/200", "complaint.*")
    runner.start()
    try:
        event = replace(complaint_event(recipient=contact()), sequence=7)
        publish(bus, event, replace(ticket_event(), sequence=1), event)
        wait_until(lambda: states(deployment) == [DELIVERED])
    finally:
        runner.stop()
        deployment.database.close()
        embedded.remove_broker(bus.removeprefix("embedded://"))
    ((headers, body),) = receiver.at("/200")
    told = Webhook(secret).verify(body, headers)
    assert headers["webhook-id"] == told["id"] == event.id
    assert headers["content-type"] == "application/cloudevents+json"
    assert (told["sequence"], told["data"]["number"]) == (7, "P-2026-000123")
    assert not {"recipient", "sealed_token"} & told["data"].keys()


def test_one_that_hangs_holds_up_nobody_else(
    settings: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ATTEMPT_SECONDS", 0.6)
    with sending(settings) as deployment:
        subscribe(deployment, "hangs", f"{receiver.url}/hang")
        queue(deployment)
        wait_until(lambda: receiver.at("/hang"))
        subscribe(deployment, "good", f"{receiver.url}/200")
        queue(deployment, 15)
        wait_until(lambda: len(receiver.at("/200")) == 15)
        # The first attempt at the other still waits, or it has rested since.
        assert len(receiver.at("/hang")) <= 2
        wait_until(lambda: PUT_OFF in states(deployment))
        late = next(each for each in deliveries(deployment) if each.state == PUT_OFF)
        assert late.last_error == "it did not answer in time"
        assert late.attempts == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/500", "answered 500"),
        ("/302", "answered 302, and redirects are not followed"),
        ("/garbage", "its answer is not HTTP (BadStatusLine)"),
        ("/flood", "its answer is not HTTP (HTTPException)"),
    ],
)
def test_whoever_takes_it_not_is_tried_again_with_the_same_id_and_signed_anew(
    settings: Settings, receiver: Receiver, path: str, reason: str
) -> None:
    with sending(settings) as deployment:
        secret = subscribe(deployment, "other", f"{receiver.url}{path}")
        (event,) = queue(deployment)
        wait_until(lambda: states(deployment) == [PUT_OFF])
        (put_off,) = deliveries(deployment)
        assert (put_off.last_error, put_off.attempts) == (reason, 1)
        assert receiver.at("/200") == []
        with deployment.database.transaction() as session:
            found = models.find_subscription(session, "other")
            assert found is not None
            assert found.failures == 1
            found.url = f"{receiver.url}/200"
        deployment.clock.ahead = timedelta(seconds=30)  # type: ignore[attr-defined]
        wait_until(lambda: states(deployment) == [DELIVERED])
    ((headers, body),) = receiver.at("/200")
    first = receiver.at(path)[0][0]
    assert headers["webhook-id"] == first["webhook-id"] == event.id
    assert int(headers["webhook-timestamp"]) - int(first["webhook-timestamp"]) >= 30
    Webhook(secret).verify(body, headers)


def test_who_is_gone_is_not_asked_again_and_a_replay_finds_it_when_it_is_back(
    settings: Settings, receiver: Receiver
) -> None:
    with sending(settings) as deployment:
        subscribe(deployment, "gone", f"{receiver.url}/410")
        queue(deployment, 3)
        wait_until(lambda: states(deployment) == [PARKED] * 3)
        assert {each.last_error for each in deliveries(deployment)} == {"answered 410"}
        assert len(receiver.at("/410")) == 1
        queue(deployment)
        with deployment.database.transaction() as session:
            found = models.find_subscription(session, "gone")
            assert found is not None
            assert (found.state, found.paused_because) == ("paused", "answered 410")
            found.url = f"{receiver.url}/200"
            usecases.resume(session, "gone", now=deployment.clock.now())
            assert usecases.replay(session, "gone", delivery_id=None, now=deployment.clock.now()) == 3
        wait_until(lambda: states(deployment) == [DELIVERED] * 4)
    assert len(receiver.at("/200")) == 4


def test_what_waited_too_long_is_parked_tried_or_not(settings: Settings, receiver: Receiver) -> None:
    deployment = deployment_with(settings)
    subscribe(deployment, "paused", f"{receiver.url}/200")
    with deployment.database.transaction() as session:
        usecases.pause(session, "paused", reason="by an operator")
    queue(deployment)
    with deployment.database.transaction() as session:
        almost = deployment.clock.now() + rules.WORTH_SENDING - timedelta(minutes=1)
        assert models.park_expired(session, now=almost) == 0
        assert models.park_expired(session, now=almost + timedelta(minutes=2)) == 1
    (parked,) = deliveries(deployment)
    assert (parked.state, parked.last_error) == (PARKED, "not tried in time")
    deployment.database.close()


def test_a_delivery_that_always_fails_lets_the_others_pass(settings: Settings, receiver: Receiver) -> None:
    deployment = deployment_with(settings)
    subscribe(deployment, "picky", f"{receiver.url}/500")
    first, second = queue(deployment, 2)
    now, sealer = deployment.clock.now(), deployment.sealer
    with deployment.database.transaction() as session:
        taken = usecases.take_subscription(session, now=now)
        assert taken is not None
        parcel = usecases.take_parcel(session, taken, sealer=sealer, now=now)
        assert parcel is not None
        assert parcel.event_id == first.id
        # Nobody else takes it meanwhile.
        assert usecases.take_subscription(session, now=now) is None
        refused = usecases.Outcome(delivered=False, status=500, reason="answered 500")
        usecases.record(session, parcel, refused, chance=0.0, now=now)
        rested = now + timedelta(seconds=2)
        assert usecases.take_subscription(session, now=rested) == taken
        parcel = usecases.take_parcel(session, taken, sealer=sealer, now=rested)
        assert parcel is not None
        assert parcel.event_id == second.id
    deployment.database.close()


def test_senders_side_by_side_tell_everything_once(postgres_url: str, receiver: Receiver) -> None:
    migrating.upgrade(postgres_url, PACKAGE)
    settings = settings_with(postgres_url)
    with sending(settings) as deployment, sending(settings):
        for name in ("a", "b", "c"):
            subscribe(deployment, name, f"{receiver.url}/200?{name}")
        queue(deployment, 10)
        wait_until(lambda: states(deployment) == [DELIVERED] * 30)
    told = [(path, headers["webhook-id"]) for path, headers, _ in receiver.got]
    assert len(told) == len(set(told)) == 30


def test_after_a_kill_between_sending_and_recording_it_is_sent_again_with_the_same_id(
    settings: Settings, receiver: Receiver
) -> None:
    deployment = deployment_with(settings)
    subscribe(deployment, "slow", f"{receiver.url}/hang")
    (event,) = queue(deployment)
    try:
        with service_process(settings) as process:
            wait_until(lambda: receiver.at("/hang"), timeout=20)
            assert states(deployment) == [DeliveryState.SENDING]
            process.send_signal(signal.SIGKILL)
            process.wait()
        receiver.go_on.set()
        with service_process(settings, clock_offset=61):
            wait_until(lambda: states(deployment) == [DELIVERED], timeout=20)
    finally:
        deployment.database.close()
    assert [headers["webhook-id"] for headers, _ in receiver.at("/hang")] == [event.id] * 2


@contextmanager
def service_process(settings: Settings, *, clock_offset: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """The bus role as a process of its own, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", PACKAGE, "serve", "--role", "bus"],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("GERAI_")},
            "PYTHONPATH": os.pathsep.join(sys.path),
            "GERAI_ENVIRONMENT": "test",
            "GERAI_DATABASE_URL": settings.database_url,
            "GERAI_HTTP_ADDRESS": f"127.0.0.1:{free_port()}",
            "GERAI_SEALING_KEYS": SEALING_KEY,
            "GERAI_SMTP_URL": settings.smtp_url,
            "GERAI_CLOCK_OFFSET": str(clock_offset),
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_in_production_no_name_leads_into_the_malls_own_networks(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.url.rpartition(":")[2]
    asked: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(posting.socket, "getaddrinfo", resolve)
    with pytest.raises(posting.Undeliverable, match="networks of our own"):
        posting.post(f"https://rebind.example:{port}/200", headers={}, body=b"{}", production=True)
    assert receiver.got == []
    # It is asked for once, and what it said then is what is connected to.
    answer = posting.post(f"http://rebind.example:{port}/200", headers={}, body=b"{}", production=False)
    assert (answer.status, asked) == (200, ["rebind.example"] * 2)
    assert receiver.got[0][1]["host"] == f"rebind.example:{port}"


def test_the_certificate_has_to_be_of_the_name_and_of_somebody_who_is_trusted(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed("hook.example", tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    receiver.server.socket = serving.wrap_socket(receiver.server.socket, server_side=True)
    port = receiver.url.rpartition(":")[2]
    monkeypatch.setattr(
        posting.socket,
        "getaddrinfo",
        lambda _host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )

    def post(host: str) -> int:
        return posting.post(f"https://{host}:{port}/200", headers={}, body=b"{}", production=False).status

    with pytest.raises(posting.Undeliverable, match="certificate is not valid"):
        post("hook.example")
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(posting, "_tls", lambda: trusting)
    assert post("hook.example") == 200
    with pytest.raises(posting.Undeliverable, match="certificate is not valid"):
        post("other.example")
    assert len(receiver.got) == 1


def self_signed(name: str, folder: Path) -> Path:
    """A certificate that nobody vouches for, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = Clock().now()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def test_the_commands(
    settings: Settings,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GERAI_ENVIRONMENT", "test")
    monkeypatch.setenv("GERAI_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("GERAI_SEALING_KEYS", SEALING_KEY)
    monkeypatch.setenv("COLUMNS", "220")

    def run(*arguments: str, code: int = 0) -> str:
        assert main(["webhooks", *arguments]) == code
        captured = capsys.readouterr()
        return captured.out + captured.err

    url = f"{receiver.url}/200"
    secret = run("add", "dinas", "--url", url, "--events", "complaint.*", "ticket.called.v1").split()[-1]
    assert secret.startswith("whsec_")
    assert "already" in run("add", "dinas", "--url", url, "--events", "*", code=1)
    assert "weather.*" in run("add", "cuaca", "--url", url, "--events", "weather.*", code=1)
    assert "https" in run("add", "cuaca", "--url", "ftp://x.example", "--events", "*", code=1)
    deployment = deployment_with(settings)
    queue(deployment)
    assert "complaint.*" in run("list")
    assert secret not in run("list")
    assert secret.encode() not in Path(settings.database_url.removeprefix("sqlite:///")).read_bytes()
    renewed = run("rotate", "dinas").split()[-1]
    with deployment.database.transaction() as session:
        taken = usecases.take_subscription(session, now=deployment.clock.now())
        assert taken is not None
        parcel = usecases.take_parcel(session, taken, sealer=deployment.sealer, now=deployment.clock.now())
        assert parcel is not None
        assert parcel.secrets == (renewed, secret)
        gone = usecases.Outcome(delivered=False, status=410, reason="answered 410")
        usecases.record(session, parcel, gone, chance=0.0, now=deployment.clock.now())
    assert "paused: answered 410" in run("list")
    assert parcel.event_id in run("deliveries", "dinas", "--state", "parked")
    assert "is sent to again" in run("resume", "dinas")
    assert "1 sent anew" in run("replay", "dinas", "all")
    assert "no delivery 999" in run("replay", "dinas", "999", code=1)
    assert "is paused" in run("pause", "dinas")
    assert "not any more" not in run("remove", "dinas")
    assert "no subscription" in run("remove", "dinas", code=1)
    assert deliveries(deployment) == []
    deployment.database.close()


def test_the_receiver_that_the_documentation_shows_takes_each_once_and_nothing_forged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = rules.secret_of(b"k" * 32)
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
    example: dict[str, Any] = {"__name__": "example"}
    exec(page.partition("```python\n")[2].partition("```")[0], example)
    monkeypatch.setattr(example["Receiver"], "log_message", lambda *_: None, raising=False)
    # A green thread of the thread that the example opened its database in.
    server = HTTPServer(("127.0.0.1", 0), example["Receiver"])
    serving = eventlet.spawn(server.serve_forever, 0.02)
    url = f"http://127.0.0.1:{server.server_address[1]}/"

    def told(body: bytes, *, signed: bytes, ago: int = 0) -> int:
        timestamp = int(Clock().now().timestamp()) - ago
        headers = {
            "webhook-id": "0193a111",
            "webhook-timestamp": str(timestamp),
            "webhook-signature": rules.signatures(
                [secret], message_id="0193a111", timestamp=timestamp, body=signed
            ),
        }
        return posting.post(url, headers=headers, body=body, production=False).status

    try:
        assert [told(b"{}", signed=b"{}") for _ in range(2)] == [204, 204]
        assert told(b'{"a":1}', signed=b"{}") == 401
        assert told(b"{}", signed=b"{}", ago=301) == 401
        assert example["taken"].execute("SELECT * FROM taken").fetchall() == [("0193a111", "{}")]
    finally:
        serving.kill()
        server.server_close()
        example["taken"].close()
