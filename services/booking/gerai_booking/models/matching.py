"""Lists that applicants are compared with, what was imported of them, and how each ticket compares.

Who stands on a list is sealed, found by the keyed hash of the NIK alone. What differs is kept as codes: which
field, how much, how; never what stands in it.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.ticket import OPEN_STATES
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
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.people import people
from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import COLUMNS, tickets

#: For which purposes a list is looked into.
list_purposes = Table(
    "list_purposes",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("purpose", String(60), primary_key=True),
)

#: Who stands on a list: name and date of birth are sealed.
list_entries = Table(
    "list_entries",
    metadata,
    Column("source", String(100), primary_key=True),
    Column("reference", String(60), primary_key=True),
    Column("person_hash", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("imported_at", AwareDateTime, nullable=False),
    Index("ix_list_entries_person_hash", "person_hash"),
)

#: Every import, never altered. `problems` are [row, code] of rows that were left out.
list_imports = Table(
    "list_imports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("source", String(100), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("problems", Text, nullable=False),
    # Up to which ticket its holders were compared anew, '' for none of them; null when all were.
    Column("compared_to", String(36), nullable=True),
    Index("ix_list_imports_at", "at"),
)

#: How a ticket's holder compares with the list: `differences` are {field, size, reason}, all codes.
ticket_matches = Table(
    "ticket_matches",
    metadata,
    Column("ticket_id", String(36), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("source", String(100), nullable=False),
    Column("reference", String(60), nullable=True),
    Column("differences", Text, nullable=False),
    Column("changed_at", AwareDateTime, nullable=False),
    Index("ix_ticket_matches_state", "state"),
)

#: Every change of that, never altered; without an officer, comparing itself has found it so.
match_changes = Table(
    "match_changes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("ticket_id", String(36), nullable=False),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=True),
    Column("officer_name", String(100), nullable=True),
    Column("before", String(20), nullable=True),
    Column("after", String(20), nullable=False),
    Column("note", Text, nullable=True),
    Index("ix_match_changes_ticket_id", "ticket_id"),
)


def sources_for(session: Session, purposes: Iterable[str | None]) -> dict[str, str]:
    """Return the list that each of these purposes is compared with; those without one are left out."""
    wanted = {purpose for purpose in purposes if purpose}
    if not wanted:
        return {}
    rows = session.execute(
        select(list_purposes).where(list_purposes.c.purpose.in_(wanted)).order_by(list_purposes.c.source)
    )
    return {row.purpose: row.source for row in rows}


def set_purposes(session: Session, source: str, purposes: Iterable[str]) -> None:
    """Write down what a list is for. A purpose has one list: the one that said so last."""
    wanted = sorted(set(purposes))
    session.execute(delete(list_purposes).where(list_purposes.c.source == source))
    session.execute(delete(list_purposes).where(list_purposes.c.purpose.in_(wanted)))
    session.execute(insert(list_purposes), [{"source": source, "purpose": purpose} for purpose in wanted])


def put_entries(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Write entries, all of one list; return how many took the place of one with the same reference."""
    if not rows:
        return 0
    known = set(
        session.scalars(
            select(list_entries.c.reference).where(
                list_entries.c.source == rows[0]["source"],
                list_entries.c.reference.in_([row["reference"] for row in rows]),
            )
        )
    )
    statement = insert_into(session, list_entries)
    changed = {name: statement.excluded[name] for name in ("person_hash", "sealed", "imported_at")}
    session.execute(
        statement.on_conflict_do_update(index_elements=list(list_entries.primary_key.columns), set_=changed),
        list(rows),
    )
    return len(known)


def entries_of(session: Session, source: str, hashes: Iterable[str]) -> dict[str, Any]:
    """Return who stands on a list by person; of several entries the one that was imported last."""
    wanted = set(hashes)
    if not wanted:
        return {}
    rows = session.execute(
        select(list_entries)
        .where(list_entries.c.source == source, list_entries.c.person_hash.in_(wanted))
        .order_by(list_entries.c.imported_at, list_entries.c.reference)
    )
    return {row.person_hash: row for row in rows}


def add_import(session: Session, row: dict[str, Any]) -> str:
    """Write an import down; return its id."""
    import_id = new_id()
    session.execute(insert(list_imports).values(id=import_id, **row))
    return import_id


def newest_imports(session: Session, *, limit: int) -> list[Any]:
    """Return the last imports, the newest first."""
    query = select(list_imports).order_by(list_imports.c.at.desc(), list_imports.c.id.desc()).limit(limit)
    return list(session.execute(query))


def to_compare(session: Session) -> list[str]:
    """Return the imports after which somebody is still to be compared, in the order in which they came."""
    pending = list_imports.c.compared_to.is_not(None)
    return list(session.scalars(select(list_imports.c.id).where(pending).order_by(list_imports.c.id)))


