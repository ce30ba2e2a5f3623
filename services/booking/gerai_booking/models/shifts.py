"""Who has which counter open, and its pauses: a counter has one officer, an officer one counter."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    and_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.rules.shifts import Pause, Shift

_OPEN = text("closed_at IS NULL")
_UNREAD = text("note IS NOT NULL AND note_read_at IS NULL")

#: `closed_by` is how it ended: see rules.shifts. `note` is for whoever has the counter next, until read.
counter_sessions = Table(
    "counter_sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("counter", String(20), nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("opened_at", AwareDateTime, nullable=False),
    Column("closed_at", AwareDateTime, nullable=True),
    Column("closed_by", String(20), nullable=True),
    Column("note", Text, nullable=True),
    Column("note_read_at", AwareDateTime, nullable=True),
    Column("note_read_by", String(100), nullable=True),
    Index(
        "uq_counter_sessions_open_counter",
        "site",
        "counter",
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index(
        "uq_counter_sessions_open_officer",
        "officer_id",
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index(
        "ix_counter_sessions_unread_note",
        "site",
        "counter",
        "closed_at",
        postgresql_where=_UNREAD,
        sqlite_where=_UNREAD,
    ),
)

counter_pauses = Table(
    "counter_pauses",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("session_id", String(36), ForeignKey("counter_sessions.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("note", String(200), nullable=True),
    Column("started_at", AwareDateTime, nullable=False),
    Column("expected_until", AwareDateTime, nullable=True),
    Column("ended_at", AwareDateTime, nullable=True),
    Index(
        "uq_counter_pauses_open_session",
        "session_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index("ix_counter_pauses_session_id", "session_id"),
)


def open_at(session: Session, *, site: str, counter: str) -> Shift | None:
    """Return who has a counter open, of whatever day."""
    return _first(session, counter_sessions.c.site == site, counter_sessions.c.counter == counter)


def open_of(session: Session, officer_id: str) -> Shift | None:
    """Return which counter an officer has open, of whatever day."""
    return _first(session, counter_sessions.c.officer_id == officer_id)


def all_open(session: Session, *, site: str | None = None) -> list[Shift]:
    """Return every counter that is open, at one site or at all, of whatever day."""
    return _open(session, *([counter_sessions.c.site == site] if site is not None else []))


def _first(session: Session, *wanted: ColumnElement[bool]) -> Shift | None:
    return next(iter(_open(session, *wanted)), None)


def _open(session: Session, *wanted: ColumnElement[bool]) -> list[Shift]:
    own, pauses = counter_sessions.c, counter_pauses.c
    under_way = and_(pauses.session_id == own.id, pauses.ended_at.is_(None))
    query = (
        select(
            own.id,
            own.site,
            own.counter,
            own.officer_id,
            own.officer_name,
            own.opened_at,
            pauses.reason,
            pauses.note,
            pauses.started_at,
            pauses.expected_until,
        )
        .outerjoin(counter_pauses, under_way)
        .where(own.closed_at.is_(None), *wanted)
        .order_by(own.site, own.counter)
    )
    return [_shift(row) for row in session.execute(query)]


def _shift(row: Any) -> Shift:
    pause = None
    if row.started_at is not None:
        pause = Pause(reason=row.reason, note=row.note, since=row.started_at, until=row.expected_until)
    return Shift(
        id=row.id,
        site=row.site,
        counter=row.counter,
        officer_id=row.officer_id,
        officer_name=row.officer_name,
        since=row.opened_at,
        pause=pause,
    )


def add(
    session: Session, *, site: str, counter: str, officer_id: str, officer_name: str, now: datetime
) -> bool:
    """Open a counter; False when somebody else was first, or the officer opened another one meanwhile."""
    statement = (
        insert_into(session, counter_sessions)
        .values(
            id=new_id(),
            site=site,
            counter=counter,
            officer_id=officer_id,
            officer_name=officer_name,
            opened_at=now,
        )
        .on_conflict_do_nothing()
        .returning(counter_sessions.c.id)
    )
    return session.scalar(statement) is not None


def lock(session: Session, ids: Iterable[str]) -> None:
    """Lock shifts in the order of their ids, in which everybody does who changes two of them."""
    wanted = counter_sessions.c.id.in_(list(ids))
    session.execute(
        select(counter_sessions.c.id).where(wanted).order_by(counter_sessions.c.id).with_for_update()
    )


def end(session: Session, shift: Shift, *, by: str, now: datetime, note: str | None = None) -> bool:
    """Close a counter, and end its pause; False when that has happened already."""
    ended = session.scalar(
        update(counter_sessions)
        .where(counter_sessions.c.id == shift.id, counter_sessions.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=by, note=note)
        .returning(counter_sessions.c.id)
    )
    if ended is not None and shift.pause is not None:
        end_pause(session, shift, now=now)
    return ended is not None


def begin_pause(
    session: Session,
    shift: Shift,
    *,
    reason: str,
    note: str | None,
    until: datetime | None,
    now: datetime,
) -> bool:
    """Begin a pause; False when there is one already."""
    statement = (
        insert_into(session, counter_pauses)
        .values(
            id=new_id(), session_id=shift.id, reason=reason, note=note, started_at=now, expected_until=until
        )
        .on_conflict_do_nothing()
        .returning(counter_pauses.c.id)
    )
    return session.scalar(statement) is not None


def end_pause(session: Session, shift: Shift, *, now: datetime) -> None:
    """End the pause that is under way."""
    session.execute(
        update(counter_pauses)
        .where(counter_pauses.c.session_id == shift.id, counter_pauses.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def unread_note(session: Session, *, site: str, counter: str) -> Any | None:
    """Return the newest note that nobody has confirmed, as (id, note, officer_name, closed_at)."""
    own = counter_sessions.c
    query = (
        select(own.id, own.note, own.officer_name, own.closed_at)
        .where(own.site == site, own.counter == counter, own.note.is_not(None), own.note_read_at.is_(None))
        .order_by(own.closed_at.desc(), own.id.desc())
        .limit(1)
    )
    return session.execute(query).one_or_none()


def mark_read(session: Session, *, site: str, counter: str, officer_name: str, now: datetime) -> None:
    """Confirm every note about a counter."""
    own = counter_sessions.c
    session.execute(
        update(counter_sessions)
        .where(own.site == site, own.counter == counter, own.note.is_not(None), own.note_read_at.is_(None))
        .values(note_read_at=now, note_read_by=officer_name)
    )
