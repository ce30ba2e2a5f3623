"""What was promised of applications, counted by the days that their sites work now."""

from collections.abc import Sequence
from dataclasses import replace

from gerai_shared.workdays import WorkCalendar, calendar_is_announced
from sqlalchemy.orm import Session

from gerai_booking.models.applications import Application
from gerai_booking.rules.application import as_promised_now, is_fulfilled
from gerai_booking.rules.catalogue import Stage
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import working_days_of
from gerai_booking.usecases.rulebook import service_of


def counted_now(
    session: Session, office: Office, found: Sequence[Application]
) -> list[tuple[Application, WorkCalendar]]:
    """Return applications with their promised days of now, each with the calendar they are counted by."""
    calendars: dict[tuple[str, str], WorkCalendar] = {}
    counted = []
    for each in found:
        key = each.site, each.service
        if key not in calendars:
            calendars[key] = working_days_of(session, office, site=each.site, service=each.service)
        progress = as_promised_now(
            each.progress,
            service_of(session, office, each).stages,
            terms=each.terms,
            calendar=calendars[key],
        )
        counted.append((replace(each, progress=progress), calendars[key]))
    return counted


def is_provisional(application: Application, stages: Sequence[Stage]) -> bool:
    """Tell whether the promised day may still move: it reaches into a year without announced leave."""
    promised = application.progress.promise_on
    if promised is None or is_fulfilled(application.stage, stages):
        return False
    return not calendar_is_announced(promised.year)
