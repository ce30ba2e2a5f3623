"""Outreach: supervisors write down what is planned and was held, and the public reads what is to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from gerai_booking.models import outreach, road_map
from gerai_booking.refusals import (
    EventOver,
    NobodyReachedYet,
    PlanInThePast,
    UnknownEvent,
    UnknownRegency,
    UnknownService,
)
from gerai_booking.rules import outreach as rules
from gerai_booking.rules.outreach import CALLED_OFF, HELD, PLANNED
from gerai_booking.rules.regions import REGENCIES
from gerai_booking.rules.road_map import Year, years_of
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import Change

#: How many coming events the public is told of.
TOLD = 50
KIND = "event"


def today_of(office: Office, now: datetime) -> date:
    """Return the day it is where the agency has its first site."""
    return office.today(office.agency.sites[0].code, now)


def record_event(
    session: Session,
    office: Office,
    change: Change,
    *,
    held_on: date,
    place: str,
    title: str,
    channel: str,
    last_on: date | None = None,
    station: str | None = None,
    regency: str | None = None,
    audience: str | None = None,
    topics: tuple[str, ...] = (),
    reached: int | None = None,
    notes: str | None = None,
) -> str:
    """Write down an event (S1-1, S1-2, S2-7), planned when its day is to come, else held; return its id.

    Raises Forbidden, UnknownRegency, UnknownService, NobodyReachedYet.
    """
    change.officer.must_be_supervisor()
    if regency is not None and regency not in REGENCIES:
        raise UnknownRegency
    offered = {service.code for service in office.agency.services}
    if not offered.issuperset(topics):
        raise UnknownService
    state = rules.first_state(held_on, today=today_of(office, change.now))
    if state == PLANNED and reached is not None:
        raise NobodyReachedYet
    row = {
        "held_on": held_on,
        "last_on": last_on,
        "place": place,
        "title": title,
        "channel": channel,
        "station": station if channel == rules.RADIO else None,
        "regency": regency,
        "audience": audience,
        "topics": " ".join(topics),
        "state": state,
        "reached": reached,
        "notes": notes,
    }
    recorded = {"recorded_at": change.now, "recorded_by": change.officer.name}
    event_id = outreach.add_event(session, row | recorded)
    record(session, change, kind=KIND, subject=event_id, before=None, after=row)
    return event_id


def report_event(
    session: Session,
    office: Office,
    change: Change,
    *,
    event_id: str,
    state: str,
    reached: int | None = None,
    notes: str | None = None,
) -> None:
    """Write down that an event was held and how many it reached, or that it was called off.

    What is None stays as it is. Raises Forbidden, UnknownEvent, EventOver, NobodyReachedYet.
    """
    change.officer.must_be_supervisor()
    found = outreach.find_event(session, event_id)
    if found is None:
        raise UnknownEvent
    if found.state == CALLED_OFF:
        raise EventOver
    if state == HELD and found.held_on > today_of(office, change.now):
        raise NobodyReachedYet
    after: dict[str, Any] = {
        "state": state,
        "reached": None if state == CALLED_OFF else found.reached if reached is None else reached,
        "notes": notes or found.notes,
    }
    before = {name: getattr(found, name) for name in after}
    outreach.set_event(session, event_id, **after)
    record(session, change, kind=KIND, subject=event_id, before=before, after=after)


def set_target(
    session: Session, office: Office, change: Change, *, year: int, target: int, basis: str
) -> None:
    """Set how many events a year should have. Raises Forbidden, PlanInThePast."""
    change.officer.must_be_supervisor()
    if year < today_of(office, change.now).year:
        raise PlanInThePast
    before = outreach.put_target(session, year=year, target=target, basis=basis)
    record(
        session,
        change,
        kind="target",
        subject=str(year),
        before=None if before is None else {"target": before},
        after={"target": target, "basis": basis},
    )


def years(session: Session, office: Office, *, now: datetime) -> list[Year]:
    """Return the events of the last, this and the next year, dates of pop-up sites among them."""
    today = today_of(office, now)
    first, last = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    popups = [
        (day, each.name.id)
        for each in office.agency.sites
        if each.kind == "popup"
        for day in each.dates
        if first <= day <= last
    ]
    recorded = outreach.events_between(session, first=first, last=last)
    return years_of(
        [*popups, *rules.counted(recorded, today=today)],
        outreach.targets(session),
        today=today,
        years=range(first.year, last.year + 1),
    )


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What supervisors see: coming events, those that are over and not reported, all others, and the years.

    `changes` are those of each event, the oldest first.
    """

    coming: list[Any]
    to_report: list[Any]
    past: list[Any]
    years: list[Year]
    changes: Mapping[str, list[Any]]


def overview(session: Session, office: Office, *, now: datetime) -> Overview:
    """Return the register of this year, the last and the next."""
    today = today_of(office, now)
    first, last = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
    found = outreach.events_between(session, first=first, last=last)
    to_report = [row for row in found if rules.is_to_report(row, today=today)]
    coming = [row for row in reversed(found) if row.state == PLANNED and rules.last_day(row) >= today]
    return Overview(
        coming=coming,
        to_report=to_report,
        past=[row for row in found if row.state != PLANNED],
        years=years(session, office, now=now),
        changes=road_map.changes_of(session, [row.id for row in found]),
    )


def published(session: Session, office: Office, *, now: datetime) -> dict[str, Any]:
    """Return what everybody reads, as JSON: what is to come, and the events of this year."""
    today = today_of(office, now)
    this_year = next(year for year in years(session, office, now=now) if year.year == today.year)
    return {
        "agency": office.code,
        "year": {
            "year": this_year.year,
            "held": this_year.held,
            "to_come": this_year.to_come,
            "target": this_year.target,
        },
        "coming": [_told(row) for row in outreach.coming(session, from_day=today, limit=TOLD)],
    }


def _told(row: Any) -> dict[str, Any]:
    """Return an event for everybody: neither who wrote it down nor their notes."""
    return {
        "first_day": row.held_on.isoformat(),
        "last_day": rules.last_day(row).isoformat(),
        "title": row.title,
        "place": row.place,
        "regency": REGENCIES.get(row.regency) if row.regency else None,
        "audience": row.audience,
        "channel": row.channel,
        "station": row.station,
        "topics": row.topics.split(),
    }


def record(
    session: Session,
    change: Change,
    *,
    kind: str,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    """Write down who changed what of outreach or the road map, and why."""
    road_map.record_change(
        session,
        officer_id=change.officer.id,
        officer_name=change.officer.name,
        kind=kind,
        subject=subject,
        before=before,
        after=after,
        why=change.why,
        now=change.now,
    )
