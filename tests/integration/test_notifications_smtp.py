"""The way to the SMTP server: encryption that cannot be talked away, signing in, failures."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import eventlet
import pytest
from gerai_notifications.channels import Delivery, PutOff, Rejected, Unreachable
from gerai_notifications.channels.smtp import SmtpChannel, read_address

from tests.support.mail_server import MailServer
from tests.support.smtp_server import PASSWORD, USER
from tests.unit.notifications.examples import delivery

Starter = Callable[[str], MailServer]
encrypted = pytest.mark.parametrize(
    ("encryption", "scheme", "query"),
    [("starttls", "smtp", "?starttls=1"), ("implicit", "smtps", "")],
)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Starts servers; they are gone after the test."""
    started: list[MailServer] = []

    def start_one(encryption: str) -> MailServer:
        server = MailServer(tmp_path, encryption=encryption)
        server.start()
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.stop()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process trusts the test's certificate, as it would one of a public authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))


def channel(
    server: MailServer, scheme: str = "smtp", query: str = "", password: str = PASSWORD
) -> SmtpChannel:
    """The channel to a server, signing in when it asks for that."""
    user = f"{quote(USER, safe='')}:{quote(password, safe='')}@" if server.encryption != "none" else ""
    address = read_address(f"{scheme}://{user}127.0.0.1:{server.port}{query}")
    return SmtpChannel(address, mail_from="Antrean <antrean@gerai.example>")


def send(way: SmtpChannel, *deliveries: Delivery) -> None:
    """Hand mails over, through one connection."""
    with way.connect() as connection:
        for each in deliveries:
            connection.hand_over(each)


@encrypted
def test_mail_goes_out_encrypted_and_signed_in(
    start: Starter, trusted: None, encryption: str, scheme: str, query: str
) -> None:
    server = start(encryption)
    send(channel(server, scheme, query), delivery(), delivery())
    assert [(mail["encrypted"], mail["user"]) for mail in server.accepted()] == [(True, USER)] * 2
    assert {mail["from"] for mail in server.accepted()} == {"antrean@gerai.example"}


# eventlet leaves the socket of a failed handshake to the garbage collector, and Python warns of that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@encrypted
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    start: Starter, encryption: str, scheme: str, query: str
) -> None:
    server = start(encryption)
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        send(channel(server, scheme, query), delivery())
    assert server.accepted() == []


def test_encryption_that_was_asked_for_is_never_left_out(start: Starter) -> None:
    server = start("none")
    with pytest.raises(Unreachable, match="STARTTLS"):
        send(channel(server, query="?starttls=1"), delivery())
    assert server.accepted() == []


def test_a_wrong_password_is_an_outage_and_no_fault_of_any_message(start: Starter, trusted: None) -> None:
    server = start("implicit")
    with pytest.raises(Unreachable, match="535") as raised:
        send(channel(server, "smtps", password="wrong-password"), delivery())
    assert "wrong-password" not in str(raised.value)


def test_a_refused_recipient_leaves_the_connection_good_for_the_next(start: Starter) -> None:
    server = start("none")
    (server.folder / "busy").touch()
    with channel(server).connect() as connection:
        with pytest.raises(Rejected, match="550"):
            connection.hand_over(delivery("unknown@contoh.example"))
        with pytest.raises(PutOff, match="451"):
            connection.hand_over(delivery("busy@contoh.example"))
        connection.hand_over(delivery())
    assert [mail["to"] for mail in server.accepted()] == [["warga@contoh.example"]]


def test_a_server_that_dies_within_a_session_interrupts_and_nothing_hangs(start: Starter) -> None:
    server = start("none")
    with suppress(Unreachable), channel(server).connect() as connection:
        server.stop()
        with pytest.raises(PutOff):
            connection.hand_over(delivery())


def test_other_work_goes_on_while_a_server_is_slow(start: Starter) -> None:
    server = start("none")
    ticks: list[int] = []

    def tick() -> None:
        while True:
            ticks.append(1)
            eventlet.sleep(0.01)

    ticking = eventlet.spawn(tick)
    with pytest.raises(eventlet.Timeout), eventlet.Timeout(1.0):
        send(channel(server), delivery("slow@contoh.example"))
    ticking.kill()
    # A blocked hub would have let through one or two.
    assert len(ticks) > 30
