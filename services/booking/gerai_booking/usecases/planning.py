"""Opening days, from the dated plan to hours that can be booked; and closing those that are over."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.logs import get_logger
from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.orm import Session

from gerai_booking.models import leases, plan, tickets
from gerai_booking.models.places import (
    day_quotas,
    is_open,
    lock_days,
    put_missing,
    resize_slots,
    slot_id,
    slots,
    slots_of_day,
)
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.quota import places_of_an_hour
from gerai_booking.rules.visits import BOOKABLE_DAYS
from gerai_booking.usecases import no_shows
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.capacities import Rules, capacities_of, replan_day, rules_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import SiteCalendar
from gerai_booking.usecases.places import end
from gerai_booking.usecases.releases import last_day_to_write

log = get_logger(__name__)

ONE_HOUR = timedelta(hours=1)


def record_quotas(session: Session, office: Office) -> bool:
    """Write the catalogue's dated quotas as rows; rows that are there already stay.

    Return whether there were new ones: days that are open already do not know them yet.
    """
    quotas = put_missing(
        session,
        plan.quotas,
        [
            {
                "site": quota.site,
                "service": quota.service or "",
                "channel": quota.channel,
                "valid_from": quota.valid_from,
                "valid_to": quota.valid_to,
                "places": quota.places,
                "basis": quota.basis,
            }
            for quota in office.agency.quotas
        ],
    )
    return quotas > 0


def open_days(session: Session, office: Office, *, now: datetime, days: int = BOOKABLE_DAYS) -> None:
    """Open every day from today up to `days` ahead, and those of the next release; of open ones, what is new.

    May run any number of times and at several places at once: the ids of hours are made of place and time.
    """
    # In the order in which every change of places locks: plans, then days.
    sites = sorted(office.agency.sites, key=lambda each: each.code)
    plan.lock(session, [site.code for site in sites])
    for site in sites:
        first = office.today(site.code, now)
        rules = rules_of(session, office, site)
        last = last_day_to_write(session, office, site, first + timedelta(days=days), now=now)
        for offset in range((last - first).days + 1):
            open_day(session, office, site, first + timedelta(days=offset), rules)


def open_day(session: Session, office: Office, site: Site, day: date, rules: Rules) -> None:
    """Write what is missing of a day and its hours, if the site is open; the plan is locked."""
    if SiteCalendar(office=office, site=site, own=rules.own_hours).closed_because(day) is not None:
        return
    hours = hours_of(office, site, day, rules)
    if is_open(session, site=site.code, day=day):
        new = put_missing(session, slots, hours)
        resized = _resized(session, site, day, hours) if rules.slot_quotas else {}
        if new or resized:
            lock_days(session, [(site.code, day)])
            resize_slots(session, resized)
            replan_day(session, site, day, rules)
        return
    capacities = capacities_of(rules, day, online_places=sum(row["capacity"] for row in hours))
    put_missing(
        session,
        day_quotas,
        [
            {"site": site.code, "day": day, **bound._asdict(), "capacity": capacity}
            for bound, capacity in sorted(capacities.items())
        ],
    )
    put_missing(session, slots, hours)


def _resized(session: Session, site: Site, day: date, hours: list[dict[str, Any]]) -> dict[str, int]:
    """Return the capacities of hours that have others: more were taken of them when their number fell."""
    present = {row.id: row for row in slots_of_day(session, site=site.code, day=day)}
    return {
        row["id"]: row["capacity"]
        for row in hours
        if present[row["id"]].capacity != max(row["capacity"], present[row["id"]].taken)
    }


def hours_of(office: Office, site: Site, day: date, rules: Rules) -> list[dict[str, Any]]:
    """Return the rows of the hours that can be booked on a day."""
    hours = SiteCalendar(office=office, site=site, own=rules.own_hours).hours_on(day)
    if hours is None or not site.online_booking:
        return []
    zone = ZoneInfo(site.time_zone)
    starts = [datetime.combine(day, begin, zone) for begin in hours.hour_starts()]
    return [
        {
            "id": slot_id(site.code, offer.service, start.astimezone(ZoneInfo("UTC"))),
            "site": site.code,
            "service": offer.service,
            "day": day,
            "starts_at": start,
            "ends_at": start + ONE_HOUR,
            "capacity": places_of_an_hour(
                day, rules.slot_quotas, service=offer.service, otherwise=offer.places_per_hour_slot
            ),
        }
        for offer in office.agency.offers
        if offer.site == site.code
        and offer.places_per_hour_slot > 0
        and office.service(offer.service).online
        and day.weekday() in office.weekdays_of(site.code, offer.service)
        for start in starts
    ]


def close_days(
    session: Session, office: Office, *, now: datetime, failed: set[str] | None = None, limit: int = 200
) -> int:
    """End up to `limit` tickets that past days left open; return how many were looked at.

    Who did not come, or was not called, missed the day; until that is written down, the same person could
    never book this service again. Whoever still stands at a counter is left to its officer. At a site that
    left the catalogue nobody could come: that ends, too, without having been missed, and is logged. May run
    any number of times and at several places at once.

    A ticket that fails does not stop the others. The ids in `failed` are left alone; those that fail now are
    added: whoever calls until nothing is left passes the same set again.
    """
    failed = set() if failed is None else failed
    seen = 0
    for site, today in _sites_to_close(session, office, now=now):
        for ticket in tickets.left_open(
            session,
            site=site,
            before=today,
            agency=office.code,
            now=now,
            without=failed,
            limit=limit - seen,
        ):
            with apart("close_days", ticket.id, failed), session.begin_nested():
                _end_of_day(session, office, ticket, now=now)
            seen += 1
    return seen


def _sites_to_close(session: Session, office: Office, *, now: datetime) -> list[tuple[str, date]]:
    """Return the sites of the catalogue, and those that left it with open tickets, with what day it is there.

    Of a site that left nobody knows the zone any more: nowhere in the country is it an earlier day than in
    UTC.
    """
    known = sorted(site.code for site in office.agency.sites)
    gone = tickets.sites_with_left_open(session, known=known, before=now.date())
    # What a node has not given back yet is not over: who came is known there.
    leased = leases.first_active_days(session)
    open_until = [(code, min(office.today(code, now), leased.get(code, date.max))) for code in known]
    return open_until + [(code, now.date()) for code in gone]


def _end_of_day(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> None:
    is_known = office.knows_site(ticket.site)
    if not is_known:
        log.warning(
            "ticket_of_unknown_site_ended", ticket=ticket.id, site=ticket.site, state=ticket.state.value
        )
    if ticket.state is State.HELD or not is_known:
        end(
            session,
            office,
            ticket,
            State.EXPIRED,
            actor=Actor.SYSTEM,
            now=now,
            event_type="ticket.expired.v1",
        )
        return
    steps = [(State.NO_SHOW, "ticket.missed.v1")]
    if ticket.state is State.PARKED:
        steps.insert(0, (State.CHECKED_IN, "ticket.requeued.v1"))
    for to, event_type in steps:
        after = move(
            ticket, to, actor=Actor.SYSTEM, now=now, finished_at=now if to is State.NO_SHOW else None
        )
        tickets.save(session, ticket, after, actor=Actor.SYSTEM, now=now)
        announce(session, office, fact(event_type, after, ticket.state), now=now)
        no_shows.tell(session, office, ticket, after, now=now)
        ticket = after
