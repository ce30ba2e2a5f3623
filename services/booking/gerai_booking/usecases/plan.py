"""The plan of a site, as supervisors change it: effective at once, written down with who and why.

Places that a change adds are offered to who waits for them by what runs by itself, day by day: these
transactions hold every open day of a site already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.accounts import Officer
from sqlalchemy.orm import Session

from gerai_booking.models import grants, places, plan, slot_quotas
from gerai_booking.refusals import (
    NoSiteInRegion,
    PlanInThePast,
    QuotaOver,
    RestrictionOver,
    UnknownQuota,
    UnknownRegime,
    UnknownRestriction,
)
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.quota import ALL, Bound, Regime, caps_on, is_in_region, regimes_in_force
from gerai_booking.usecases.capacities import Rules, replan_day, rules_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.planning import record_quotas
from gerai_booking.usecases.rulebook import in_force
from gerai_booking.usecases.staying_open import refuse_closing

#: How far back a supervisor sees who gave places beyond the quota.
AUDIT_DAYS = 30
CHANGES_SHOWN = 20
QUOTA, RESTRICTION, SLOT_QUOTA = "quota", "restriction", "slot_quota"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Who changes the plan, when, and why."""

    officer: Officer
    why: str
    now: datetime


def set_quota(
    session: Session,
    office: Office,
    change: Change,
    *,
    site: str,
    bound: Bound,
    places_a_day: int,
    valid_from: date,
    valid_to: date | None,
    basis: str,
) -> None:
    """Put a dated quota into the plan; one with the same first day is replaced. Open days follow at once.

    Who has a place keeps it: of a quota that falls below what is taken, nothing is left, and the rest is on
    record as given beyond it. Raises Forbidden, UnknownSite, UnknownService, PlanInThePast, QuotaClosesSite.
    """
    change.officer.must_be_supervisor()
    office.site(site)
    if bound.service != ALL:
        office.offer(site, bound.service)
    if valid_from < office.today(site, change.now):
        raise PlanInThePast
    after = {
        "site": site,
        **bound._asdict(),
        "valid_from": valid_from,
        "valid_to": valid_to,
        "places": places_a_day,
        "basis": basis,
    }
    plan.lock(session, [site])
    rules = rules_of(session, office, office.site(site))
    before = plan.put_quota(session, after)
    must_stay_open(session, office, change, site=site, before=rules)
    record(session, change, site=site, kind=QUOTA, before=before, after=after)
    replan(session, office, office.site(site), now=change.now)


def end_quota(
    session: Session, office: Office, change: Change, *, site: str, bound: Bound, valid_from: date
) -> None:
    """Let a dated quota end with yesterday; one that has not begun never holds. Open days follow at once.

    Raises Forbidden, UnknownSite, UnknownQuota, QuotaOver, QuotaClosesSite.
    """
    change.officer.must_be_supervisor()
    last_day = office.today(site, change.now) - timedelta(days=1)
    plan.lock(session, [site])
    found = plan.find_quota(session, site=site, bound=bound, valid_from=valid_from)
    if found is None:
        raise UnknownQuota
    if found.valid_to is not None and found.valid_to <= last_day:
        raise QuotaOver(day=found.valid_to.isoformat())
    before = dict(found._mapping)
    rules = rules_of(session, office, office.site(site))
    plan.end_quota(session, site=site, bound=bound, valid_from=valid_from, last_day=last_day)
    must_stay_open(session, office, change, site=site, before=rules)
    record(session, change, site=site, kind=QUOTA, before=before, after=before | {"valid_to": last_day})
    replan(session, office, office.site(site), now=change.now)


def must_stay_open(session: Session, office: Office, change: Change, *, site: str, before: Rules) -> None:
    """Refuse what a locked plan says now when it closes a site that was open. Raises QuotaClosesSite."""
    place = office.site(site)
    after = rules_of(session, office, place)
    refuse_closing(office, place, before, after, today=office.today(site, change.now))


def restrict(
    session: Session,
    office: Office,
    change: Change,
    *,
    name: str,
    level: str,
    region: str,
    valid_from: date,
    valid_to: date | None,
    basis: str,
) -> str:
    """Put a regime in force in a region (S0-5, S3-3); return its id. Open days follow at once.

    Raises Forbidden, PlanInThePast, UnknownRegime, NoSiteInRegion.
    """
    change.officer.must_be_supervisor()
    if valid_from < min(office.today(site.code, change.now) for site in office.agency.sites):
        raise PlanInThePast
    caps = in_force(session, office).restriction_caps
    if not any((cap.name, cap.level) == (name, level) and cap.holds_on(valid_from) for cap in caps):
        raise UnknownRegime
    if not any(is_in_region(site.regency_code, region) for site in office.agency.sites):
        raise NoSiteInRegion
    lock_all(session, office)
    after = {
        "name": name,
        "level": level,
        "region": region,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "basis": basis,
    }
    restriction_id = plan.add_restriction(session, after)
    record(session, change, site=ALL, kind=RESTRICTION, before=None, after=after)
    replan_all(session, office, now=change.now)
    return restriction_id


