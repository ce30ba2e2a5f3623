"""What is served at a counter: what the catalogue says, what a supervisor changed, what its officer may."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from sqlalchemy.orm import Session

from gerai_booking.models import acts, shifts, skills
from gerai_booking.refusals import (
    CounterPaused,
    NobodyWouldServe,
    NothingToServe,
    UnknownOfficer,
    UnknownService,
)
from gerai_booking.rules.shifts import left_alone, served_by
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.shift_news import tell


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a supervisor lets a counter serve; `until` is the last day, None until it is changed."""

    services: tuple[str, ...]
    until: date | None
    why: str
    set_by: str


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """For which services is called at a counter; none while it pauses."""

    services: tuple[str, ...]
    is_paused: bool


def services_of(
    session: Session, office: Office, *, site: str, counter: str, officer_id: str | None, day: date
) -> tuple[str, ...]:
    """Return what is served at a counter on a day, by an officer when one is named.

    Raises UnknownSite, UnknownCounter.
    """
    place = {"site": site, "counter": counter}
    return bounds_of(session, office, **place, officer_id=officer_id, day=day).services


def services_to_call(session: Session, office: Office, desk: Desk) -> tuple[str, ...]:
    """Return for which services an officer calls at a counter now.

    Raises UnknownSite, UnknownCounter, CounterPaused, NothingToServe.
    """
    bounds = bounds_of(
        session,
        office,
        site=desk.site,
        counter=desk.counter,
        officer_id=desk.officer_id,
        day=office.today(desk.site, desk.now),
    )
    if bounds.is_paused:
        raise CounterPaused
    if not bounds.services:
        raise NothingToServe
    return bounds.services


def bounds_of(
    session: Session, office: Office, *, site: str, counter: str, officer_id: str | None, day: date
) -> Bounds:
    """Return for what a counter calls on a day, by an officer when one is named, and whether it pauses.

    Raises UnknownSite, UnknownCounter.
    """
    begun = datetime.combine(day, time.min, ZoneInfo(office.site(site).time_zone))
    of_catalogue = office.counter(site, counter).services
    rows = skills.of_call(session, site=site, counter=counter, officer_id=officer_id, day=day, begun=begun)
    settings = [row for row in rows if row.kind == skills.OF_COUNTER]
    of_counter = max(settings, key=lambda row: row.id).said.split() if settings else of_catalogue
    of_officer = frozenset(row.said for row in rows if row.kind == skills.OF_OFFICER)
    served = served_by(of_counter, of_officer, offered=_offered(office, site))
    return Bounds(services=served, is_paused=any(row.kind == skills.PAUSE for row in rows))


def services_at(session: Session, office: Office, *, site: str, day: date) -> dict[str, tuple[str, ...]]:
    """Return what is served on a day at each counter of a site, by those who have one open.

    Raises UnknownSite.
    """
    zone = office.site(site).time_zone
    settings = settings_at(session, office, site=site, day=day)
    there = {
        shift.counter: shift.officer_id
        for shift in shifts.all_open(session, site=site)
        if local_date(shift.since, zone) == day
    }
    able = skills.of_officers(session, there.values())
    offered = _offered(office, site)
    return {
        counter.code: served_by(
            settings[counter.code].services if counter.code in settings else counter.services,
            able.get(there.get(counter.code, ""), frozenset()),
            offered=offered,
        )
        for counter in office.counters_at(site)
    }


def settings_at(session: Session, office: Office, *, site: str, day: date) -> dict[str, Setting]:
    """Return what supervisors let counters of a site serve on a day instead of what the catalogue says."""
    known = {counter.code for counter in office.counters_at(site)}
    return {
        code: Setting(
            services=tuple(row.services.split()), until=row.valid_to, why=row.why, set_by=row.set_by
        )
        for code, row in skills.settings_at(session, site=site, day=day).items()
        if code in known
    }


def unserved_at(office: Office, *, site: str, day: date, services: dict[str, tuple[str, ...]]) -> list[str]:
    """Return what the site offers on a weekday and the catalogue's counters serve, but nobody does."""
    served = {service for each in services.values() for service in each}
    wanted = {
        service
        for counter in office.counters_at(site)
        for service in counter.services
        if day.weekday() in office.weekdays_of(site, service)
    }
    return sorted(wanted - served)


