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
from gerai_booking.rules.visits import LONGEST_RANGE_DAYS
from gerai_booking.usecases.office import Office


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
    return {
        "site": site,
        "service": service,
        "time_zone": office.site(site).time_zone,
        "days": [
            _day(office, site, day, by_day.get(day, []), left.get(day, 0), expired, now) for day in days
        ],
    }


def _day(
    office: Office, site: str, day: date, rows: list[Any], left: int, expired: dict[str, int], now: datetime
) -> dict[str, Any]:
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
    reason, note = _reason(office, site, day, rows, places, now)
    return {
        "day": day.isoformat(),
        "open": reason is None,
        "reason": reason,
        "note": note,
        "places": places,
        "slots": found,
    }


def _reason(
    office: Office, site: str, day: date, rows: list[Any], places: int, now: datetime
) -> tuple[str | None, dict[str, str] | None]:
    if places:
        return None, None
    if day < office.today(site, now):
        return "past", None
    closed = office.closed_because(office.site(site), day)
    if closed is not None:
        return closed, _holiday(office, day) if closed == "holiday" else None
    if not rows:
        return "not_yet_open", None
    return ("past" if all(row.starts_at <= now for row in rows) else "full"), None


def _holiday(office: Office, day: date) -> dict[str, str] | None:
    """Return the holiday's name, None where the site's own calendar closes the day."""
    names = {language: office.calendar.name_of_day_off(day, language) for language in ("id", "en")}
    return {language: name for language, name in names.items() if name} or None
