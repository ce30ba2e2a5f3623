"""Outreach as one agency keeps it: what was planned, held or called off, and how much a year should have."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, insert, or_, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.rules.outreach import PLANNED

#: What the agency did to make its services known, beside the dates of its pop-up sites in the catalogue.
#: `last_on` is the last day of a period; `topics` are codes of services with spaces between them.
outreach_events = Table(
    "outreach_events",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("held_on", Date, nullable=False),
    Column("last_on", Date, nullable=True),
    Column("place", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("channel", String(20), nullable=False, server_default="face_to_face"),
    Column("station", String(100), nullable=True),
    Column("regency", String(5), nullable=True),
    Column("audience", String(200), nullable=True),
    Column("topics", Text, nullable=False, server_default=""),
    Column("state", String(20), nullable=False, server_default="held"),
    Column("reached", Integer, nullable=True),
    # For the agency itself: the public does not read it.
    Column("notes", Text, nullable=True),
    Column("recorded_at", AwareDateTime, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Index("ix_outreach_events_held_on", "held_on"),
)

outreach_targets = Table(
    "outreach_targets",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("target", Integer, nullable=False),
    Column("basis", Text, nullable=False),
)


def events_between(session: Session, *, first: date, last: date) -> list[Any]:
    """Return the recorded events that begin in a range of days, the newest first."""
    return list(
        session.execute(
            select(outreach_events)
            .where(outreach_events.c.held_on.between(first, last))
            .order_by(outreach_events.c.held_on.desc(), outreach_events.c.id)
        )
    )


def coming(session: Session, *, from_day: date, limit: int) -> list[Any]:
    """Return what is planned and not over on a day, in the order in which it comes."""
    column = outreach_events.c
    alive = or_(column.held_on >= from_day, column.last_on >= from_day)
    query = select(outreach_events).where(column.state == PLANNED, alive)
    return list(session.execute(query.order_by(column.held_on, column.id).limit(limit)))


def find_event(session: Session, event_id: str) -> Any | None:
    """Return an event, locked."""
    query = select(outreach_events).where(outreach_events.c.id == event_id).with_for_update()
    return session.execute(query).one_or_none()


def add_event(session: Session, row: Mapping[str, Any]) -> str:
    """Record an event; return its id."""
    event_id = new_id()
    session.execute(insert(outreach_events).values(id=event_id, **row))
    return event_id


def set_event(session: Session, event_id: str, **values: Any) -> None:
    """Write columns of a locked event."""
    session.execute(update(outreach_events).where(outreach_events.c.id == event_id).values(**values))


def targets(session: Session) -> dict[int, int]:
    """Return how many events each year should have."""
    return {row.year: row.target for row in session.execute(select(outreach_targets))}


def put_target(session: Session, *, year: int, target: int, basis: str) -> int | None:
    """Set how many events a year should have; return what stood there, if anything did."""
    query = select(outreach_targets.c.target).where(outreach_targets.c.year == year).with_for_update()
    before = session.scalar(query)
    statement = insert_into(session, outreach_targets).values(year=year, target=target, basis=basis)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[outreach_targets.c.year],
            set_={name: statement.excluded[name] for name in ("target", "basis")},
        )
    )
    return before
