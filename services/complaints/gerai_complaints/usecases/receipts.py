"""What is taken down by an officer, and the receipt for it.

The receipt names number, officer and time (UU 25/2009 art. 44, as it is widely known).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from gerai_shared.accounts import Officer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.numbers import NUMBER
from gerai_complaints.shapes import Filing, Keyring
from gerai_complaints.usecases.cases import token_of


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What whoever complained takes home; `token` opens the complaint at the portal."""

    number: str
    token: str
    title: str
    agency: str
    officer: str
    received_at: datetime
    time_zone: str
    due_on: date


def taken_down(filing: Filing, officer: Officer) -> Filing:
    """Return a filing with whom took it down."""
    return replace(filing, received_by=officer.id)


def receipt(session: Session, number: str, *, officer: Officer, keyring: Keyring) -> Receipt:
    """Return the receipt of a complaint to whoever took it down. Raises UnknownComplaint for others."""
    # Whatever agency it is about by now: who stands at the counter is to have it.
    complaint = None
    if NUMBER.fullmatch(number):
        complaint = session.scalar(
            select(Complaint).where(Complaint.number == number, Complaint.received_by == officer.id)
        )
    if complaint is None:
        raise UnknownComplaint
    return Receipt(
        number=complaint.number,
        token=token_of(complaint, keyring),
        title=complaint.title,
        agency=complaint.agency,
        officer=officer.name,
        received_at=complaint.received_at,
        time_zone=complaint.time_zone,
        due_on=complaint.due_on,
    )
