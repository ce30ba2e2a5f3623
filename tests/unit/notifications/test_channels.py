"""The channels: which one the settings choose, and what their addresses mean."""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from gerai_notifications import channels
from gerai_notifications.channels import channel_for
from gerai_notifications.channels.smtp import read_address
from gerai_shared.deployment import deployment_of
from gerai_shared.settings import URL_OF_MAIL, InvalidSettings, Settings


def chosen(url: str, *, environment: str = "test", mail_from: str = "antrean@gerai.example") -> str:
    """The name of the channel for an address."""
    settings = Settings(
        deployment="notifications", environment=environment, smtp_url=url, mail_from=mail_from
    )
    return channel_for(deployment_of(settings)).name


def test_the_scheme_of_the_address_chooses_the_channel() -> None:
    assert chosen("smtp://mail.example:25") == "email"
    assert chosen("smtps://mail.example") == "email"
    assert chosen("mailbox://local") == "mailbox"


@pytest.mark.parametrize("url", ["", "mail.example:25", "http://mail.example"])
def test_an_address_that_no_channel_takes_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(InvalidSettings, match="mailbox:// or smtp:// or smtps://"):
        chosen(url)


def test_the_mailbox_is_refused_in_production() -> None:
    with pytest.raises(InvalidSettings, match="demonstrations"):
        chosen("mailbox://local", environment="production")


def test_a_sender_that_is_no_address_is_refused_at_the_start() -> None:
    with pytest.raises(InvalidSettings, match="GERAI_MAIL_FROM"):
        chosen("smtp://mail.example", mail_from="Gerai")


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example", 25, "none"),
        ("smtp://mail.example:2525", 2525, "none"),
        ("smtp://mail.example?starttls=1", 587, "starttls"),
        ("smtp://mail.example:25?starttls=1", 25, "starttls"),
        ("smtps://mail.example", 465, "implicit"),
    ],
)
def test_an_address_says_port_and_encryption(url: str, port: int, tls: str) -> None:
    server = read_address(url)
    assert (server.host, server.port, server.tls) == ("mail.example", port, tls)


def test_a_password_may_hold_any_character() -> None:
    server = read_address("smtps://gerai%40mall:p%40ss%2Fword@mail.example")
    assert (server.user, server.password) == ("gerai@mall", "p@ss/word")


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "smtp://mail.example:port",
        "smtp://mail.example/path",
        "smtp://mail.example?startls=1",
        "smtp://mail.example?starttls=yes",
        "smtps://mail.example?starttls=1",
    ],
)
def test_an_address_with_a_slip_in_it_is_refused(url: str) -> None:
    with pytest.raises(InvalidSettings, match="GERAI_SMTP_URL"):
        read_address(url)


def test_the_settings_let_every_channel_be_chosen() -> None:
    for found in iter_modules(channels.__path__):
        for scheme in import_module(f"{channels.__name__}.{found.name}").SCHEMES:
            URL_OF_MAIL(f"{scheme}://mail.example")
