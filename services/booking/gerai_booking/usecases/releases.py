"""Days that open at a published time: which are open, which wait for their release."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from gerai_booking.refusals import DayNotOpenYet
from gerai_booking.rules import releases as rules
from gerai_booking.rules.catalogue import ReleaseRule, Site
from gerai_booking.rules.releases import Release
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force

#: A release is told as the coming one for this long after its moment.
TOLD_FOR = timedelta(minutes=2)


def release_of(session: Session, office: Office, site: str, day: date) -> Release | None:
    """Return the release by which a day opens, None for one that no rule keeps back. Raises UnknownSite."""
    zone = office.site(site).time_zone
    return rules.release_of(in_force(session, office).releases, site=site, time_zone=zone, day=day)


def opens_at(session: Session, office: Office, site: str, day: date, *, now: datetime) -> datetime | None:
    """Return when a day opens that does not take bookings yet, None when it does."""
    release = release_of(session, office, site, day)
    return release.opens_at if release is not None and now < release.opens_at else None


def refuse_early(session: Session, office: Office, site: str, day: date, *, now: datetime) -> None:
    """Refuse a day whose release is still to come. Raises DayNotOpenYet."""
    moment = opens_at(session, office, site, day, now=now)
    if moment is not None:
        zone = ZoneInfo(office.site(site).time_zone)
        raise DayNotOpenYet(opens_at=moment.astimezone(zone).isoformat())


def last_day_to_write(session: Session, office: Office, site: Site, last: date, *, now: datetime) -> date:
    """Return until which day rows are written: `last`, or further when the next release reaches further.

    Days are written before they open, so that they open at their second whatever is running then.
    """
    known = in_force(session, office).releases
    coming = rules.next_release(known, site=site.code, time_zone=site.time_zone, now=now)
    return max(last, coming.last) if coming is not None else last


def coming(office: Office, known: Iterable[ReleaseRule], *, now: datetime) -> list[dict[str, Any]]:
    """Return the next release of each site that is booked online, as JSON; sites without one are left out.

    One that has just opened stays for two minutes: a reader whose copy is a minute old misses none.
    """
    found = []
    for site in office.agency.sites:
        release = rules.next_release(
            known,
            site=site.code,
            time_zone=site.time_zone,
            now=now - TOLD_FOR,
        )
        if release is not None and site.online_booking:
            found.append(
                {
                    "site": site.code,
                    "opens_at": release.opens_at.isoformat(),
                    "room_opens_at": release.room_opens_at.isoformat(),
                    "first": release.first.isoformat(),
                    "last": release.last.isoformat(),
                }
            )
    return found
