"""Whole rows as JSON and back: what travels between the centre and a site node."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from gerai_shared import accounts
from gerai_shared.database import insert_into
from sqlalchemy import Date, DateTime, Table, Time, TypeDecorator, and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from gerai_booking.models.acts import officer_acts
from gerai_booking.models.calendar import overrides
from gerai_booking.models.dated_rules import dated_rules
from gerai_booking.models.directives import directives
from gerai_booking.models.grants import grants
from gerai_booking.models.history import history
from gerai_booking.models.matching import ticket_matches
from gerai_booking.models.people import people
from gerai_booking.models.skills import counter_skills, officer_skills
from gerai_booking.models.tickets import tickets
from gerai_booking.models.visits import shared_visits

#: What stands beside a ticket and travels with it, by the column that names the ticket.
BESIDE: Mapping[str, tuple[Table, str]] = {
    "people": (people, "ticket_id"),
    "ticket_matches": (ticket_matches, "ticket_id"),
    "grants": (grants, "ticket_id"),
    "officer_acts": (officer_acts, "about_id"),
}
#: What a node goes by beside its tickets, whole; it changes none of it.
STANDING: Mapping[str, Table] = {
    "directives": directives,
    "dated_rules": dated_rules,
    "calendar_overrides": overrides,
    "officers": accounts.officers,
    "counter_skills": counter_skills,
    "officer_skills": officer_skills,
}


def dumped(row: Any, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Return a row as values of JSON."""
    left_out = set(without)
    return {name: _plain(value) for name, value in row._mapping.items() if name not in left_out}


def loaded(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table's row from JSON; what this release has no column for is left out."""
    return {name: _value(table.c[name].type, value) for name, value in row.items() if name in table.c}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime, date, time)) else value


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    known = kind.impl if isinstance(kind, TypeDecorator) else kind
    if isinstance(known, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(known, Date):
        return date.fromisoformat(value)
    if isinstance(known, Time):
        return time.fromisoformat(value)
    return value


def lines_after(session: Session, after: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of history of tickets after a revision of each, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {ticket: [] for ticket in after}
    if not found:
        return found
    where = or_(
        *(
            and_(history.c.ticket_id == ticket, history.c.revision > revision)
            for ticket, revision in after.items()
        )
    )
    for row in session.execute(
        select(history).where(where).order_by(history.c.ticket_id, history.c.revision)
    ):
        found[row.ticket_id].append(dumped(row, without=["position"]))
    return found


def put_lines(session: Session, ticket_id: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Insert lines of a ticket's history."""
    if lines:
        session.execute(
            insert(history), [{**loaded(history, line), "ticket_id": ticket_id} for line in lines]
        )


def beside(session: Session, ids: Sequence[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return what stands beside tickets: rows by table, by ticket."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {ticket: {} for ticket in ids}
    for name, (table, key) in BESIDE.items():
        for row in session.execute(select(table).where(table.c[key].in_(ids))):
            found[row._mapping[key]].setdefault(name, []).append(dumped(row))
    # That its steps are told to the other agencies of the site.
    same = tickets.c.visit_id == shared_visits.c.visit_id
    query = select(tickets.c.id.label("of_ticket"), shared_visits).join(shared_visits, same)
    for row in session.execute(query.where(tickets.c.id.in_(ids))):
        found[row.of_ticket].setdefault("shared_visits", []).append(dumped(row, without=["of_ticket"]))
    return found


def put_beside(session: Session, ticket_id: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Insert what stands beside a ticket, as far as it is not there."""
    for name, (table, key) in BESIDE.items():
        values = [{**loaded(table, row), key: ticket_id} for row in rows.get(name, ())]
        if values:
            session.execute(insert_into(session, table).on_conflict_do_nothing(), values)
    if shared := [loaded(shared_visits, row) for row in rows.get("shared_visits", ())]:
        session.execute(insert_into(session, shared_visits).on_conflict_do_nothing(), shared)


def standing(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return all that a node goes by beside its tickets."""
    found = {}
    for name, table in STANDING.items():
        rows = session.execute(select(table).order_by(*table.primary_key.columns))
        # How often somebody mistyped a password is of no interest elsewhere, and would look like news.
        found[name] = [dumped(row, without=["failed_attempts", "locked_until"]) for row in rows]
    return found


def put_standing(session: Session, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Have exactly these rows; accounts that are gone stay, without a way in."""
    for name, table in STANDING.items():
        rows = [loaded(table, row) for row in found.get(name, ())]
        keys = [column.name for column in table.primary_key.columns]
        if table is not accounts.officers:
            session.execute(delete(table))
        if not rows:
            continue
        statement = insert_into(session, table)
        changed = {column: statement.excluded[column] for column in rows[0] if column not in keys}
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
