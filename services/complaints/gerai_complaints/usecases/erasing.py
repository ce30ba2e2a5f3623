"""What is taken away of a complaint when it is erased, and what stays behind."""

from datetime import datetime

from gerai_shared import outbox
from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.orm import Session

from gerai_complaints.models import (
    Attachment,
    Complaint,
    Dossier,
    DossierPart,
    Entry,
    Erasure,
    Extension,
    MailIn,
    Moderation,
    NationalReport,
    Pause,
    Person,
    PublicReport,
    PvlConsultation,
    PvlIntake,
    RefusalProposal,
    SurveyAnswer,
)
from gerai_complaints.rules.privacy import ERASED_TEXTS, KINDS_WITHOUT_WORDS, Part
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases import audit
from gerai_complaints.usecases.cases import note
from gerai_complaints.usecases.satisfaction import visit_of

PERSON_ERASED, CONTENTS_ERASED = "person_erased", "contents_erased"
NOBODY: dict[str, None] = {"name": None, "email": None, "phone": None}


def erasure_of(session: Session, complaint: Complaint) -> Erasure | None:
    """Return what was erased of a complaint or is to be, None for nothing."""
    return session.get(Erasure, complaint.id)


def _drop_dossiers(session: Session, complaint: Complaint, which: ColumnElement[bool]) -> None:
    """Drop what is in dossiers; that they were made, their hashes and who took them stay."""
    made = select(Dossier.id).where(Dossier.complaint_id == complaint.id, which)
    session.execute(delete(DossierPart).where(DossierPart.dossier_id.in_(made)))


def erase_person(session: Session, complaint: Complaint, *, keyring: Keyring, now: datetime) -> None:
    """Take away who brought a locked complaint; what was said stays. Doing it again changes nothing more.

    The rows of the audit keep their salts: no contact data was ever in them, and the texts are still there.
    """
    nobody = keyring.sealer.seal(NOBODY)
    _forget_survey(session, complaint, keyring)
    session.execute(
        update(Person)
        .where(Person.complaint_id == complaint.id)
        .values(contact=nobody, reachable=False, proxy=None, ticket_token=None)
    )
    _drop_dossiers(session, complaint, Dossier.names_complainant.is_(True))
    complaint.ticket_id = complaint.ticket_number = complaint.link_at = None
    session.execute(update(MailIn).where(MailIn.complaint_id == complaint.id).values(sender=""))
    # Also of what was never listed.
    session.execute(
        update(PublicReport)
        .where(PublicReport.complaint_id == complaint.id)
        .values(address=None, latitude=None, longitude=None, content_hash=None)
    )
    intakes = select(PvlIntake.id).where(PvlIntake.complaint_id == complaint.id)
    session.execute(
        update(PvlConsultation)
        .where(PvlConsultation.intake_id.in_(intakes))
        .values(contact=nobody, contact_erased_at=now)
    )
    note(session, complaint, kind=PERSON_ERASED, by=audit.SYSTEM, now=now)


def _forget_survey(session: Session, complaint: Complaint, keyring: Keyring) -> None:
    """Take the remark of an answer away that is still known to be of this visit; its figures are nobody's."""
    if complaint.ticket_id is not None:
        session.execute(
            update(SurveyAnswer)
            .where(SurveyAnswer.visit == visit_of(complaint.ticket_id, keyring))
            .values(remark=None, visit=None)
        )


def erase_contents(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Take away what was said in a locked case, and its files; numbers, states and days stay."""
    erased = ERASED_TEXTS.get(complaint.language, ERASED_TEXTS["en"])
    # First, so that its row is released with the others: none of the salts is needed any more.
    note(session, complaint, kind=CONTENTS_ERASED, by=audit.SYSTEM, now=now)
    audit.erase(session, complaint, by=audit.SYSTEM, why="retention", now=now)
    _drop_dossiers(session, complaint, true())
    complaint.title = complaint.text = erased
    complaint.breached_rule = None
    identifier = complaint.id
    session.execute(
        update(Entry)
        .where(Entry.complaint_id == identifier, Entry.kind.not_in(KINDS_WITHOUT_WORDS))
        .values(text=None)
    )
    session.execute(
        update(RefusalProposal).where(RefusalProposal.complaint_id == identifier).values(text=erased)
    )
    session.execute(update(Pause).where(Pause.complaint_id == identifier).values(reason=erased))
    session.execute(update(Extension).where(Extension.complaint_id == identifier).values(reason=erased))
    _erase_what_stands_beside(session, identifier, erased)


def _erase_what_stands_beside(session: Session, identifier: str, erased: str) -> None:
    reports = select(PublicReport.id).where(PublicReport.complaint_id == identifier)
    session.execute(
        update(PublicReport).where(PublicReport.complaint_id == identifier).values(title=None, text=None)
    )
    session.execute(
        update(Moderation).where(Moderation.report_id.in_(reports)).values(title=None, text=None, reason=None)
    )
    session.execute(
        update(NationalReport)
        .where(NationalReport.complaint_id == identifier)
        .values(location=None, attachments=None, latitude=None, longitude=None)
    )
    intakes = select(PvlIntake.id).where(PvlIntake.complaint_id == identifier)
    session.execute(
        update(PvlConsultation)
        .where(PvlConsultation.intake_id.in_(intakes))
        .values(title=erased, question=erased, advice=erased)
    )
    # Who removes files does so with those that have lost their complaint.
    session.execute(update(Attachment).where(Attachment.complaint_id == identifier).values(complaint_id=None))


def erase_old_consultations(
    session: Session, *, before: datetime, keyring: Keyring, now: datetime, limit: int
) -> int:
    """Erase who was advised on the spot before a moment and made no complaint of it; return how many.

    Such a consultation is over at once. The others go with their complaints.
    """
    found = session.scalars(
        select(PvlConsultation)
        .join(PvlIntake, PvlIntake.id == PvlConsultation.intake_id)
        .where(
            PvlIntake.received_at <= before,
            PvlIntake.complaint_id.is_(None),
            PvlConsultation.contact_erased_at.is_(None),
        )
        .order_by(PvlIntake.received_at)
        .limit(limit)
        .with_for_update(of=PvlConsultation, skip_locked=True)
    ).all()
    for each in found:
        each.contact, each.contact_erased_at = keyring.sealer.seal(NOBODY), now
    session.flush()
    return len(found)


def announce_erased(
    session: Session, complaint: Complaint, part: Part, *, keyring: Keyring, now: datetime
) -> None:
    """Tell the other services to erase what they hold about a complaint; the event has nothing personal."""
    event = outbox.NewEvent(
        type="complaint.erased.v1",
        subject=complaint.id,
        data={"part": part.value},
        agency=complaint.agency,
        site=complaint.site or "",
    )
    outbox.add(session, event, source=keyring.deployment, now=now)