def claim_import(session: Session, import_id: str) -> Any | None:
    """Lock and return an import after which somebody is to be compared, None when it is being worked on."""
    pending = (list_imports.c.id == import_id, list_imports.c.compared_to.is_not(None))
    query = select(list_imports).where(*pending).with_for_update(skip_locked=True)
    return session.execute(query).one_or_none()


def set_compared(session: Session, import_id: str, *, to: str | None) -> None:
    """Write down up to which ticket holders were compared after a locked import, None for all."""
    session.execute(update(list_imports).where(list_imports.c.id == import_id).values(compared_to=to))


def matches_of(session: Session, ticket_ids: Iterable[str]) -> dict[str, Any]:
    """Return how tickets compare, by ticket; those without a list are left out."""
    wanted = set(ticket_ids)
    if not wanted:
        return {}
    rows = session.execute(select(ticket_matches).where(ticket_matches.c.ticket_id.in_(wanted)))
    return {row.ticket_id: row for row in rows}


def match_of(session: Session, ticket_id: str, *, lock: bool = False) -> Any | None:
    """Return how a ticket compares, locked when asked; None when no list is looked into for it."""
    query = select(ticket_matches).where(ticket_matches.c.ticket_id == ticket_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def put_matches(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write how tickets compare."""
    if not rows:
        return
    statement = insert_into(session, ticket_matches)
    names = ("state", "source", "reference", "differences", "changed_at")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ticket_matches.c.ticket_id],
            set_={name: statement.excluded[name] for name in names},
        ),
        list(rows),
    )


def copy_match(session: Session, from_ticket: str, to_ticket: str) -> None:
    """Have the ticket that takes another one's place compare as that one did."""
    columns = [column for column in ticket_matches.c if column.name != "ticket_id"]
    source = select(literal(to_ticket), *columns).where(ticket_matches.c.ticket_id == from_ticket)
    names = ["ticket_id", *(column.name for column in columns)]
    session.execute(insert(ticket_matches).from_select(names, source))


def change_row(
    *,
    ticket_id: str,
    before: str | None,
    after: str,
    now: datetime,
    officer_id: str | None = None,
    officer_name: str | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """Return the row that says that a ticket compares otherwise now: who said so, and why."""
    return {
        "id": new_id(),
        "ticket_id": ticket_id,
        "at": now,
        "officer_id": officer_id,
        "officer_name": officer_name,
        "before": before,
        "after": after,
        "note": note,
    }


def record(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write changes down."""
    if rows:
        session.execute(insert(match_changes), list(rows))


def changes_of_visit(session: Session, visit_id: str) -> list[Any]:
    """Return how the tickets of a visit came to compare as they do, oldest first."""
    query = (
        select(match_changes)
        .join(tickets, tickets.c.id == match_changes.c.ticket_id)
        .where(tickets.c.visit_id == visit_id)
        .order_by(match_changes.c.at, match_changes.c.id)
    )
    return list(session.execute(query))


def open_tickets_for(
    session: Session, purposes: Iterable[str], *, from_day: date, after: str, limit: int
) -> list[Any]:
    """Return up to `limit` open tickets for these purposes from a day on, locked in the order of their ids.

    Rows of a ticket with its person's columns, as `ticket_of` and `person_in` read them, and `person_hash`;
    of ids beyond `after`.
    """
    columns = [column for column in people.c if column.name != "ticket_id"]
    return list(
        session.execute(
            select(*COLUMNS, tickets.c.person_hash, *columns)
            .join(people, people.c.ticket_id == tickets.c.id)
            .where(
                people.c.purpose.in_(sorted(set(purposes))),
                tickets.c.person_hash.is_not(None),
                tickets.c.state.in_([state.value for state in OPEN_STATES]),
                tickets.c.day >= from_day,
                tickets.c.id > after,
            )
            .order_by(tickets.c.id)
            .limit(limit)
            .with_for_update(of=tickets)
        )
    )


def to_look_at(session: Session, *, states: Iterable[str], from_day: date, limit: int) -> list[Any]:
    """Return open tickets whose holders compare in one of these states, the next day first."""
    return list(
        session.execute(
            select(
                tickets.c.id,
                tickets.c.number,
                tickets.c.site,
                tickets.c.service,
                tickets.c.day,
                ticket_matches.c.state,
                ticket_matches.c.differences,
                people.c.masked_name,
            )
            .join(ticket_matches, ticket_matches.c.ticket_id == tickets.c.id)
            .join(people, people.c.ticket_id == tickets.c.id)
            .where(
                ticket_matches.c.state.in_(list(states)),
                tickets.c.state.in_([state.value for state in OPEN_STATES]),
                tickets.c.day >= from_day,
            )
            .order_by(tickets.c.day, tickets.c.number)
            .limit(limit)
        )
    )


def differences_in(row: Any) -> list[dict[str, str]]:
    """Return the differences in a row of `ticket_matches`."""
    found: list[dict[str, str]] = json.loads(row.differences)
    return found
