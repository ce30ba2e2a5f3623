"""Whoever brought a complaint asks what is kept of them, or to erase it; time does the same by itself."""

from datetime import datetime
from typing import Any

from gerai_shared import commands
from gerai_shared.accounts import Officer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Erasure
from gerai_complaints.privacy_shapes import Erased
from gerai_complaints.rules.case import FINAL_STATES, State
from gerai_complaints.rules.privacy import Part, Retention, may_erase_person
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases import audit
from gerai_complaints.usecases.case_view import find as find_at_desk
from gerai_complaints.usecases.cases import note
from gerai_complaints.usecases.erasing import (
    announce_erased,
    erase_contents,
    erase_old_consultations,
    erase_person,
)
from gerai_complaints.usecases.following import find, track
from gerai_complaints.usecases.personal_data import everything_of
from gerai_complaints.usecases.publishing import take_back
from gerai_complaints.usecases.reading import must_read

ACCESSED, ASKED = "personal_data_given", "erasure_asked"
#: So many complaints are erased in one transaction.
BATCH = 25
_OVER = [state.value for state in FINAL_STATES]


def access(
    session: Session, token: str, *, retention: Retention, keyring: Keyring, now: datetime
) -> dict[str, Any]:
    """Return everything that is kept of whoever holds a token, as JSON (schemas.privacy); it is audited.

    Raises UnknownComplaint.
    """
    complaint = find(session, token, keyring=keyring)
    return _given(session, complaint, by=audit.CITIZEN, retention=retention, keyring=keyring, now=now)


def access_of_number(
    session: Session, number: str, *, why: str, retention: Retention, keyring: Keyring, now: datetime
) -> dict[str, Any]:
    """Return the same of a case, for an operator who says `why`. Raises NoResultFound."""
    complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
    return _given(session, complaint, by=audit.SYSTEM, why=why, retention=retention, keyring=keyring, now=now)


def _given(
    session: Session,
    complaint: Complaint,
    *,
    by: str,
    retention: Retention,
    keyring: Keyring,
    now: datetime,
    why: str | None = None,
) -> dict[str, Any]:
    told = everything_of(session, complaint, retention=retention, keyring=keyring)
    audit.record(session, act=ACCESSED, by=by, content={"why": why}, complaint=complaint, now=now)
    return told


def erase(session: Session, token: str, *, key: str, keyring: Keyring, now: datetime) -> Any:
    """Erase who brought a complaint, at their own wish: at once, or when a case that is open is over.

    Asked again, nothing more happens. Returns the complaint as `following.track`. Raises UnknownComplaint,
    IdempotencyKeyReused.
    """
    complaint = find(session, token, keyring=keyring)

    def run() -> dict[str, Any]:
        _wish(session, complaint, by=audit.CITIZEN, keyring=keyring, now=now)
        return {}

    commands.once(session, scope=f"complaints.erase.{complaint.id}", key=key, body={}, now=now, run=run)
    return track(session, token, keyring=keyring, now=now)


def erase_at_desk(
    session: Session, number: str, *, why: str, officer: Officer, keyring: Keyring, now: datetime
) -> Erased:
    """Erase the same for somebody who asked a supervisor for it; `why` is recorded.

    Raises Forbidden, UnknownComplaint, ConfidentialCase.
    """
    officer.must_be_supervisor()
    complaint = find_at_desk(session, number, officer=officer)
    must_read(session, complaint, officer)
    return _wish(
        session, complaint, by=audit.OFFICER, officer_id=officer.id, why=why, keyring=keyring, now=now
    )


def erase_of_number(session: Session, number: str, *, why: str, keyring: Keyring, now: datetime) -> Erased:
    """Erase the same for an operator, who says `why`. Raises NoResultFound."""
    complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
    return _wish(session, complaint, by=audit.SYSTEM, why=why, keyring=keyring, now=now)


