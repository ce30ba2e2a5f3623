"""From an event on the bus to a mail on a real SMTP server, through faults on the way."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from gerai_notifications import roles, usecases
from gerai_notifications.models import Base, Message
from gerai_notifications.rules import MessageState
from gerai_notifications.writing import Writer
from gerai_shared import migrating, tables
from gerai_shared.bus import embedded, topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment, deployment_of
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import CONTENT_TYPE, Event, to_wire
from gerai_shared.runtime import Runner
from gerai_shared.sealing import Sealer
from gerai_shared.settings import Settings
from kombu import Producer
from sqlalchemy import select

from tests.support.mail_server import MailServer
from tests.support.migrated import MigratedDatabases, MigratedFiles
from tests.support.servers import free_port
from tests.support.waiting import wait_until
from tests.unit.notifications.examples import SEALING_KEY, complaint_event, contact, ticket_event

PACKAGE = "gerai_notifications"


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, migrated_files: MigratedFiles) -> str:
    """A migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "notifications.sqlite"
        migrated_files.copy(path, PACKAGE)
        return f"sqlite:///{path}"
    databases: MigratedDatabases = request.getfixturevalue("migrated_databases")
    return databases.fresh(PACKAGE)


@pytest.fixture
def bus() -> Iterator[str]:
    """A broker of our own inside this process, with the mall's topology."""
    name = f"test-{secrets.token_hex(4)}"
    url = f"embedded://{name}"
    with connection_to(url) as connection:
        topology.apply(topology.describe(["immigration"]), connection)
    yield url
    embedded.remove_broker(name)


@pytest.fixture
def settings(database_url: str, bus: str, mail_server: MailServer) -> Settings:
    return Settings(
        deployment="notifications",
        environment="test",
        bus_url=bus,
        database_url=database_url,
        http_address=f"127.0.0.1:{free_port()}",
        public_url="https://antrean.example",
        sealing_keys=(SEALING_KEY,),
        smtp_url=mail_server.url,
        mail_from="antrean@gerai.example",
    )


@contextmanager
def running(settings: Settings) -> Iterator[Deployment]:
    """The bus role of the service, in this process."""
    deployment = deployment_of(settings)
    runner = Runner()
    roles.build(deployment, runner, "bus")
    runner.start()
    try:
        yield deployment
    finally:
        runner.stop()
        deployment.database.close()


@pytest.fixture
def service(settings: Settings) -> Iterator[Deployment]:
    with running(settings) as deployment:
        yield deployment


def publish(bus: str, *events: Event) -> None:
    """Put events onto the bus as the relay of another service does."""
    with connection_to(bus) as connection:
        producer = Producer(connection.channel())
        for event in events:
            wire = to_wire(replace(event, data=REGISTRY.dump(event.type, event.data)))
            producer.publish(
                json.dumps(wire).encode(),
                exchange=REGISTRY[event.type].exchange,
                routing_key=event.routing_key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                message_id=event.id,
            )


def now_event(
    event_type: str = "ticket.booked.v1", email: str | None = "warga@contoh.example", **changes: Any
) -> Event:
    """An event of this moment about an hour to come."""
    now = Clock().now()
    details = {"recipient": contact(email=email), "time": now, "starts_at": now + timedelta(days=2)}
    return ticket_event(event_type, **{**details, **changes})


def messages(deployment: Deployment) -> list[Message]:
    """All rows, oldest first."""
    with deployment.database.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.created_at, Message.id)))


def has_state(deployment: Deployment, *states: MessageState) -> Callable[[], bool]:
    """A condition: there are messages, and their states are these."""
    return lambda: [each.state for each in messages(deployment)] == list(states)


def write_message(deployment: Deployment, event: Event) -> None:
    """Write the message of an event as the handler does."""
    settings = deployment.settings
    with deployment.database.transaction() as session:
        usecases.tell_citizen(
            session,
            event=event,
            channel=deployment.extras["channel"],
            writer=Writer(public_url=settings.public_url, organizer=settings.mail_from),
            sealer=deployment.sealer,
            mail_from=settings.mail_from,
            now=deployment.clock.now(),
        )


def test_migrations_and_models_agree(database_url: str) -> None:
    assert migrating.differences(database_url, [Base.metadata, tables.metadata]) == []


def test_each_event_becomes_one_mail_in_its_language(
    service: Deployment, bus: str, mail_server: MailServer
) -> None:
    publish(
        bus,
        now_event("ticket.booked.v1"),
        now_event("ticket.rescheduled.v1", language="en"),
        now_event("ticket.cancelled.v1"),
        now_event("ticket.called.v1", language="en"),
        *(
            complaint_event(f"complaint.{each}.v1", recipient=contact())
            for each in ("filed", "answered", "closed", "disputed")
        ),
    )
    wait_until(has_state(service, *[MessageState.DELIVERED] * 8))
    mails = mail_server.mails("warga@contoh.example")
    assert sorted(mail["Content-Language"] for mail in mails) == ["en"] * 2 + ["id"] * 6
    assert len({mail["Message-ID"] for mail in mails}) == 8
    assert {each.message_id for each in messages(service)} == {mail["Message-ID"] for mail in mails}
    assert sum(1 for mail in mails for _ in mail.iter_attachments()) == 3


