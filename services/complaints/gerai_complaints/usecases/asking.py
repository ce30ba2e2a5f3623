"""What is asked of the agencies afterwards: the facts of a visit, and what they call things.

Each question is claimed in one transaction, asked outside of any, and its answer written in another:
no row stays locked while an agency thinks. A claim moves the next attempt into the future, so that
any number of processes may ask side by side, and a process that dies in between delays one question.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.database import insert_into
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gerai_complaints.models import Agency, Complaint, Person, PlaceName
from gerai_complaints.shapes import Keyring, TicketFacts
from gerai_complaints.usecases.cases import attach_visit, note
from gerai_complaints.usecases.places import SERVICE, SITE
from gerai_complaints.usecases.pvl_places import learn_coverage

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
#: An agency that does not answer for so long will not remember the visit either.
GIVE_UP_AFTER = timedelta(days=3)
NAMES_ASKED_EVERY = timedelta(days=1)
NAMES_RETRIED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Question:
    """The facts of which ticket are asked for which complaint."""

    complaint_id: str
    ticket_token: str


def next_visit(session: Session, *, keyring: Keyring, now: datetime) -> Question | None:
    """Claim one visit whose facts are to be asked for; None when there is none."""
    complaint = session.scalar(
        select(Complaint)
        .where(Complaint.link_at <= now)
        .order_by(Complaint.link_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if complaint is None:
        return None
    person = session.get(Person, complaint.id)
    if person is None or person.ticket_token is None:
        complaint.link_at = None
        return None
    complaint.link_attempts += 1
    complaint.link_at = now + min(FIRST_WAIT * 2 ** min(complaint.link_attempts - 1, 16), LONGEST_WAIT)
    token = str(keyring.sealer.unseal(person.ticket_token)["token"])
    return Question(complaint_id=complaint.id, ticket_token=token)


def link_visit(session: Session, complaint_id: str, facts: TicketFacts, *, now: datetime) -> None:
    """Write the facts of a visit beside its complaint; the case itself keeps its revision."""
    complaint = _awaiting(session, complaint_id)
    if complaint is None:
        return
    attach_visit(complaint, facts)
    _ask_no_more(session, complaint)
    note(session, complaint, kind="linked", by="system", now=now)


def no_such_visit(session: Session, complaint_id: str, *, now: datetime) -> None:
    """Note that the agency knows no such ticket, and ask no more."""
    complaint = _awaiting(session, complaint_id)
    if complaint is not None:
        _ask_no_more(session, complaint)
        note(session, complaint, kind="not_linked", by="system", now=now)


def no_answer(session: Session, complaint_id: str, *, now: datetime) -> None:
    """Ask again at the time the claim has set, unless it is too late by now."""
    complaint = _awaiting(session, complaint_id)
    if complaint is not None and now - complaint.received_at > GIVE_UP_AFTER:
        _ask_no_more(session, complaint)
        note(session, complaint, kind="not_linked", by="system", now=now)


def _awaiting(session: Session, complaint_id: str) -> Complaint | None:
    return session.scalar(
        select(Complaint)
        .where(Complaint.id == complaint_id, Complaint.link_at.is_not(None))
        .with_for_update()
    )


def _ask_no_more(session: Session, complaint: Complaint) -> None:
    complaint.link_at = None
    session.execute(update(Person).where(Person.complaint_id == complaint.id).values(ticket_token=None))


def next_agency(session: Session, *, agencies: tuple[str, ...], now: datetime) -> str | None:
    """Claim one agency whose names are to be asked for; `agencies` are those of the mall."""
    for code in sorted(set(agencies) - set(session.scalars(select(Agency.code)))):
        session.execute(insert_into(session, Agency).values(code=code, ask_at=now).on_conflict_do_nothing())
    agency = session.scalar(
        select(Agency)
        .where(Agency.ask_at <= now)
        .order_by(Agency.ask_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if agency is None:
        return None
    agency.ask_at = now + NAMES_RETRIED_AFTER
    return agency.code


def learn_names(session: Session, code: str, catalogue: dict[str, Any], *, now: datetime) -> None:
    """Keep what an agency calls itself, its sites and its services. Raises KeyError on another shape."""
    name = catalogue["agency"]["name"]
    session.execute(
        update(Agency)
        .where(Agency.code == code)
        .values(name_id=name["id"], name_en=name["en"], ask_at=now + NAMES_ASKED_EVERY)
    )
    learn_coverage(session, code, catalogue)
    rows = [_place(SITE, code, site, site["time_zone"]) for site in catalogue["sites"]]
    rows += [_place(SERVICE, code, service, None) for service in catalogue["services"]]
    for row in rows:
        statement = insert_into(session, PlaceName).values(row)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "agency", "code"],
                set_={column: row[column] for column in ("name_id", "name_en", "time_zone")},
            )
        )


def _place(kind: str, agency: str, described: dict[str, Any], time_zone: str | None) -> dict[str, Any]:
    name = described["name"]
    return {
        "kind": kind,
        "agency": agency,
        "code": described["code"],
        "name_id": name["id"],
        "name_en": name["en"],
        "time_zone": time_zone,
    }
