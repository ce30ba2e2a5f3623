"""Programs report for citizens, and the public reads what a moderator has published."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gerai_shared.ids import is_id, new_id
from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, InterfaceClient, PublicReport
from gerai_complaints.refusals import InvalidApiKey, UnknownReport
from gerai_complaints.rules.case import OPEN_STATES, State
from gerai_complaints.rules.channels import Channel
from gerai_complaints.rules.public_reports import (
    REPEATED_WITHIN,
    Publication,
    Search,
    content_hash,
    is_open,
    last_change,
    time_slice,
)
from gerai_complaints.shapes import Filing, Keyring, PublicWish
from gerai_complaints.usecases.cases import token_of
from gerai_complaints.usecases.filing import file
from gerai_complaints.usecases.following import find
from gerai_complaints.usecases.publishing import report_of

_OPEN = [state.value for state in OPEN_STATES]


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What a program is told of the report it brought: its public id, and the citizen's own reference."""

    id: str
    token: str
    due_on: Any


@dataclass(frozen=True, kw_only=True)
class PublicView:
    """A complaint as the public sees it; title, text and place only once they are published."""

    id: str
    is_open: bool
    state: str
    publication: str
    classification: str
    agency: str
    service: str | None
    site: str | None
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    title: str | None
    text: str | None
    address: str | None
    latitude: float | None
    longitude: float | None


def report(
    session: Session,
    filing: Filing,
    *,
    wish: PublicWish,
    key_hash: str,
    key: str | None,
    body: dict[str, Any],
    agencies: tuple[str, ...],
    keyring: Keyring,
    now: datetime,
) -> Reported:
    """File what the program with this key brings; the same `key`, or the same contents soon after, once.

    `body` is the request as it came. Raises InvalidApiKey, and what `filing.file` raises.
    """
    client = _client(session, key_hash)
    contents = content_hash(client.id, body)
    known = None if key else _repeated(session, client, contents, now)
    if known is not None:
        return _reported(session.get_one(Complaint, known.complaint_id), known, keyring)
    # What two send at the same moment meets at the same key, and the second waits for the first.
    own = f"{client.id}\0{key}" if key else f"{contents}\0{time_slice(now)}"
    filed = file(
        session,
        replace(
            filing,
            channel=Channel.OPEN311,
            public=replace(wish, client_id=client.id, content_hash=contents),
        ),
        key=hashlib.sha256(own.encode()).hexdigest(),
        body=body,
        agencies=agencies,
        keyring=keyring,
        now=now,
    )
    complaint = session.scalars(select(Complaint).where(Complaint.number == filed.number)).one()
    made = report_of(session, complaint)
    if made is None:
        raise LookupError("a reported complaint has no public report")
    return _reported(complaint, made, keyring)


def _client(session: Session, key_hash: str) -> InterfaceClient:
    client = session.scalar(
        select(InterfaceClient).where(
            InterfaceClient.key_hash == key_hash, InterfaceClient.revoked_at.is_(None)
        )
    )
    if client is None:
        raise InvalidApiKey
    return client


def _repeated(session: Session, client: InterfaceClient, contents: str, now: datetime) -> PublicReport | None:
    return session.scalar(
        select(PublicReport)
        .where(
            PublicReport.client_id == client.id,
            PublicReport.content_hash == contents,
            PublicReport.requested_at > now - REPEATED_WITHIN,
        )
        .order_by(PublicReport.requested_at)
        .limit(1)
    )


def _reported(complaint: Complaint, made: PublicReport, keyring: Keyring) -> Reported:
    return Reported(id=made.id, token=token_of(complaint, keyring), due_on=complaint.due_on)


def find_reports(session: Session, search: Search) -> list[PublicView]:
    """Return the listed reports that fit, the newest first; whoever asks sees the same."""
    statement = _listed().where(*_conditions(search))
    rows = session.execute(
        statement.order_by(PublicReport.requested_at.desc(), PublicReport.id.desc())
        .limit(search.limit)
        .offset(search.offset)
    )
    return [_view(row) for row in rows]


