"""Channels: the ways a message can take. Each is one file here.

A channel's module has `SCHEMES`, the schemes of the address it works for, and `build(deployment)`,
which returns it or raises InvalidSettings. The address in the settings chooses the channel.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol
from urllib.parse import urlsplit

from gerai_shared.deployment import Deployment
from gerai_shared.settings import InvalidSettings

from gerai_notifications.schemas import Contact
from gerai_notifications.writing import Letter


class Unreachable(Exception):
    """The other side cannot be talked to now. It says nothing about any message."""


class PutOff(Exception):
    """This message was not taken now; it may be later. The connection goes on."""


class Interrupted(PutOff):
    """The connection broke within this message; whether it was taken is not known."""


class Rejected(Exception):
    """This message will never be taken, for instance because there is no such mailbox."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A message opened for its way: whom it goes to and what it says.

    `message_id` (a mail's header, with its angle brackets) is the same each time it is sent. `reply_to` is
    the address that reads answers, '' where nobody does.
    """

    id: str
    message_id: str
    language: str
    name: str
    address: str
    letter: Letter
    written_at: datetime
    reply_to: str = ""


class Connection(Protocol):
    """An open way, good for several messages."""

    def hand_over(self, delivery: Delivery) -> None:
        """Hand a message over; return when the other side answers for it.

        Raises PutOff, Interrupted, Rejected.
        """


class Channel(Protocol):
    """A way to citizens. `name` stands in each message's row."""

    name: str

    def address_of(self, contact: Contact) -> str | None:
        """Return the address of `contact` on this channel, None when there is none."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Open the way. Raises Unreachable."""


def channel_for(deployment: Deployment) -> Channel:
    """Return the channel that the deployment's settings choose. Raises InvalidSettings."""
    scheme = urlsplit(deployment.settings.smtp_url).scheme
    known: set[str] = set()
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        if scheme in module.SCHEMES:
            channel: Channel = module.build(deployment)
            return channel
        known |= module.SCHEMES
    raise InvalidSettings(
        f"GERAI_SMTP_URL: must begin with {' or '.join(f'{each}://' for each in sorted(known))}"
    )
