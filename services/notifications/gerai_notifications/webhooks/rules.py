"""What is decided about webhooks without storage or network: addresses, signatures, waits, what may leave."""

import base64
import binascii
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class SubscriptionState(StrEnum):
    """Whether a subscription is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"


class DeliveryState(StrEnum):
    """Where one event is on its way to one subscription."""

    WAITING = "waiting"
    SENDING = "sending"
    PUT_OFF = "put_off"
    DELIVERED = "delivered"
    PARKED = "parked"


#: States in which a delivery is still to be made.
UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.PUT_OFF)

#: One attempt, from the name's resolution to the answer's headers.
ATTEMPT_SECONDS = 15.0
#: For how long a process that took a subscription is the only one to send to it: longer than an attempt.
LEASE = timedelta(seconds=60)
#: Waits between attempts triple from the first to the longest: about three and a half days in all.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=12)
MOST_ATTEMPTS = 15
#: What waited so long without success, tried or not, is parked.
WORTH_SENDING = timedelta(days=5)
#: A receiver that fails is left alone for a while, whatever waits for it: doubling, up to this.
FIRST_REST = timedelta(seconds=1)
LONGEST_REST = timedelta(minutes=5)
#: A receiver may ask for more rest than that (Retry-After), up to this.
LONGEST_REST_ASKED = timedelta(hours=1)
#: For how long both secrets sign after a change.
OVERLAP = timedelta(days=7)

SECRET_PREFIX = "whsec_"  # noqa: S105 - how such secrets begin
SECRET_BYTES = 32
LONGEST_URL = 2_000
HTTPS, HTTP = "https", "http"
HIGHEST_PORT = 65_535
#: Where IPv6 addresses of this range carry an IPv4 address: the last four bytes.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class UnusableUrl(Exception):
    """Why an address is not sent to, as an operator is told."""


def check_url(url: str, *, production: bool) -> None:
    """Refuse an address that nothing is to be sent to. Raises UnusableUrl.

    In production only https, and no address of the machine's own networks written as such. What a name
    resolves to is looked at when it is sent to.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise UnusableUrl(f"an address has at most {LONGEST_URL} ASCII characters, without spaces")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnusableUrl(str(error)) from error
    if parts.scheme != HTTPS and (production or parts.scheme != HTTP):
        raise UnusableUrl("an address begins with https://")
    if not parts.hostname or port == 0:
        raise UnusableUrl("an address names a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UnusableUrl("an address has no user, no password and no fragment")
    if production and _is_literal(parts.hostname) and not is_public(parts.hostname):
        raise UnusableUrl("an address of the mall's own networks is not sent to")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet: of no machine, network or cloud of our own."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_open(each) for each in _carried(found))


def _is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_loopback or address.is_unspecified
    )


def _carried(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Return the addresses that one stands for: a packet to some of IPv6 ends at one of IPv4."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(address.packed[-4:])]
    if address.sixtofour:
        return [address, address.sixtofour]
    return [address, *(address.teredo or ())]


def matches(patterns: Iterable[str], event_type: str) -> bool:
    """Tell whether a type is among `patterns`: a whole type, `complaint.*`, or `*`."""
    about = event_type.partition(".")[0]
    return any(pattern in ("*", f"{about}.*", event_type) for pattern in patterns)


def unheard(patterns: Sequence[str], event_types: Iterable[str]) -> list[str]:
    """Return those patterns that no type of `event_types` ever matches."""
    known = list(event_types)
    return [pattern for pattern in patterns if not any(matches([pattern], each) for each in known)]


def secret_of(key: bytes) -> str:
    """Return a secret as receivers keep it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signatures(secrets: Sequence[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature` of Standard Webhooks: one signature for each secret."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = (hmac.new(_key_of(secret), signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(each).decode()}" for each in made)


def _key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a secret of ours") from error


def wait_after(attempts: int, *, chance: float) -> timedelta:
    """Return how long a delivery waits after its `attempts`-th failure (from 1).

    `chance` in [0, 1) spreads the wait over three quarters to one and a quarter of it.
    """
    seconds = min(FIRST_WAIT.total_seconds() * 3 ** min(attempts - 1, 20), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds * (0.75 + chance / 2))


def rest_after(failures: int, *, chance: float, asked: float | None = None) -> timedelta:
    """Return how long a receiver is left alone after so many failures in a row (from 1).

    `asked` are the seconds that it asked for.
    """
    if asked is not None and asked > 0:
        return min(timedelta(seconds=min(asked, 86_400)), LONGEST_REST_ASKED)
    seconds = min(FIRST_REST.total_seconds() * 2 ** min(failures - 1, 20), LONGEST_REST.total_seconds())
    return timedelta(seconds=seconds * (0.5 + chance / 2))


def is_given_up(attempts: int, *, expires_at: datetime, now: datetime) -> bool:
    """Tell whether a delivery that failed for the `attempts`-th time is parked."""
    return attempts >= MOST_ATTEMPTS or now >= expires_at


#: Of a ticket: nothing that says who holds it, nor why somebody goes before others.
TICKET_FIELDS = frozenset(
    {
        *(
            "id",
            "number",
            "agency",
            "site",
            "service",
            "slot_starts_at",
            "day",
            "channel",
            "state",
            "counter",
        ),
        *("created_at", "checked_in_at", "called_at", "times_called", "started_at", "finished_at"),
        *("replaced_by", "revision"),
    }
)
_OF_A_TICKET = frozenset(
    {"ticket", "previous_state", "site_name", "service_name", "counter_name", "time_zone", "duration_minutes"}
)
#: By what an event is about: the fields of its data that leave the mall. What is not named here stays:
#: contacts and tokens, sealed as they are, and whatever a later release adds until somebody has looked at it.
SHOWN: Mapping[str, frozenset[str]] = {
    "ticket": _OF_A_TICKET | {"directive"},
    "no_show": _OF_A_TICKET,
    "appeal": _OF_A_TICKET | {"accepted"},
    "outage": _OF_A_TICKET | {"failed", "started_at", "expected_end_at"},
    "waiting_list": frozenset(
        {
            *("state", "site", "service", "first_day", "last_day", "slot_starts_at", "offer_ends"),
            *("site_name", "service_name", "time_zone", "directive"),
        }
    ),
    "application": frozenset(
        {
            *("application_id", "ticket_id", "number", "service", "site", "collection_site", "stage"),
            *("previous_stage", "promise_on", "revision", "service_name", "stage_name", "collection_name"),
            "kept_until",
        }
    ),
    "complaint": frozenset({"number", "state", "previous_state", "classification", "due_on", "level"}),
}
#: Attributes of the envelope that leave; the others are for following an errand within the mall.
SHOWN_ATTRIBUTES = frozenset(
    {
        *("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"),
        *("agency", "site", "sequence"),
    }
)


def shown(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return what other systems may read of an event in its JSON form."""
    fields = SHOWN.get(str(wire["type"]).partition(".")[0], frozenset())
    data = {name: value for name, value in wire["data"].items() if name in fields}
    if isinstance(data.get("ticket"), dict):
        data["ticket"] = {name: value for name, value in data["ticket"].items() if name in TICKET_FIELDS}
    return {**{name: value for name, value in wire.items() if name in SHOWN_ATTRIBUTES}, "data": data}
