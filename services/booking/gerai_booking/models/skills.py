"""What counters and officers serve, where that differs from the catalogue."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared import accounts
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Index,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.shifts import counter_pauses, counter_sessions
from gerai_booking.models.tables import metadata

_IN_FORCE = text("ended_at IS NULL")
OF_COUNTER, OF_OFFICER, PAUSE = "counter", "officer", "pause"

#: What a counter serves from a day, up to a day or until changed, instead of what the catalogue says: codes
#: with spaces between. Of several that hold on a day the one written last counts.
counter_skills = Table(
    "counter_skills",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("counter", String(20), nullable=False),
    Column("services", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=True),
    Column("why", Text, nullable=False),
    Column("set_by", String(100), nullable=False),
    Column("set_at", AwareDateTime, nullable=False),
    Column("ended_at", AwareDateTime, nullable=True),
    Index(
        "ix_counter_skills_site_counter",
        "site",
        "counter",
        postgresql_where=_IN_FORCE,
        sqlite_where=_IN_FORCE,
    ),
)

#: The services an officer may serve; of whom there is no row, all.
officer_skills = Table(
    "officer_skills",
    metadata,
    Column("officer_id", String(36), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("set_by", String(100), nullable=False),
    Column("set_at", AwareDateTime, nullable=False),
)


def of_call(
    session: Session, *, site: str, counter: str, officer_id: str | None, day: date, begun: datetime
) -> list[Any]:
    """Return what bounds a call at a counter, in one look: rows of (kind, said, id). `day` began at `begun`.

    OF_COUNTER: a setting of the counter, `said` are its services; OF_OFFICER: a service that the officer may
    serve; PAUSE: the counter pauses, `said` is for what.
    """
    own, pauses = counter_sessions.c, counter_pauses.c
    setting = select(
        literal(OF_COUNTER).label("kind"), counter_skills.c.services.label("said"), counter_skills.c.id
    ).where(counter_skills.c.site == site, counter_skills.c.counter == counter, _holds_on(day))
    able = select(literal(OF_OFFICER), officer_skills.c.service, officer_skills.c.officer_id).where(
        officer_skills.c.officer_id == officer_id
    )
    paused = (
        select(literal(PAUSE), pauses.reason, pauses.id)
        .join(counter_sessions, and_(own.id == pauses.session_id, own.closed_at.is_(None)))
        .where(own.site == site, own.counter == counter, own.opened_at >= begun, pauses.ended_at.is_(None))
    )
    return list(session.execute(union_all(setting, able, paused)))


def settings_at(session: Session, *, site: str, day: date) -> dict[str, Any]:
    """Return the setting in force of each counter that has one, by counter."""
    query = select(counter_skills).where(counter_skills.c.site == site, _holds_on(day))
    return {row.counter: row for row in session.execute(query.order_by(counter_skills.c.id))}


def of_officers(session: Session, officer_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return what officers may serve; who may serve all is not in it."""
    query = select(officer_skills.c.officer_id, officer_skills.c.service).where(
        officer_skills.c.officer_id.in_(list(officer_ids))
    )
    found: dict[str, set[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.officer_id, set()).add(row.service)
    return {officer_id: frozenset(services) for officer_id, services in found.items()}


def put(
    session: Session,
    *,
    site: str,
    counter: str,
    services: Iterable[str],
    valid_from: date,
    valid_to: date | None,
    why: str,
    set_by: str,
    now: datetime,
) -> str:
    """Write what a counter serves from a day on; return the setting's id."""
    setting_id = new_id()
    session.execute(
        insert(counter_skills).values(
            id=setting_id,
            site=site,
            counter=counter,
            services=" ".join(services),
            valid_from=valid_from,
            valid_to=valid_to,
            why=why,
            set_by=set_by,
            set_at=now,
        )
    )
    return setting_id


def end_all(session: Session, *, site: str, counter: str, now: datetime) -> None:
    """Let a counter serve what the catalogue says."""
    session.execute(
        update(counter_skills)
        .where(
            counter_skills.c.site == site,
            counter_skills.c.counter == counter,
            counter_skills.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def put_of_officer(
    session: Session, officer_id: str, services: Iterable[str], *, set_by: str, now: datetime
) -> None:
    """Write what an officer may serve; nothing stands for all."""
    session.execute(delete(officer_skills).where(officer_skills.c.officer_id == officer_id))
    rows = [
        {"officer_id": officer_id, "service": service, "set_by": set_by, "set_at": now}
        for service in sorted(set(services))
    ]
    if rows:
        session.execute(insert(officer_skills), rows)


def officers(session: Session) -> list[Any]:
    """Return who may sign in and serve, by name: rows of (id, name, role)."""
    table = accounts.officers
    query = select(table.c.id, table.c.name, table.c.role).where(
        table.c.active, table.c.role.in_(("officer", "supervisor"))
    )
    return list(session.execute(query.order_by(table.c.name, table.c.id)))


def _holds_on(day: date) -> ColumnElement[bool]:
    return and_(
        counter_skills.c.ended_at.is_(None),
        counter_skills.c.valid_from <= day,
        or_(counter_skills.c.valid_to.is_(None), counter_skills.c.valid_to >= day),
    )
