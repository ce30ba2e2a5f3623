"""Applications after the counter: where they are, every step of them, and what was handed back as incomplete.

Who applies stands in `people`, sealed, under the ticket of the intake; nothing here names anybody.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from gerai_shared.database import CountingKey
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.people import people
from gerai_booking.models.tables import metadata
from gerai_booking.rules.application import Progress, Terms

applications = Table(
    "applications",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("ticket_id", String(36), ForeignKey("tickets.id"), nullable=False),
    Column("number", String(8), nullable=False),
    Column("service", String(60), nullable=False),
    Column("site", String(60), nullable=False),
    Column("collection_site", String(60), nullable=False),
    Column("purpose", String(60), nullable=True),
    # What the officer found when it was opened: {"have": [codes], "absences": {code: reason}}.
    Column("checklist", Text, nullable=False),
    # What was promised then, whatever the catalogue says later.
    Column("promised_days", Integer, nullable=True),
    Column("promise_counts_from", String(40), nullable=True),
    Column("promise_basis", Text, nullable=True),
    Column("stage", String(40), nullable=False),
    Column("returns_to", String(40), nullable=True),
    Column("starts_on", Date, nullable=True),
    Column("promise_on", Date, nullable=True),
    Column("stopped_days", Integer, nullable=False),
    Column("stopped_since", Date, nullable=True),
    Column("ready_on", Date, nullable=True),
    Column("kept_until", Date, nullable=True),
    Column("next_reminder_on", Date, nullable=True),
    Column("cancels_itself", Boolean, nullable=False),
    Column("opened_at", AwareDateTime, nullable=False),
    Column("moved_at", AwareDateTime, nullable=False),
    Column("closed_at", AwareDateTime, nullable=True),
    Column("revision", Integer, nullable=False),
    Index("uq_applications_ticket_id", "ticket_id", unique=True),
    Index("ix_applications_site_stage", "site", "stage"),
    Index("ix_applications_collection_site_stage", "collection_site", "stage"),
    Index("ix_applications_next_reminder_on", "next_reminder_on"),
    Index("ix_applications_site_promise_on", "site", "promise_on"),
)

#: Every step of every application; `before` is what it was, to be put back when the step was wrong.
application_steps = Table(
    "application_steps",
    metadata,
    Column("position", CountingKey, primary_key=True, autoincrement=True),
    Column("application_id", String(36), ForeignKey("applications.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("from_stage", String(40), nullable=True),
    Column("to_stage", String(40), nullable=False),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=True),
    Column("officer_name", String(100), nullable=False),
    Column("note", Text, nullable=True),
    Column("before", Text, nullable=True),
    Column("undone_at", AwareDateTime, nullable=True),
    Index("uq_application_steps_application_id_revision", "application_id", "revision", unique=True),
)

#: Files that were handed back because something lacked, with what and why (S2-8).
incomplete_files = Table(
    "incomplete_files",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("ticket_id", String(36), ForeignKey("tickets.id"), nullable=True),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("missing", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("at", AwareDateTime, nullable=False),
    Index("ix_incomplete_files_ticket_id", "ticket_id"),
    Index("ix_incomplete_files_site_at", "site", "at"),
)

OPENED, MOVED, UNDONE = "opened", "moved", "undone"
#: The columns that steps change, and that taking a step back puts back.
_MOVING = (
    *("stage", "returns_to", "starts_on", "promise_on", "stopped_days", "stopped_since"),
    *("ready_on", "kept_until", "next_reminder_on", "cancels_itself", "closed_at"),
)
_DATES = ("starts_on", "promise_on", "stopped_since", "ready_on", "kept_until", "next_reminder_on")


@dataclass(frozen=True, kw_only=True)
class Application:
    """One application. Its days are those of its sites; see the table for what is not explained here."""

    id: str
    ticket_id: str
    number: str
    service: str
    site: str
    collection_site: str
    purpose: str | None
    progress: Progress
    terms: Terms | None
    promise_basis: str | None
    opened_at: datetime
    moved_at: datetime
    checklist: dict[str, Any] = field(default_factory=dict)
    ready_on: date | None = None
    kept_until: date | None = None
    next_reminder_on: date | None = None
    #: Not collected in time, it is cancelled without anybody deciding so.
    cancels_itself: bool = False
    closed_at: datetime | None = None
    revision: int = 1

    @property
    def stage(self) -> str:
        """The code of the stage it is in."""
        return self.progress.stage


@dataclass(frozen=True, kw_only=True)
class Step:
    """Who made a step, when, and what the citizen is to know of it; without an officer the system made it."""

    officer_id: str | None
    officer_name: str
    note: str | None
    now: datetime


def add(session: Session, application: Application, step: Step) -> None:
    """Write a new application with its first step."""
    session.execute(insert(applications).values(_row(application)))
    _add_step(session, application, step, kind=OPENED, before=None)


def save(session: Session, before: Application, after: Application, step: Step, *, kind: str = MOVED) -> bool:
    """Write a change with its step; False when somebody was faster, and nothing was written."""
    changed = session.scalar(
        update(applications)
        .where(applications.c.id == before.id, applications.c.revision == before.revision)
        .values({name: value for name, value in _row(after).items() if name != "id"})
        .returning(applications.c.id)
    )
    if changed is None:
        return False
    _add_step(session, after, step, kind=kind, before=before)
    return True


def moved(before: Application, progress: Progress, now: datetime, **changes: Any) -> Application:
    """Return an application after a step, not yet written."""
    return replace(before, progress=progress, moved_at=now, revision=before.revision + 1, **changes)


def find(session: Session, application_id: str, *, lock: bool = False) -> Application | None:
    """Return an application, locked for this transaction when asked."""
    query = select(applications).where(applications.c.id == application_id)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    return application_of(row) if row else None


def of_ticket(session: Session, ticket_id: str) -> Application | None:
    """Return the application that was opened from a ticket."""
    row = session.execute(select(applications).where(applications.c.ticket_id == ticket_id)).one_or_none()
    return application_of(row) if row else None


def with_tickets(session: Session, ticket_ids: Iterable[str]) -> dict[str, str]:
    """Return the ids of applications by the ticket that they were opened from."""
    rows = session.execute(
        select(applications.c.ticket_id, applications.c.id).where(
            applications.c.ticket_id.in_(list(ticket_ids))
        )
    )
    return {row.ticket_id: row.id for row in rows}


def masked_names(session: Session, ticket_ids: Iterable[str]) -> dict[str, str]:
    """Return what lists show of the owners' names, by ticket; nothing of a walk-in who left none."""
    rows = session.execute(
        select(people.c.ticket_id, people.c.masked_name).where(people.c.ticket_id.in_(list(ticket_ids)))
    )
    return {row.ticket_id: row.masked_name for row in rows}


