"""What is over goes on: opened again by a supervisor, or because the Ombudsman asks or orders something."""

from datetime import datetime

from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint
from gerai_complaints.rules.case import OPEN_STATES, State
from gerai_complaints.shapes import Case, Keyring, Order
from gerai_complaints.usecases.cases import announce, note, step, today_at
from gerai_complaints.usecases.clock import note_due
from gerai_complaints.usecases.escalating import begin_period
from gerai_complaints.usecases.orders import actor_of, carry_out


def reopen(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Open a complaint again that was over; who brought it is told, and has a due date anew.

    Raises UnknownComplaint, StaleRevision, TransitionNotAllowed, ReasonNeeded.
    """
    return _go_on(session, order, State.REOPENED, "reopened", keyring=keyring, now=now)


def clarify(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Write down that the Ombudsman asks for an explanation, under its own number (`order.reference`).

    Raises UnknownComplaint, StaleRevision, TransitionNotAllowed, ReasonNeeded.
    """
    return _go_on(session, order, State.CLARIFICATION, "clarification", keyring=keyring, now=now)


def correct(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Write down what the Ombudsman wants to be put right. Raises as `clarify` does."""
    return _go_on(session, order, State.CORRECTIVE_ACTION, "corrective_action", keyring=keyring, now=now)


def _go_on(session: Session, order: Order, to: State, kind: str, *, keyring: Keyring, now: datetime) -> Case:
    def run(complaint: Complaint) -> None:
        previous = step(complaint, to, actor=actor_of(order), text=order.text, now=now)
        if order.reference:
            complaint.ombudsman_number = order.reference
        note(
            session,
            complaint,
            kind=kind,
            by="officer",
            officer_id=order.officer.id,
            text=order.text,
            now=now,
        )
        if previous not in OPEN_STATES:
            begin_period(session, complaint, begins=today_at(complaint, now))
            note_due(session, complaint, now)
        session.flush()
        announce(session, complaint, "complaint.reopened.v1", previous=previous, keyring=keyring, now=now)

    return carry_out(session, kind, order, run, keyring=keyring, now=now)
