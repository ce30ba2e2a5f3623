"""An application on its way: forward, waiting for its owner, to an end, and back when a step was wrong."""

from dataclasses import replace
from datetime import datetime

from gerai_shared.accounts import Officer
from gerai_shared.refusals import InvalidRequest
from sqlalchemy.orm import Session

from gerai_booking.models import applications, handovers
from gerai_booking.models.applications import MOVED, UNDONE, Application, Step
from gerai_booking.refusals import ApplicationChanged, NothingToCorrect, StillKept, UnknownApplication
from gerai_booking.rules.application import MoveNotAllowed, is_final, move
from gerai_booking.rules.catalogue import collection_on
from gerai_booking.rules.catalogue.stages import (
    HANDED_OVER,
    READY,
    REJECTED,
    UNCOLLECTED,
    WAITING,
    WITHDRAWN,
)
from gerai_booking.rules.collecting import kept_until, next_reminder_on
from gerai_booking.usecases import application_news
from gerai_booking.usecases.files import step_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import working_days_of
from gerai_booking.usecases.rulebook import service_of

#: Stages that are reached by an act of their own, with more to it than a step.
BY_THEIR_OWN_ACT = (HANDED_OVER, UNCOLLECTED)
#: Stages of which the citizen has to be told why.
NEED_A_NOTE = (WAITING, REJECTED, WITHDRAWN)
TELL_THE_CITIZEN = "Please tell the citizen in at least ten letters what is missing, or why."
SHORTEST_NOTE = 10


def load(session: Session, application_id: str, *, site: str, revision: int | None = None) -> Application:
    """Return a site's application as it was seen, locked. Raises UnknownApplication, ApplicationChanged."""
    found = applications.find(session, application_id, lock=True)
    if found is None or site not in {found.site, found.collection_site}:
        raise UnknownApplication
    if revision not in {None, found.revision}:
        raise ApplicationChanged
    return found


def advance(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    application_id: str,
    to: str,
    note: str | None,
    revision: int | None,
    now: datetime,
) -> Application:
    """Move an application on, let it wait for its owner, take it up again, or end it.

    While it waits, its promise stands still (S3-6). Raises UnknownApplication, ApplicationChanged,
    MoveNotAllowed, InvalidRequest.
    """
    before = load(session, application_id, site=site, revision=revision)
    stages = service_of(session, office, before).stages
    if to in BY_THEIR_OWN_ACT and HANDED_OVER in {stage.code for stage in stages}:
        raise MoveNotAllowed
    if to in NEED_A_NOTE and len((note or "").strip()) < SHORTEST_NOTE:
        raise InvalidRequest(fields={"note": [TELL_THE_CITIZEN]})
    return go(session, office, before, to, step_of(officer, note, now=now))


def go(session: Session, office: Office, before: Application, to: str, step: Step) -> Application:
    """Make one allowed move with a locked application, and announce it. Raises MoveNotAllowed."""
    stages = service_of(session, office, before).stages
    progress = move(
        before.progress,
        to,
        stages=stages,
        terms=before.terms,
        today=office.today(before.site, step.now),
        calendar=working_days_of(session, office, site=before.site, service=before.service),
    )
    after = applications.moved(before, progress, step.now, next_reminder_on=None)
    if to == READY:
        after = _let_collect(office, after, step.now)
    if is_final(to, stages):
        after = applications.moved(before, progress, step.now, next_reminder_on=None, closed_at=step.now)
    save(session, before, after, step)
    application_news.tell(session, office, after, before.stage, now=step.now)
    return after


def _let_collect(office: Office, application: Application, now: datetime) -> Application:
    """Set until when it is kept and when its owner is reminded, by the rule of the day of readiness."""
    today = office.today(application.collection_site, now)
    rule = collection_on(office.service(application.service), today)
    last = kept_until(rule, today) if rule else None
    reminder = next_reminder_on(rule, today, after=today) if rule else None
    return replace(
        application,
        ready_on=today,
        kept_until=last,
        next_reminder_on=reminder,
        cancels_itself=rule is not None and rule.automatic,
    )


def save(session: Session, before: Application, after: Application, step: Step, *, kind: str = MOVED) -> None:
    """Write a change with its step. Raises ApplicationChanged when somebody was faster."""
    if not applications.save(session, before, after, step, kind=kind):
        raise ApplicationChanged


def correct(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    application_id: str,
    why: str,
    revision: int | None,
    now: datetime,
) -> Application:
    """Take the last step back because it was wrong, on record; ends are taken back by supervisors alone.

    The clock is put back, too: what was counted while the wrong step stood counts as if it had not been made.
    A handover is struck out of the register. Raises UnknownApplication, ApplicationChanged, NothingToCorrect,
    Forbidden.
    """
    current = load(session, application_id, site=site, revision=revision)
    wrong = applications.last_step(session, current.id)
    if wrong is None or wrong.before is None:
        raise NothingToCorrect
    if current.closed_at is not None:
        officer.must_be_supervisor()
    if current.stage == HANDED_OVER:
        handovers.strike_out(session, current.id, by=officer.name, why=why)
    after = applications.put_back(current, wrong, now=now)
    applications.mark_undone(session, wrong.position, now=now)
    save(session, current, after, step_of(officer, why, now=now), kind=UNDONE)
    # Who was told of the wrong step is told that it was wrong.
    was_told = wrong.to_stage in application_news.NEWS_OF
    event_type = application_news.CORRECTED if was_told else application_news.ADVANCED
    application_news.tell(session, office, after, current.stage, now=now, event_type=event_type)
    return after


def cancel_uncollected(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    application_id: str,
    why: str,
    revision: int | None,
    now: datetime,
) -> Application:
    """Cancel what was not collected in time: a supervisor's decision, with the rule's last day over.

    Raises Forbidden, UnknownApplication, ApplicationChanged, MoveNotAllowed, StillKept.
    """
    officer.must_be_supervisor()
    before = load(session, application_id, site=site, revision=revision)
    if before.stage != READY or before.kept_until is None:
        raise MoveNotAllowed
    if office.today(before.collection_site, now) <= before.kept_until:
        raise StillKept(day=before.kept_until.isoformat())
    return go(session, office, before, UNCOLLECTED, step_of(officer, why, now=now))
