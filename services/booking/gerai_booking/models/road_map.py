"""The road map of a mall as one agency keeps it: planned counters; every change of them and of outreach."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, insert, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.changes import add_change
from gerai_booking.models.tables import metadata

planned_counters = Table(
    "planned_counters",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("site", String(60), nullable=False),
    # The group of services, in both languages: the catalogue may name it otherwise by then.
    Column("group_id", String(200), nullable=False),
    Column("group_en", String(200), nullable=False),
    Column("counters", Integer, nullable=False),
    Column("target_on", Date, nullable=False),
    Column("state", String(20), nullable=False),
    # Why it was postponed or its date moved last, as the public reads it.
    Column("reason", Text, nullable=True),
    # A role or an office, never a person's name: the public reads it.
    Column("responsible", String(100), nullable=False),
    Column("basis", Text, nullable=False),
    Index("ix_planned_counters_site", "site"),
)

#: Every change, never altered: `subject` is the id of a planned counter, of an event, or a year.
road_map_changes = Table(
    "road_map_changes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("before", Text, nullable=True),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_road_map_changes_subject", "subject"),
)


def counters_at(session: Session, *, site: str) -> list[Any]:
    """Return the planned counters of a site in the order in which they are to open."""
    query = select(planned_counters).where(planned_counters.c.site == site)
    return list(session.execute(query.order_by(planned_counters.c.target_on, planned_counters.c.id)))


def find_counter(session: Session, counter_id: str) -> Any | None:
    """Return a planned counter, locked."""
    query = select(planned_counters).where(planned_counters.c.id == counter_id).with_for_update()
    return session.execute(query).one_or_none()


def add_counter(session: Session, row: Mapping[str, Any]) -> str:
    """Put a counter on the road map; return its id."""
    counter_id = new_id()
    session.execute(insert(planned_counters).values(id=counter_id, **row))
    return counter_id


def set_counter(session: Session, counter_id: str, **values: Any) -> None:
    """Write columns of a locked counter."""
    session.execute(update(planned_counters).where(planned_counters.c.id == counter_id).values(**values))


def record_change(
    session: Session,
    *,
    officer_id: str,
    officer_name: str,
    kind: str,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    why: str,
    now: datetime,
) -> None:
    """Write down who changed what of the road map, and why."""
    add_change(
        session,
        road_map_changes,
        officer_id=officer_id,
        officer_name=officer_name,
        kind=kind,
        before=before,
        after=after,
        why=why,
        now=now,
        subject=subject,
    )


def changes_of(session: Session, subjects: Sequence[str]) -> dict[str, list[Any]]:
    """Return every change of these subjects, the oldest first, by subject."""
    found: dict[str, list[Any]] = {subject: [] for subject in subjects}
    query = select(road_map_changes).where(road_map_changes.c.subject.in_(found))
    for row in session.execute(query.order_by(road_map_changes.c.at, road_map_changes.c.id)):
        found[row.subject].append(row)
    return found
