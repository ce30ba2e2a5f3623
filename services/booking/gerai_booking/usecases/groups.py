"""Places for groups: taken together by a supervisor, given to names, returned to the public (S1-9)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import groups, places, tickets, waiting_list
from gerai_booking.models.history import add_history, history_row
from gerai_booking.models.people import add_people
from gerai_booking.refusals import OpenTicketExists, PlanInThePast
from gerai_booking.rules.groups import (
    GroupFull,
    GroupReturned,
    GroupTooLarge,
    Hour,
    UnknownGroup,
    spread,
)
from gerai_booking.rules.quota import GROUP, Bound, bounds_of
from gerai_booking.usecases.announcing import announce, news
from gerai_booking.usecases.applicants import Applicant
from gerai_booking.usecases.booking import own_columns, person_row
from gerai_booking.usecases.comparing import compare_booked, subject_of
from gerai_booking.usecases.issuing import appointment_row, new_ticket, numbers_for
from gerai_booking.usecases.offers import offer_day
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import Orders, orders_in_force
from gerai_booking.usecases.places import release_expired
from gerai_booking.usecases.plan import Change
from gerai_booking.usecases.sanctions import refuse_suspended, standing

SHOWN = 100
BY_ITSELF = "–"


def allot(
    session: Session,
    office: Office,
    change: Change,
    *,
    site: str,
    service: str,
    institution: str,
    contact: str,
    purpose: str | None,
    first_day: date,
    last_day: date,
    wanted: int,
    most_an_hour: int,
    returns_on: date,
    basis: str,
) -> str:
    """Take places for an institution, all that it wants or none; return the group's id.

    They are places of the hours and of every quota that bounds groups: nobody else can book them. Hours that
    an order closes are left out. Raises Forbidden, UnknownSite, UnknownService, PlanInThePast, GroupTooLarge,
    and ClosedByOrder when no hour is left.
    """
    change.officer.must_be_supervisor()
    office.offer(site, service)
    if first_day < office.today(site, change.now):
        raise PlanInThePast
    hours = places.slots_between(session, site=site, service=service, first=first_day, last=last_day)
    coming = [hour for hour in hours if hour.starts_at > change.now]
    days = {(site, hour.day) for hour in coming}
    places.lock_days(session, days)
    for _, day in sorted(days):
        release_expired(session, office, site=site, day=day, now=change.now)
    left_of_day = places.lock_days(session, days)
    coming = _open(coming, orders_in_force(session, office, from_day=first_day))
    left_of_slot = places.lock_slots(session, [hour.id for hour in coming])
    found = spread(
        wanted,
        [Hour(slot=hour.id, day=hour.day, left=left_of_slot[hour.id]) for hour in coming],
        {day: _left_for_groups(left, service) for (_, day), left in left_of_day.items()},
        most_an_hour=most_an_hour,
    )
    if sum(found.values()) < wanted:
        raise GroupTooLarge(places=sum(found.values()))
    by_slot = {hour.id: hour for hour in coming}
    of_days: Counter[tuple[str, date, Bound]] = Counter()
    for slot, count in found.items():
        day = by_slot[slot].day
        for bound in bounds_of(service, GROUP):
            if bound in left_of_day[site, day]:
                of_days[site, day, bound] += count
    places.take(session, of_days=of_days, of_slots=found)
    here = {"site": site, "service": service}
    row = {
        **here,
        "institution": institution,
        "purpose": purpose,
        "first_day": first_day,
        "last_day": last_day,
        "places": wanted,
        "basis": basis,
        "contact": office.sealer.seal({"contact": contact}),
        "returns_on": returns_on,
        "why": change.why,
        "created_at": change.now,
        "created_by": change.officer.name,
    }
    of_hours = [
        {**here, "slot_id": slot, "day": by_slot[slot].day, "places": count} for slot, count in found.items()
    ]
    return groups.add(session, row, of_hours)


def _open(hours: list[Any], orders: Orders) -> list[Any]:
    """Return the hours that no order closes. Raises ClosedByOrder when orders close all of them."""
    closed = [orders.refusal(site=hour.site, service=hour.service, day=hour.day) for hour in hours]
    found = [hour for hour, refusal in zip(hours, closed, strict=True) if refusal is None]
    if not found:
        for refusal in filter(None, closed):
            raise refusal
    return found


def _left_for_groups(left: dict[Bound, int | None], service: str) -> int | None:
    """Return how many places the quotas of a locked day leave a group; None when none of them bounds it."""
    bounding = [left[bound] for bound in bounds_of(service, GROUP) if left.get(bound) is not None]
    return max(min(count for count in bounding if count is not None), 0) if bounding else None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person of a list; `hour` is `HH:MM` in the site's own time, or `YYYY-MM-DD HH:MM`, or None."""

    line: int
    reference: str
    applicant: Applicant
    hour: str | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a list: how many have a place now, and the refused lines with why."""

    named: int
    refused: list[tuple[int, Refused]]


class NotWhole(Exception):
    """A list was to be taken whole, and is not: the transaction ends without effect."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("not whole")
        self.outcome = outcome