def set_services(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    counter: str,
    services: Iterable[str],
    until: date | None,
    why: str,
    anyway: bool = False,
    now: datetime,
) -> None:
    """Let a counter serve these services from today, up to the day `until` or until it is changed (None).

    It counts from the next call. Raises Forbidden, UnknownSite, UnknownCounter, UnknownService, and
    NobodyWouldServe unless that is wanted (`anyway`).
    """
    officer.must_be_supervisor()
    today = office.today(site, now)
    office.counter(site, counter)
    wanted = tuple(dict.fromkeys(services))
    if not wanted:
        raise UnknownService
    for service in wanted:
        office.offer(site, service)
    alone = left_alone(_of_counters(session, office, site=site, day=today), counter, wanted)
    if alone and not anyway:
        raise NobodyWouldServe(services="; ".join(office.service(code).name.id for code in alone))
    setting_id = skills.put(
        session,
        site=site,
        counter=counter,
        services=wanted,
        valid_from=today,
        valid_to=until,
        why=why,
        set_by=officer.name,
        now=now,
    )
    _record(session, officer, "services_changed", f"{site}.{counter}", about_id=setting_id, why=why, now=now)
    _tell_of_services(session, office, site=site, counter=counter, now=now)


def reset_services(
    session: Session, office: Office, *, officer: Officer, site: str, counter: str, now: datetime
) -> None:
    """Let a counter serve again what the catalogue says. Raises Forbidden, UnknownSite, UnknownCounter."""
    officer.must_be_supervisor()
    office.counter(site, counter)
    skills.end_all(session, site=site, counter=counter, now=now)
    _record(session, officer, "services_reset", f"{site}.{counter}", now=now)
    _tell_of_services(session, office, site=site, counter=counter, now=now)


def set_officer_services(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    officer_id: str,
    services: Iterable[str],
    now: datetime,
) -> None:
    """Say which services an officer may serve at any counter; none stands for all.

    Raises Forbidden, UnknownOfficer, UnknownService.
    """
    officer.must_be_supervisor()
    found = next((row for row in skills.officers(session) if row.id == officer_id), None)
    if found is None:
        raise UnknownOfficer
    wanted = sorted(set(services))
    for service in wanted:
        office.service(service)
    skills.put_of_officer(session, officer_id, wanted, set_by=officer.name, now=now)
    _record(session, officer, "skills_changed", found.name, about_id=officer_id, now=now)
    shift = shifts.open_of(session, officer_id)
    if shift is not None and office.knows_site(shift.site):
        _tell_of_services(session, office, site=shift.site, counter=shift.counter, now=now)


def officers_with_skills(session: Session, *, officer: Officer) -> list[tuple[Any, frozenset[str]]]:
    """Return who may serve, by name: (row of (id, name, role), what they may serve; all if empty).

    Raises Forbidden.
    """
    officer.must_be_supervisor()
    found = skills.officers(session)
    able = skills.of_officers(session, [row.id for row in found])
    return [(row, able.get(row.id, frozenset())) for row in found]


def changes_at(session: Session, *, officer: Officer, site: str, counter: str) -> list[Any]:
    """Return what supervisors changed at a counter last, the newest first. Raises Forbidden."""
    officer.must_be_supervisor()
    return acts.about_what(session, about=acts.COUNTER, what=f"{site}.{counter}"[:100], limit=10)


def _of_counters(session: Session, office: Office, *, site: str, day: date) -> dict[str, tuple[str, ...]]:
    """Return what each counter of a site serves on a day, whoever is there."""
    settings = settings_at(session, office, site=site, day=day)
    return {
        counter.code: settings[counter.code].services if counter.code in settings else counter.services
        for counter in office.counters_at(site)
        if day.weekday() in counter.weekdays
    }


def _tell_of_services(session: Session, office: Office, *, site: str, counter: str, now: datetime) -> None:
    shift = shifts.open_at(session, site=site, counter=counter)
    if shift is not None and local_date(shift.since, office.site(site).time_zone) != office.today(site, now):
        shift = None
    services = services_of(
        session,
        office,
        site=site,
        counter=counter,
        officer_id=shift.officer_id if shift else None,
        day=office.today(site, now),
    )
    tell(
        session,
        office,
        "counter.services_changed.v1",
        site=site,
        counter=counter,
        shift=shift,
        services=services,
        now=now,
    )


def _offered(office: Office, site: str) -> frozenset[str]:
    return frozenset(offer.service for offer in office.agency.offers if offer.site == site)


def _record(
    session: Session,
    officer: Officer,
    act: str,
    what: str,
    *,
    now: datetime,
    about_id: str | None = None,
    why: str | None = None,
) -> None:
    acts.record(
        session,
        officer_id=officer.id,
        officer_name=officer.name,
        about=acts.COUNTER,
        about_id=about_id,
        act=act,
        what=what[:100],
        why=why,
        now=now,
    )