def at_site(
    session: Session,
    *,
    site: str,
    limit: int,
    stages: Sequence[tuple[str, str]] | None = None,
    closed: bool = False,
) -> list[Application]:
    """Return applications that were taken in or are collected at a site: the nearest promise first.

    `stages` are the (service, stage) that are wanted, all without it; `closed` are those that are over, the
    newest first.
    """
    here = (applications.c.site == site) | (applications.c.collection_site == site)
    where: list[ColumnElement[bool]] = [
        here,
        applications.c.closed_at.is_not(None) if closed else applications.c.closed_at.is_(None),
    ]
    if stages is not None:
        where.append(tuple_(applications.c.service, applications.c.stage).in_(list(stages)))
    order: list[Any] = [applications.c.promise_on.is_(None), applications.c.promise_on, applications.c.id]
    if closed:
        order = [applications.c.closed_at.desc(), applications.c.id.desc()]
    rows = session.execute(select(applications).where(*where).order_by(*order).limit(limit))
    return [application_of(row) for row in rows]


def promised_until(session: Session, *, site: str, last: date, limit: int) -> list[Application]:
    """Return open applications of a site promised up to a day whose clock runs, oldest first."""
    rows = session.execute(
        select(applications)
        .where(
            (applications.c.site == site) | (applications.c.collection_site == site),
            applications.c.closed_at.is_(None),
            applications.c.ready_on.is_(None),
            applications.c.stopped_since.is_(None),
            applications.c.promise_on <= last,
        )
        .order_by(applications.c.promise_on, applications.c.id)
        .limit(limit)
    )
    return [application_of(row) for row in rows]


