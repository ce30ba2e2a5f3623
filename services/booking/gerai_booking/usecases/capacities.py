"""How many places each quota of a day has: by the plan, and what is taken of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gerai_booking.models import calendar, freed, grants, groups, places, plan, slot_quotas, tickets
from gerai_booking.rules.catalogue import RestrictionCap, Site, WeeklyHours
from gerai_booking.rules.quota import (
    GROUP,
    ONLINE,
    OVER_QUOTA,
    Bound,
    Quota,
    Regime,
    SlotQuota,
    bounds_of,
    caps_in_force,
    caps_on,
    places_on,
    regimes_in_force,
)
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The plan of a site: its region, and every dated rule about its places."""

    site: str
    regency: str
    quotas: Sequence[Quota]
    caps: Sequence[RestrictionCap]
    regimes: Sequence[Regime]
    #: Places of an hour that lie over those of the catalogue.
    slot_quotas: Sequence[SlotQuota]
    #: The hours of days on which the site does not keep those of its catalogue.
    own_hours: Mapping[date, WeeklyHours]


def capacities_of(rules: Rules, day: date, *, online_places: int) -> dict[Bound, int | None]:
    """Return the capacity of every row of a day; None for the one over all that only counts.

    Without a rule for online bookings their hours alone bound them.
    """
    regimes = regimes_in_force(rules.regimes, regency=rules.regency, day=day)
    caps = caps_in_force(caps_on(rules.caps, site=rules.site, day=day), regimes)
    return {Bound(): None, **places_on(day, rules.quotas, caps, of_hours=online_places)}


def rules_of(session: Session, office: Office, site: Site) -> Rules:
    """Return what the plan says of a site."""
    return Rules(
        regency=site.regency_code,
        quotas=plan.quotas_of(session, site=site.code),
        site=site.code,
        caps=in_force(session, office).restriction_caps,
        regimes=plan.regimes(session),
        slot_quotas=slot_quotas.of_site(session, site=site.code),
        own_hours=calendar.hours_of(session, site=site.code, first=date.min, last=date.max),
    )


def replan_day(session: Session, site: Site, day: date, rules: Rules) -> None:
    """Give a locked day the rows that the plan has for it now, counted where they are new.

    Who has a place keeps it: what is taken beyond a capacity is on record as `extra`.
    """
    rows = {
        Bound(row.service, row.channel): row
        for row in places.day_rows(session, site=site.code, first=day, last=day)
    }
    online_places = places.places_of_hours(session, site=site.code, day=day)
    counted = _taken(session, site.code, day)
    wanted: dict[Bound, tuple[int | None, int, int]] = {}
    for bound, capacity in capacities_of(rules, day, online_places=online_places).items():
        taken = rows[bound].taken if bound in rows else counted.get(bound, 0)
        beyond = 0 if capacity is None else max(taken - capacity, 0)
        wanted[bound] = (capacity, taken, beyond)
    places.set_capacities(session, site=site.code, day=day, rows=wanted)


def recount_day(session: Session, site: str, day: date) -> None:
    """Count anew what is taken of every row of a locked day; what is beyond a capacity is on record."""
    counted = _taken(session, site, day)
    wanted: dict[Bound, tuple[int | None, int, int]] = {}
    for row in places.day_rows(session, site=site, first=day, last=day):
        taken = counted.get(bound := Bound(row.service, row.channel), 0)
        beyond = 0 if row.capacity is None else max(taken - row.capacity, 0)
        wanted[bound] = (row.capacity, taken, beyond)
    places.set_capacities(session, site=site, day=day, rows=wanted)


def _taken(session: Session, site: str, day: date) -> dict[Bound, int]:
    """Return what is taken of every bound that a day could have.

    Counted from its tickets, from places of groups that have no name yet, from what was given back and is
    kept from others for a while, and from grants.
    """
    found: dict[Bound, int] = {}
    kept_back = freed.count_by_service(session, site=site, days=[day])
    counted = [
        *tickets.count_places(session, site=site, day=day).items(),
        *(((service, ONLINE), count) for service, count in kept_back.items()),
    ]
    for (service, channel), count in counted:
        for bound in bounds_of(service, channel):
            found[bound] = found.get(bound, 0) + count
    for service, count in groups.without_name(session, site=site, day=day).items():
        for bound in bounds_of(service, GROUP):
            found[bound] = found.get(bound, 0) + count
    given = grants.count_by_service(session, site=site, day=day, kind=OVER_QUOTA)
    for service, count in given.items():
        for bound in bounds_of(service, OVER_QUOTA):
            found[bound] = found.get(bound, 0) + count
    return found