def name_places(
    session: Session,
    office: Office,
    change: Change,
    *,
    group_id: str,
    rows: Sequence[Row],
    refused: Sequence[tuple[int, Refused]] = (),
    whole: bool,
) -> Outcome:
    """Give a group's places to people: each gets a booked ticket, and who left a contact is told.

    `refused` are lines that could not even be read. With `whole`, one refused line refuses all of them:
    raises NotWhole. The rules of the service hold, one person has one open ticket for it, and nobody gets an
    hour that an order closes. Raises Forbidden, UnknownGroup, GroupReturned.
    """
    change.officer.must_be_supervisor()
    group = _locked(session, group_id)
    hours = groups.places_of(session, group_id)
    places.lock_days(session, {(hour.site, hour.day) for hour in hours})
    orders = orders_in_force(session, office, from_day=group.first_day)
    left = {hour.slot_id: hour.places - hour.named - hour.returned for hour in hours}
    ahead = [hour for hour in hours if hour.starts_at > change.now]
    lost = list(refused)
    chosen: list[tuple[Row, Any]] = []
    known = _Known.of(session, rows, now=change.now)
    for row in rows:
        try:
            hour = _hour_for(office, row, [each for each in ahead if left[each.slot_id] > 0], orders)
            known.check(office, group, row.applicant, day=hour.day, now=change.now)
        except Refused as refusal:
            lost.append((row.line, refusal))
        else:
            left[hour.slot_id] -= 1
            chosen.append((row, hour))
    made = _tickets(session, office, chosen, now=change.now)
    written = _write(session, office, group, made, officer_id=change.officer.id, now=change.now)
    lost += [(row.line, OpenTicketExists()) for row, ticket in made if ticket.id not in written]
    outcome = Outcome(named=len(written), refused=sorted(lost, key=lambda each: each[0]))
    if whole and outcome.refused:
        raise NotWhole(outcome)
    return outcome


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What stands against the people of a list; `open_now` grows while it is worked on."""

    open_now: set[tuple[str, str]]
    suspensions: Any

    @classmethod
    def of(cls, session: Session, rows: Sequence[Row], *, now: datetime) -> "_Known":
        hashes = [row.applicant.person_hash for row in rows]
        return cls(
            open_now=tickets.open_persons(session, hashes),
            suspensions=standing(session, hashes, from_day=now.date() - timedelta(days=1)),
        )

    def check(self, office: Office, group: Any, applicant: Applicant, *, day: date, now: datetime) -> None:
        service = office.service(group.service)
        applicant.check_for(service, day=day, now=now)
        refusal = refuse_suspended(self.suspensions, applicant.person_hash, service, visit=day)
        if refusal is not None:
            raise refusal
        mark = (group.service, applicant.person_hash)
        if mark in self.open_now:
            raise OpenTicketExists
        self.open_now.add(mark)


def _hour_for(office: Office, row: Row, free: list[Any], orders: Orders) -> Any:
    """Return the hour that a line asks for, or the first with a place. Raises GroupFull, ClosedByOrder."""
    fitting = []
    for hour in free:
        local = hour.starts_at.astimezone(ZoneInfo(office.site(hour.site).time_zone))
        if row.hour is None or row.hour in {f"{local:%H:%M}", f"{local:%Y-%m-%d %H:%M}"}:
            fitting.append(hour)
    if not fitting:
        raise GroupFull
    return _open(fitting, orders)[0]


def _tickets(
    session: Session, office: Office, chosen: list[tuple[Row, Any]], *, now: datetime
) -> list[tuple[Row, Ticket]]:
    slots = places.find_slots(session, [hour.slot_id for _, hour in chosen])
    of_rows = [slots[hour.slot_id] for _, hour in chosen]
    numbers = numbers_for(session, office, of_rows)
    return [
        (
            row,
            new_ticket(
                office,
                slot,
                number,
                state=State.BOOKED,
                lane=row.applicant.lane_on(office.service(slot.service), slot.day),
                now=now,
            ),
        )
        for (row, _), slot, number in zip(chosen, of_rows, numbers, strict=True)
    ]


def _write(
    session: Session,
    office: Office,
    group: Any,
    made: list[tuple[Row, Ticket]],
    *,
    officer_id: str,
    now: datetime,
) -> set[str]:
    """Insert the tickets of a group; return the ids of those that no other open ticket stood against.

    In the order of their holders, as every booking writes them (see booking.book_batch).
    """
    in_order = sorted(made, key=lambda pair: pair[0].applicant.person_hash)
    inserted = tickets.add(
        session,
        [
            appointment_row(ticket, **own_columns(office, row.applicant, ticket)) | {"quota_channel": GROUP}
            for row, ticket in in_order
        ],
    )
    kept = [(row, ticket) for row, ticket in made if ticket.id in inserted]
    people = {ticket.id: row.applicant.person(office) for row, ticket in kept}
    add_people(session, [person_row(ticket, people[ticket.id]) for _, ticket in kept])
    add_history(
        session,
        [
            history_row(None, ticket, actor=Actor.OFFICER, now=now, officer_id=officer_id)
            for _, ticket in kept
        ],
    )
    groups.add_members(
        session,
        [{"ticket_id": ticket.id, "group_id": group.id, "reference": row.reference} for row, ticket in kept],
    )
    named = Counter(ticket.slot_id or "" for _, ticket in kept)
    groups.count_up(session, group.id, "named", named)
    got = {(ticket.service, row.applicant.person_hash): ticket.id for row, ticket in kept}
    waiting_list.settle(session, got, now=now)
    subjects = [
        subject_of(office, ticket, people[ticket.id], row.applicant.person_hash) for row, ticket in kept
    ]
    announce(
        session,
        office,
        *(news(office, "ticket.booked.v1", ticket, None, people[ticket.id]) for _, ticket in kept),
        *compare_booked(session, office, subjects, now=now),
        now=now,
    )
    return inserted


def give_back(session: Session, office: Office, change: Change, *, group_id: str) -> int:
    """Give a group's places without a name back, on record; return how many. Who waits for one comes first.

    Raises Forbidden, UnknownGroup, GroupReturned.
    """
    change.officer.must_be_supervisor()
    return _return(session, office, group_id, by=change.officer.name, why=change.why, now=change.now)


def due(session: Session, office: Office, *, now: datetime) -> list[str]:
    """Return the groups whose places without a name are to go back by now."""
    return [
        group_id
        for site in office.agency.sites
        for group_id in groups.due(session, site=site.code, today=office.today(site.code, now))
    ]


def give_back_due(session: Session, office: Office, *, group_id: str, now: datetime) -> int:
    """Give back what is due of one group; return how many places, none when somebody was faster.

    One group a transaction: the days of two of them could not be locked in order.
    """
    try:
        return _return(session, office, group_id, by=BY_ITSELF, why=BY_ITSELF, now=now)
    except GroupReturned:
        return 0


def _return(session: Session, office: Office, group_id: str, *, by: str, why: str, now: datetime) -> int:
    group = _locked(session, group_id)
    hours = groups.places_of(session, group_id)
    places.lock_days(session, {(hour.site, hour.day) for hour in hours})
    unused = {
        hour.slot_id: hour.places - hour.named - hour.returned
        for hour in hours
        if hour.places > hour.named + hour.returned
    }
    for hour in hours:
        if hour.slot_id in unused:
            places.give_back(
                session,
                site=hour.site,
                day=hour.day,
                service=hour.service,
                slot=hour.slot_id,
                channel=GROUP,
                count=unused[hour.slot_id],
            )
    groups.count_up(session, group.id, "returned", unused)
    groups.set_returned(session, group.id, by=by, why=why, now=now)
    for site, day in sorted({(hour.site, hour.day) for hour in hours if hour.slot_id in unused}):
        offer_day(session, office, site=site, day=day, now=now)
    return sum(unused.values())


def _locked(session: Session, group_id: str) -> Any:
    group = groups.find(session, group_id, lock=True)
    if group is None:
        raise UnknownGroup
    if group.returned_at is not None:
        raise GroupReturned
    return group


@dataclass(frozen=True, kw_only=True)
class View:
    """A group as supervisors see it: contact opened, places by hour, tickets with their tokens."""

    group: Any
    contact: str
    hours: list[Any]
    members: list[tuple[Any, str]]


def view(session: Session, office: Office, *, site: str, group_id: str) -> View:
    """Return everything about a group of a site. Raises UnknownGroup."""
    group = groups.find(session, group_id)
    if group is None or group.site != site:
        raise UnknownGroup
    return View(
        group=group,
        contact=str(office.sealer.unseal(group.contact)["contact"]),
        hours=groups.places_of(session, group_id),
        members=[(row, office.token(row.id)) for row in groups.members_of(session, group_id)],
    )


def at_site(session: Session, office: Office, *, site: str) -> list[Any]:
    """Return the groups of a site. Raises UnknownSite."""
    office.site(site)
    return groups.at_site(session, site=site, limit=SHOWN)