def _wish(
    session: Session,
    complaint: Complaint,
    *,
    by: str,
    keyring: Keyring,
    now: datetime,
    why: str | None = None,
    officer_id: str | None = None,
) -> Erased:
    session.refresh(complaint, with_for_update=True)
    wish = session.get(Erasure, complaint.id)
    if wish is None:
        wish = Erasure(complaint_id=complaint.id, asked_at=now, by=by, officer_id=officer_id, why=why)
        session.add(wish)
        note(session, complaint, kind=ASKED, by=by, officer_id=officer_id, text=why, now=now)
        session.flush()
    if wish.person_erased_at is None:
        # Nothing has to be public for being answered.
        take_back(session, complaint, now=now, by=by)
        if may_erase_person(State(complaint.state)):
            _erase_person(session, complaint, wish, keyring=keyring, now=now)
    return Erased.of(wish)


def _erase_person(
    session: Session, complaint: Complaint, wish: Erasure, *, keyring: Keyring, now: datetime
) -> None:
    erase_person(session, complaint, keyring=keyring, now=now)
    wish.person_erased_at = now
    session.flush()
    announce_erased(session, complaint, Part.PERSON, keyring=keyring, now=now)


def carry_out_wishes(session: Session, *, keyring: Keyring, now: datetime, limit: int = BATCH) -> int:
    """Erase who brought complaints that are over by now, where it was asked before; return how many.

    SKIP LOCKED, as all of these: processes beside each other share the work.
    """
    rows = session.execute(
        select(Complaint, Erasure)
        .join(Erasure, Erasure.complaint_id == Complaint.id)
        .where(Erasure.person_erased_at.is_(None), Complaint.state.in_(_OVER))
        .order_by(Erasure.asked_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for complaint, wish in rows:
        _erase_person(session, complaint, wish, keyring=keyring, now=now)
    return len(rows)


def forget_people(
    session: Session, *, retention: Retention, keyring: Keyring, now: datetime, limit: int = BATCH
) -> int:
    """Erase who brought complaints that are over for longer than contact data is kept; return how many."""
    found = session.scalars(
        select(Complaint)
        .outerjoin(Erasure, Erasure.complaint_id == Complaint.id)
        .where(
            Complaint.closed_at <= now - retention.contact,
            Complaint.state.in_(_OVER),
            Erasure.complaint_id.is_(None),
        )
        .order_by(Complaint.closed_at)
        .limit(limit)
        .with_for_update(of=Complaint, skip_locked=True)
    ).all()
    for complaint in found:
        if session.get(Erasure, complaint.id) is not None:
            # Asked for between the question and the lock.
            continue
        wish = Erasure(complaint_id=complaint.id, asked_at=now, by=audit.SYSTEM)
        session.add(wish)
        take_back(session, complaint, now=now, by=audit.SYSTEM)
        _erase_person(session, complaint, wish, keyring=keyring, now=now)
    return len(found) or erase_old_consultations(
        session, before=now - retention.contact, keyring=keyring, now=now, limit=limit
    )


def forget_contents(
    session: Session, *, retention: Retention, keyring: Keyring, now: datetime, limit: int = BATCH
) -> int:
    """Erase what was said in cases that are over for longer than it is kept; return how many."""
    rows = session.execute(
        select(Complaint, Erasure)
        .join(Erasure, Erasure.complaint_id == Complaint.id)
        .where(
            Complaint.closed_at <= now - retention.contents,
            Complaint.state.in_(_OVER),
            # Who brought it goes first: `forget_people` has seen to it.
            Erasure.person_erased_at.is_not(None),
            Erasure.contents_erased_at.is_(None),
        )
        .order_by(Complaint.closed_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for complaint, wish in rows:
        erase_contents(session, complaint, now=now)
        wish.contents_erased_at = now
        wish.why = None
        session.flush()
        announce_erased(session, complaint, Part.CONTENTS, keyring=keyring, now=now)
    return len(rows)
