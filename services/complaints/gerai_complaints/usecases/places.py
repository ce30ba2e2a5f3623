"""Where a complaint belongs: time zone, calendar and names of its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gerai_shared import accounts
from gerai_shared.workdays import WorkCalendar
from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from gerai_complaints.models import Agency, DayException, PlaceName
from gerai_complaints.shapes import Named
from gerai_complaints.usecases.once_read import once_read

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
    wanted = ("", *sorted({site for site in sites if site}))
    return once_read(session, "calendars", wanted, read=lambda: _calendars(session, wanted))


def _calendars(session: Session, sites: tuple[str, ...]) -> Calendars:
    rows = session.execute(
        select(DayException.site, DayException.day, DayException.working).where(DayException.site.in_(sites))
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


_OFFICER = "officer"
_NOTHING = literal("")
_PEOPLE = accounts.officers.c
#: (kind, agency, code, name in Indonesian, name in English), in one question.
_NAMES = union_all(
    select(literal("agency"), Agency.code, Agency.code, Agency.name_id, Agency.name_en).where(
        Agency.name_id.is_not(None)
    ),
    select(PlaceName.kind, PlaceName.agency, PlaceName.code, PlaceName.name_id, PlaceName.name_en),
    select(literal(_OFFICER), _NOTHING, _PEOPLE.id, _PEOPLE.name, _NOTHING),
)


def names(session: Session) -> Names:
    """Return every name that the agencies have told, and those of officers; some dozens of rows."""
    known = {("agency", THE_MALL.code, THE_MALL.code): THE_MALL}
    officers = {}
    for kind, agency, code, name_id, name_en in session.execute(_NAMES):
        if kind == _OFFICER:
            officers[code] = name_id
        else:
            known[kind, agency, code] = Named(code=code, id=name_id, en=name_en)
    return Names(known=known, officers=officers)