def public_report(session: Session, identifier: str) -> PublicView:
    """Return one listed report. Raises UnknownReport, also for what is not listed."""
    found = session.execute(_listed().where(PublicReport.id == identifier)).one_or_none()
    if found is None:
        raise UnknownReport
    return _view(found)


def id_of_token(session: Session, token: str, *, keyring: Keyring) -> str:
    """Return the public id of the complaint that a citizen's reference opens.

    Raises UnknownComplaint, UnknownReport.
    """
    made = report_of(session, find(session, token, keyring=keyring))
    if made is None:
        raise UnknownReport
    return made.id


def _listed() -> Select[Any]:
    """Select what the public may know of and nothing else: no list, count or address leads around this."""
    columns: tuple[Any, ...] = (
        PublicReport,
        Complaint.state.label("case_state"),
        Complaint.classification,
        Complaint.agency,
        Complaint.service,
        Complaint.site,
        Complaint.taken_at,
        Complaint.answered_at,
        Complaint.disputed_at,
        Complaint.closed_at,
        Complaint.due_at,
    )
    statement: Select[Any] = select(*columns)
    return statement.join(Complaint, Complaint.id == PublicReport.complaint_id).where(
        PublicReport.agreed_at.is_not(None),
        PublicReport.withdrawn_at.is_(None),
        Complaint.confidential.is_(False),
    )


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    if search.ids is not None:
        return [PublicReport.id.in_([each for each in search.ids if is_id(each)])]
    conditions: list[ColumnElement[bool]] = [
        PublicReport.requested_at >= search.start,
        PublicReport.requested_at <= search.end,
    ]
    if search.services is not None:
        wanted = [
            and_(
                Complaint.classification == classification,
                Complaint.agency == agency,
                Complaint.service == service if service else Complaint.service.is_(None),
            )
            for classification, agency, service in search.services
        ]
        conditions.append(or_(*wanted) if wanted else PublicReport.id.is_(None))
    if search.is_open is not None:
        in_state = Complaint.state.in_(_OPEN)
        conditions.append(in_state if search.is_open else ~in_state)
    return conditions


def _view(row: Row[Any]) -> PublicView:
    made: PublicReport = row.PublicReport
    shown = made.state == Publication.PUBLISHED
    opened = is_open(State(row.case_state))
    ended = last_change(row.answered_at, row.closed_at)
    changed = last_change(
        made.requested_at, row.taken_at, row.answered_at, row.disputed_at, made.moderated_at
    )
    return PublicView(
        id=made.id,
        is_open=opened,
        state=row.case_state,
        publication=made.state,
        classification=row.classification,
        agency=row.agency,
        service=row.service,
        site=row.site if shown else None,
        requested_at=made.requested_at,
        updated_at=(changed if opened else ended) or made.requested_at,
        expected_at=row.due_at,
        title=made.title if shown else None,
        text=made.text if shown else None,
        address=made.address if shown and made.shows_place else None,
        latitude=made.latitude if shown and made.shows_place else None,
        longitude=made.longitude if shown and made.shows_place else None,
    )


def add_client(session: Session, *, name: str, key: str, now: datetime) -> None:
    """Let a program report with `key`."""
    session.add(InterfaceClient(id=new_id(), name=name, key_hash=hash_of(key), created_at=now))


def clients(session: Session) -> list[InterfaceClient]:
    """Return the programs that may report or might once, by name."""
    return list(session.scalars(select(InterfaceClient).order_by(InterfaceClient.name)))


def revoke_client(session: Session, name: str, *, now: datetime) -> bool:
    """Let a program report no more; False when there is none of this name that may."""
    client = session.scalar(
        select(InterfaceClient).where(InterfaceClient.name == name, InterfaceClient.revoked_at.is_(None))
    )
    if client is None:
        return False
    client.revoked_at = now
    return True


def hash_of(key: str) -> str:
    """Return what stands for a key on the bus and in the database; keys are random, so this is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
