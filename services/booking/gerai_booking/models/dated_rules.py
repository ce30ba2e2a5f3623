"""Rules that supervisors wrote down: they lie over those of the catalogue from their first day on."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, func, select
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

#: `body` holds what the form of the kind says, as JSON. Of two rows with one subject and first day there is
#: but one: who writes the second changes the first. `revision` counts the changes of all rows.
dated_rules = Table(
    "dated_rules",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("subject", String(1000), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=True),
    Column("body", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", AwareDateTime, nullable=False),
    Index("ix_dated_rules_revision", "revision"),
)


def revision_of_all(session: Session) -> int:
    """Return how often rules were changed, 0 for never."""
    return session.scalar(select(func.max(dated_rules.c.revision))) or 0


def all_rows(session: Session) -> list[Any]:
    """Return every row, by kind, subject and first day."""
    order = (dated_rules.c.kind, dated_rules.c.subject, dated_rules.c.valid_from)
    return list(session.execute(select(dated_rules).order_by(*order)))


def of_kind(session: Session, kind: str) -> list[Any]:
    """Return the rows of a kind."""
    query = select(dated_rules).where(dated_rules.c.kind == kind)
    return list(session.execute(query.order_by(dated_rules.c.subject, dated_rules.c.valid_from)))


def put(
    session: Session,
    *,
    kind: str,
    subject: str,
    valid_from: date,
    valid_to: date | None,
    body: dict[str, Any],
    basis: str,
    decided_by: str,
    decided_at: datetime,
) -> None:
    """Write a row, or change the one with the same subject and first day; the caller holds the lock."""
    statement = insert_into(session, dated_rules).values(
        kind=kind,
        subject=subject,
        valid_from=valid_from,
        valid_to=valid_to,
        body=json.dumps(body, sort_keys=True),
        basis=basis,
        revision=revision_of_all(session) + 1,
        decided_by=decided_by,
        decided_at=decided_at,
    )
    key: Iterable[str] = ("kind", "subject", "valid_from")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={
                name: statement.excluded[name]
                for name in ("valid_to", "body", "basis", "revision", "decided_by", "decided_at")
            },
        )
    )
