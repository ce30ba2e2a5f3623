"""What happens by itself to results that nobody collects: reminders, and the end where a rule says so."""

from datetime import datetime

from sqlalchemy.orm import Session

from gerai_booking.models import handovers
from gerai_booking.models.applications import Step
from gerai_booking.rules.catalogue.stages import READY, UNCOLLECTED
from gerai_booking.rules.collecting import next_reminder_on, reminders_due
from gerai_booking.usecases import application_news
from gerai_booking.usecases.applications import go
from gerai_booking.usecases.handing_over import rule_of
from gerai_booking.usecases.office import Office


def remind(session: Session, office: Office, *, now: datetime, limit: int = 50) -> int:
    """Remind up to `limit` owners of what waits for them; return how many applications were looked at.

    Each reminder is told once, whatever breaks off and however many do this at the same time. Of several that
    are due together, after an outage, the last one is told and the others are written down as not told.
    """
    seen = 0
    for site in sorted(site.code for site in office.agency.sites):
        today = office.today(site, now)
        while seen < limit:
            application = handovers.claim_reminder_due(session, site=site, today=today)
            if application is None:
                break
            seen += 1
            rule = rule_of(office, application)
            if application.stage != READY or rule is None or application.ready_on is None:
                handovers.set_next_reminder(session, application.id, None)
                continue
            due = reminders_due(rule, application.ready_on, today=today)
            if due and due[-1] in handovers.record_reminders(session, application, due, now=now):
                application_news.tell(
                    session,
                    office,
                    application,
                    application.stage,
                    now=now,
                    event_type=application_news.REMINDED,
                )
            following = next_reminder_on(rule, application.ready_on, after=today)
            handovers.set_next_reminder(session, application.id, following)
    return seen


def end_uncollected(session: Session, office: Office, *, now: datetime, limit: int = 50) -> int:
    """Cancel up to `limit` results not collected, where their rule does so by itself; return how many."""
    ended = 0
    for site in sorted(site.code for site in office.agency.sites):
        today = office.today(site, now)
        for application in handovers.claim_uncollected(session, site=site, today=today, limit=limit - ended):
            rule = rule_of(office, application)
            step = Step(officer_id=None, officer_name="", note=rule.basis if rule else None, now=now)
            go(session, office, application, UNCOLLECTED, step)
            ended += 1
    return ended
