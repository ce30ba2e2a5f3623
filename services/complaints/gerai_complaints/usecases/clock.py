"""The clock of a complaint stands still, goes on, is put off; and silence ends what waits for the citizen.

There is one clock: comments do not move it, pauses stand in a ledger, an extension is an act with a name.
"""

from datetime import datetime

from gerai_shared.database import is_outage
from gerai_shared.logs import get_logger
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Extension, Pause
from gerai_complaints.rules.case import OPEN_STATES, Actor, State, TransitionNotAllowed
from gerai_complaints.rules.clock import TooManyPauses, may_pause, paused_working_days
from gerai_complaints.rules.due import Step
from gerai_complaints.shapes import Case, Keyring, Order
from gerai_complaints.usecases.cases import announce, note, step, today_at
from gerai_complaints.usecases.escalating import AFTER_AN_ERROR, BATCH, move_due_date
from gerai_complaints.usecases.orders import carry_out
from gerai_complaints.usecases.places import calendars
from gerai_complaints.usecases.times import end_of, last_day_of

log = get_logger(__name__)

#: What waits for the citizen: state it ends in, kind of the entry, event.
LAPSES = {
    State.TO_COMPLETE: (State.WITHDRAWN, "deemed_withdrawn", "complaint.withdrawn.v1"),
    State.ANSWERED: (State.CLOSED, "closed", "complaint.closed.v1"),
}


def pause(session: Session, complaint: Complaint, *, reason: str, is_supervisor: bool, now: datetime) -> None:
    """Let the clock stand still until the citizen has completed a complaint, or the time for that is over.

    Raises TooManyPauses for whoever is no supervisor.
    """
    so_far = session.scalar(select(func.count()).where(Pause.complaint_id == complaint.id)) or 0
    if not may_pause(so_far, is_supervisor=is_supervisor):
        raise TooManyPauses
    today = today_at(complaint, now)
    session.add(Pause(complaint_id=complaint.id, began_on=today, reason=reason))
    complaint.climbs_at = None
    complaint.lapses_at = end_of(
        last_day_of(session, complaint, Step.COMPLETION, start=today), complaint.time_zone
    )


def end_pause(session: Session, complaint: Complaint, *, goes_on: bool, now: datetime) -> None:
    """End the pause of a complaint; `goes_on`, its due date moves by the working days that it lasted."""
    under_way = session.scalar(
        select(Pause).where(Pause.complaint_id == complaint.id, Pause.ended_on.is_(None))
    )
    if under_way is None:
        return
    under_way.ended_on = today_at(complaint, now)
    calendar = calendars(session, sites=[complaint.site]).of(complaint.site)
    under_way.working_days = paused_working_days(
        calendar, began_on=under_way.began_on, ended_on=under_way.ended_on, due_on=complaint.due_on
    )
    if not goes_on:
        return
    complaint.paused_days += under_way.working_days
    move_due_date(session, complaint, working_days=under_way.working_days)
    note_due(session, complaint, now)


def extend(session: Session, order: Order, *, keyring: Keyring, now: datetime) -> Case:
    """Give a complaint more working days (`order.days`); a supervisor says why, and the citizen is told.

    Raises Forbidden, UnknownComplaint, StaleRevision, TransitionNotAllowed.
    """
    order.officer.must_be_supervisor()

    def run(complaint: Complaint) -> None:
        if State(complaint.state) not in OPEN_STATES:
            raise TransitionNotAllowed
        days = order.days or 0
        complaint.revision += 1
        session.add(
            Extension(
                complaint_id=complaint.id,
                at=now,
                officer_id=order.officer.id,
                working_days=days,
                reason=order.text or "",
                due_on=complaint.due_on,
            )
        )
        complaint.extended_days += days
        move_due_date(session, complaint, working_days=days)
        note(
            session,
            complaint,
            kind="extended",
            by="officer",
            officer_id=order.officer.id,
            text=order.text,
            now=now,
        )
        note_due(session, complaint, now)
        session.flush()
        announce(
            session,
            complaint,
            "complaint.extended.v1",
            previous=State(complaint.state),
            keyring=keyring,
            now=now,
        )

    return carry_out(session, "extend", order, run, keyring=keyring, now=now)


def note_due(session: Session, complaint: Complaint, now: datetime) -> None:
    """Keep in the history by when a complaint is answered from now on."""
    note(session, complaint, kind="due", by="system", text=complaint.due_on.isoformat(), now=now)


def lapse(session: Session, *, keyring: Keyring, now: datetime, limit: int = BATCH) -> int:
    """End what waited for the citizen until its time was over; return how many were seen.

    SKIP LOCKED, as for the ladder: processes beside each other share the work.
    """
    found = session.scalars(
        select(Complaint)
        .where(Complaint.lapses_at <= now)
        .order_by(Complaint.lapses_at, Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for complaint in found:
        try:
            with session.begin_nested():
                _lapse(session, complaint, keyring=keyring, now=now)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("complaint_cannot_lapse", number=complaint.number)
            session.refresh(complaint)
            complaint.lapses_at = now + AFTER_AN_ERROR
    return len(found)


def _lapse(session: Session, complaint: Complaint, *, keyring: Keyring, now: datetime) -> None:
    ending = LAPSES.get(State(complaint.state))
    if ending is None:
        complaint.lapses_at = None
        return
    to, kind, event_type = ending
    previous = step(complaint, to, actor=Actor.SYSTEM, now=now)
    end_pause(session, complaint, goes_on=False, now=now)
    note(session, complaint, kind=kind, by="system", now=now)
    session.flush()
    announce(session, complaint, event_type, previous=previous, keyring=keyring, now=now)
    log.info("complaint_lapsed", number=complaint.number, state=complaint.state)


def wait_for_reply(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Set when an answered complaint is closed, should nobody say a word."""
    last = last_day_of(session, complaint, Step.CITIZEN_REPLY, start=today_at(complaint, now))
    complaint.lapses_at = end_of(last, complaint.time_zone)


def adopt_answered(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Let answered complaints without an end wait for a reply from today on; return how many.

    A release before this one answered them.
    """
    found = session.scalars(
        select(Complaint)
        .where(Complaint.state == State.ANSWERED.value, Complaint.lapses_at.is_(None))
        .order_by(Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for complaint in found:
        wait_for_reply(session, complaint, now=now)
    return len(found)