def steps_of(session: Session, application_id: str) -> list[Any]:
    """Return the steps of an application, the oldest first."""
    where = application_steps.c.application_id == application_id
    return list(
        session.execute(select(application_steps).where(where).order_by(application_steps.c.revision))
    )


def last_step(session: Session, application_id: str) -> Any | None:
    """Return the newest step that was not taken back and is not itself a taking back."""
    return session.execute(
        select(application_steps)
        .where(
            application_steps.c.application_id == application_id,
            application_steps.c.kind != UNDONE,
            application_steps.c.undone_at.is_(None),
        )
        .order_by(application_steps.c.revision.desc())
        .limit(1)
    ).one_or_none()


def mark_undone(session: Session, position: int, *, now: datetime) -> None:
    """Write down that a step was taken back."""
    session.execute(
        update(application_steps).where(application_steps.c.position == position).values(undone_at=now)
    )


def put_back(current: Application, step: Any, *, now: datetime) -> Application:
    """Return the application as it was before a step, as a change that follows on what it is now."""
    found: dict[str, Any] = json.loads(step.before)
    for name in _DATES:
        found[name] = date.fromisoformat(found[name]) if found[name] else None
    found["closed_at"] = datetime.fromisoformat(found["closed_at"]) if found["closed_at"] else None
    progress = Progress(**{name: found.pop(name) for name in Progress.__dataclass_fields__})
    return moved(current, progress, now, **found)


def add_incomplete(session: Session, row: dict[str, Any]) -> str:
    """Write down that a file was handed back; return the record's id."""
    record_id = new_id()
    session.execute(insert(incomplete_files).values(id=record_id, **row))
    return record_id


def find_incomplete(session: Session, record_id: str) -> Any | None:
    """Return the record of a file that was handed back."""
    return session.execute(select(incomplete_files).where(incomplete_files.c.id == record_id)).one_or_none()


def last_incomplete_of(session: Session, ticket_id: str) -> Any | None:
    """Return the newest record of a ticket's file that was handed back."""
    return session.execute(
        select(incomplete_files)
        .where(incomplete_files.c.ticket_id == ticket_id)
        .order_by(incomplete_files.c.at.desc(), incomplete_files.c.id.desc())
        .limit(1)
    ).one_or_none()


def application_of(row: Any) -> Application:
    """Return the application in a row."""
    terms = None
    if row.promised_days is not None:
        terms = Terms(working_days=row.promised_days, counts_from=row.promise_counts_from)
    own = ("id", "ticket_id", "number", "service", "site", "collection_site", "purpose", "promise_basis")
    rest = (
        *("opened_at", "moved_at", "ready_on", "kept_until", "next_reminder_on", "cancels_itself"),
        *("closed_at", "revision"),
    )
    return Application(
        progress=Progress(**{name: getattr(row, name) for name in Progress.__dataclass_fields__}),
        terms=terms,
        checklist=json.loads(row.checklist),
        **{name: getattr(row, name) for name in (*own, *rest)},
    )


def _row(application: Application) -> dict[str, Any]:
    row = {
        name: getattr(application, name)
        for name in Application.__dataclass_fields__
        if name not in {"progress", "terms", "checklist"}
    }
    terms = application.terms
    return {
        **row,
        **asdict(application.progress),
        "promised_days": terms.working_days if terms else None,
        "promise_counts_from": terms.counts_from if terms else None,
        "checklist": json.dumps(application.checklist),
    }


def _add_step(
    session: Session, after: Application, step: Step, *, kind: str, before: Application | None
) -> None:
    kept = {name: _row(before)[name] for name in _MOVING} if before else None
    session.execute(
        insert(application_steps).values(
            application_id=after.id,
            revision=after.revision,
            kind=kind,
            from_stage=before.stage if before else None,
            to_stage=after.stage,
            at=step.now,
            officer_id=step.officer_id,
            officer_name=step.officer_name,
            note=step.note,
            before=json.dumps(kept, default=lambda moment: moment.isoformat()) if kept else None,
        )
    )