def lift(session: Session, office: Office, change: Change, *, restriction_id: str) -> None:
    """Let a restriction end: with yesterday if it began, else before it begins. Open days follow at once.

    Raises Forbidden, UnknownRestriction, RestrictionOver.
    """
    change.officer.must_be_supervisor()
    lock_all(session, office)
    found = plan.find_restriction(session, restriction_id)
    if found is None:
        raise UnknownRestriction
    last_day = max(office.today(site.code, change.now) for site in office.agency.sites) - timedelta(days=1)
    if found.valid_to is not None and found.valid_to <= last_day:
        raise RestrictionOver(day=found.valid_to.isoformat())
    before = dict(found._mapping)
    plan.end_restriction(session, restriction_id, last_day=last_day)
    after = before | {"valid_to": last_day}
    record(session, change, site=ALL, kind=RESTRICTION, before=before, after=after)
    replan_all(session, office, now=change.now)


def lock_all(session: Session, office: Office) -> None:
    """Lock the plans of all sites, and what holds at all of them."""
    plan.lock(session, [ALL, *(site.code for site in office.agency.sites)])


def follow_catalogue(session: Session, office: Office, *, now: datetime) -> None:
    """Take over what is new in the catalogue's quotas; open days follow."""
    lock_all(session, office)
    if record_quotas(session, office):
        replan_all(session, office, now=now)


def replan_all(session: Session, office: Office, *, now: datetime) -> None:
    """Give every open day of every site the capacities that its locked plan has now."""
    # In the order in which every change of places locks days.
    for site in sorted(office.agency.sites, key=lambda each: each.code):
        replan(session, office, site, now=now)


def replan(session: Session, office: Office, site: Site, *, now: datetime) -> None:
    """Give every open day of a site, from today on, the capacities that its locked plan has now."""
    today = office.today(site.code, now)
    rules = rules_of(session, office, site)
    for day in places.open_days_of(session, site=site.code, first=today):
        places.lock_days(session, [(site.code, day)])
        replan_day(session, site, day, rules)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The plan of a site for supervisors: `days` holds the rows of each open day by day."""

    days: Mapping[date, list[Any]]
    quotas: list[Any]
    slot_quotas: list[Any]
    restrictions: list[Any]
    in_force: list[Regime]
    caps: list[Any]
    grants: list[Any]
    granted_by: list[Any]
    changes: list[Any]


def overview(session: Session, office: Office, *, site: str, days: int, now: datetime) -> Overview:
    """Return what a supervisor sees of a site's plan. Raises UnknownSite."""
    place, today = office.site(site), office.today(site, now)
    by_day: dict[date, list[Any]] = {}
    for row in places.day_rows(session, site=site, first=today, last=today + timedelta(days=days)):
        by_day.setdefault(row.day, []).append(row)
    regimes = plan.regimes(session)
    return Overview(
        days=by_day,
        quotas=plan.quota_rows(session, site=site, from_day=today),
        slot_quotas=slot_quotas.rows_of(session, site=site, from_day=today),
        restrictions=plan.restriction_rows(session, from_day=today),
        in_force=regimes_in_force(regimes, regency=place.regency_code, day=today),
        caps=caps_on(in_force(session, office).restriction_caps, site=site, day=today),
        grants=grants.of_days(session, site=site, first=today, last=today),
        granted_by=grants.by_officer(
            session, sites=[site], first=today - timedelta(days=AUDIT_DAYS - 1), last=today
        ),
        changes=plan.changes_of(
            session, sites=[site, ALL], limit=CHANGES_SHOWN, kinds=[QUOTA, RESTRICTION, SLOT_QUOTA]
        ),
    )


def record(
    session: Session,
    change: Change,
    *,
    site: str,
    kind: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    """Write down a change of a locked plan."""
    plan.record_change(
        session,
        officer_id=change.officer.id,
        officer_name=change.officer.name,
        site=site,
        kind=kind,
        before=before,
        after=after,
        why=change.why,
        now=change.now,
    )
