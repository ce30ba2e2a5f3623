"""The days of a site as they bound its free places, read once for any number of its services."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models.freed import opened_places
from gerai_booking.models.holds import expired_places
from gerai_booking.models.places import days_between
from gerai_booking.models.waiting_list import days_waited_for
from gerai_booking.refusals import RangeTooLong
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.directives import Directive
from gerai_booking.rules.quota import ALL
from gerai_booking.rules.visits import LONGEST_RANGE_DAYS
from gerai_booking.rules.weekdays import names_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import Orders, SiteCalendar, calendar_of, orders_in_force
from gerai_booking.usecases.releases import opens_at
from gerai_booking.usecases.views import both

BY_ORDER = "closed_by_order"


@dataclass(frozen=True, kw_only=True)
class SiteDays:
    """What bounds the free places of a site from `first` to `last`, both included.

    `freed` are places that count as taken but are free: rows of (slot_id, day, service, places). None of them
    is free for a service on a day for which somebody `waited` there.
    """

    office: Office
    site: Site
    first: date
    last: date
    now: datetime
    calendar: SiteCalendar
    orders: Orders
    kept_back: Mapping[date, datetime]
    freed: Sequence[Any]
    waited: Mapping[str, Sequence[tuple[date, date]]]
    quotas: Mapping[tuple[str, date], Sequence[Any]]
    freed_of_days: Mapping[tuple[str, date], int]

    @property
    def days(self) -> list[date]:
        """Each day, in order."""
        return _days(self.first, self.last)

    def order(self, service: str, day: date) -> Directive | None:
        """Return the order of the centre that closes a service on a day, None while it is open."""
        return self.orders.closing(site=self.site.code, service=service, day=day)

    def opens_at(self, service: str, day: date) -> datetime | None:
        """Return when a day opens that would be open but for its release, else None."""
        moment = self.kept_back.get(day)
        if moment is None or self.calendar.closed_because(day) is not None:
            return None
        return moment if self.order(service, day) is None else None

    def is_waited_for(self, service: str, day: date) -> bool:
        """Tell whether somebody waits for a service on a day: what is given back is theirs."""
        return any(first <= day <= last for first, last in self.waited.get(service, ()))

    def left(self, service: str, day: date) -> int:
        """Return how many places the quotas of a day leave to online bookings of a service."""
        if self.order(service, day) is not None:
            return 0
        freed = {} if self.is_waited_for(service, day) else self.freed_of_days
        rows = [row for code in (ALL, service) for row in self.quotas.get((code, day), ())]
        places = (row.capacity - row.taken + freed.get((row.service, day), 0) for row in rows)
        return max(min(places, default=0), 0)

    def why_none(
        self, service: str, day: date, *, has_hours: bool, is_over: bool
    ) -> tuple[str, dict[str, str] | None]:
        """Return why a day without places has none, and what is said to that: a holiday, weekdays, a text.

        `is_over` says of its hours that all have begun.
        """
        if day < self.office.today(self.site.code, self.now):
            return "past", None
        closed = self.calendar.closed_because(day)
        if closed is not None:
            return closed, _holiday(self.office, day) if closed == "holiday" else None
        weekdays = self.office.weekdays_of(self.site.code, service)
        if not has_hours and day.weekday() not in weekdays:
            return "not_on_this_weekday", both(names_of(weekdays))
        order = self.order(service, day)
        if order is not None:
            return BY_ORDER, both(order.text)
        if not has_hours:
            return "not_yet_open", None
        return ("past" if is_over else "full"), None


def read(
    session: Session,
    office: Office,
    *,
    site: str,
    services: Sequence[str],
    first: date,
    last: date,
    now: datetime,
) -> SiteDays:
    """Read what bounds services at a site, with as many statements for all of them as for one.

    Raises UnknownSite, RangeTooLong.
    """
    place = office.site(site)
    if not 0 <= (last - first).days < LONGEST_RANGE_DAYS:
        raise RangeTooLong(days=LONGEST_RANGE_DAYS)
    freed = [
        *expired_places(session, site=site, first=first, last=last, now=now),
        *opened_places(session, site=site, first=first, last=last, now=now),
    ]
    freed_of_days: Counter[tuple[str, date]] = Counter()
    for row in freed:
        freed_of_days[row.service, row.day] += row.places
        # Of whatever service: the quota over all gets the place back, too.
        freed_of_days[ALL, row.day] += row.places
    waited: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for row in days_waited_for(session, site=site):
        waited[row.service].append((row.first_day, row.last_day))
    quotas: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in days_between(session, site=site, services=services, first=first, last=last):
        quotas[row.service, row.day].append(row)
    moments = {day: opens_at(session, office, site, day, now=now) for day in _days(first, last)}
    return SiteDays(
        office=office,
        site=place,
        first=first,
        last=last,
        now=now,
        calendar=calendar_of(session, office, place, first=first, last=last),
        orders=orders_in_force(session, office, from_day=first),
        kept_back={day: moment for day, moment in moments.items() if moment is not None},
        freed=freed,
        waited=waited,
        quotas=quotas,
        freed_of_days=freed_of_days,
    )


def _holiday(office: Office, day: date) -> dict[str, str] | None:
    """Return the holiday's name, None where the site's own calendar closes the day."""
    names = {language: office.calendar.name_of_day_off(day, language) for language in ("id", "en")}
    return {language: name for language, name in names.items() if name} or None


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
