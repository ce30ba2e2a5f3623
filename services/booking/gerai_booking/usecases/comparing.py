"""Those who book are compared with the list that their purpose has (S1-5). Nobody is refused for it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from gerai_shared.context import Context
from gerai_shared.outbox import NewEvent
from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import matching, tickets
from gerai_booking.models.people import Person, person_in
from gerai_booking.rules.matching import Comparison, MatchState, compare, state_after
from gerai_booking.usecases.announcing import announce, news
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import kept_until_of

#: Holders in one transaction: their tickets are locked for so long.
COMPARED_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Somebody with a ticket, as they described themselves."""

    ticket: Ticket
    person: Person
    person_hash: str
    name: str
    birth_date: date | None
    context: Context | None = None


def compare_booked(
    session: Session, office: Office, subjects: Sequence[Subject], *, now: datetime
) -> list[NewEvent]:
    """Compare those who have just booked; return the events about those whose data differs."""
    return _compare(session, office, subjects, now=now)


def compare_again(
    session: Session, office: Office, *, import_id: str, now: datetime, limit: int = COMPARED_AT_ONCE
) -> int:
    """Compare some holders of open tickets anew after a list was taken over; return how many.

    None when all were, or when somebody else is at it. How far it got is written in the same transaction:
    whoever calls until nothing is left goes on where an interruption left it. Who fails is left out.
    """
    claimed = matching.claim_import(session, import_id)
    if claimed is None:
        return 0
    today = min(office.today(site.code, now) for site in office.agency.sites)
    rows = matching.open_tickets_for(
        session, json.loads(claimed.purposes), from_day=today, after=claimed.compared_to, limit=limit
    )
    subjects = []
    for row in rows:
        with apart("compare_list", row.id):
            ticket, person = tickets.ticket_of(row, office.code), person_in(row)
            subjects.append(subject_of(office, ticket, person, row.person_hash))
    announce(session, office, *_compare(session, office, subjects, now=now), now=now)
    matching.set_compared(session, import_id, to=rows[-1].id if rows else None)
    return len(rows)


def subject_of(office: Office, ticket: Ticket, person: Person, person_hash: str) -> Subject:
    """Return the holder of a ticket with what is opened of their data."""
    opened = office.sealer.unseal(person.sealed)
    born = opened.get("birth_date")
    return Subject(
        ticket=ticket,
        person=person,
        person_hash=person_hash,
        name=opened["name"],
        birth_date=date.fromisoformat(born) if born else None,
    )


def kept_until(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> datetime | None:
    """Return until when a booked ticket may move although its hour has begun; None where it may not."""
    if ticket.slot_starts_at is None or ticket.slot_starts_at > now or ticket.state is not State.BOOKED:
        return None
    return kept_until_of(office, ticket, matching.match_of(session, ticket.id))


def match_news(office: Office, subject: Subject, match: dict[str, Any], before: str | None) -> NewEvent:
    """Return the event about how somebody compares now; `match` is the row as it was written."""
    ticket = subject.ticket
    event = news(
        office, "ticket.match_changed.v1", ticket, ticket.state, subject.person, context=subject.context
    )
    told = {
        "match_state": match["state"],
        "previous_match_state": before,
        "differing_fields": [
            each["field"] for each in json.loads(match["differences"]) if each["size"] != "same"
        ],
    }
    return replace(event, data={**event.data, **told})


def _compare(
    session: Session, office: Office, subjects: Sequence[Subject], *, now: datetime
) -> list[NewEvent]:
    sources = matching.sources_for(session, (subject.person.purpose for subject in subjects))
    by_source: dict[str, list[Subject]] = {}
    for subject in subjects:
        if source := sources.get(subject.person.purpose or ""):
            by_source.setdefault(source, []).append(subject)
    known = matching.matches_of(session, (each.ticket.id for group in by_source.values() for each in group))
    results: list[_Result] = []
    for source, group in by_source.items():
        entries = matching.entries_of(session, source, (subject.person_hash for subject in group))
        for subject in group:
            # What one list has of one person must not stop the others.
            with apart("compare", subject.ticket.id):
                entry = entries.get(subject.person_hash)
                results.append(_result(office, subject, source, entry, known.get(subject.ticket.id), now=now))
    matching.put_matches(session, [result.row for result in results])
    matching.record(session, [result.change for result in results if result.change is not None])
    return [result.event for result in results if result.event is not None]


@dataclass(frozen=True, kw_only=True)
class _Result:
    """How somebody compares: the row to write, what changed by it, and the event where that is news."""

    row: dict[str, Any]
    change: dict[str, Any] | None = None
    event: NewEvent | None = None


def _result(
    office: Office, subject: Subject, source: str, entry: Any | None, known: Any | None, *, now: datetime
) -> _Result:
    """Compare somebody with their entry of a list; nothing is written."""
    found = _found(office, subject, entry) if entry is not None else None
    before = MatchState(known.state) if known is not None else None
    after = state_after(before, found)
    row = {
        "ticket_id": subject.ticket.id,
        "state": after.value,
        "source": source,
        "reference": entry.reference if entry is not None else None,
        "differences": json.dumps([asdict(each) for each in found or ()]),
        "changed_at": now if known is None or after != before else known.changed_at,
    }
    if after == before:
        return _Result(row=row)
    change = matching.change_row(ticket_id=subject.ticket.id, before=before, after=after, now=now)
    # Who matches from the start, or stands on no list, learns it on the page of the ticket.
    is_news = after is MatchState.DIFFERS or before in {MatchState.DIFFERS, MatchState.BEING_CORRECTED}
    event = match_news(office, subject, row, before) if is_news else None
    return _Result(row=row, change=change, event=event)


def _found(office: Office, subject: Subject, entry: Any) -> list[Comparison]:
    listed = office.sealer.unseal(entry.sealed)
    return compare(
        listed_name=listed["name"],
        told_name=subject.name,
        listed_birth=date.fromisoformat(listed["birth_date"]),
        told_birth=subject.birth_date,
    )
