"""A citizen follows a complaint, and accepts or disputes the answer."""

from datetime import datetime
from typing import Any

from gerai_shared import commands
from gerai_shared.tokens import read_token, realm_of
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.case import Actor, State, may_move
from gerai_complaints.rules.due import is_overdue
from gerai_complaints.shapes import Keyring, Tracked, Turn
from gerai_complaints.usecases.cases import REALM, announce, history, note, step, today_at
from gerai_complaints.usecases.escalating import begin_period
from gerai_complaints.usecases.publishing import publication_of

#: Decision of the holder: state after it, kind of the entry, event.
DECISIONS = {
    "accept": (State.CLOSED, "accepted", "complaint.closed.v1"),
    "dispute": (State.DISPUTED, "disputed", "complaint.disputed.v1"),
}


def track(session: Session, token: str, *, keyring: Keyring, now: datetime) -> Tracked:
    """Return the complaint that `token` opens. Raises UnknownComplaint."""
    return _view(session, find(session, token, keyring=keyring), now)


def decide(
    session: Session,
    token: str,
    *,
    decision: str,
    text: str | None,
    key: str,
    body: dict[str, Any],
    keyring: Keyring,
    now: datetime,
) -> Tracked:
    """Accept or dispute the answer; the same `key` again changes nothing more. A dispute has a due date anew.

    Raises UnknownComplaint, TransitionNotAllowed, DisputeNeedsText, IdempotencyKeyReused.
    """
    complaint = find(session, token, keyring=keyring)

    def run() -> dict[str, Any]:
        to, kind, event_type = DECISIONS[decision]
        session.refresh(complaint, with_for_update=True)
        previous = step(complaint, to, actor=Actor.CITIZEN, text=text, now=now)
        note(session, complaint, kind=kind, by="citizen", text=text, now=now)
        if to is State.DISPUTED:
            _begin_new_period(session, complaint, now)
        session.flush()
        announce(session, complaint, event_type, previous=previous, keyring=keyring, now=now)
        return {"state": complaint.state}

    commands.once(session, scope=f"complaints.decide.{complaint.id}", key=key, body=body, now=now, run=run)
    session.refresh(complaint)
    return _view(session, complaint, now)


def _begin_new_period(session: Session, complaint: Complaint, now: datetime) -> None:
    """Set by when a disputed answer is answered again; the history keeps each due date."""
    begin_period(session, complaint, begins=today_at(complaint, now))
    note(session, complaint, kind="due", by="system", text=complaint.due_on.isoformat(), now=now)


def find(session: Session, token: str, *, keyring: Keyring) -> Complaint:
    """Return a token's complaint. Raises UnknownComplaint.

    A made-up token is refused by its signature alone: the database is not asked, and the answer is
    the same as for a complaint that is gone.
    """
    identifier = read_token(secret=keyring.secret, token=token) if realm_of(token) == REALM else None
    if identifier is None:
        raise UnknownComplaint
    complaint = session.scalar(select(Complaint).where(Complaint.id == identifier))
    if complaint is None:
        raise UnknownComplaint
    return complaint


def _view(session: Session, complaint: Complaint, now: datetime) -> Tracked:
    state = State(complaint.state)
    said = [
        entry for entry in history(session, complaint) if entry.text and entry.by in ("citizen", "officer")
    ]
    return Tracked(
        number=complaint.number,
        state=complaint.state,
        classification=complaint.classification,
        title=complaint.title,
        text=complaint.text,
        agency=complaint.agency,
        site=complaint.site,
        received_at=complaint.received_at,
        due_on=complaint.due_on,
        overdue=is_overdue(state, due_on=complaint.due_on, today=today_at(complaint, now)),
        escalated_to=complaint.level,
        ticket_number=complaint.ticket_number,
        publication=publication_of(session, complaint),
        thread=tuple(Turn(at=each.at, by=each.by, kind=each.kind, text=each.text) for each in said),
        may_accept=may_move(state, State.CLOSED, Actor.CITIZEN),
        may_dispute=may_move(state, State.DISPUTED, Actor.CITIZEN),
    )
