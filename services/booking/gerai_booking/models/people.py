"""Who holds a ticket: sealed, apart from the ticket, which names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

#: Personal data of ticket holders: sealed, in a table of its own, so that erasing touches nothing else.
people = Table(
    "people",
    metadata,
    Column("ticket_id", String(36), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", Text, nullable=False),
    # The least that notifications needs, sealed apart: what travels in events holds no identity number.
    Column("contact", Text, nullable=True),
    Column("masked_name", String(100), nullable=False),
    Column("masked_identity", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("purpose", String(60), nullable=True),
    Column("identity_note", String(40), nullable=True),
    # What its holder said of the haste, asked while a regime restricts the site (S3-5); none: nobody asked.
    Column("urgent", Boolean, nullable=True),
    # For how many years the result is wanted; none: decided at the counter.
    Column("validity_years", Integer, nullable=True),
    # Keyed hashes, by which the open tickets of one contact are counted.
    Column("phone_hash", String(64), nullable=True),
    Column("email_hash", String(64), nullable=True),
    Index("ix_people_phone_hash", "phone_hash"),
    Index("ix_people_email_hash", "email_hash"),
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is kept of a ticket's holder; `sealed` opens to {name, nik or passport_number, email, phone}."""

    sealed: str
    contact: str | None
    masked_name: str
    masked_identity: str
    language: str
    purpose: str | None
    identity_note: str | None = None
    urgent: bool | None = None
    validity_years: int | None = None
    phone_hash: str | None = None
    email_hash: str | None = None


def add_people(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the holders of tickets."""
    if rows:
        session.execute(insert(people), list(rows))


def person_of(session: Session, ticket_id: str) -> Person | None:
    """Return the holder of a ticket, None for a walk-in or after erasure."""
    row = session.execute(select(people).where(people.c.ticket_id == ticket_id)).one_or_none()
    return person_in(row) if row is not None else None


def person_in(row: Any) -> Person:
    """Return the holder in a row."""
    return Person(
        sealed=row.sealed,
        contact=row.contact,
        masked_name=row.masked_name,
        masked_identity=row.masked_identity,
        language=row.language,
        purpose=row.purpose,
        identity_note=row.identity_note,
        urgent=row.urgent,
        validity_years=row.validity_years,
        phone_hash=row.phone_hash,
        email_hash=row.email_hash,
    )


def copy_person(session: Session, from_ticket: str, to_ticket: str) -> None:
    """Have a ticket's holder hold another one, too."""
    columns = [column for column in people.c if column.name != "ticket_id"]
    source = select(literal(to_ticket), *columns).where(people.c.ticket_id == from_ticket)
    session.execute(insert(people).from_select(["ticket_id", *(column.name for column in columns)], source))
