"""What can be booked, as the citizen sees it: hours of one service, or days of all services of a site."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models.places import places_by_day, read_slot_id, slots_between
from gerai_booking.rules.directives import Directive
from gerai_booking.usecases import site_days
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.site_days import BY_ORDER, SiteDays
from gerai_booking.usecases.views import both


def availability(
    session: Session, office: Office, *, site: str, service: str, first: date, last: date, now: datetime
) -> dict[str, Any]:
    """Return each day from `first` to `last` with its hours and free places, or why it has none.

    Raises UnknownSite, UnknownService, RangeTooLong. Places under holds that ran out count as free, and those
    that were kept back until now, unless somebody waits for them.
    """
    office.offer(site, service)
    known = site_days.read(session, office, site=site, services=[service], first=first, last=last, now=now)
    by_day: dict[date, list[Any]] = {}
    for row in slots_between(session, site=site, service=service, first=first, last=last):
        by_day.setdefault(row.day, []).append(row)
    freed: Counter[str] = Counter()
    for row in known.freed:
        freed[row.slot_id] += row.places
    return {
        "site": site,
        "service": service,
        "time_zone": known.site.time_zone,
        "days": [_day(known, service, day, by_day.get(day, []), freed) for day in known.days],
    }


def site_availability(
    session: Session, office: Office, *, site: str, first: date, last: date, now: datetime
) -> dict[str, Any]:
    """Return for each service that is booked at a site its days from `first` to `last`, without their hours.

    The days have as many places as `availability` tells of them, or the reason why they have none. Raises
    UnknownSite, RangeTooLong.
    """
    booked = [
        offer.service
        for offer in office.agency.offers
        if offer.site == site and offer.places_per_hour_slot > 0
    ]
    known = site_days.read(session, office, site=site, services=booked, first=first, last=last, now=now)
    hours = {
        (row.service, row.day): row
        for row in places_by_day(session, site=site, first=first, last=last, now=now)
    }
    freed: Counter[tuple[str, date]] = Counter()
    for row in known.freed:
        hour = read_slot_id(row.slot_id)
        if hour is not None and hour[2] > now:
            freed[row.service, row.day] += row.places
    return {
        "site": site,
        "time_zone": known.site.time_zone,
        "services": [
            {
                "service": service,
                "days": [
                    _sum_of_day(known, service, day, hours.get((service, day)), freed[service, day])
                    for day in known.days
                ],
            }
            for service in booked
        ],
    }


def _day(
    known: SiteDays, service: str, day: date, rows: list[Any], freed: Mapping[str, int]
) -> dict[str, Any]:
    if (opening := known.opens_at(service, day)) is not None:
        return _kept_back(day, opening) | {"note": None, "slots": []}
    left, has_freed = known.left(service, day), not known.is_waited_for(service, day)
    found = [
        {
            "id": row.id,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "capacity": row.capacity,
            "places": min(row.capacity - row.taken + (freed.get(row.id, 0) if has_freed else 0), left)
            if row.starts_at > known.now
            else 0,
        }
        for row in rows
    ]
    places = min(sum(slot["places"] for slot in found), left)
    reason, note = _reason(
        known,
        service,
        day,
        places,
        has_hours=bool(rows),
        is_over=all(row.starts_at <= known.now for row in rows),
    )
    order = known.order(service, day)
    return {
        "day": day.isoformat(),
        "open": reason is None,
        "reason": reason,
        "note": note,
        "directive": _told(order) if order is not None and reason == BY_ORDER else None,
        "places": places,
        "slots": found,
    }


def _sum_of_day(known: SiteDays, service: str, day: date, hours: Any, freed: int) -> dict[str, Any]:
    """Return a day with its places alone. `hours` sums up those of the day, None when it has none.

    Bounding each hour by what is left of the day, as `availability` does, changes nothing in their sum once
    that is bounded, too.
    """
    if (opening := known.opens_at(service, day)) is not None:
        return _kept_back(day, opening)
    places = 0
    if hours is not None:
        free = hours.free + (0 if known.is_waited_for(service, day) else freed)
        places = min(free, known.left(service, day))
    reason, _note = _reason(
        known,
        service,
        day,
        places,
        has_hours=hours is not None,
        is_over=hours is not None and hours.last_starts_at <= known.now,
    )
    return {"day": day.isoformat(), "open": reason is None, "reason": reason, "places": places}


def _kept_back(day: date, opening: datetime) -> dict[str, Any]:
    """Return a day that is open from a published moment on."""
    return {
        "day": day.isoformat(),
        "open": False,
        "reason": "not_yet_open",
        "places": 0,
        "opens_at": opening.isoformat(),
    }


def _reason(
    known: SiteDays, service: str, day: date, places: int, *, has_hours: bool, is_over: bool
) -> tuple[str | None, dict[str, str] | None]:
    if places:
        return None, None
    return known.why_none(service, day, has_hours=has_hours, is_over=is_over)


def _told(order: Directive) -> dict[str, Any]:
    return {"number": order.number, "issuer": order.issuer, "text": both(order.text)}
