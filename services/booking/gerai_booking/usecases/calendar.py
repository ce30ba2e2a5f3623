"""Days on which a site keeps other hours. Supervisors open days and shift hours; the centre closes (S3-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.workdays import calendar_is_announced
from sqlalchemy.orm import Session

from gerai_booking.models import calendar, freed, places, plan
from gerai_booking.refusals import ClosingNeedsOrder, NoWholeHour, PeopleOutsideHours, PlanInThePast
from gerai_booking.rules.catalogue import Text, WeeklyHours
from gerai_booking.rules.directives import Directive
from gerai_booking.rules.visits import BOOKABLE_DAYS
from gerai_booking.usecases.capacities import replan_day, rules_of
from gerai_booking.usecases.offers import offer_day
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import calendar_of, orders_in_force
from gerai_booking.usecases.places import release_expired
from gerai_booking.usecases.plan import Change
from gerai_booking.usecases.planning import hours_of, open_day

KIND = "calendar"
CHANGES_SHOWN = 20
DAYS_SHOWN = 60


def set_hours(
    session: Session,
    office: Office,
    change: Change,
    *,
    site: str,
    day: date,
    hours: WeeklyHours | None,
    basis: str,
) -> None:
    """Open a site on a day at these hours, whatever its weekday and the holidays say.

    A day that is open for booking follows at once, and who waits for it is offered its places first.

    Closing (no hours) is the centre's alone. Raises Forbidden, UnknownSite, ClosingNeedsOrder,
    PlanInThePast, NoWholeHour, PeopleOutsideHours.
    """
    change.officer.must_be_supervisor()
    office.site(site)
    if hours is None:
        raise ClosingNeedsOrder
    if day < office.today(site, change.now):
        raise PlanInThePast
    if not hours.hour_starts():
        raise NoWholeHour
    # Before anything is read: whoever plans or books that day comes before or after.
    plan.lock(session, [site])
    places.lock_days(session, [(site, day)])
    after = _row(change, site=site, day=day, hours=hours, basis=basis)
    before = calendar.put(session, after)
    plan.record_change(
        session,
        officer_id=change.officer.id,
        officer_name=change.officer.name,
        site=site,
        kind=KIND,
        before=before,
        after=after,
        why=change.why,
        now=change.now,
    )
    if day <= office.today(site, change.now) + timedelta(days=BOOKABLE_DAYS):
        _reopen(session, office, site, day, now=change.now)


def _row(change: Change, *, site: str, day: date, hours: WeeklyHours, basis: str) -> dict[str, Any]:
    pause = hours.breaks[0] if hours.breaks else None
    return {
        "site": site,
        "day": day,
        "opens": hours.opens,
        "closes": hours.closes,
        "break_starts": pause.starts if pause else None,
        "break_ends": pause.ends if pause else None,
        "basis": basis,
        "why": change.why,
        "decided_by": change.officer.name,
        "decided_at": change.now,
    }


def _reopen(session: Session, office: Office, site: str, day: date, *, now: datetime) -> None:
    """Give a day the hours that it has now; refuse hours that would leave somebody outside."""
    place = office.site(site)
    rules = rules_of(session, office, place)
    kept = {row["id"] for row in hours_of(office, place, day, rules)}
    # An hour that has begun is served to its end.
    going = [
        row.id
        for row in places.slots_of_day(session, site=site, day=day)
        if row.id not in kept and row.starts_at > now
    ]
    for row in freed.take_out_of_hours(session, going):
        places.give_back(session, site=site, day=day, service=row.service, slot=row.slot_id)
    release_expired(session, office, site=site, day=day, now=now, offer=False)
    outside = [row for row in places.slots_of_day(session, site=site, day=day) if row.id in going]
    if count := sum(row.taken for row in outside):
        raise PeopleOutsideHours(count=count)
    places.remove_slots(session, [row.id for row in outside])
    open_day(session, office, place, day, rules)
    places.lock_days(session, [(site, day)])
    replan_day(session, place, day, rules)
    offer_day(session, office, site=site, day=day, now=now)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of a site: its hours or why it has none; `own` is the row of a supervisor's decision.

    `orders` close it, or some of its services.
    """

    day: date
    hours: WeeklyHours | None
    reason: str | None
    holiday: Text | None
    own: Any | None
    orders: list[Directive]

    @property
    def is_unlike_its_week(self) -> bool:
        """Whether a holiday, a supervisor or an order makes it other than this day of the week is."""
        return bool(self.holiday or self.own is not None or self.orders)


@dataclass(frozen=True, kw_only=True)
class Coming:
    """The coming days of a site. For `unannounced` years nobody has decided the collective leave yet."""

    days: list[Day]
    changes: list[Any]
    unannounced: list[int]


def coming(session: Session, office: Office, *, site: str, now: datetime) -> Coming:
    """Return what a supervisor sees of a site's calendar. Raises UnknownSite."""
    place, first = office.site(site), office.today(site, now)
    last = first + timedelta(days=DAYS_SHOWN - 1)
    known = calendar_of(session, office, place, first=first, last=last)
    own: Mapping[date, Any] = {
        row.day: row for row in calendar.rows_of(session, site=site, first=first, last=last)
    }
    orders = [
        order
        for order in orders_in_force(session, office, from_day=first).directives
        if order.reaches(site, place.regency_code)
    ]
    days = [first + timedelta(days=offset) for offset in range(DAYS_SHOWN)]
    return Coming(
        days=[
            Day(
                day=day,
                hours=known.hours_on(day),
                reason=known.closed_because(day),
                holiday=holiday_of(office, day),
                own=own.get(day),
                orders=[order for order in orders if order.first_day <= day <= order.last_day],
            )
            for day in days
        ],
        changes=plan.changes_of(session, sites=[site], limit=CHANGES_SHOWN, kinds=[KIND]),
        unannounced=unannounced_years(first),
    )


def holiday_of(office: Office, day: date) -> Text | None:
    """Return the name of a holiday, None on other days."""
    name = office.calendar.name_of_day_off(day, "id")
    return Text(id=name, en=office.calendar.name_of_day_off(day, "en") or name) if name else None


def unannounced_years(first: date) -> list[int]:
    """Return the years of the coming days whose collective leave is not announced yet."""
    years = sorted({first.year, (first + timedelta(days=DAYS_SHOWN - 1)).year})
    return [year for year in years if not calendar_is_announced(year)]
