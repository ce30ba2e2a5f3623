"""Where a complaint belongs: time zone, calendar and names of its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gerai_shared import accounts
from gerai_shared.workdays import WorkCalendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Agency, DayException, PlaceName
from gerai_complaints.shapes import Named

#: Of a place whose agency has not told its zone yet (western Indonesia, where the mall stands).
DEFAULT_TIME_ZONE = "Asia/Jakarta"
SITE, SERVICE = "site", "service"
#: What belongs to no agency, such as doors and lifts, is complained about to the mall itself.
THE_MALL = Named(code="mall", id="Mal Pelayanan Publik", en="Public service mall")


def time_zone_of(session: Session, *, agency: str, site: str | None) -> str:
    """Return the IANA name of a site's time zone."""
    if site is None:
        return DEFAULT_TIME_ZONE
    found = session.scalar(
        select(PlaceName.time_zone)
        .where(PlaceName.kind == SITE, PlaceName.code == site)
        .order_by(PlaceName.agency != agency, PlaceName.agency)
        .limit(1)
    )
    return found or DEFAULT_TIME_ZONE


@dataclass(frozen=True, kw_only=True)
class Calendars:
    """The working days of every place; made once for a list of cases."""

    exceptions: tuple[tuple[str, date, bool], ...]

    def of(self, site: str | None) -> WorkCalendar:
        """Return the calendar of a site, None for the mall as a whole; a site's own row goes before all."""
        days: dict[date, bool] = {}
        for place in ("", site):
            days.update({day: working for at, day, working in self.exceptions if at == place})
        return WorkCalendar(
            open=frozenset(day for day, working in days.items() if working),
            closed=frozenset(day for day, working in days.items() if not working),
        )


def calendars(session: Session, *, sites: Iterable[str | None]) -> Calendars:
    """Return the calendars of `sites`."""
    wanted = ["", *{site for site in sites if site}]
    rows = session.execute(
        select(DayException.site, DayException.day, DayException.working).where(DayException.site.in_(wanted))
    )
    return Calendars(exceptions=tuple((site, day, working) for site, day, working in rows))


@dataclass(frozen=True, kw_only=True)
class Names:
    """What people call agencies, sites and services, and the officers of the desk."""

    known: dict[tuple[str, str, str], Named]
    officers: dict[str, str]

    def officer(self, identifier: str | None) -> str | None:
        """Return an officer's name by their id."""
        return self.officers.get(identifier) if identifier else None

    def agency(self, code: str) -> Named:
        """Return an agency's name."""
        return self.known.get(("agency", code, code)) or Named(code=code)

    def site(self, agency: str, code: str) -> Named:
        """Return a site's name, as another agency there tells it when this one has not."""
        own = self.known.get((SITE, agency, code))
        others = (named for (kind, _, at), named in self.known.items() if kind == SITE and at == code)
        return own or next(others, None) or Named(code=code)

    def sites(self) -> list[Named]:
        """Return every site once, by its code."""
        found = {code: named for (kind, _, code), named in sorted(self.known.items()) if kind == SITE}
        return list(found.values())

    def service(self, agency: str, code: str) -> Named:
        """Return a service's name."""
        return self.known.get((SERVICE, agency, code)) or Named(code=code)


def names(session: Session) -> Names:
    """Return every name that the agencies have told, and those of officers; some dozens of rows."""
    known = {("agency", THE_MALL.code, THE_MALL.code): THE_MALL}
    for agency in session.scalars(select(Agency).where(Agency.name_id.is_not(None))):
        known["agency", agency.code, agency.code] = Named(
            code=agency.code, id=agency.name_id, en=agency.name_en
        )
    for place in session.scalars(select(PlaceName)):
        known[place.kind, place.agency, place.code] = Named(
            code=place.code, id=place.name_id, en=place.name_en
        )
    officers = accounts.officers.c
    rows = session.execute(select(officers.id, officers.name))
    return Names(known=known, officers={row.id: row.name for row in rows})
