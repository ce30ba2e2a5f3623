"""Lists that applicants are compared with, and what officers decide about a difference (S1-5)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ids import is_id
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import matching, tickets
from gerai_booking.models.people import Person, person_of
from gerai_booking.refusals import (
    ListEmpty,
    ListTooLarge,
    ListUnreadable,
    ListWithoutColumns,
    MatchMovedOn,
    RowsRefused,
    UnknownMatch,
)
from gerai_booking.rules.lists import Listed, Reading, UnreadableList, read_list
from gerai_booking.rules.matching import MatchState, Piece, pieces
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.comparing import Subject, match_news, subject_of
from gerai_booking.usecases.office import Office

#: So many entries are sealed and written at once.
ENTRIES_AT_ONCE = 200
#: Of the rows that were left out, so many are kept with the import.
PROBLEMS_KEPT = 500
IMPORTS_SHOWN = 10
TICKETS_SHOWN = 100
#: What somebody has to look at, before those who are done.
WAITING_STATES = (MatchState.DIFFERS, MatchState.BEING_CORRECTED, MatchState.NOT_LISTED)
UNREADABLE: dict[str, type[Refused]] = {
    "too_large": ListTooLarge,
    "too_many_rows": ListTooLarge,
    "no_text": ListUnreadable,
    "no_columns": ListWithoutColumns,
    "no_rows": ListEmpty,
}


def _go_on() -> None:
    return


def read(content: bytes, *, breathe: Callable[[], None] = _go_on) -> Reading:
    """Return what is in a file; nothing is written.

    Raises ListTooLarge, ListUnreadable, ListWithoutColumns, ListEmpty.
    """
    try:
        return read_list(content, breathe=breathe)
    except UnreadableList as error:
        raise UNREADABLE[error.reason] from None


@dataclass(frozen=True, kw_only=True)
class Import:
    """A list to be taken over: where it is from, of which day, what it is compared for, and by whom and why.

    With `only_good`, rows that have to be mended are left out; else one of them refuses all.
    """

    officer: Officer
    source: str
    as_of: date
    purposes: Sequence[str]
    why: str
    only_good: bool
    now: datetime


def import_list(
    session: Session,
    office: Office,
    wanted: Import,
    reading: Reading,
    *,
    breathe: Callable[[], None] = _go_on,
) -> str:
    """Take a list over; return the id of the import. Everybody with an open ticket is compared anew after it.

    That is done by usecases.match_runs, in parts. An entry with the same reference is replaced.
    Raises Forbidden, InvalidRequest, RowsRefused, ListEmpty.
    """
    wanted.officer.must_be_supervisor()
    known = {purpose.code for service in office.agency.services for purpose in service.purposes}
    if not wanted.purposes or not known.issuperset(wanted.purposes):
        raise InvalidRequest(fields={"purposes": ["Please choose one of the list."]})
    if reading.problems and not wanted.only_good:
        raise RowsRefused(count=len(reading.problems))
    if not reading.rows:
        raise ListEmpty
    replaced = _put_all(session, office, wanted, reading.rows, breathe)
    matching.set_purposes(session, wanted.source, wanted.purposes)
    return matching.add_import(session, _row_of(wanted, reading, replaced=replaced))


def _put_all(
    session: Session, office: Office, wanted: Import, rows: Sequence[Listed], breathe: Callable[[], None]
) -> int:
    replaced = 0
    for start in range(0, len(rows), ENTRIES_AT_ONCE):
        breathe()
        some = rows[start : start + ENTRIES_AT_ONCE]
        replaced += matching.put_entries(session, [_entry(office, wanted, row) for row in some])
    return replaced


def _entry(office: Office, wanted: Import, row: Listed) -> dict[str, Any]:
    return {
        "source": wanted.source,
        "reference": row.reference,
        "person_hash": office.person_hash(f"WNI:{row.nik}"),
        "sealed": office.sealer.seal({"name": row.name, "birth_date": row.birth_date.isoformat()}),
        "imported_at": wanted.now,
    }


def _row_of(wanted: Import, reading: Reading, *, replaced: int) -> dict[str, Any]:
    return {
        "at": wanted.now,
        "officer_id": wanted.officer.id,
        "officer_name": wanted.officer.name,
        "source": wanted.source,
        "as_of": wanted.as_of,
        "purposes": json.dumps(list(wanted.purposes)),
        "why": wanted.why,
        "added": len(reading.rows) - replaced,
        "replaced": replaced,
        "refused": len(reading.problems),
        "problems": json.dumps([[each.row, each.code] for each in reading.problems[:PROBLEMS_KEPT]]),
        "compared_to": "",
    }


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What supervisors see of lists: the last imports, and tickets that somebody has to look at."""

    imports: list[Any]
    waiting: list[Any]


