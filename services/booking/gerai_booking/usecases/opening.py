"""When a site is open: its catalogue, the holidays, its days of its own, and the orders that close it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.workdays import WorkCalendar
from sqlalchemy.orm import Session

from gerai_booking.models import calendar, directives
from gerai_booking.refusals import ClosedByOrder
from gerai_booking.rules.catalogue import Site, WeeklyHours
from gerai_booking.rules.directives import Directive, closing
from gerai_booking.usecases.office import Office


@dataclass(frozen=True, kw_only=True)
class SiteCalendar:
    """The days of a site, read once for a range of them; `own` are the hours of its days of its own."""

    office: Office
    site: Site
    own: Mapping[date, WeeklyHours]

    def hours_on(self, day: date) -> WeeklyHours | None:
        """Return the hours of a day, None when the site is closed."""
        if day in self.own:
            return self.own[day]
        return None if self.office.closed_because(self.site, day) else self.site.hours_on(day)

    def closed_because(self, day: date) -> str | None:
        """Return why the site is closed on a day ('closed', 'holiday'), None when it is open."""
        return None if day in self.own else self.office.closed_because(self.site, day)


def calendar_of(session: Session, office: Office, site: Site, *, first: date, last: date) -> SiteCalendar:
    """Return the days of a site from `first` to `last`, both included."""
    own = calendar.hours_of(session, site=site.code, first=first, last=last)
    return SiteCalendar(office=office, site=site, own=own)


@dataclass(frozen=True, kw_only=True)
class Orders:
    """The orders of the centre that close something, read once."""

    office: Office
    directives: Sequence[Directive]

    def closing(self, *, site: str, service: str, day: date) -> Directive | None:
        """Return the order that closes a service at a site on a day, None while it is open."""
        # Nearly always there is none.
        if not self.directives:
            return None
        regency = self.office.site(site).regency_code
        return closing(self.directives, site=site, regency=regency, service=service, day=day)

    def refusal(self, *, site: str, service: str, day: date) -> ClosedByOrder | None:
        """Return the refusal of who wants to come on a day that is closed by order, None while it is open."""
        found = self.closing(site=site, service=service, day=day)
        if found is None:
            return None
        # Whoever reads it reads the order in their own language.
        text = {"id": found.text.id.rstrip(". "), "en": (found.text.en or found.text.id).rstrip(". ")}
        return ClosedByOrder(number=found.number, issuer=found.issuer, text=text)


def orders_in_force(session: Session, office: Office, *, from_day: date, despite: str = "") -> Orders:
    """Return the orders that close something from a day on, but for the one with the id `despite`.

    Whoever gives a place away asks after having locked its day; whoever carries an order out locks the day
    after having put the order in force. So one of them always sees the other.
    """
    found = directives.in_force(session, from_day=from_day)
    return Orders(office=office, directives=[each for each in found if each.id != despite])


def today_at_sites(session: Session, office: Office, *, now: datetime) -> list[dict[str, Any]]:
    """Return for each site whether it is open today, in its own zone, as JSON for the portal.

    {site, day, hours: {opens, closes} or None, order: {number, issuer, text} or None}: what supervisors have
    opened or changed and what the centre has closed as a whole counts, beside the catalogue and the holidays.
    """
    first = min(office.today(site.code, now) for site in office.agency.sites)
    orders = orders_in_force(session, office, from_day=first).directives
    return [_today(session, office, site, orders, now=now) for site in office.agency.sites]


def _today(
    session: Session, office: Office, site: Site, orders: Sequence[Directive], *, now: datetime
) -> dict[str, Any]:
    day = office.today(site.code, now)
    whole = (order for order in orders if not order.services and order.first_day <= day <= order.last_day)
    order = next((each for each in whole if each.reaches(site.code, site.regency_code)), None)
    hours = calendar_of(session, office, site, first=day, last=day).hours_on(day)
    told: dict[str, Any] = {"site": site.code, "day": day.isoformat(), "hours": None, "order": None}
    if order is not None:
        text = {"id": order.text.id, "en": order.text.en}
        return told | {"order": {"number": order.number, "issuer": order.issuer, "text": text}}
    if hours is not None:
        return told | {"hours": {"opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}"}}
    return told


def working_days_of(session: Session, office: Office, *, site: str, service: str) -> WorkCalendar:
    """Return the days that count towards a promise about a service at a site.

    Beside those of every office: days that a supervisor opened there count, days on which an order of the
    centre closes the service there do not.
    """
    own = calendar.hours_of(session, site=site, first=date.min, last=date.max)
    orders = orders_in_force(session, office, from_day=date.min)
    closed = {
        day
        for order in orders.directives
        for day in _days(order.first_day, order.last_day)
        if orders.closing(site=site, service=service, day=day) is not None
    }
    return replace(
        office.calendar,
        closed=office.calendar.closed | closed,
        open=office.calendar.open.union(own) - closed,
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
