"""Who may read which case."""

from collections.abc import Sequence

from gerai_shared.accounts import Officer
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, DeskAgency, Entry
from gerai_complaints.rules.case import Actor, ConfidentialCase, State, may_move, may_read
from gerai_complaints.usecases.once_read import once_read

#: Kinds of entries by which somebody takes a case in hand. An answer alone is none: it may have gone to
#: several that were joined.
TAKING = ("taken", "verification")


def agencies_of(session: Session, officer: Officer) -> frozenset[str]:
    """Return the agencies that an officer works for; empty for the mall's own desk, which works for all."""
    theirs = select(DeskAgency.agency).where(DeskAgency.officer_id == officer.id)
    return once_read(session, "desk agencies", officer.id, read=lambda: frozenset(session.scalars(theirs)))


def works_for(session: Session, officer: Officer, agency: str) -> bool:
    """Tell whether complaints about an agency are an officer's business."""
    own = agencies_of(session, officer)
    return not own or agency in own


def own_cases(session: Session, officer: Officer) -> ColumnElement[bool]:
    """Return the condition of what is an officer's business: nothing else is listed or counted for them."""
    own = agencies_of(session, officer)
    return Complaint.agency.in_(sorted(own)) if own else true()


def readable(session: Session, complaints: Sequence[Complaint], officer: Officer) -> set[str]:
    """Return the ids of those complaints that `officer` may read, of those that are their business."""
    confidential = [each.id for each in complaints if each.confidential]
    worked_on = set(
        session.scalars(
            select(Entry.complaint_id).where(
                Entry.officer_id == officer.id,
                Entry.kind.in_(TAKING),
                Entry.complaint_id.in_(confidential),
            )
        )
        if confidential
        else ()
    )
    return {
        each.id
        for each in complaints
        if may_read(
            confidential=each.confidential,
            is_supervisor=officer.is_supervisor,
            has_worked_on_it=each.id in worked_on or each.assigned_to == officer.id,
            is_overseer=officer.is_overseer,
        )
    }


def must_read(session: Session, complaint: Complaint, officer: Officer) -> None:
    """Refuse who may not read a complaint, and tell whether they may take it in hand.

    Raises ConfidentialCase with `revision` and `may_take`.
    """
    if not readable(session, [complaint], officer):
        may_take = may_move(State(complaint.state), State.IN_PROGRESS, Actor.OFFICER)
        raise ConfidentialCase(revision=complaint.revision, may_take=may_take)
