"""A citizen follows a complaint, answers to the answer, completes it, withdraws it, opens it again."""

from datetime import datetime
from typing import Any

from gerai_shared import commands
from gerai_shared.clock import local_date
from gerai_shared.refusals import Refused
from gerai_shared.tokens import read_token, realm_of
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, RefusalProposal
from gerai_complaints.privacy_shapes import Erased
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.case import Actor, State, may_move
from gerai_complaints.rules.decisions import DECISIONS
from gerai_complaints.rules.due import Step, is_overdue
from gerai_complaints.shapes import Keyring, Tracked, Turn
from gerai_complaints.usecases.cases import REALM, announce, history, note, part_joined, step, today_at
from gerai_complaints.usecases.clock import end_pause, note_due
from gerai_complaints.usecases.erasing import erasure_of
from gerai_complaints.usecases.escalating import begin_period
from gerai_complaints.usecases.publishing import publication_of
from gerai_complaints.usecases.refusing import drop_proposal
from gerai_complaints.usecases.times import last_day_of

#: Kinds of entries that are for colleagues alone.
INTERNAL = frozenset({"note", "assigned", "joined", "urgent", "erasure_asked", "ombudsman_number"})


class TooLateToReopen(Refused):
    """The time to open this again is over. Please file a new report and name the number of this one."""

    code = "too_late_to_reopen"
    status = 409


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
    """Carry out what the holder decides (one of DECISIONS); the same `key` again changes nothing more.

    What is disputed or opened again has a due date anew; what is completed goes on from where it stood still.
    Raises UnknownComplaint, TransitionNotAllowed, DisputeNeedsText, ReasonNeeded, TooLateToReopen,
    IdempotencyKeyReused.
    """
    # Locked before the key is claimed: a repeat waits here, and then sees what the first one made of it.
    complaint = find(session, token, keyring=keyring, locked=True)

    def run() -> dict[str, Any]:
        made = DECISIONS[decision]
        if decision == "reopen" and not _may_still_reopen(session, complaint, now):
            raise TooLateToReopen
        previous = step(complaint, made.to, actor=Actor.CITIZEN, text=text, now=now)
        note(session, complaint, kind=made.kind, by="citizen", text=text, now=now)
        drop_proposal(session, complaint, now=now)
        if made.to is State.WITHDRAWN:
            part_joined(session, complaint)
        if previous is State.TO_COMPLETE:
            end_pause(session, complaint, goes_on=made.to is State.VERIFICATION, now=now)
        if made.to in (State.DISPUTED, State.REOPENED):
            begin_period(session, complaint, begins=today_at(complaint, now))
            note_due(session, complaint, now)
        session.flush()
        if made.event is not None:
            announce(session, complaint, made.event, previous=previous, keyring=keyring, now=now)
        return {"state": complaint.state}

    commands.once(session, scope=f"complaints.decide.{complaint.id}", key=key, body=body, now=now, run=run)
    return _view(session, complaint, now)


def _may_still_reopen(session: Session, complaint: Complaint, now: datetime) -> bool:
    if complaint.closed_at is None:
        return False
    closed_on = local_date(complaint.closed_at, complaint.time_zone)
    last = last_day_of(session, complaint, Step.OBJECTION, start=closed_on)
    return today_at(complaint, now) <= last


def _acts(session: Session, complaint: Complaint, now: datetime) -> frozenset[str]:
    """Return the decisions that the holder can take now."""
    state = State(complaint.state)
    possible = {name for name, made in DECISIONS.items() if may_move(state, made.to, Actor.CITIZEN)}
    if "reopen" in possible and not _may_still_reopen(session, complaint, now):
        possible.remove("reopen")
    return frozenset(possible)


def _ground(session: Session, complaint: Complaint) -> str | None:
    if State(complaint.state) is not State.REFUSED:
        return None
    ground: str | None = session.scalar(
        select(RefusalProposal.ground)
        .where(RefusalProposal.complaint_id == complaint.id, RefusalProposal.is_refused.is_(True))
        .order_by(RefusalProposal.id.desc())
        .limit(1)
    )
    return ground


def find(session: Session, token: str, *, keyring: Keyring, locked: bool = False) -> Complaint:
    """Return a token's complaint. Raises UnknownComplaint.

    `locked`, nobody else changes it until the transaction ends, and it is as it is now.

    A made-up token is refused by its signature alone: the database is not asked, and the answer is
    the same as for a complaint that is gone.
    """
    identifier = read_token(secret=keyring.secret, token=token) if realm_of(token) == REALM else None
    if identifier is None:
        raise UnknownComplaint
    wanted = select(Complaint).where(Complaint.id == identifier)
    if locked:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    complaint = session.scalar(wanted)
    if complaint is None:
        raise UnknownComplaint
    # Sessions forget what nobody holds: its files are looked for next, and it is not read again for that.
    session.info["followed"] = complaint
    return complaint


def _view(session: Session, complaint: Complaint, now: datetime) -> Tracked:
    state = State(complaint.state)
    said = [
        entry
        for entry in history(session, complaint)
        if entry.text and entry.by in ("citizen", "officer") and entry.kind not in INTERNAL
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
        waits_until=complaint.lapses_at,
        refused_for=_ground(session, complaint),
        may=_acts(session, complaint, now),
        erasure=Erased.of(erasure) if (erasure := erasure_of(session, complaint)) else None,
    )