def test_an_event_that_comes_twice_at_the_same_moment_is_told_once(
    service: Deployment, bus: str, mail_server: MailServer
) -> None:
    events = [now_event() for _ in range(5)]
    publish(bus, *(each for event in events for each in (event, event)))
    publish(bus, *events)
    wait_until(has_state(service, *[MessageState.DELIVERED] * 5))
    # What came last is told last: once its mail is there, no repeat is still on its way.
    publish(bus, now_event(email="terakhir@contoh.example"))
    wait_until(lambda: mail_server.mails("terakhir@contoh.example"))
    assert len(mail_server.mails("warga@contoh.example")) == 5


def test_a_cause_is_told_once_even_when_the_inbox_has_forgotten_it(service: Deployment) -> None:
    event = now_event()
    write_message(service, event)
    write_message(service, event)
    assert len(messages(service)) == 1


def test_nothing_in_the_table_says_whom_or_what_in_clear(service: Deployment, bus: str) -> None:
    publish(bus, now_event())
    wait_until(has_state(service, MessageState.DELIVERED))
    (message,) = messages(service)
    values = " ".join(str(getattr(message, column.key)) for column in Message.__table__.columns)
    for secret in ("warga@contoh.example", "Contoh Warga", "A-012", "immigration.example", "MPP Lebak"):
        assert secret not in values


def test_who_left_no_address_gets_no_mail_and_a_row_that_says_so(
    service: Deployment, bus: str, mail_server: MailServer
) -> None:
    publish(bus, now_event(recipient=None), now_event(email=None), now_event(email="no address"))
    wait_until(has_state(service, *[MessageState.NO_CHANNEL] * 3))
    assert all(each.recipient is None and each.content is None for each in messages(service))
    assert mail_server.mails() == []


def test_what_was_sealed_with_a_strange_key_is_kept_for_a_person_and_not_lost(
    service: Deployment, bus: str, mail_server: MailServer
) -> None:
    stranger = Sealer((Fernet.generate_key().decode(),))
    publish(bus, now_event(recipient=stranger.seal({"email": "warga@contoh.example"})), now_event())
    wait_until(has_state(service, MessageState.DELIVERED))

    def kept() -> str:
        with service.database.reading() as session:
            return str(session.scalar(select(tables.failed_messages.c.reason)))

    wait_until(lambda: kept().startswith("BrokenSeal"))
    assert len(mail_server.mails()) == 1


def test_mails_wait_while_the_server_is_away_and_go_out_once_when_it_is_back(
    service: Deployment, bus: str, mail_server: MailServer
) -> None:
    mail_server.stop()
    publish(bus, now_event(), now_event())
    wait_until(has_state(service, *[MessageState.TEMPORARY_FAILURE] * 2))
    assert all("ConnectionRefusedError" in (each.last_error or "") for each in messages(service))
    mail_server.start()
    wait_until(has_state(service, *[MessageState.DELIVERED] * 2))
    assert len(mail_server.mails()) == 2
    assert [each.attempts for each in messages(service)] == [0, 0]


def test_a_mailbox_that_does_not_exist_is_given_up_and_harms_nobody_else(
    service: Deployment, bus: str, mail_server: MailServer
) -> None:
    publish(bus, now_event(email="unknown@contoh.example"))
    wait_until(has_state(service, MessageState.PERMANENT_FAILURE))
    publish(bus, now_event())
    wait_until(lambda: mail_server.mails("warga@contoh.example"))
    refused = messages(service)[0]
    assert refused.next_attempt_at is None
    assert "550" in (refused.last_error or "")
    assert "unknown@" not in (refused.last_error or "")


def test_a_busy_server_is_asked_again_later_and_that_attempt_counts(
    settings: Settings, bus: str, mail_server: MailServer
) -> None:
    busy = mail_server.folder / "busy"
    busy.touch()
    with running(settings) as deployment:
        publish(bus, now_event(email="busy@contoh.example"))
        wait_until(has_state(deployment, MessageState.TEMPORARY_FAILURE))
        (message,) = messages(deployment)
        assert message.attempts == 1
        assert "451" in (message.last_error or "")
        wait = message.next_attempt_at - message.created_at  # type: ignore[operator]
        assert timedelta(seconds=14) < wait < timedelta(seconds=60)
    busy.unlink()
    with running(replace(settings, clock_offset=timedelta(minutes=2))) as deployment:
        wait_until(has_state(deployment, MessageState.DELIVERED))
    assert len(mail_server.mails()) == 1


