"""Errors among what was done: files handed back as incomplete and steps taken back, beside who was served."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gerai_booking.models import statistics
from gerai_booking.rules.statistics import Period
from gerai_booking.rules.suppression import Hidden, Shown, few
from gerai_booking.usecases.office import Office

_COUNTED = {"handed_back": statistics.handed_back, "corrected": statistics.corrected}
KINDS = tuple(_COUNTED)


@dataclass(frozen=True, kw_only=True)
class ErrorRate:
    """How often something of a kind (see KINDS) happened; `percent` of the served, None when hidden."""

    kind: str
    count: Shown
    served: Shown
    percent: int | None


def error_rates(
    session: Session,
    office: Office,
    *,
    sites: tuple[str, ...],
    service: str | None,
    period: Period,
    served: Shown,
) -> list[ErrorRate]:
    """Return the errors of days at sites, of one service or all; nothing where there were none.

    `served` is the number that is told beside them, as it may be told: what is hidden there stays so here.
    """
    found = []
    for kind, count_of in _COUNTED.items():
        count = 0
        for site in sites:
            begins = _beginning(office, site, period.first)
            ends = _beginning(office, site, period.last + timedelta(days=1))
            count += count_of(session, site=site, service=service, begins=begins, ends=ends)
        told = few(count)
        hidden = isinstance(told, Hidden) or isinstance(served, Hidden) or not served
        percent = None if hidden else round(100 * count / int(served))
        found.append(ErrorRate(kind=kind, count=told, served=served, percent=percent))
    return found if any(each.count for each in found) else []


def _beginning(office: Office, site: str, day: date) -> datetime:
    """Return when a day begins at a site."""
    return datetime.combine(day, time.min, ZoneInfo(office.site(site).time_zone)).astimezone(UTC)
