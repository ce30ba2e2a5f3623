"""What overseers open (S0-8): each look is written down, in their own log and in the audit."""

from datetime import datetime

from gerai_shared.accounts import Officer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Look
from gerai_complaints.rules.numbers import NUMBER
from gerai_complaints.usecases import audit

LONGEST_ADDRESS = 300
LOOKS_SHOWN = 200


def record_look(session: Session, officer: Officer, *, address: str, number: str, now: datetime) -> None:
    """Write down that an overseer opened a page, and of which case (`number`, '' for none)."""
    complaint = None
    if NUMBER.fullmatch(number):
        complaint = session.scalar(select(Complaint).where(Complaint.number == number))
    look = Look(
        at=now,
        officer_id=officer.id,
        officer_name=officer.name,
        address=address[:LONGEST_ADDRESS],
        number=complaint.number if complaint else None,
    )
    session.add(look)
    audit.record(
        session,
        act=audit.OPENED,
        by=audit.OVERSEER,
        content=audit.content_of_look(look),
        complaint=complaint,
        officer_id=officer.id,
        look=look,
        now=now,
    )


def looks(session: Session, *, officer: Officer) -> list[Look]:
    """Return what overseers opened last, the newest first. Raises Forbidden."""
    officer.may_oversee()
    return list(session.scalars(select(Look).order_by(Look.id.desc()).limit(LOOKS_SHOWN)))