def test_a_call_that_could_not_be_sent_in_time_is_dropped_and_other_mails_are_not(
    settings: Settings, mail_server: MailServer
) -> None:
    mail_server.stop()
    with running(settings) as deployment:
        write_message(deployment, now_event("ticket.called.v1"))
        write_message(deployment, now_event("ticket.booked.v1"))
        wait_until(has_state(deployment, *[MessageState.TEMPORARY_FAILURE] * 2))
    mail_server.start()
    with running(replace(settings, clock_offset=timedelta(minutes=11))) as deployment:
        wait_until(has_state(deployment, MessageState.EXPIRED, MessageState.DELIVERED))
    (mail,) = mail_server.mails()
    assert "Nomor antrean" in mail["Subject"]


def test_what_expires_first_goes_first(settings: Settings, mail_server: MailServer) -> None:
    mail_server.stop()
    with running(settings) as deployment:
        write_message(deployment, complaint_event(recipient=contact()))
        write_message(deployment, now_event("ticket.booked.v1"))
        write_message(deployment, now_event("ticket.called.v1"))
        wait_until(has_state(deployment, *[MessageState.TEMPORARY_FAILURE] * 3))
        mail_server.start()
        wait_until(has_state(deployment, *[MessageState.DELIVERED] * 3))
    subjects = [str(mail["Subject"]) for mail in mail_server.mails()]
    assert ["sekarang" in subjects[0], "A-012" in subjects[1], "P-2026" in subjects[2]] == [True] * 3


def test_senders_side_by_side_send_each_mail_once(settings: Settings, mail_server: MailServer) -> None:
    if settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite serves one process")
    mail_server.stop()
    other = replace(settings, http_address=f"127.0.0.1:{free_port()}")
    with running(settings) as deployment, running(other):
        for _ in range(40):
            write_message(deployment, now_event())
        mail_server.start()
        wait_until(has_state(deployment, *[MessageState.DELIVERED] * 40), timeout=30)
    assert len({mail["Message-ID"] for mail in mail_server.mails()}) == len(mail_server.mails()) == 40


def test_a_mail_whose_fate_is_unknown_after_a_crash_is_sent_again_as_the_same_mail(
    settings: Settings, mail_server: MailServer, tmp_path: Path
) -> None:
    deployment = deployment_of(settings)
    roles.build(deployment, Runner(), "bus")
    write_message(deployment, now_event(email="slow@contoh.example"))
    try:
        # The server keeps the mail and is slow to answer: the sender dies before it can record anything.
        with service_process(settings) as process:
            wait_until(lambda: mail_server.mails("slow@contoh.example"), timeout=20)
            assert messages(deployment)[0].state == MessageState.SENDING
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert len(mail_server.mails()) == 1
        # A little later nobody takes it: its sender may still live.
        with service_process(settings, clock_offset=30):
            write_message(deployment, now_event(email="lain@contoh.example"))
            wait_until(lambda: mail_server.mails("lain@contoh.example"), timeout=20)
        assert len(mail_server.mails("slow@contoh.example")) == 1
        with service_process(settings, clock_offset=61):
            wait_until(lambda: len(mail_server.mails("slow@contoh.example")) == 2, timeout=20)
    finally:
        deployment.database.close()
    first, second = mail_server.mails("slow@contoh.example")
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("GERAI_SMTP_URL", "http://mail.example"), ("GERAI_SMTP_URL", ""), ("GERAI_SEALING_KEYS", "short")],
)
def test_settings_that_cannot_work_end_the_start_with_their_name(
    tmp_path: Path, name: str, value: str
) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "GERAI_DATABASE_URL": f"sqlite:///{tmp_path / 'unused.sqlite'}",
        "GERAI_SEALING_KEYS": SEALING_KEY,
        "GERAI_SMTP_URL": "smtp://127.0.0.1:1",
        name: value,
    }
    command = [sys.executable, "-W", "ignore", "-m", PACKAGE, "serve"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


@contextmanager
def service_process(settings: Settings, *, clock_offset: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """The bus role as a process of its own, killed at the end."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GERAI_")},
        "PYTHONPATH": os.pathsep.join(sys.path),
        "GERAI_ENVIRONMENT": "test",
        "GERAI_BUS_URL": "embedded://mall",
        "GERAI_DATABASE_URL": settings.database_url,
        "GERAI_HTTP_ADDRESS": f"127.0.0.1:{free_port()}",
        "GERAI_SEALING_KEYS": SEALING_KEY,
        "GERAI_SMTP_URL": settings.smtp_url,
        "GERAI_MAIL_FROM": settings.mail_from,
        "GERAI_CLOCK_OFFSET": str(clock_offset),
    }
    command = [sys.executable, "-W", "ignore", "-m", PACKAGE, "serve", "--role", "bus"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
