"""Missed visits that may count, and what their holders say of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared.ticket import State
from gerai_shared.times import AwareDateTime
from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, and_, insert, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.history import history
from gerai_booking.models.people import people
from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.no_show import COUNTS_FROM

#: What holders of missed tickets say, sealed, one for each ticket; and what a supervisor decided about it.
appeals = Table(
    "appeals",
    metadata,
    Column("ticket_id", String(36), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("filed_at", AwareDateTime, nullable=False),
    Column("decided_at", AwareDateTime, nullable=True),
    Column("decided_by", String(100), nullable=True),
    Column("accepted", Boolean, nullable=True),
    Column("reason", Text, nullable=True),
    Index("ix_appeals_decided_at_filed_at", "decided_at", "filed_at"),
)

# How a ticket came to its present state.
_LAST_STEP = and_(history.c.ticket_id == tickets.c.id, history.c.revision == tickets.c.revision)


def missed_visits(session: Session, hashes: Iterable[str], *, from_day: date) -> list[Any]:
    """Return the missed visits of these persons that count unless an outage or an order excuses them, by day.

    Rows of (ticket_id, person_hash, site, service, day). Those with an accepted appeal are not among them.
    """
    wanted = set(hashes)
    if not wanted:
        return []
    query = (
        select(
            tickets.c.id.label("ticket_id"),
            tickets.c.person_hash,
            tickets.c.site,
            tickets.c.service,
            tickets.c.day,
        )
        .join(history, _LAST_STEP)
        .outerjoin(appeals, appeals.c.ticket_id == tickets.c.id)
        .where(
            tickets.c.person_hash.in_(wanted),
            tickets.c.state == State.NO_SHOW.value,
            tickets.c.day >= from_day,
            history.c.from_state.in_(COUNTS_FROM),
            appeals.c.accepted.is_not(True),
        )
    )
    return list(session.execute(query.order_by(tickets.c.day, tickets.c.id)))


def came_from(session: Session, ticket_id: str, *, revision: int) -> str | None:
    """Return the state out of which a ticket came to a revision."""
    where = (history.c.ticket_id == ticket_id, history.c.revision == revision)
    return session.scalar(select(history.c.from_state).where(*where))


def add_appeal(session: Session, *, ticket_id: str, sealed: str, now: datetime) -> None:
    """Write down what a holder says."""
    session.execute(insert(appeals).values(ticket_id=ticket_id, sealed=sealed, filed_at=now))


def find_appeal(session: Session, ticket_id: str, *, lock: bool = False) -> Any | None:
    """Return the appeal of a ticket, locked for this transaction when asked."""
    query = select(appeals).where(appeals.c.ticket_id == ticket_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def decide(session: Session, ticket_id: str, *, accepted: bool, reason: str, by: str, now: datetime) -> None:
    """Write down what was decided about an appeal."""
    session.execute(
        update(appeals)
        .where(appeals.c.ticket_id == ticket_id)
        .values(accepted=accepted, reason=reason, decided_by=by, decided_at=now)
    )


def appeal_rows(session: Session, *, is_open: bool, limit: int) -> list[Any]:
    """Return appeals with their tickets: open ones the oldest first, decided ones the newest first."""
    decided = appeals.c.decided_at.is_(None) if is_open else appeals.c.decided_at.is_not(None)
    order = appeals.c.filed_at if is_open else appeals.c.decided_at.desc()
    return list(
        session.execute(
            select(
                appeals,
                tickets.c.number,
                tickets.c.site,
                tickets.c.service,
                tickets.c.day,
                people.c.masked_name,
            )
            .join(tickets, tickets.c.id == appeals.c.ticket_id)
            .outerjoin(people, people.c.ticket_id == appeals.c.ticket_id)
            .where(decided)
            .order_by(order, appeals.c.ticket_id)
            .limit(limit)
        )
    )
