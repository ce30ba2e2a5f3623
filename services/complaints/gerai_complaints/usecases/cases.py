"""What the use cases share: find a complaint, change its standing, tell of it."""

from datetime import date, datetime
from typing import Any

from gerai_shared import outbox
from gerai_shared.clock import local_date
from gerai_shared.tokens import make_token
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Entry, Person
from gerai_complaints.rules.case import FINAL_STATES, OPEN_STATES, Actor, Standing, State, move
from gerai_complaints.shapes import Contact, Keyring, Proxy, TicketFacts
from gerai_complaints.usecases import audit

REALM = "complaint"
#: Columns that keep when a state was last reached; the others stand in the history.
MOMENTS = {
    State.IN_PROGRESS: "taken_at",
    State.ANSWERED: "answered_at",
    State.DISPUTED: "disputed_at",
    **dict.fromkeys(FINAL_STATES, "closed_at"),
}


def step(
    complaint: Complaint,
    to: State,
    *,
    actor: Actor,
    now: datetime,
    text: str | None = None,
    revision: int | None = None,
) -> State:
    """Move a locked complaint on and return the state it was in. Raises what `rules.case.move` raises."""
    before = Standing(state=State(complaint.state), revision=complaint.revision)
    after = move(before, to, actor=actor, text=text, revision=revision)
    complaint.state, complaint.revision = after.state.value, after.revision
    if to in MOMENTS:
        setattr(complaint, MOMENTS[to], now)
    if to not in FINAL_STATES:
        complaint.closed_at = None
    complaint.lapses_at = None
    if to not in OPEN_STATES:
        # Nobody owes an answer: the ladder is not climbed any further.
        complaint.climbs_at = None
    return before.state


def part_joined(session: Session, complaint: Complaint) -> None:
    """Let those that were to be answered together with a complaint be answered by themselves again."""
    session.execute(update(Complaint).where(Complaint.joined_to == complaint.id).values(joined_to=None))


def note(
    session: Session,
    complaint: Complaint,
    *,
    kind: str,
    by: str,
    now: datetime,
    text: str | None = None,
    officer_id: str | None = None,
) -> None:
    """Add an entry to a complaint's history, and to the audit."""
    entry = Entry(complaint_id=complaint.id, at=now, by=by, officer_id=officer_id, kind=kind, text=text)
    session.add(entry)
    audit.record(
        session,
        act=kind,
        by=by,
        content=audit.content_of_entry(entry),
        complaint=complaint,
        officer_id=officer_id,
        entry=entry,
        now=now,
    )


def announce(
    session: Session,
    complaint: Complaint,
    event_type: str,
    *,
    previous: State | None,
    keyring: Keyring,
    now: datetime,
    **more: Any,
) -> None:
    """Write the event of a change into the outbox, with `more` of its own. Contact data and token travel
    sealed.
    """
    data = {
        "number": complaint.number,
        "state": complaint.state,
        "previous_state": previous.value if previous else None,
        "classification": complaint.classification,
        "due_on": complaint.due_on,
        "language": complaint.language,
        "recipient": _recipient(session, complaint, keyring),
        "sealed_token": keyring.sealer.seal({"token": token_of(complaint, keyring)}),
        "ticket_id": complaint.ticket_id,
        **more,
    }
    event = outbox.NewEvent(
        type=event_type, subject=complaint.id, data=data, agency=complaint.agency, site=complaint.site or ""
    )
    outbox.add(session, event, source=keyring.deployment, now=now)


def _recipient(session: Session, complaint: Complaint, keyring: Keyring) -> str | None:
    person = person_of(session, complaint)
    if person is None or not person.reachable:
        return None
    contact = contact_of(person, keyring)
    return keyring.sealer.seal(
        {
            "name": contact.name or "",
            "email": contact.email,
            "phone": contact.phone,
            "language": complaint.language,
        }
    )


def person_of(session: Session, complaint: Complaint) -> Person | None:
    """Return who brought a complaint; sessions forget what nobody holds, this one keeps it to its end."""
    person = session.get(Person, complaint.id)
    session.info.setdefault("people", {})[complaint.id] = person
    return person


def contact_of(person: Person, keyring: Keyring) -> Contact:
    """Open the seal of a complaint's contact data."""
    return Contact(**keyring.sealer.unseal(person.contact))


def proxy_of(person: Person, keyring: Keyring) -> Proxy | None:
    """Return for whom somebody else acts, None when they act for themselves."""
    return Proxy(**keyring.sealer.unseal(person.proxy)) if person.proxy else None


def attach_visit(complaint: Complaint, facts: TicketFacts) -> None:
    """Write the facts of a visit beside a complaint."""
    complaint.ticket_id = facts.ticket_id
    complaint.ticket_number = facts.number
    complaint.ticket_agency = facts.agency
    complaint.ticket_site = facts.site
    complaint.ticket_service = facts.service
    complaint.ticket_counter = facts.counter
    complaint.ticket_day = facts.day
    complaint.ticket_waited_minutes = facts.waited_minutes


def token_of(complaint: Complaint, keyring: Keyring) -> str:
    """Return the reference that opens a complaint; it is made anew, never stored."""
    return make_token(secret=keyring.secret, realm=REALM, identifier=complaint.id)


def today_at(complaint: Complaint, now: datetime) -> date:
    """Return the calendar day at the complaint's place."""
    return local_date(now, complaint.time_zone)


def history(session: Session, complaint: Complaint) -> list[Entry]:
    """Return a complaint's entries, the oldest first."""
    return list(session.scalars(select(Entry).where(Entry.complaint_id == complaint.id).order_by(Entry.id)))
