"""Everything that is kept of whoever brought a complaint, for themselves to read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import (
    Attachment,
    Complaint,
    MailIn,
    NationalReport,
    Person,
    PublicReport,
    PvlConsultation,
    PvlIntake,
    SurveyAnswer,
)
from gerai_complaints.rules.privacy import Retention, keepings
from gerai_complaints.rules.satisfaction import Element
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases.attachments import name_of
from gerai_complaints.usecases.cases import contact_of, history, proxy_of
from gerai_complaints.usecases.erasing import erasure_of
from gerai_complaints.usecases.following import INTERNAL
from gerai_complaints.usecases.satisfaction import visit_of

_CASE = (
    "number", "state", "classification", "title", "text", "agency", "site", "service", "occurred_on",
    "anonymous", "confidential", "language", "channel", "received_at", "due_on", "answered_at", "closed_at",
)  # fmt: skip
#: What colleagues write for each other; why a supervisor erased something is no secret from whom it is about.
_WITHHELD = INTERNAL - {"erasure_asked"}
_VISIT = ("id", "number", "agency", "site", "service", "counter", "day", "waited_minutes")


def everything_of(
    session: Session, complaint: Complaint, *, retention: Retention, keyring: Keyring
) -> dict[str, Any]:
    """Return it as JSON in the shape of the public interface's `PersonalData`.

    Of notes among colleagues it tells that they are there, and not what they say: they are about the work of
    the office, and may be about others.
    """
    person = session.get_one(Person, complaint.id)
    contact, proxy = contact_of(person, keyring), proxy_of(person, keyring)
    erasure = erasure_of(session, complaint)
    return {
        "case": {name: _json(getattr(complaint, name)) for name in _CASE},
        "contact": {name: getattr(contact, name) for name in ("name", "email", "phone")},
        "proxy": vars(proxy).copy() if proxy else None,
        "visit": _visit(complaint),
        "awaited_ticket": person.ticket_token is not None,
        "history": _history(session, complaint),
        "files": _files(session, complaint, keyring),
        "mails": _mails(session, complaint),
        "public_report": _public(session, complaint),
        "consultation": _consultation(session, complaint, keyring),
        "survey": _survey(session, complaint, keyring),
        "national_report": _national(session, complaint),
        "erasure": (
            {
                name: _json(getattr(erasure, name))
                for name in ("asked_at", "by", "person_erased_at", "contents_erased_at")
            }
            if erasure
            else None
        ),
        "kept": [
            {"part": each.part.value, "days": each.days, "basis": each.basis} for each in keepings(retention)
        ],
    }


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _picked(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: _json(getattr(row, name)) for name in names}


def _visit(complaint: Complaint) -> dict[str, Any] | None:
    found = {name: _json(getattr(complaint, f"ticket_{name}")) for name in _VISIT}
    return found if any(value is not None for value in found.values()) else None


def _history(session: Session, complaint: Complaint) -> list[dict[str, Any]]:
    told = []
    for entry in history(session, complaint):
        is_withheld = entry.text is not None and entry.by == "officer" and entry.kind in _WITHHELD
        told.append(
            {
                **_picked(entry, ("at", "by", "kind")),
                "text": None if is_withheld else entry.text,
                "is_withheld": is_withheld,
            }
        )
    return told


def _files(session: Session, complaint: Complaint, keyring: Keyring) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Attachment).where(Attachment.complaint_id == complaint.id).order_by(Attachment.id)
    )
    return [
        {"name": name_of(each, keyring), **_picked(each, ("by", "kind", "size", "uploaded_at"))}
        for each in rows
    ]


def _mails(session: Session, complaint: Complaint) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(MailIn).where(MailIn.complaint_id == complaint.id).order_by(MailIn.received_at)
    )
    return [_picked(each, ("received_at", "outcome")) for each in rows]


def _public(session: Session, complaint: Complaint) -> dict[str, Any] | None:
    found = session.scalar(select(PublicReport).where(PublicReport.complaint_id == complaint.id))
    names = ("id", "agreed_at", "withdrawn_at", "state", "title", "text", "address", "latitude", "longitude")
    return _picked(found, names) if found else None


def _consultation(session: Session, complaint: Complaint, keyring: Keyring) -> dict[str, Any] | None:
    found = session.scalar(
        select(PvlConsultation)
        .join(PvlIntake, PvlIntake.id == PvlConsultation.intake_id)
        .where(PvlIntake.complaint_id == complaint.id)
    )
    if found is None:
        return None
    contact = keyring.sealer.unseal(found.contact)
    return {
        **_picked(found, ("title", "question", "advice", "legal_basis")),
        "contact": {name: contact[name] for name in ("name", "email", "phone")},
    }


def _survey(session: Session, complaint: Complaint, keyring: Keyring) -> dict[str, Any] | None:
    """Return the answer about this visit, while it can still be told from the others'."""
    if complaint.ticket_id is None:
        return None
    visit = visit_of(complaint.ticket_id, keyring)
    found = session.scalar(select(SurveyAnswer).where(SurveyAnswer.visit == visit))
    return _picked(found, (*(each.value for each in Element), "answered_on", "remark")) if found else None


def _national(session: Session, complaint: Complaint) -> dict[str, Any] | None:
    found = session.scalar(select(NationalReport).where(NationalReport.complaint_id == complaint.id))
    names = ("number", "reported_on", "status", "location", "category", "attachments")
    return _picked(found, (*names, "latitude", "longitude")) if found else None
