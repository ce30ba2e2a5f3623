"""The inbox: a handler's effect and the note that it happened are one transaction. And its parking.

A message whose handling fails is tried again on a ladder of waits and then parked, with the reason
and its raw bytes; `gerai parked` lists, shows, replays and drops what is parked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gerai_shared import tables
from gerai_shared.borders import storable
from gerai_shared.database import insert_into
from gerai_shared.ids import new_id

RETRYING, PARKED = "retrying", "parked"
#: Waits before the second, third, ... attempt. After the last one the message is parked.
LADDER = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
#: How long a repeat is recognised: longer than any message can wait in a queue or an outbox.
KEPT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class FailedMessage:
    """A message that could not be handled; `raw` are its bytes as they came."""

    id: str
    consumer: str
    event_id: str | None
    type: str | None
    content_type: str | None
    raw: bytes
    reason: str
    attempts: int
    state: str
    next_attempt_at: datetime | None
    first_failed_at: datetime
    last_failed_at: datetime


def first_time(session: Session, *, consumer: str, event_id: str, now: datetime) -> bool:
    """Record that `consumer` handles this event in this transaction; False when it already did.

    Two deliveries at the same moment: the second waits here for the first one's commit.
    """
    statement = insert_into(session, tables.inbox).on_conflict_do_nothing().returning(tables.inbox.c.event_id)
    values = {"consumer": consumer, "event_id": event_id, "received_at": now}
    return session.scalar(statement, values) is not None


def record_failure(
    session: Session,
    *,
    consumer: str,
    event_id: str | None,
    event_type: str | None,
    content_type: str | None,
    raw: bytes,
    reason: str,
    hopeless: bool,
    now: datetime,
) -> str:
    """Keep a message that failed; return the state it is in now.

    `hopeless` messages (not ours, not readable) are parked at once. A message without an id is kept
    under a new one each time it comes.
    """
    table = tables.failed_messages
    existing = None
    if event_id is not None:
        existing = session.execute(
            select(table).where(table.c.consumer == consumer, table.c.event_id == event_id).with_for_update()
        ).one_or_none()
    attempts = existing.attempts + 1 if existing else 1
    parked = hopeless or attempts > len(LADDER)
    values: dict[str, Any] = {
        "reason": storable(reason)[:2000],
        "attempts": attempts,
        "state": PARKED if parked else RETRYING,
        "next_attempt_at": None if parked else now + LADDER[attempts - 1],
        "last_failed_at": now,
    }
    if existing:
        session.execute(update(table).where(table.c.id == existing.id).values(**values))
    else:
        session.execute(
            insert_into(session, table)
            .values(
                id=new_id(),
                consumer=consumer,
                event_id=event_id,
                type=event_type,
                # Whoever sent it chose this text, and its length.
                content_type=storable(content_type)[:100] if content_type else None,
                raw=raw,
                first_failed_at=now,
                **values,
            )
            .on_conflict_do_update(index_elements=[table.c.consumer, table.c.event_id], set_=values)
        )
    return str(values["state"])


def claim_due(session: Session, *, now: datetime) -> FailedMessage | None:
    """Lock and return one message whose next attempt is due, for this transaction; None when none is.

    SKIP LOCKED: any number of processes may retry side by side without trying the same one.
    """
    table = tables.failed_messages
    row = session.execute(
        select(table)
        .where(table.c.state == RETRYING, table.c.next_attempt_at <= now)
        .order_by(table.c.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return FailedMessage(**row._asdict()) if row else None


def list_parked(session: Session, *, limit: int = 100) -> list[FailedMessage]:
    """Return parked messages, the newest first."""
    table = tables.failed_messages
    rows = session.execute(
        select(table).where(table.c.state == PARKED).order_by(table.c.last_failed_at.desc()).limit(limit)
    )
    return [FailedMessage(**row._asdict()) for row in rows]


def find_failed(session: Session, message_id: str) -> FailedMessage | None:
    """Return one failed message by its own id."""
    row = session.execute(
        select(tables.failed_messages).where(tables.failed_messages.c.id == message_id)
    ).one_or_none()
    return FailedMessage(**row._asdict()) if row else None


def replay(session: Session, message_id: str | None, *, now: datetime) -> int:
    """Have one parked message, or with None every one, tried again at once, with a fresh ladder.

    Returns how many there were.
    """
    table = tables.failed_messages
    statement = (
        update(table)
        .where(table.c.state == PARKED)
        .values(state=RETRYING, attempts=0, next_attempt_at=now)
        .returning(table.c.id)
    )
    if message_id is not None:
        statement = statement.where(table.c.id == message_id)
    return len(session.scalars(statement).all())


def drop(session: Session, message_id: str) -> bool:
    """Delete a failed message for good. False when there is none."""
    table = tables.failed_messages
    return session.scalar(delete(table).where(table.c.id == message_id).returning(table.c.id)) is not None


def count_failed(session: Session) -> dict[str, int]:
    """Return how many messages are retrying and parked."""
    table = tables.failed_messages
    rows = session.execute(select(table.c.state, func.count()).group_by(table.c.state))
    counts = {state: count for state, count in rows}
    return {RETRYING: counts.get(RETRYING, 0), PARKED: counts.get(PARKED, 0)}


def delete_old(session: Session, *, before: datetime) -> None:
    """Delete inbox rows from before a moment."""
    session.execute(delete(tables.inbox).where(tables.inbox.c.received_at < before))
