"""What a stranger, a broken client or an older version might put into our queues."""

import json
import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import struct_time
from typing import Any

HUGE = 5 << 20
DEEP = b"[" * 100_000 + b"]" * 100_000


class FarFuture(datetime):
    """A timestamp that AMQP can say and Python's own datetime cannot."""

    def utctimetuple(self) -> struct_time:
        """Return the 100-millionth of January."""
        return struct_time((9999, 1, 100_000_000, 0, 0, 0, 0, 1, 0))


@dataclass(frozen=True, kw_only=True)
class Garbage:
    """One message: `is_request` says that it is well enough formed to be answered rather than parked."""

    name: str
    body: bytes
    properties: dict[str, Any] = field(default_factory=dict)
    is_request: bool = False


def unreadable() -> Iterator[Garbage]:
    """Yield messages that nobody can make sense of, whichever queue they are in."""
    yield Garbage(name="random bytes", body=secrets.token_bytes(300))
    yield Garbage(name="nothing", body=b"", properties={"content_type": "application/x-python-serialize"})
    yield Garbage(name="half a JSON", body=b'{"specversion": "1.0", "id"')
    for text in ("null", "[]", "{}", '"text"', "1e999", "NaN"):
        yield Garbage(name=f"JSON of another shape: {text}", body=text.encode())
    yield Garbage(name="JSON deeper than the stack", body=DEEP)
    yield Garbage(name="huge", body=secrets.token_bytes(HUGE))
    yield Garbage(name="properties that are no text", body=b"{}", properties={"correlation_id": b"\xff\xfe"})
    yield Garbage(
        name="a header from the far future",
        body=b"{}",
        properties={"headers": {"at": FarFuture(2026, 1, 1, tzinfo=UTC)}},
    )
    yield Garbage(
        name="text that cannot be encoded",
        body=b'"\\ud800"',
        properties={"content_encoding": "unicode_escape", "content_type": "text/plain"},
    )
    yield Garbage(name="a long type of content", body=b"{", properties={"content_type": "x/" + "y" * 250})
    yield Garbage(name="deeper than the stack, asked", body=DEEP, properties=asked(method="catalogue"))
    for name, headers in (
        ("an impossible deadline", {"method": "catalogue", "deadline": "1e300"}),
        ("a deadline that is no number", {"method": "catalogue", "deadline": "nan"}),
        ("no method", {"deadline": later()}),
        ("a method that is a table", {"method": {"a": 1}, "deadline": later()}),
    ):
        properties = {"reply_to": "nobody", "correlation_id": "c", "headers": headers}
        yield Garbage(name=name, body=b"{}", properties=properties)


def requests() -> Iterator[Garbage]:
    """Yield requests with wrong contents: they get an answer, which nobody waits for."""
    yield Garbage(name="unknown method", body=b"{}", properties=asked(method="drop"), is_request=True)
    yield Garbage(
        name="unknown fields", body=b'{"a": 1}', properties=asked(method="availability"), is_request=True
    )
    yield Garbage(
        name="identifiers that are numbers",
        body=b"{}",
        properties=asked(method="catalogue", correlation_id=7, traceparent={"a": 1}, idempotency_key=9),
        is_request=True,
    )
    yield Garbage(
        name="an answer wanted where nobody can have it",
        body=b"{}",
        properties={**asked(method="catalogue"), "reply_to": "amq.rabbitmq.reply-to.g2dkABBy"},
        is_request=True,
    )
    yield Garbage(
        name="a key that no column takes",
        body=b'{"token": "immigration.x"}',
        properties=asked(method="cancel", idempotency_key="\0" * 500),
        is_request=True,
    )


def asked(**headers: Any) -> dict[str, Any]:
    """Return the properties of a request that is due."""
    return {
        "reply_to": "nobody",
        "correlation_id": str(uuid.uuid4()),
        "headers": {"deadline": later(), **headers},
    }


def later() -> str:
    """Return a deadline that is still to come."""
    return str(time.time() + 60)


def spoiled_events(real: bytes) -> Iterator[Garbage]:
    """Yield events that differ from a real one in one attribute, so that they cannot be taken."""
    for name, changes in (
        ("an unknown type", {"type": "ticket.eaten.v1"}),
        ("a type that nobody here handles", {"type": "ticket.held.v1"}),
        ("a NUL in the type", {"type": "ticket.\0.v1"}),
        ("data of another shape", {"data": {"ticket": []}}),
        ("no data", {"data": None}),
        ("a sequence without end", {"sequence": float("inf")}),
        ("a time without zone", {"time": "2026-12-01T09:00:00"}),
        ("an id that no column takes", {"id": "\0" + str(uuid.uuid4())}),
        ("an id that cannot be encoded", {"id": "\ud800" + str(uuid.uuid4())}),
        ("an id that is too long", {"id": "x" * 65}),
    ):
        body = {**json.loads(real), "id": str(uuid.uuid4()), **changes}
        yield Garbage(name=name, body=json.dumps(body).encode())
