"""Requests to establish a service point, their checklists, documents, minutes and what is to be done.

Documents are references (number, date, title, where the paper is kept); the papers themselves are not kept
here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.ticket import State
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.changes import add_change
from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import WITHOUT_PLACE, tickets

requests = Table(
    "establishment_requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("regency_code", String(5), nullable=False),
    Column("regency_name", String(100), nullable=False),
    Column("place", Text, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("submitted_on", Date, nullable=False),
    # Until when it is to be verified; none where no rule sets a day.
    Column("verify_by", Date, nullable=True),
    # The opened work unit that an office grows from.
    Column("grown_from", String(36), nullable=True),
    Column("created_at", AwareDateTime, nullable=False),
    Index("ix_establishment_requests_regency_code", "regency_code"),
)

items = Table(
    "establishment_items",
    metadata,
    Column(
        "request_id",
        String(36),
        ForeignKey("establishment_requests.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("item", String(20), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("note", Text, nullable=True),
    # How many people of each side are on the list of staff; of no other item.
    Column("immigration_staff", Integer, nullable=True),
    Column("regional_staff", Integer, nullable=True),
    Column("changed_at", AwareDateTime, nullable=False),
    Column("changed_by", String(100), nullable=False),
)

documents = Table(
    "establishment_documents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "request_id", String(36), ForeignKey("establishment_requests.id", ondelete="CASCADE"), nullable=False
    ),
    # Which item of the checklist it proves; '' for any other document.
    Column("item", String(20), nullable=False),
    Column("number", String(100), nullable=False),
    Column("dated", Date, nullable=False),
    Column("title", String(200), nullable=False),
    Column("kept_at", String(200), nullable=False),
    Column("recorded_at", AwareDateTime, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Index("ix_establishment_documents_request_id", "request_id"),
)

minutes = Table(
    "establishment_minutes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "request_id", String(36), ForeignKey("establishment_requests.id", ondelete="CASCADE"), nullable=False
    ),
    Column("held_on", Date, nullable=False),
    Column("place", String(200), nullable=False),
    # Roles, such as "Kepala Bagian Hukum"; names of people stand in the signed paper.
    Column("participants", Text, nullable=False),
    Column("decisions", Text, nullable=False),
    Column("recorded_at", AwareDateTime, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Index("ix_establishment_minutes_request_id", "request_id"),
)

actions = Table(
    "establishment_actions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "request_id", String(36), ForeignKey("establishment_requests.id", ondelete="CASCADE"), nullable=False
    ),
    Column(
        "minutes_id", String(36), ForeignKey("establishment_minutes.id", ondelete="CASCADE"), nullable=False
    ),
    Column("what", Text, nullable=False),
    Column("owner", String(100), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("done_at", AwareDateTime, nullable=True),
    Column("done_by", String(100), nullable=True),
    Column("outcome", Text, nullable=True),
    Index("ix_establishment_actions_request_id", "request_id"),
)

#: Every change of a request and of its checklist, never altered: `before` is null where there was nothing.
changes = Table(
    "establishment_changes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "request_id", String(36), ForeignKey("establishment_requests.id", ondelete="CASCADE"), nullable=False
    ),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("before", Text, nullable=True),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_establishment_changes_request_id", "request_id"),
)


def add(session: Session, table: Table, row: Mapping[str, Any]) -> str:
    """Insert a row under a new id; return the id."""
    row_id = new_id()
    session.execute(insert(table).values(id=row_id, **row))
    return row_id


def add_items(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the checklist of a request."""
    session.execute(insert(items), list(rows))


