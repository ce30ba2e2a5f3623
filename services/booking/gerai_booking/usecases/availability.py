"""What can be booked, as the citizen sees it."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models.freed import opened_places
from gerai_booking.models.holds import expired_places
from gerai_booking.models.places import days_between, slots_between
from gerai_booking.models.waiting_list import days_waited_for
from gerai_booking.refusals import RangeTooLong
from gerai_booking.rules.directives import Directive
from gerai_booking.rules.visits import LONGEST_RANGE_DAYS
from gerai_booking.rules.weekdays import names_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import SiteCalendar, calendar_of, orders_in_force
from gerai_booking.usecases.releases import opens_at
from gerai_booking.usecases.views import both

BY_ORDER = "closed_by_order"


def availability(
    session: Session, office: Office, *, site: str, service: str, first: date, last: date, now: datetime
) -> dict[str, Any]:
    """Return each day from `first` to `last` with its hours and free places, or why it has none.

    Raises UnknownSite, UnknownService, RangeTooLong. Places under holds that ran out count as free, and those
    that were kept back until now, unless somebody waits for them.
    """
    office.offer(site, service)
    if not 0 <= (last - first).days < LONGEST_RANGE_DAYS:
        raise RangeTooLong(days=LONGEST_RANGE_DAYS)
    place = office.site(site)
    calendar = calendar_of(session, office, place, first=first, last=last)
    orders = orders_in_force(session, office, from_day=first)
    rows = slots_between(session, site=site, service=service, first=first, last=last)
    by_day: dict[date, list[Any]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    waited = days_waited_for(session, site=site, service=service)
    expired: Counter[str] = Counter()
    freed: Counter[tuple[date, str]] = Counter()
    for hold in [
        *expired_places(session, site=site, first=first, last=last, now=now),
        *opened_places(session, site=site, first=first, last=last, now=now),
    ]:
        if any(begins <= hold.day <= ends for begins, ends in waited):
            continue
        expired[hold.slot_id] += hold.places
        # Of whatever service: the quota over all gets the place back, too.
        freed[hold.day, hold.service] += hold.places
        freed[hold.day, ""] += hold.places
    left: dict[date, int] = {}
    for quota in days_between(session, site=site, service=service, first=first, last=last):
        places = max(quota.capacity - quota.taken + freed[quota.day, quota.service], 0)
        left[quota.day] = min(left.get(quota.day, places), places)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    kept_back = {
        day: opening
        for day in days
        if (opening := opens_at(session, office, site, day, now=now)) is not None
        and calendar.closed_because(day) is None
        and orders.closing(site=site, service=service, day=day) is None
    }
    return {
        "site": site,
        "service": service,
        "time_zone": place.time_zone,
        "days": [
            _kept_back(day, kept_back[day])
            if day in kept_back
            else _day(
                calendar,
                service,
                day,
                by_day.get(day, []),
                left.get(day, 0),
                expired,
                orders.closing(site=site, service=service, day=day),
                now,
            )
            for day in days
        ],
    }


def _day(
    calendar: SiteCalendar,
    service: str,
    day: date,
    rows: list[Any],
    left: int,
    expired: dict[str, int],
    order: Directive | None,
    now: datetime,
) -> dict[str, Any]:
    if order is not None:
        left = 0
    found = [
        {
            "id": row.id,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "capacity": row.capacity,
            "places": min(row.capacity - row.taken + expired.get(row.id, 0), left)
            if row.starts_at > now
            else 0,
        }
        for row in rows
    ]
    places = min(sum(slot["places"] for slot in found), left)
    reason, note = _reason(calendar, service, day, rows, places, order, now)
    return {
        "day": day.isoformat(),
        "open": reason is None,
        "reason": reason,
        "note": note,
        "directive": _told(order) if order is not None and reason == BY_ORDER else None,
        "places": places,
        "slots": found,
    }


def _kept_back(day: date, opening: datetime) -> dict[str, Any]:
    """Return a day that is open from a published moment on."""
    return {
        "day": day.isoformat(),
        "open": False,
        "reason": "not_yet_open",
        "note": None,
        "places": 0,
        "slots": [],
        "opens_at": opening.isoformat(),
    }


def _reason(
    calendar: SiteCalendar,
    service: str,
    day: date,
    rows: list[Any],
    places: int,
    order: Directive | None,
    now: datetime,
) -> tuple[str | None, dict[str, str] | None]:
    office, site = calendar.office, calendar.site.code
    if places:
        return None, None
    if day < office.today(site, now):
        return "past", None
    closed = calendar.closed_because(day)
    if closed is not None:
        return closed, _holiday(office, day) if closed == "holiday" else None
    weekdays = office.weekdays_of(site, service)
    if not rows and day.weekday() not in weekdays:
        return "not_on_this_weekday", both(names_of(weekdays))
    if order is not None:
        return BY_ORDER, both(order.text)
    if not rows:
        return "not_yet_open", None
    return ("past" if all(row.starts_at <= now for row in rows) else "full"), None


def _told(order: Directive) -> dict[str, Any]:
    return {"number": order.number, "issuer": order.issuer, "text": both(order.text)}


def _holiday(office: Office, day: date) -> dict[str, str] | None:
    """Return the holiday's name, None where the site's own calendar closes the day."""
    names = {language: office.calendar.name_of_day_off(day, language) for language in ("id", "en")}
    return {language: name for language, name in names.items() if name} or None
