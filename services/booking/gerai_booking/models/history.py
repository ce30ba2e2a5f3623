"""The history of tickets: what each of them was before each change."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gerai_shared.database import CountingKey
from gerai_shared.ticket import Actor, Ticket, TicketSchema
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Index, Integer, String, Table, Text, insert, select
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

#: Every change of every ticket: who, when, and what it was before.
history = Table(
    "ticket_history",
    metadata,
    Column("position", CountingKey, primary_key=True, autoincrement=True),
    Column("ticket_id", String(36), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("from_state", String(20), nullable=True),
    Column("to_state", String(20), nullable=False),
    Column("actor", String(20), nullable=False),
    Column("officer_id", String(36), nullable=True),
    Column("site", String(60), nullable=False),
    Column("counter", String(20), nullable=True),
    Column("at", AwareDateTime, nullable=False),
    Column("before", Text, nullable=True),
    # Columns of the agency's own as they were before a step that can be taken back.
    Column("own_before", Text, nullable=True),
    Index("uq_ticket_history_ticket_id_revision", "ticket_id", "revision", unique=True),
    Index("ix_ticket_history_site_counter", "site", "counter", "position"),
)

_schema = TicketSchema()


def history_row(
    before: Ticket | None,
    after: Ticket,
    *,
    actor: Actor,
    now: datetime,
    officer_id: str | None = None,
    counter: str | None = None,
    own_before: str | None = None,
) -> dict[str, Any]:
    """Return the line of history for a change; `before` is None for a new ticket.

    `counter` is where the change was made when that is not the counter of the ticket.
    """
    return {
        "ticket_id": after.id,
        "revision": after.revision,
        "from_state": before.state.value if before else None,
        "to_state": after.state.value,
        "actor": actor.value,
        "officer_id": officer_id,
        "site": after.site,
        "counter": counter or after.counter or (before.counter if before else None),
        "at": now,
        "before": json.dumps(_schema.dump(before)) if before else None,
        "own_before": own_before,
    }


def add_history(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert lines of history."""
    if rows:
        session.execute(insert(history), list(rows))


def last_step_at(session: Session, *, site: str, counter: str) -> Any | None:
    """Return the newest line of history of a counter."""
    return session.execute(
        select(history)
        .where(history.c.site == site, history.c.counter == counter, history.c.actor == Actor.OFFICER.value)
        .order_by(history.c.position.desc())
        .limit(1)
    ).one_or_none()


def ticket_before(row: Any) -> Ticket:
    """Return the ticket as it was before a line of history."""
    found = _schema.load(json.loads(row.before))
    assert isinstance(found, Ticket)
    return found