def find(session: Session, request_id: str, *, lock: bool = False) -> Any | None:
    """Return a request, locked for this transaction when asked."""
    query = select(requests).where(requests.c.id == request_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def newest(session: Session) -> list[Any]:
    """Return all requests, the newest first."""
    return list(session.execute(select(requests).order_by(requests.c.submitted_on.desc(), requests.c.id)))


def opened(session: Session, *, kind: str, regency_code: str, stage: str) -> Any | None:
    """Return a request of a kind in a regency that reached a stage, the newest of them."""
    query = (
        select(requests)
        .where(requests.c.kind == kind, requests.c.regency_code == regency_code, requests.c.stage == stage)
        .order_by(requests.c.submitted_on.desc(), requests.c.id)
        .limit(1)
    )
    return session.execute(query).one_or_none()


def set_request(session: Session, request_id: str, **values: Any) -> None:
    """Write columns of a locked request."""
    session.execute(update(requests).where(requests.c.id == request_id).values(**values))


def items_of(session: Session, request_id: str) -> dict[str, Any]:
    """Return the checklist of a request by item."""
    rows = session.execute(select(items).where(items.c.request_id == request_id))
    return {row.item: row for row in rows}


def set_item(session: Session, request_id: str, item: str, **values: Any) -> None:
    """Write columns of an item of a locked request."""
    here = (items.c.request_id == request_id, items.c.item == item)
    session.execute(update(items).where(*here).values(**values))


def documents_of(session: Session, request_id: str) -> list[Any]:
    """Return the documents of a request, in the order in which they were recorded."""
    query = select(documents).where(documents.c.request_id == request_id)
    return list(session.execute(query.order_by(documents.c.recorded_at, documents.c.id)))


def minutes_of(session: Session, request_id: str) -> list[Any]:
    """Return the minutes of a request, the newest meeting first."""
    query = select(minutes).where(minutes.c.request_id == request_id)
    return list(session.execute(query.order_by(minutes.c.held_on.desc(), minutes.c.id.desc())))


def find_minutes(session: Session, minutes_id: str) -> Any | None:
    """Return the minutes of a meeting."""
    return session.execute(select(minutes).where(minutes.c.id == minutes_id)).one_or_none()


def find_action(session: Session, action_id: str) -> Any | None:
    """Return an action item, locked."""
    query = select(actions).where(actions.c.id == action_id).with_for_update()
    return session.execute(query).one_or_none()


def finish_action(session: Session, action_id: str, *, by: str, outcome: str, now: datetime) -> None:
    """Write down that an action item is done."""
    session.execute(
        update(actions).where(actions.c.id == action_id).values(done_at=now, done_by=by, outcome=outcome)
    )


def actions_of(session: Session, request_id: str) -> list[Any]:
    """Return the action items of a request."""
    return list(session.execute(select(actions).where(actions.c.request_id == request_id)))


def overdue(session: Session, *, today: date) -> list[Any]:
    """Return what is to be done and late, of all requests, the oldest first, with kind and regency."""
    return list(
        session.execute(
            select(actions, requests.c.kind, requests.c.regency_name)
            .join(requests, requests.c.id == actions.c.request_id)
            .where(actions.c.done_at.is_(None), actions.c.due_on < today)
            .order_by(actions.c.due_on, actions.c.id)
        )
    )


def record_change(
    session: Session,
    *,
    request_id: str,
    officer_id: str,
    officer_name: str,
    kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    why: str,
    now: datetime,
) -> None:
    """Write down who changed what of a request, and why."""
    add_change(
        session,
        changes,
        officer_id=officer_id,
        officer_name=officer_name,
        kind=kind,
        before=before,
        after=after,
        why=why,
        now=now,
        request_id=request_id,
    )


def changes_of(session: Session, request_id: str) -> list[Any]:
    """Return every change of a request, the oldest first."""
    query = select(changes).where(changes.c.request_id == request_id)
    return list(session.execute(query.order_by(changes.c.at, changes.c.id)))


def origins(
    session: Session,
    *,
    regency: str,
    first: date,
    last: date,
    site: str | None = None,
    service: str | None = None,
) -> list[tuple[str | None, str | None, int]]:
    """Return (regency, district, how many) of visits from a regency, `first` to `last` both included.

    What was cancelled, moved to another hour or never booked is no demand: the visit counts once.
    """
    without = [State.HELD.value, *(state.value for state in WITHOUT_PLACE)]
    wanted = [
        tickets.c.day.between(first, last),
        tickets.c.origin == regency,
        tickets.c.state.not_in(without),
    ]
    if site is not None:
        wanted.append(tickets.c.site == site)
    if service is not None:
        wanted.append(tickets.c.service == service)
    query = (
        select(tickets.c.origin, tickets.c.origin_district, func.count())
        .where(*wanted)
        .group_by(tickets.c.origin, tickets.c.origin_district)
    )
    return [(origin, district, count) for origin, district, count in session.execute(query)]
