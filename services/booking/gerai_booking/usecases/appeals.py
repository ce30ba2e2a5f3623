"""Appeals against a missed visit: the holder says why, a supervisor decides, the holder reads why."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import Ticket
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import acts, missed, tickets
from gerai_booking.models.people import Person, person_of
from gerai_booking.refusals import AppealDecided, AppealExists, NothingToAppeal, UnknownAppeal
from gerai_booking.usecases import no_shows
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import load_ticket

SHOWN = 50
ABOUT = "appeal"


def file(session: Session, office: Office, *, token: str, text: str, now: datetime) -> Ticket:
    """Write down why the holder of a missed ticket could not come; it is sealed.

    Raises UnknownTicket, NothingToAppeal, AppealExists.
    """
    ticket = load_ticket(session, office, token, lock=True)
    if missed.find_appeal(session, ticket.id) is not None:
        raise AppealExists
    if no_shows.standing_of(session, office, ticket, now=now) is None:
        raise NothingToAppeal
    sealed = office.sealer.seal({"text": text})
    try:
        with session.begin_nested():
            missed.add_appeal(session, ticket_id=ticket.id, sealed=sealed, now=now)
    except IntegrityError as error:
        raise AppealExists from error
    announce(session, office, fact("appeal.filed.v1", ticket, ticket.state), now=now)
    return ticket


def decide(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    ticket_id: str,
    accepted: bool,
    reason: str,
    now: datetime,
) -> None:
    """Accept an appeal, so that the visit does not count, or refuse it; the holder reads the reason.

    Raises Forbidden, UnknownAppeal, AppealDecided.
    """
    officer.must_be_supervisor()
    found = missed.find_appeal(session, ticket_id, lock=True)
    ticket = tickets.find(session, ticket_id, agency=office.code) if found else None
    if found is None or ticket is None:
        raise UnknownAppeal
    if found.decided_at is not None:
        raise AppealDecided
    missed.decide(session, ticket_id, accepted=accepted, reason=reason, by=officer.name, now=now)
    acts.record(
        session,
        officer_id=officer.id,
        officer_name=officer.name,
        about=ABOUT,
        about_id=ticket_id,
        act="accepted" if accepted else "refused",
        what=ticket.number,
        why=reason,
        now=now,
    )
    person = person_of(session, ticket_id)
    event = news(office, "appeal.decided.v1", ticket, ticket.state, person)
    # The reason stays on the ticket's page: what an officer writes may name somebody.
    announce(session, office, replace(event, data={**event.data, "accepted": accepted}), now=now)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Appeals as supervisors see them: open ones the oldest first, then those decided last."""

    waiting: list[Any]
    decided: list[Any]


def overview(session: Session, *, officer: Officer) -> Overview:
    """Return the appeals. Raises Forbidden."""
    officer.must_be_supervisor()
    return Overview(
        waiting=missed.appeal_rows(session, is_open=True, limit=SHOWN),
        decided=missed.appeal_rows(session, is_open=False, limit=SHOWN),
    )


@dataclass(frozen=True, kw_only=True)
class Appeal:
    """One appeal: what the holder says, the ticket, and what it leads to while it counts."""

    row: Any
    text: str
    ticket: Ticket
    person: Person | None
    standing: no_shows.Standing | None


def appeal(session: Session, office: Office, *, officer: Officer, ticket_id: str, now: datetime) -> Appeal:
    """Return one appeal, opened. Raises Forbidden, UnknownAppeal."""
    officer.must_be_supervisor()
    row = missed.find_appeal(session, ticket_id)
    ticket = tickets.find(session, ticket_id, agency=office.code) if row else None
    if row is None or ticket is None:
        raise UnknownAppeal
    return Appeal(
        row=row,
        text=str(office.sealer.unseal(row.sealed)["text"]),
        ticket=ticket,
        person=person_of(session, ticket_id),
        standing=no_shows.standing_of(session, office, ticket, now=now),
    )
