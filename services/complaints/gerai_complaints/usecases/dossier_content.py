"""What a dossier says: everything that is known of a case, and of who complained what may be said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import (
    Complaint,
    Dossier,
    Entry,
    Escalation,
    Extension,
    Pause,
    Person,
    RefusalProposal,
    VerificationCheck,
)
from gerai_complaints.rules.dossier import FORMAT, FORMAT_VERSION, OWN_ENTRIES, Identity, Part, identity_of
from gerai_complaints.rules.ladder import LADDER
from gerai_complaints.shapes import Keyring, Named
from gerai_complaints.usecases.cases import contact_of, history, proxy_of
from gerai_complaints.usecases.dossier_parts import further_parts
from gerai_complaints.usecases.places import Names, names

INTERNAL_NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What a dossier is made of: `content` as schemas.dossier.DossierSchema has it, further parts, the newest
    entry of the history (None without any) that was there before anything was read.
    """

    content: dict[str, Any]
    parts: tuple[Part, ...]
    last_entry: int | None
    time_zone: str


def collect(session: Session, dossier_id: int, *, keyring: Keyring, now: datetime) -> Collected:
    """Read what a dossier is made of. Raises BrokenSeal."""
    dossier = session.get_one(Dossier, dossier_id)
    complaint = session.get_one(Complaint, dossier.complaint_id)
    last_entry = newest_entry(session, complaint.id)
    known, parts = names(session), further_parts(session, complaint)
    identity = identity_of(
        anonymous=complaint.anonymous, confidential=complaint.confidential, agreed=dossier.names_complainant
    )
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "number": complaint.number,
        "version": dossier.version,
        "reason": dossier.reason,
        "due_since": dossier.due_since,
        "made_at": now,
        "ombudsman_number": complaint.ombudsman_number,
        "is_rapid_response": complaint.urgent_at is not None,
        "rapid_response_since": complaint.urgent_at,
        "secret": complaint.confidential,
        "identity": identity.value,
        "complainant": _complainant(session, complaint, keyring) if identity is Identity.NAMED else None,
        "complaint": _complaint(session, complaint, known),
        "times": _times(session, complaint, known),
        "escalations": _escalations(session, complaint),
        "history": _history(session, complaint, known, has_notes=dossier.has_notes),
        "has_internal_notes": dossier.has_notes,
        "checks": _checks(session, complaint, known),
        "refusal_proposals": _refusal_proposals(session, complaint, known),
        "visit": _visit(complaint, known, shows_number=identity is Identity.NAMED),
        "parts": [
            {
                "name": part.name,
                "media_type": part.media_type,
                "size": len(part.content),
                "sha256": part.digest,
            }
            for part in parts
        ],
    }
    return Collected(content=content, parts=parts, last_entry=last_entry, time_zone=complaint.time_zone)


def newest_entry(session: Session, complaint_id: str) -> int | None:
    """Return the newest entry of a case's history, those of dossiers left out."""
    return session.scalar(
        select(Entry.id)
        .where(Entry.complaint_id == complaint_id, Entry.kind.not_in(OWN_ENTRIES))
        .order_by(Entry.id.desc())
        .limit(1)
    )


def _complainant(session: Session, complaint: Complaint, keyring: Keyring) -> dict[str, Any]:
    person = session.get(Person, complaint.id)
    if person is None:
        # Erased meanwhile.
        return {"name": None, "email": None, "phone": None, "proxy": None}
    contact, proxy = contact_of(person, keyring), proxy_of(person, keyring)
    return {"name": contact.name, "email": contact.email, "phone": contact.phone, "proxy": proxy}


