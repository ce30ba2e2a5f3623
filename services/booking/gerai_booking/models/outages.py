"""Outages of the mall's own systems, and which tickets' holders were told of one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.ticket import State, Ticket
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, ForeignKey, Index, String, Table, insert, or_, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import COLUMNS, ticket_of, tickets
from gerai_booking.rules.outages import HOUR, Outage, Zoned

A_DAY = timedelta(days=1)

#: `site` is '' for every one of them.
outages = Table(
    "outages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("failed", String(20), nullable=False),
    Column("reference", String(200), nullable=True),
    Column("started_at", AwareDateTime, nullable=False),
    Column("expected_end_at", AwareDateTime, nullable=True),
    Column("ended_at", AwareDateTime, nullable=True),
    Column("recorded_by", String(100), nullable=False),
    Column("recorded_at", AwareDateTime, nullable=False),
    Index("ix_outages_started_at", "started_at"),
)

#: A ticket's holder is told once, of the first outage that hit the ticket.
outage_tickets = Table(
    "outage_tickets",
    metadata,
    Column("ticket_id", String(36), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("outage_id", String(36), nullable=False),
    Column("told_at", AwareDateTime, nullable=False),
)

#: States in which a ticket has not been served, and may not be for an outage.
UNSERVED = (State.BOOKED, State.CHECKED_IN, State.NO_SHOW)


def outage_of(row: Any) -> Outage:
    """Return the outage in a row."""
    return Outage(
        id=row.id,
        site=row.site,
        failed=row.failed,
        started_at=row.started_at,
        expected_end_at=row.expected_end_at,
        ended_at=row.ended_at,
    )


def add(session: Session, row: dict[str, Any]) -> str:
    """Write an outage down; return its id."""
    outage_id = new_id()
    session.execute(insert(outages).values(id=outage_id, **row))
    return outage_id


def find(session: Session, outage_id: str) -> Any | None:
    """Return an outage's row, locked."""
    query = select(outages).where(outages.c.id == outage_id).with_for_update()
    return session.execute(query).one_or_none()


def change(session: Session, outage_id: str, **columns: datetime) -> None:
    """Write when an outage ends."""
    session.execute(update(outages).where(outages.c.id == outage_id).values(**columns))


def newest(session: Session, *, limit: int) -> list[Any]:
    """Return the rows of the outages that began last."""
    query = select(outages).order_by(outages.c.started_at.desc(), outages.c.id.desc())
    return list(session.execute(query.limit(limit)))


def read(session: Session, outage_id: str) -> Outage | None:
    """Return an outage, None when there is none."""
    row = session.execute(select(outages).where(outages.c.id == outage_id)).one_or_none()
    return outage_of(row) if row else None


def not_over_before(session: Session, moment: datetime) -> list[Outage]:
    """Return the outages that may reach beyond a moment, in the order in which they began.

    One that nobody ended reaches to its expected end, or for the day it started on.
    """
    column = outages.c
    limit = or_(
        column.ended_at > moment,
        column.ended_at.is_(None) & (column.expected_end_at > moment),
        column.ended_at.is_(None) & column.expected_end_at.is_(None) & (column.started_at > moment - A_DAY),
    )
    rows = session.execute(select(outages).where(limit).order_by(column.started_at, column.id))
    return [outage_of(row) for row in rows]


def untold(
    session: Session, outage: Outage, site: Zoned, *, agency: str, now: datetime, limit: int
) -> list[Ticket]:
    """Return up to `limit` tickets of a site that an outage hit and whose holders were not told of any."""
    starts, ends = outage.started_at - HOUR, outage.ends_at(site.time_zone, now)
    local = ZoneInfo(site.time_zone)
    query = (
        select(*COLUMNS)
        .outerjoin(outage_tickets, outage_tickets.c.ticket_id == tickets.c.id)
        .where(
            tickets.c.site == site.code,
            # The hours say which days; the days lead to the tickets.
            tickets.c.day.between(starts.astimezone(local).date(), ends.astimezone(local).date()),
            tickets.c.state.in_([state.value for state in UNSERVED]),
            tickets.c.person_hash.is_not(None),
            tickets.c.slot_starts_at > starts,
            tickets.c.slot_starts_at < ends,
            outage_tickets.c.ticket_id.is_(None),
        )
    )
    rows = session.execute(query.order_by(tickets.c.id).limit(limit))
    return [ticket_of(row, agency) for row in rows]


def mark_told(session: Session, outage_id: str, ids: Iterable[str], *, now: datetime) -> set[str]:
    """Write down whose holders are told; return those whom nobody else told at the same moment."""
    rows = [{"ticket_id": ticket_id, "outage_id": outage_id, "told_at": now} for ticket_id in ids]
    if not rows:
        return set()
    statement = insert_into(session, outage_tickets).on_conflict_do_nothing()
    return set(session.scalars(statement.returning(outage_tickets.c.ticket_id), rows))
