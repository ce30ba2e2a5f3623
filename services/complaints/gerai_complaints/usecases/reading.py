"""Who may read which case."""

from collections.abc import Sequence

from gerai_shared.accounts import Officer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Entry
from gerai_complaints.rules.case import Actor, ConfidentialCase, State, may_move, may_read


def readable(session: Session, complaints: Sequence[Complaint], officer: Officer) -> set[str]:
    """Return the ids of those complaints that `officer` may read."""
    confidential = [each.id for each in complaints if each.confidential]
    worked_on = set(
        session.scalars(
            select(Entry.complaint_id).where(
                Entry.officer_id == officer.id, Entry.complaint_id.in_(confidential)
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
            is_overseer=officer.is_overseer,
            has_worked_on_it=each.id in worked_on,
        )
    }


def must_read(session: Session, complaint: Complaint, officer: Officer) -> None:
    """Refuse who may not read a complaint, and tell whether they may take it in hand.

    Raises ConfidentialCase with `revision` and `may_take`.
    """
    if not readable(session, [complaint], officer):
        may_take = may_move(State(complaint.state), State.IN_PROGRESS, Actor.OFFICER)
        raise ConfidentialCase(revision=complaint.revision, may_take=may_take)
