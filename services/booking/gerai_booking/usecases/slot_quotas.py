"""Places of an hour, as supervisors change them: effective at once, written down with who and why."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models import places, plan, slot_quotas
from gerai_booking.refusals import NotBookedOnline, PlanInThePast
from gerai_booking.usecases.capacities import replan_day, rules_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import SLOT_QUOTA, Change, must_stay_open, record
from gerai_booking.usecases.planning import hours_of


def set_places(
    session: Session,
    office: Office,
    change: Change,
    *,
    site: str,
    service: str,
    places_an_hour: int,
    valid_from: date,
    valid_to: date | None,
    basis: str,
) -> int:
    """Give each hour of a service so many places for some dates, over the number of the catalogue.

    Open days follow at once. Who has a place keeps it: an hour in which
    more are taken keeps as many. Return how many hours are above the new number, which is written down with
    the change. Raises Forbidden, UnknownSite, UnknownService, NotBookedOnline, PlanInThePast,
    QuotaClosesSite.
    """
    change.officer.must_be_supervisor()
    if office.offer(site, service).places_per_hour_slot < 1:
        raise NotBookedOnline
    if valid_from < office.today(site, change.now):
        raise PlanInThePast
    after: dict[str, Any] = {
        "site": site,
        "service": service,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "places": places_an_hour,
        "basis": basis,
    }
    plan.lock(session, [site])
    rules = rules_of(session, office, office.site(site))
    before = slot_quotas.put(session, after)
    must_stay_open(session, office, change, site=site, before=rules)
    above = _follow(session, office, change, site=site)
    record(session, change, site=site, kind=SLOT_QUOTA, before=before, after=after | {"above": above})
    return above


def _follow(session: Session, office: Office, change: Change, *, site: str) -> int:
    """Give the hours of open days the places that the locked plan has now; return how many stay above."""
    place, above = office.site(site), 0
    rules = rules_of(session, office, place)
    # In order, as every change of places locks days.
    for day in places.open_days_of(session, site=site, first=office.today(site, change.now)):
        places.lock_days(session, [(site, day)])
        wanted = {row["id"]: row["capacity"] for row in hours_of(office, place, day, rules)}
        above += places.resize_slots(session, wanted)
        replan_day(session, place, day, rules)
    return above
