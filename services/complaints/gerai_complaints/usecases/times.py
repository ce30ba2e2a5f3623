"""The times that rules set: by when somebody has to do something, and when silence ends a complaint."""

from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, DueRuleRow
from gerai_complaints.rules.due import ANY_KIND, OVERSIGHT, DueRule, Step, rule_for
from gerai_complaints.usecases.once_read import once_read
from gerai_complaints.usecases.places import calendars

_COLUMNS = select(*(getattr(DueRuleRow, each.name) for each in fields(DueRule)))


def rule_in_force(
    session: Session, *, classification: str, agency: str, day: date, step: Step = Step.ANSWER
) -> DueRule:
    """Return the rule of a step for what `agency` receives on `day`. Raises NoDueRule."""
    rules = once_read(session, "due rules", classification, read=lambda: _rules(session, classification))
    return rule_for(rules, classification=classification, agency=agency, day=day, step=step)


def _rules(session: Session, classification: str) -> list[DueRule]:
    """Return the rules of all steps for a kind, a dozen or two: a receipt needs several of them."""
    rows = session.execute(_COLUMNS.where(DueRuleRow.classification.in_((classification, ANY_KIND))))
    return [DueRule(**row) for row in rows.mappings()]


def kind_of(complaint: Complaint) -> str:
    """Return the classification by which the rules of a complaint are found."""
    return OVERSIGHT if complaint.is_oversight else complaint.classification


def last_day_of(session: Session, complaint: Complaint, step: Step, *, start: date) -> date:
    """Return by when a step that begins on `start` happens; the rule is that of the day of receipt."""
    rule = rule_in_force(
        session,
        classification=kind_of(complaint),
        agency=complaint.agency,
        day=complaint.received_on,
        step=step,
    )
    calendar = calendars(session, sites=[complaint.site]).of(complaint.site)
    return rule.last_day(calendar, start)


def end_of(day: date, time_zone: str) -> datetime:
    """Return the moment at which a day is over there, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone)).astimezone(UTC)


def set_first_steps(session: Session, complaint: Complaint) -> None:
    """Write down by when a new complaint is verified, and then followed up."""
    complaint.verify_by = last_day_of(session, complaint, Step.VERIFICATION, start=complaint.received_on)
    complaint.follow_up_by = last_day_of(session, complaint, Step.FOLLOW_UP, start=complaint.verify_by)