def _complaint(session: Session, complaint: Complaint, known: Names) -> dict[str, Any]:
    numbers = select(Complaint.number)
    joined = session.scalars(
        numbers.where(Complaint.joined_to == complaint.id).order_by(Complaint.number)
    ).all()
    agency = complaint.agency
    return {
        "classification": complaint.classification,
        "title": complaint.title,
        "text": complaint.text,
        "language": complaint.language,
        "channel": complaint.channel,
        "received_by": known.officer(complaint.received_by),
        "agency": known.agency(agency),
        "site": known.site(agency, complaint.site) if complaint.site else None,
        "service": known.service(agency, complaint.service) if complaint.service else None,
        "occurred_on": complaint.occurred_on,
        "state": complaint.state,
        "level": complaint.level,
        "in_the_hands_of": known.officer(complaint.assigned_to),
        "is_oversight": complaint.is_oversight,
        "maladministration": complaint.maladministration,
        "breached_rule": complaint.breached_rule,
        "joined_to": session.scalar(numbers.where(Complaint.id == complaint.joined_to)),
        "joined": list(joined),
    }


def _times(session: Session, complaint: Complaint, known: Names) -> dict[str, Any]:
    pauses = session.scalars(select(Pause).where(Pause.complaint_id == complaint.id).order_by(Pause.id))
    extensions = session.scalars(
        select(Extension).where(Extension.complaint_id == complaint.id).order_by(Extension.id)
    )
    return {
        "time_zone": complaint.time_zone,
        "received_at": complaint.received_at,
        "due_on": complaint.due_on,
        "working_days": complaint.working_days,
        "due_basis": complaint.due_basis,
        "verify_by": complaint.verify_by,
        "follow_up_by": complaint.follow_up_by,
        "taken_at": complaint.taken_at,
        "answered_at": complaint.answered_at,
        "disputed_at": complaint.disputed_at,
        "closed_at": complaint.closed_at,
        "pauses": list(pauses),
        "extensions": [
            {
                "at": each.at,
                "officer": known.officer(each.officer_id),
                "working_days": each.working_days,
                "reason": each.reason,
                "due_on": each.due_on,
            }
            for each in extensions
        ],
    }


def _escalations(session: Session, complaint: Complaint) -> list[Escalation]:
    found = session.scalars(select(Escalation).where(Escalation.complaint_id == complaint.id))
    # After an outage several were reached at one moment.
    places = {rung.code: place for place, rung in enumerate(LADDER)}
    return sorted(found, key=lambda each: (each.period_begins, places.get(each.rung, len(places))))


def _history(
    session: Session, complaint: Complaint, known: Names, *, has_notes: bool
) -> list[dict[str, Any]]:
    return [
        {
            "at": entry.at,
            "by": entry.by,
            "officer": known.officer(entry.officer_id),
            "kind": entry.kind,
            "text": entry.text,
        }
        for entry in history(session, complaint)
        if has_notes or entry.kind != INTERNAL_NOTE
    ]


def _checks(session: Session, complaint: Complaint, known: Names) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(VerificationCheck)
        .where(VerificationCheck.complaint_id == complaint.id)
        .order_by(VerificationCheck.item)
    )
    return [
        {
            "item": row.item,
            "is_fulfilled": row.is_fulfilled,
            "officer": known.officer(row.officer_id),
            "at": row.at,
        }
        for row in rows
    ]


def _refusal_proposals(session: Session, complaint: Complaint, known: Names) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(RefusalProposal)
        .where(RefusalProposal.complaint_id == complaint.id)
        .order_by(RefusalProposal.id)
    )
    return [
        {
            "ground": row.ground,
            "text": row.text,
            "proposed_by": known.officer(row.proposed_by),
            "proposed_at": row.proposed_at,
            "decided_by": known.officer(row.decided_by),
            "decided_at": row.decided_at,
            "is_refused": row.is_refused,
        }
        for row in rows
    ]


def _visit(complaint: Complaint, known: Names, *, shows_number: bool) -> dict[str, Any] | None:
    agency = complaint.ticket_agency
    if agency is None or complaint.ticket_day is None:
        return None
    site, service = complaint.ticket_site, complaint.ticket_service
    return {
        "agency": known.agency(agency),
        "site": known.site(agency, site) if site else Named(code=""),
        "service": known.service(agency, service) if service else Named(code=""),
        "counter": complaint.ticket_counter,
        "day": complaint.ticket_day,
        # With the number its agency could look up who it was.
        "number": complaint.ticket_number if shows_number else None,
    }
