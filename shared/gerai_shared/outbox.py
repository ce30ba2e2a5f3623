"""The outbox: events are written in the transaction of the change, and published by the relay."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from gerai_shared import inbox, tables
from gerai_shared.context import Context, current_context
from gerai_shared.database import ANNOUNCES, insert_into
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import Event, to_wire
from gerai_shared.ids import new_id

NOTIFY_CHANNEL = "gerai_outbox"
LONGEST_BACK_OFF = timedelta(minutes=1)
#: Sent events stay this long, for questions about what was told.
KEPT_AFTER_SENDING = timedelta(days=7)

#: Longer than an event waits for its reader in the same process.
MAY_WAIT_UNREAD = timedelta(hours=1)
#: A day less than an inbox remembers what it had.
REPEATS_ARE_KNOWN = inbox.KEPT - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event to be announced; `data` holds native values of the type's schema.

    `context` is that of the request which caused it; without one, that of the work under way.
    """

    type: str
    subject: str
    data: dict[str, Any]
    agency: str = ""
    site: str = ""
    context: Context | None = None


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One event on its way out."""

    position: int
    event_id: str
    type: str
    exchange: str
    routing_key: str
    body: bytes
    mandatory: bool
    correlation_id: str


def add(session: Session, *events: NewEvent, source: str, now: datetime) -> None:
    """Write `events` of the deployment `source` into the outbox, in this transaction.

    Raises InvalidEventData, UnknownEventType: errors in our own code, which undo the change.
    """
    if not events:
        return
    session.execute(insert(tables.outbox), [_row(event, source, now) for event in events])
    session.info[ANNOUNCES] = True
    if session.get_bind().dialect.name == "postgresql":
        # Delivered at commit, to whichever process holds the relay.
        session.execute(text(f"NOTIFY {NOTIFY_CHANNEL}"))


def _row(new: NewEvent, source: str, now: datetime) -> dict[str, Any]:
    context = new.context or current_context()
    event = Event(
        id=new_id(),
        source=source,
        type=new.type,
        subject=new.subject,
        time=now,
        data=REGISTRY.dump(new.type, new.data),
        agency=new.agency,
        site=new.site,
        correlation_id=context.correlation_id,
        traceparent=context.traceparent,
    )
    return {
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "stream": stream_of(event.agency, event.site),
        "body": json.dumps(to_wire(event), separators=(",", ":")),
        "created_at": now,
    }


def stream_of(agency: str, site: str) -> str:
    """Return the name of the stream in which an event is counted."""
    return f"{agency or '-'}/{site or '-'}"


def claim_batch(session: Session, *, now: datetime, limit: int) -> list[Outgoing]:
    """Return the next events to publish, oldest first, each with its number in its stream.

    Only the holder of the relay's lock calls this. An event waits while an earlier one of the same
    subject waits for its next attempt: within a subject the order is kept.
    """
    table, earlier = tables.outbox, tables.outbox.alias("earlier")
    blocked = exists().where(
        earlier.c.sent_at.is_(None),
        earlier.c.subject == table.c.subject,
        earlier.c.position <= table.c.position,
        earlier.c.not_before > now,
    )
    query = select(table).where(table.c.sent_at.is_(None)).order_by(table.c.position).limit(limit)
    rows = session.execute(query).mappings().all()
    # Whatever waits is as old as what it holds up, or older: when nothing does in here, nothing is held up.
    if any(row["not_before"] is not None and row["not_before"] > now for row in rows):
        query = query.where(or_(table.c.not_before.is_(None), table.c.not_before <= now), ~blocked)
        rows = session.execute(query).mappings().all()
    sequences = _number(session, [row for row in rows if row["sequence"] is None])
    return [_outgoing(row, sequences.get(row["position"], row["sequence"])) for row in rows]


def _number(session: Session, rows: list[Any]) -> dict[int, int]:
    """Give each row the next number of its stream, and keep the numbers, so that a second attempt
    publishes the same one.
    """
    table, streams = tables.outbox, tables.streams
    counts: dict[str, list[int]] = {}
    for row in rows:
        counts.setdefault(row["stream"], []).append(row["position"])
    numbers: dict[int, int] = {}
    if not counts:
        return numbers
    statement = insert_into(session, streams)
    counted = session.execute(
        statement.on_conflict_do_update(
            index_elements=[streams.c.stream],
            set_={"last_sequence": streams.c.last_sequence + statement.excluded.last_sequence},
        ).returning(streams),
        [{"stream": stream, "last_sequence": len(counts[stream])} for stream in sorted(counts)],
    )
    for stream, last in counted:
        positions = counts[stream]
        numbers.update(zip(positions, range(last - len(positions) + 1, last + 1), strict=True))
    session.connection().execute(
        update(table).where(table.c.position == bindparam("p")).values(sequence=bindparam("s")),
        [{"p": position, "s": number} for position, number in numbers.items()],
    )
    return numbers


def _outgoing(row: Any, sequence: int) -> Outgoing:
    wire = json.loads(row["body"])
    wire["sequence"] = sequence
    event_type = REGISTRY[row["type"]]
    return Outgoing(
        position=row["position"],
        event_id=row["event_id"],
        type=row["type"],
        exchange=event_type.exchange,
        routing_key=f"{row['type']}.{wire['agency'] or '-'}.{wire['site'] or '-'}",
        body=json.dumps(wire, separators=(",", ":")).encode(),
        mandatory=bool(event_type.consumers),
        correlation_id=wire["correlationid"],
    )


def mark_sent(session: Session, positions: Iterable[int], *, now: datetime) -> None:
    """Record that the broker has taken these events."""
    session.execute(
        update(tables.outbox).where(tables.outbox.c.position.in_(list(positions))).values(sent_at=now)
    )


def mark_failed(session: Session, position: int, *, reason: str, now: datetime) -> None:
    """Put an event that no queue took back, to be tried again later; nothing is dropped."""
    table = tables.outbox
    attempts = session.scalar(select(table.c.attempts).where(table.c.position == position)) or 0
    wait = min(timedelta(seconds=2**attempts), LONGEST_BACK_OFF)
    session.execute(
        update(table)
        .where(table.c.position == position)
        .values(attempts=attempts + 1, last_error=reason, not_before=now + wait)
    )


def recall(session: Session, *, now: datetime) -> int:
    """Have the last events that somebody reads sent again, under their numbers; return how many.

    For a bus that forgets everything as its process ends: what nobody had read by then was sent shortly
    before the last event of all, however long ago that is. Readers know repeats by their inbox; what is
    older than its memory is left alone.
    """
    table = tables.outbox
    last = session.scalar(
        select(table.c.sent_at).where(table.c.sent_at.is_not(None)).order_by(table.c.position.desc()).limit(1)
    )
    if last is None:
        return 0
    since = max(last - MAY_WAIT_UNREAD, now - REPEATS_ARE_KNOWN)
    read = [event_type.name for event_type in REGISTRY if event_type.consumers]
    recalled = session.scalars(
        update(table)
        .where(table.c.sent_at >= since, table.c.type.in_(read))
        .values(sent_at=None)
        .returning(table.c.position)
    )
    return len(recalled.all())


def delete_sent(session: Session, *, before: datetime) -> None:
    """Delete events that were sent before a moment."""
    session.execute(delete(tables.outbox).where(tables.outbox.c.sent_at < before))


@dataclass(frozen=True, kw_only=True)
class OutboxState:
    """How far behind the relay is: waiting events, age of the oldest in seconds, refused attempts."""

    waiting: int
    oldest_age: float
    undeliverable: int


def state(session: Session, *, now: datetime) -> OutboxState:
    """Return the outbox's state, for metrics."""
    table = tables.outbox
    waiting, oldest, undeliverable = session.execute(
        select(
            func.count(),
            func.min(table.c.created_at),
            func.count().filter(and_(table.c.attempts > 0)),
        ).where(table.c.sent_at.is_(None))
    ).one()
    age = (now - oldest).total_seconds() if oldest is not None else 0.0
    return OutboxState(waiting=waiting, oldest_age=max(age, 0.0), undeliverable=undeliverable)


def last_sequences(session: Session) -> dict[str, int]:
    """Return the last number given out in each stream."""
    rows = session.execute(select(tables.streams.c.stream, tables.streams.c.last_sequence))
    return {stream: last for stream, last in rows}
