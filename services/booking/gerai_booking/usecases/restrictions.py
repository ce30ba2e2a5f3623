"""Regimes as those meet them who want to book: whether one is in force, and when it is over."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models import plan
from gerai_booking.rules.quota import Regime, regimes_in_force
from gerai_booking.rules.routing import unrestricted_from
from gerai_booking.usecases.office import Office

#: After a regime, an open day is looked for this far ahead.
DAYS_LOOKED_AHEAD = 31


def restriction_at(
    session: Session, office: Office, *, site: str, day: date, now: datetime
) -> dict[str, Any] | None:
    """Return the regime in force at a site on a day {name, level, free_from}, None when none is.

    `free_from` is the next open day without one, None while nobody knows it.
    """
    regimes = plan.regimes(session)
    found = regimes_in_force(regimes, regency=office.site(site).regency_code, day=day)
    if not found:
        return None
    free = free_from(office, regimes, site=site, day=max(day, office.today(site, now)))
    return {
        "name": found[0].name,
        "level": found[0].level,
        "free_from": free.isoformat() if free else None,
    }


def free_from(office: Office, regimes: list[Regime], *, site: str, day: date) -> date | None:
    """Return the next day from `day` on without a regime on which the site is open, if it is known."""
    place = office.site(site)
    first = unrestricted_from(regimes, regency=place.regency_code, day=day)
    if first is None:
        return None
    for ahead in range(DAYS_LOOKED_AHEAD):
        free = first + timedelta(days=ahead)
        if office.closed_because(place, free) is None:
            still = unrestricted_from(regimes, regency=place.regency_code, day=free)
            return free if still == free else None
    return None
