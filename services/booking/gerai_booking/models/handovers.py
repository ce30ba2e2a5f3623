"""The register of handovers, the reminders that were given, and what is due at a site of collection."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.applications import Application, application_of, applications
from gerai_booking.models.tables import metadata
from gerai_booking.rules.catalogue.stages import READY

#: Who collected what, when, and what they showed. A wrong entry is struck out with a reason, never altered.
handovers = Table(
    "handovers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("application_id", String(36), ForeignKey("applications.id"), nullable=False),
    Column("number", String(8), nullable=False),
    Column("service", String(60), nullable=False),
    Column("site", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", AwareDateTime, nullable=False),
    Column("receiver", String(20), nullable=False),
    Column("proofs", Text, nullable=False),
    # {"name"} of who collected.
    Column("sealed", Text, nullable=False),
    Column("signed", Boolean, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("struck_out_by", String(100), nullable=True),
    Column("struck_out_why", Text, nullable=True),
    Index("ix_handovers_site_day", "site", "day"),
    Index(
        "uq_handovers_application_id",
        "application_id",
        unique=True,
        postgresql_where=text("struck_out_by IS NULL"),
        sqlite_where=text("struck_out_by IS NULL"),
    ),
)

#: Each reminder once: `days` after the day of readiness. What was missed is not told late (`told` is false).
reminders = Table(
    "application_reminders",
    metadata,
    Column("application_id", String(36), ForeignKey("applications.id"), primary_key=True),
    Column("ready_on", Date, primary_key=True),
    Column("days", Integer, primary_key=True),
    Column("at", AwareDateTime, nullable=False),
    Column("told", Boolean, nullable=False),
)


def add(session: Session, row: dict[str, Any], *, proofs: Sequence[str]) -> str:
    """Write a handover into the register; return its id."""
    handover_id = new_id()
    session.execute(insert(handovers).values(id=handover_id, proofs=json.dumps(list(proofs)), **row))
    return handover_id


def of_application(session: Session, application_id: str) -> Any | None:
    """Return the entry of an application that stands."""
    where = (handovers.c.application_id == application_id, handovers.c.struck_out_by.is_(None))
    return session.execute(select(handovers).where(*where)).one_or_none()


def strike_out(session: Session, application_id: str, *, by: str, why: str) -> None:
    """Strike out the entry of an application, with who and why."""
    session.execute(
        update(handovers)
        .where(handovers.c.application_id == application_id, handovers.c.struck_out_by.is_(None))
        .values(struck_out_by=by, struck_out_why=why)
    )


def of_day(session: Session, *, site: str, day: date) -> list[Any]:
    """Return the register of a site's day in its order, struck-out entries included."""
    where = (handovers.c.site == site, handovers.c.day == day)
    return list(session.execute(select(handovers).where(*where).order_by(handovers.c.at, handovers.c.id)))


def claim_reminder_due(session: Session, *, site: str, today: date) -> Application | None:
    """Lock and return an application whose reminder is due; two loops never get the same one."""
    row = session.execute(
        select(applications)
        .where(applications.c.collection_site == site, applications.c.next_reminder_on <= today)
        .order_by(applications.c.next_reminder_on, applications.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return application_of(row) if row else None


def record_reminders(
    session: Session, application: Application, days: Sequence[int], *, now: datetime
) -> list[int]:
    """Write down reminders that are due, of which the last is told; return those that were not there yet."""
    rows = [
        {
            "application_id": application.id,
            "ready_on": application.ready_on,
            "days": count,
            "at": now,
            "told": count == days[-1],
        }
        for count in days
    ]
    if not rows:
        return []
    statement = insert_into(session, reminders).on_conflict_do_nothing().returning(reminders.c.days)
    return list(session.scalars(statement, rows))


def set_next_reminder(session: Session, application_id: str, day: date | None) -> None:
    """Write down when the next reminder is due. Not a step: nothing that an officer sees has changed."""
    session.execute(
        update(applications).where(applications.c.id == application_id).values(next_reminder_on=day)
    )


def claim_uncollected(session: Session, *, site: str, today: date, limit: int) -> list[Application]:
    """Lock and return what cancels itself and was not collected in time; others that do the same skip it."""
    rows = session.execute(
        select(applications)
        .where(
            applications.c.collection_site == site,
            applications.c.stage == READY,
            applications.c.cancels_itself,
            applications.c.kept_until < today,
        )
        .order_by(applications.c.kept_until, applications.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [application_of(row) for row in rows]
