"""A complaint is refused by two persons: one proposes it with a ground, a supervisor decides."""

from datetime import datetime

from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, RefusalProposal
from gerai_complaints.rules.case import Actor, State, TransitionNotAllowed, may_move
from gerai_complaints.rules.refusal import REFUSE, AlreadyProposed, NoProposal, must_be_another
from gerai_complaints.shapes import Case, Keyring, Order
from gerai_complaints.usecases.case_view import proposal_of
from gerai_complaints.usecases.cases import announce, note, part_joined, step
from gerai_complaints.usecases.orders import carry_out
from gerai_complaints.usecases.reading import must_read


def propose(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Propose to refuse a complaint on a ground (`order.choice`), with the text that the citizen would read.

    The clock goes on. Raises UnknownComplaint, ConfidentialCase, StaleRevision, TransitionNotAllowed,
    AlreadyProposed.
    """

    def run(complaint: Complaint) -> None:
        must_read(session, complaint, order.officer)
        must_be_first_round(complaint)
        if not may_move(State(complaint.state), State.REFUSED, Actor.SUPERVISOR):
            raise TransitionNotAllowed
        if proposal_of(session, complaint) is not None:
            raise AlreadyProposed
        complaint.revision += 1
        session.add(
            RefusalProposal(
                complaint_id=complaint.id,
                ground=order.choice or "",
                text=order.text or "",
                proposed_by=order.officer.id,
                proposed_at=now,
            )
        )
        _note(session, complaint, order, "refusal_proposed", now)

    return carry_out(session, "propose-refusal", order, run, keyring=keyring, now=now)


def must_be_first_round(complaint: Complaint) -> None:
    """Refuse what is for complaints alone that were never answered, and of which the Ombudsman has not asked.

    Raises TransitionNotAllowed.
    """
    if complaint.answered_at is not None or complaint.ombudsman_number is not None:
        raise TransitionNotAllowed


def drop_proposal(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """End a proposal on which nobody decides any more: the complaint has gone another way."""
    proposed = proposal_of(session, complaint)
    if proposed is not None:
        proposed.decided_at, proposed.is_refused = now, False


def decide(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Refuse a complaint as proposed, or keep it (`order.choice` of DECISIONS); another supervisor does.

    Who brought it is told why, and how to object. Raises Forbidden, UnknownComplaint, StaleRevision,
    TransitionNotAllowed, NoProposal, SecondPersonNeeded.
    """
    order.officer.must_be_supervisor()

    def run(complaint: Complaint) -> None:
        proposed = proposal_of(session, complaint)
        if proposed is None:
            raise NoProposal
        must_be_another(proposed_by=proposed.proposed_by, decided_by=order.officer.id)
        proposed.decided_by, proposed.decided_at = order.officer.id, now
        proposed.is_refused = order.choice == REFUSE
        if not proposed.is_refused:
            complaint.revision += 1
            _note(session, complaint, order, "refusal_declined", now)
            return
        previous = step(complaint, State.REFUSED, actor=Actor.SUPERVISOR, text=proposed.text, now=now)
        part_joined(session, complaint)
        _note(session, complaint, order, "refused", now, text=proposed.text)
        session.flush()
        announce(session, complaint, "complaint.refused.v1", previous=previous, keyring=keyring, now=now)

    return carry_out(session, "decide-refusal", order, run, keyring=keyring, now=now)


def _note(
    session: Session, complaint: Complaint, order: Order, kind: str, now: datetime, *, text: str | None = None
) -> None:
    note(session, complaint, kind=kind, by="officer", officer_id=order.officer.id, text=text, now=now)
