"""The mailbox of demonstrations, from an event to the page in the browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import eventlet
import pytest
import requests
from gerai_notifications import roles, usecases
from gerai_notifications.models import MailboxMail, Message
from gerai_shared.deployment import Deployment, deployment_of
from gerai_shared.events.envelope import Event
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from icalendar import Calendar
from sqlalchemy import select

from tests.support.migrated import MigratedFiles
from tests.support.servers import free_port
from tests.support.waiting import wait_until
from tests.unit.notifications.examples import SEALING_KEY, complaint_event, contact, delivery, ticket_event


@pytest.fixture
def settings(tmp_path: Path, migrated_files: MigratedFiles) -> Settings:
    path = tmp_path / "notifications.sqlite"
    migrated_files.copy(path, "gerai_notifications")
    return Settings(
        deployment="notifications",
        environment="demo",
        bus_url="embedded://mailbox-tests",
        database_url=f"sqlite:///{path}",
        http_address=f"127.0.0.1:{free_port()}",
        sealing_keys=(SEALING_KEY,),
        smtp_url="mailbox://local",
    )


@contextmanager
def running(settings: Settings, role: str) -> Iterator[Deployment]:
    """A process of the service, in this one."""
    deployment = deployment_of(settings)
    runner = Runner()
    roles.build(deployment, runner, role)
    runner.start()
    try:
        yield deployment
    finally:
        runner.stop()
        deployment.database.close()


@pytest.fixture
def service(settings: Settings) -> Iterator[Deployment]:
    with running(settings, "all") as deployment:
        yield deployment


def get(deployment: Deployment, path: str, **options: object) -> requests.Response:
    """Ask the service's HTTP address."""
    return requests.get(f"http://{deployment.settings.http_address}{path}", timeout=10, **options)  # type: ignore[arg-type]


def tell(deployment: Deployment, event: Event) -> None:
    """Write the message of an event and wait until it is in the mailbox."""
    before = len(mails(deployment))
    write_message(deployment, event)
    wait_until(lambda: len(mails(deployment)) == before + 1)


def write_message(deployment: Deployment, event: Event) -> None:
    """Write the message of an event as the handler does."""
    with deployment.database.transaction() as session:
        usecases.tell_citizen(
            session,
            event=event,
            channel=deployment.extras["channel"],
            writer=deployment.extras["writer"],
            sealer=deployment.sealer,
            mail_from=deployment.settings.mail_from,
            now=deployment.clock.now(),
        )


def mails(deployment: Deployment) -> list[MailboxMail]:
    """The rows of the mailbox."""
    with deployment.database.reading() as session:
        return list(session.scalars(select(MailboxMail)))


def test_an_empty_mailbox_says_so(service: Deployment) -> None:
    answer = get(service, "/")
    assert answer.status_code == 200
    assert "Belum ada surel" in answer.text


def test_a_mail_is_listed_and_read_with_its_link_and_its_calendar_file(service: Deployment) -> None:
    tell(service, complaint_event(recipient=contact()))
    now = service.clock.now()
    tell(service, ticket_event(time=now, recipient=contact(), starts_at=None))
    soon = now + timedelta(days=2)
    tell(service, ticket_event(time=now, recipient=contact(), language="en", starts_at=soon))
    listing = get(service, "/").text
    assert listing.index("Queue number A-012") < listing.index("P-2026-000123")
    path = re.findall(r'href="(/messages/[^"]+)"', listing)[0]
    page = get(service, path).text
    assert "warga@contoh.example" in page
    assert re.search(r'<a href="http://127.0.0.1:8000/t/immigration[^"]+">', page)
    calendar = get(service, f"{path}/attachments/1")
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert "attachment" in calendar.headers["Content-Disposition"]
    assert len(Calendar.from_ical(calendar.text).events) == 1


def test_the_html_of_a_mail_is_shown_and_can_do_nothing(service: Deployment) -> None:
    tell(service, complaint_event(recipient=contact()))
    (mail,) = mails(service)
    letter = get(service, f"/messages/{mail.id}/html")
    assert "<h1" in letter.text
    assert "default-src 'none'" in letter.headers["Content-Security-Policy"]
    assert "script-src" not in letter.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/messages/unknown", "/messages/unknown/html", "/messages/unknown/attachments/1", "/nothing"]
)
def test_what_is_not_there_is_answered_with_a_page(service: Deployment, path: str) -> None:
    answer = get(service, path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_mail_at_rest_is_sealed(service: Deployment) -> None:
    tell(service, complaint_event(recipient=contact()))
    (mail,) = mails(service)
    assert "P-2026" not in mail.mail
    assert "warga" not in mail.mail


def test_the_same_mail_again_is_one_mail(service: Deployment) -> None:
    tell(service, complaint_event(recipient=contact()))
    before = mails(service)[0]
    with service.extras["channel"].connect() as connection:
        connection.hand_over(replace(delivery(), id=before.id))
    assert [each.mail for each in mails(service)] == [before.mail]


def test_other_work_goes_on_while_a_backlog_is_sent(settings: Settings) -> None:
    ticks: list[int] = []

    def tick() -> None:
        while True:
            ticks.append(len(mails(watching)))
            eventlet.sleep(0)

    watching = deployment_of(settings)
    roles.build(watching, Runner(), "all")
    for _ in range(20):
        write_message(watching, complaint_event(recipient=contact()))
    # Before the first mail goes out, which may be before all of the service is ready.
    ticking = eventlet.spawn(tick)
    with running(settings, "bus"):
        wait_until(lambda: len(mails(watching)) == 20)
        ticking.kill()
    watching.database.close()
    # It saw the mailbox fill up mail by mail.
    assert len(set(ticks)) > 15


def test_in_production_there_is_no_mailbox(settings: Settings) -> None:
    production = replace(settings, environment="production", smtp_url="smtp://127.0.0.1:1")
    with running(production, "all") as deployment:
        for path in ("/", "/messages/x", "/messages/x/html", "/messages/x/attachments/1"):
            assert get(deployment, path).status_code == 404
        assert get(deployment, "/healthz").status_code == 200


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_tells_whether_it_is_healthy_and_ready(settings: Settings, role: str) -> None:
    with running(settings, role) as deployment:
        assert get(deployment, "/healthz").json() == {"status": "ok"}
        ready = get(deployment, "/readyz").json()
        assert ready["needs"]["database"] is True
        assert ("bus" in ready["needs"]) == (role != "mailbox")
        assert "gerai_messages_waiting" in get(deployment, "/metrics").text


def test_what_is_held_about_an_erased_complaint_goes_and_nothing_else(service: Deployment) -> None:
    erased, other = complaint_event(recipient=contact()), complaint_event(recipient=contact())
    erased = replace(erased, subject="01936c2e-7b1a-7c3d-8e5f-0000000000aa")
    for event in (erased, other):
        tell(service, event)
    for _ in range(2):
        with service.database.transaction() as session:
            usecases.forget_messages(session, about=erased.subject)
            assert session.scalars(select(Message.subject)).all() == [other.subject]
            assert len(session.scalars(select(MailboxMail)).all()) == 1
