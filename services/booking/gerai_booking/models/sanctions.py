"""Suspensions of persons, kept under the keyed hash of their identity: who they are stands nowhere here."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, insert, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

sanctions = Table(
    "sanctions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_hash", String(64), nullable=False),
    Column("masked_identity", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("months", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("basis", Text, nullable=False),
    Column("issuer", String(200), nullable=False),
    Column("appeal", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("recorded_at", AwareDateTime, nullable=False),
    Column("lifted_by", String(100), nullable=True),
    Column("lifted_at", AwareDateTime, nullable=True),
    Column("lifted_why", Text, nullable=True),
    Index("ix_sanctions_person_hash", "person_hash"),
    Index("ix_sanctions_recorded_at", "recorded_at"),
)


def add(session: Session, row: dict[str, Any]) -> str:
    """Write a suspension down; return its id."""
    sanction_id = new_id()
    session.execute(insert(sanctions).values(id=sanction_id, **row))
    return sanction_id


def find(session: Session, sanction_id: str) -> Any | None:
    """Return a suspension, locked."""
    query = select(sanctions).where(sanctions.c.id == sanction_id).with_for_update()
    return session.execute(query).one_or_none()


def lift(session: Session, sanction_id: str, *, by: str, why: str, now: datetime) -> None:
    """Write down that a suspension was lifted."""
    session.execute(
        update(sanctions)
        .where(sanctions.c.id == sanction_id)
        .values(lifted_by=by, lifted_at=now, lifted_why=why)
    )


def standing_against(session: Session, hashes: Iterable[str], *, from_day: date) -> dict[str, list[Any]]:
    """Return by person the suspensions that were not lifted and do not end before a day, the longest last."""
    wanted = set(hashes)
    found: dict[str, list[Any]] = {}
    if wanted:
        rows = session.execute(
            select(sanctions)
            .where(
                sanctions.c.person_hash.in_(wanted),
                sanctions.c.lifted_at.is_(None),
                sanctions.c.last_day >= from_day,
            )
            .order_by(sanctions.c.last_day, sanctions.c.id)
        )
        for row in rows:
            found.setdefault(row.person_hash, []).append(row)
    return found


def newest(session: Session, *, limit: int) -> list[Any]:
    """Return the suspensions written down last."""
    query = select(sanctions).order_by(sanctions.c.recorded_at.desc(), sanctions.c.id.desc()).limit(limit)
    return list(session.execute(query))


def of_person(session: Session, person_hash: str) -> list[Any]:
    """Return every suspension of a person, the newest first."""
    query = select(sanctions).where(sanctions.c.person_hash == person_hash)
    return list(session.execute(query.order_by(sanctions.c.recorded_at.desc(), sanctions.c.id.desc())))
