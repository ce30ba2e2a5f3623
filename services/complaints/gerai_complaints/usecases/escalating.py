"""The clock of a complaint runs by itself: reminders, and one rung of the ladder after the other."""

from datetime import date, datetime

from gerai_shared.logs import get_logger
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Escalation
from gerai_complaints.rules.case import OPEN_STATES, State
from gerai_complaints.rules.due import last_day
from gerai_complaints.rules.ladder import Level, Period, Rung
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases.cases import announce, note
from gerai_complaints.usecases.places import Calendars, calendars

log = get_logger(__name__)

#: So many complaints climb in one transaction.
BATCH = 25


def begin_period(session: Session, complaint: Complaint, *, begins: date) -> None:
    """Set by when a complaint is answered, and start the ladder anew; the day it begins on does not count."""
    calendar = calendars(session, sites=[complaint.site]).of(complaint.site)
    complaint.period_begins = begins
    complaint.due_on = last_day(calendar, start=begins, working_days=complaint.working_days)
    period = period_of(complaint)
    complaint.due_at = period.due_at
    complaint.climbed, complaint.level = 0, None
    complaint.climbs_at = period.next_at(0, calendar)


def period_of(complaint: Complaint) -> Period:
    """Return the time that the office has for its answer."""
    return Period(
        begins=complaint.period_begins,
        working_days=complaint.working_days,
        ends=complaint.due_on,
        time_zone=complaint.time_zone,
    )


def climb(session: Session, *, keyring: Keyring, now: datetime, limit: int = BATCH) -> int:
    """Let the complaints climb whose time has come, what was due first before all; return how many did.

    SKIP LOCKED: processes beside each other share the work, and each rung is climbed by one of them.
    """
    found = session.scalars(
        select(Complaint)
        .where(Complaint.climbs_at <= now)
        .order_by(Complaint.due_at, Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    known = calendars(session, sites=[complaint.site for complaint in found])
    for complaint in found:
        _climb(session, complaint, known, keyring=keyring, now=now)
    return len(found)


def _climb(
    session: Session, complaint: Complaint, known: Calendars, *, keyring: Keyring, now: datetime
) -> None:
    if State(complaint.state) not in OPEN_STATES:
        complaint.climbs_at = None
        return
    calendar, period = known.of(complaint.site), period_of(complaint)
    reached = period.reached(complaint.climbed, calendar, now)
    for rung in reached:
        _reach(session, complaint, rung, now)
    complaint.climbed += len(reached)
    complaint.climbs_at = period.next_at(complaint.climbed, calendar)
    escalated = [rung for rung in reached if rung.level is not Level.OFFICER]
    if escalated:
        # After an outage several at once: who complained is told of the last.
        complaint.level = escalated[-1].level.value
        session.flush()
        announce(
            session,
            complaint,
            "complaint.escalated.v1",
            previous=State(complaint.state),
            keyring=keyring,
            now=now,
            level=complaint.level,
        )
        log.info("complaint_escalated", number=complaint.number, level=complaint.level)


def _reach(session: Session, complaint: Complaint, rung: Rung, now: datetime) -> None:
    session.add(
        Escalation(
            complaint_id=complaint.id,
            period_begins=complaint.period_begins,
            rung=rung.code,
            level=rung.level.value,
            at=now,
        )
    )
    kind = "reminded" if rung.level is Level.OFFICER else "escalated"
    note(session, complaint, kind=kind, by="system", text=rung.code, now=now)
