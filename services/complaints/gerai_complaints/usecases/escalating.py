"""The clock of a complaint runs by itself: reminders, and one rung of the ladder after the other."""

from datetime import date, datetime, timedelta

from gerai_shared.clock import local_date
from gerai_shared.database import is_outage
from gerai_shared.logs import get_logger
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Escalation
from gerai_complaints.rules.case import OPEN_STATES, Classification, State
from gerai_complaints.rules.dossier import Reason
from gerai_complaints.rules.due import last_day
from gerai_complaints.rules.ladder import LADDER, Level, Period, Rung, higher, ladder_of
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases import dossiers
from gerai_complaints.usecases.cases import announce, note
from gerai_complaints.usecases.places import THE_MALL, Calendars, calendars

log = get_logger(__name__)

#: So many complaints climb in one transaction.
BATCH = 25
#: One that cannot climb for an error is looked at again after this time; the others go on.
AFTER_AN_ERROR = timedelta(hours=1)
_OPEN = [state.value for state in OPEN_STATES]


def begin_period(session: Session, complaint: Complaint, *, begins: date) -> None:
    """Set by when a complaint is answered, and start the ladder anew; the day it begins on does not count.

    Whom it has reached before it keeps: an answer that is disputed makes nothing undone.
    """
    calendar = calendars(session, sites=[complaint.site]).of(complaint.site)
    complaint.paused_days = complaint.extended_days = 0
    complaint.due_on = last_day(calendar, start=begins, working_days=complaint.working_days)
    period = _start(complaint, begins)
    complaint.climbs_at = period.next_at(0, calendar)


def change_agency(session: Session, complaint: Complaint, agency: str) -> None:
    """Give a complaint to another agency, whose ladder may have other rungs: it goes on behind those it has
    reached, and takes none of them twice.
    """
    done = _ladder(complaint)[: complaint.climbed]
    complaint.agency = agency
    if complaint.period_begins is None:
        return
    last = max(map(LADDER.index, done), default=-1)
    complaint.climbed = sum(LADDER.index(rung) <= last for rung in _ladder(complaint))
    calendar = calendars(session, sites=[complaint.site]).of(complaint.site)
    complaint.climbs_at = _period(complaint, complaint.period_begins).next_at(complaint.climbed, calendar)
    if complaint.climbs_at is None:
        complaint.climbed = len(LADDER)


def move_due_date(session: Session, complaint: Complaint, *, working_days: int) -> None:
    """Put off by when a complaint is answered, and the rungs that are still to come with it."""
    calendar = calendars(session, sites=[complaint.site]).of(complaint.site)
    if working_days:
        complaint.due_on = calendar.add_working_days(complaint.due_on, working_days)
    if complaint.period_begins is None:
        # A row of a release before the ladder: the clock adopts it.
        return
    period = _period(complaint, complaint.period_begins)
    complaint.due_at = period.due_at
    complaint.climbs_at = period.next_at(complaint.climbed, calendar)


def _start(complaint: Complaint, begins: date) -> Period:
    complaint.period_begins, complaint.climbed = begins, 0
    period = _period(complaint, begins)
    complaint.due_at = period.due_at
    return period


def _ladder(complaint: Complaint) -> tuple[Rung, ...]:
    return ladder_of(
        Classification(complaint.classification), is_about_mall=complaint.agency == THE_MALL.code
    )


def _period(complaint: Complaint, begins: date) -> Period:
    return Period(
        ladder=_ladder(complaint),
        begins=begins,
        working_days=complaint.working_days + complaint.extended_days,
        paused_days=complaint.paused_days,
        ends=complaint.due_on,
        time_zone=complaint.time_zone,
    )


def adopt(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Start the clock of open complaints without one; return how many.

    They were filed or disputed by a release before the ladder. Rungs that are behind them are taken as
    reached in silence: whoever was never told of a level is not told of six at once.
    """
    found = session.scalars(
        select(Complaint)
        .where(Complaint.state.in_(_OPEN), Complaint.climbs_at.is_(None), Complaint.climbed < len(LADDER))
        .order_by(Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    known = calendars(session, sites=[complaint.site for complaint in found])
    for complaint in found:
        calendar = known.of(complaint.site)
        disputed = complaint.disputed_at
        period = _start(
            complaint, local_date(disputed, complaint.time_zone) if disputed else complaint.received_on
        )
        for rung in period.reached(0, calendar, now):
            complaint.climbed += 1
            _rise(complaint, rung)
        complaint.climbs_at = period.next_at(complaint.climbed, calendar)
        if complaint.climbs_at is None:
            complaint.climbed = len(LADDER)
    return len(found)


def climb(session: Session, *, keyring: Keyring, now: datetime, limit: int = BATCH) -> int:
    """Let the complaints climb whose time has come, what was due first before all; return how many were seen.

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
        try:
            with session.begin_nested():
                _climb(session, complaint, known, keyring=keyring, now=now)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("complaint_cannot_climb", number=complaint.number)
            session.refresh(complaint)
            complaint.climbs_at = now + AFTER_AN_ERROR
    return len(found)


def _climb(
    session: Session, complaint: Complaint, known: Calendars, *, keyring: Keyring, now: datetime
) -> None:
    if complaint.state not in _OPEN or complaint.period_begins is None:
        complaint.climbs_at = None
        return
    calendar, period = known.of(complaint.site), _period(complaint, complaint.period_begins)
    reached = period.reached(complaint.climbed, calendar, now)
    for rung in reached:
        _reach(session, complaint, rung, complaint.period_begins, now)
    complaint.climbed += len(reached)
    complaint.climbs_at = period.next_at(complaint.climbed, calendar)
    if complaint.climbs_at is None:
        # At the end of a shorter ladder, too: so nobody takes it for one without a clock.
        complaint.climbed = len(LADDER)
    session.flush()
    if any(rung.level is Level.OMBUDSMAN for rung in reached):
        dossiers.due(session, complaint, reason=Reason.LADDER, now=now)
    if any(rung.level is not Level.OFFICER for rung in reached):
        # After an outage several at once: who complained is told of the last.
        announce(
            session,
            complaint,
            "complaint.escalated.v1",
            previous=State(complaint.state),
            keyring=keyring,
            now=now,
            level=reached[-1].level.value,
        )
        log.info("complaint_escalated", number=complaint.number, level=reached[-1].level.value)


def _reach(session: Session, complaint: Complaint, rung: Rung, begins: date, now: datetime) -> None:
    session.add(
        Escalation(
            complaint_id=complaint.id,
            period_begins=begins,
            rung=rung.code,
            level=rung.level.value,
            at=now,
        )
    )
    kind = "reminded" if rung.level is Level.OFFICER else "escalated"
    note(session, complaint, kind=kind, by="system", text=rung.code, now=now)
    _rise(complaint, rung)


def _rise(complaint: Complaint, rung: Rung) -> None:
    if rung.level is not Level.OFFICER:
        known = Level(complaint.level) if complaint.level else None
        complaint.level = higher(known, rung.level).value