def overview(session: Session, office: Office, *, now: datetime) -> Overview:
    """Return the last imports and the open tickets whose holders differ from a list."""
    today = min(office.today(site.code, now) for site in office.agency.sites)
    states = [state.value for state in WAITING_STATES]
    return Overview(
        imports=matching.newest_imports(session, limit=IMPORTS_SHOWN),
        waiting=matching.to_look_at(session, states=states, from_day=today, limit=TICKETS_SHOWN),
    )


@dataclass(frozen=True, kw_only=True)
class Side:
    """A field as one side has it, with what differs from the other side marked."""

    listed: list[Piece]
    told: list[Piece]
    size: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A ticket's holder beside the list: `sides` by field; `match` and `changes` are rows."""

    ticket: Ticket
    person: Person
    match: Any
    sides: dict[str, Side]
    changes: list[Any]


def sheet(session: Session, office: Office, ticket_id: str) -> Sheet:
    """Return what an officer compares before the interview. Raises UnknownMatch."""
    subject, match = _found(session, office, ticket_id, lock=False)
    entries = matching.entries_of(session, match.source, [subject.person_hash])
    entry = entries.get(subject.person_hash)
    listed = office.sealer.unseal(entry.sealed) if entry is not None else {}
    told = {
        "name": subject.name,
        "birth_date": subject.birth_date.isoformat() if subject.birth_date else "",
    }
    found = {each["field"]: each for each in matching.differences_in(match)}
    return Sheet(
        ticket=subject.ticket,
        person=subject.person,
        match=match,
        sides={field: _side(listed.get(field, ""), text, found.get(field)) for field, text in told.items()},
        changes=matching.changes_of_visit(session, subject.ticket.visit_id),
    )


def _side(listed: str, told: str, found: dict[str, str] | None) -> Side:
    """A field beside itself; what was not compared has no marks."""
    if found is None:
        plain = [[Piece(text=text, differs=False)] if text else [] for text in (listed, told)]
        return Side(listed=plain[0], told=plain[1], size="", reason="")
    return Side(
        listed=pieces(listed, told), told=pieces(told, listed), size=found["size"], reason=found["reason"]
    )


def decide(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    ticket_id: str,
    seen: str,
    state: MatchState,
    note: str,
    now: datetime,
) -> None:
    """Write down what an officer has decided about a difference; `seen` is the state that the page showed.

    Raises UnknownMatch, MatchMovedOn.
    """
    subject, match = _found(session, office, ticket_id, lock=True)
    if match.state != seen:
        raise MatchMovedOn
    row = {**match._mapping, "state": state.value, "changed_at": now}
    matching.put_matches(session, [row])
    change = matching.change_row(
        ticket_id=ticket_id,
        before=match.state,
        after=state.value,
        now=now,
        officer_id=officer.id,
        officer_name=officer.name,
        note=note,
    )
    matching.record(session, [change])
    if state.value != match.state:
        announce(session, office, match_news(office, subject, row, match.state), now=now)


def _found(session: Session, office: Office, ticket_id: str, *, lock: bool) -> tuple[Subject, Any]:
    if not is_id(ticket_id):
        raise UnknownMatch
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=lock)
    match = matching.match_of(session, ticket_id, lock=lock)
    person = person_of(session, ticket_id)
    if ticket is None or match is None or person is None:
        raise UnknownMatch
    person_hash = tickets.own_of(session, ticket_id)["person_hash"] or ""
    return subject_of(office, ticket, person, person_hash), match
