"""Numbers for who came without a booking: within the quotas, beyond them, and in an emergency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ids import new_id
from gerai_shared.ticket import Channel, Lane, State, Ticket, format_number
from sqlalchemy.orm import Session

from gerai_booking.models import grants, places, plan, tickets
from gerai_booking.models.history import add_history, history_row
from gerai_booking.refusals import (
    EmergencyNotAllowed,
    EmergencyUsedUp,
    OverQuotaNotAllowed,
    OverQuotaUsedUp,
    SiteClosedToday,
    WalkInFull,
)
from gerai_booking.rules.checklist import NOTHING_CHECKED, Checklist
from gerai_booking.rules.quota import (
    EMERGENCY,
    OVER_QUOTA,
    Bound,
    bounds_of,
    full_bounds,
    walk_in_channels,
)
from gerai_booking.rules.visit_steps import VisitPart
from gerai_booking.rules.visits import queue_rank
from gerai_booking.usecases import lanes, visit_numbers
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.capacities import rules_of
from gerai_booking.usecases.completeness import require_complete
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.leases import refuse_elsewhere
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import calendar_of, orders_in_force
from gerai_booking.usecases.places import release_for
from gerai_booking.usecases.planning import open_day


def walk_in(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    service: str,
    priority: bool,
    ground: str | None = None,
    checklist: Checklist = NOTHING_CHECKED,
    visit: VisitPart | None = None,
) -> Ticket:
    """Give a ticket to somebody who came without a booking; they wait from now on, or from when their `visit`
    over several agencies brought them into the house.

    `ground` is why they have priority, if they do (rules.lanes.GROUNDS). Where only complete files are taken,
    everything has to be ticked on `checklist` first (S2-6). Raises UnknownSite, UnknownService,
    IncompleteFiles, SiteClosedToday, NotOnThisWeekday, ClosedByOrder, WalkInFull.
    """
    day, left = _today(session, office, desk, service, checklist)
    found = _place(session, office, desk, day, left, service=service, priority=priority)
    if found.beyond:
        raise WalkInFull
    _count(session, desk, day, found.bounds)
    lane = _lane(priority=priority)
    return _let_wait(
        session,
        office,
        desk,
        service=service,
        lane=lane,
        ground=ground,
        channel=found.channel,
        visit=visit,
    )


def over_quota(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    supervisor: Officer,
    service: str,
    priority: bool,
    ground: str | None = None,
    reason: str,
    checklist: Checklist = NOTHING_CHECKED,
) -> Ticket:
    """Serve somebody although the places are gone (S1-4): by a supervisor, with a reason, within a limit.

    Where a place is left it is an ordinary number, and nothing is recorded. Raises Forbidden, UnknownSite,
    UnknownService, IncompleteFiles, SiteClosedToday, OverQuotaNotAllowed, OverQuotaUsedUp.
    """
    supervisor.must_be_supervisor()
    day, left = _today(session, office, desk, service, checklist)
    found = _place(session, office, desk, day, left, service=service, priority=priority)
    if not found.beyond:
        return walk_in(
            session, office, desk, service=service, priority=priority, ground=ground, checklist=checklist
        )
    allowed = [bound for bound in bounds_of(service, OVER_QUOTA) if bound in left]
    if not allowed:
        raise OverQuotaNotAllowed
    if full_bounds(left, allowed):
        raise OverQuotaUsedUp
    places.allow_beyond(session, [(desk.site, day, bound) for bound in found.beyond])
    _count(session, desk, day, [*found.bounds, *allowed])
    lane = _lane(priority=priority)
    ticket = _let_wait(
        session, office, desk, service=service, lane=lane, ground=ground, channel=found.channel
    )
    _record(session, desk, supervisor, ticket, kind=OVER_QUOTA, reason=reason)
    return ticket


def emergency(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    supervisor: Officer,
    service: str,
    reason: str,
    checklist: Checklist = NOTHING_CHECKED,
) -> Ticket:
    """Serve an emergency beside every quota (S0-6): by a supervisor, with a reason, before everybody else.

    It takes nobody's place; a quota for emergencies themselves allows and limits them. Raises Forbidden,
    UnknownSite, UnknownService, IncompleteFiles, SiteClosedToday, EmergencyNotAllowed, EmergencyUsedUp.
    """
    supervisor.must_be_supervisor()
    day, left = _today(session, office, desk, service, checklist)
    bounds = [bound for bound in bounds_of(service, EMERGENCY) if bound in left]
    if not bounds:
        raise EmergencyNotAllowed
    if full_bounds(left, bounds):
        raise EmergencyUsedUp
    _count(session, desk, day, bounds)
    ticket = _let_wait(session, office, desk, service=service, lane=Lane.EMERGENCY, channel=EMERGENCY)
    _record(session, desk, supervisor, ticket, kind=EMERGENCY, reason=reason)
    return ticket


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The quotas in which somebody who came is counted, and those of them that have nothing left."""

    channel: str
    bounds: list[Bound]
    beyond: list[Bound]


def _place(
    session: Session,
    office: Office,
    desk: Desk,
    day: date,
    left: Mapping[Bound, int | None],
    *,
    service: str,
    priority: bool,
) -> _Place:
    """Find a place for somebody who came, on a locked day; what was held for too long counts as left."""
    found = _best(left, service, priority=priority)
    wanted = {service}
    if found.beyond and release_for(session, office, site=desk.site, day=day, wanted=wanted, now=desk.now):
        left = places.lock_days(session, [(desk.site, day)])[desk.site, day]
        found = _best(left, service, priority=priority)
    return found


def _best(left: Mapping[Bound, int | None], service: str, *, priority: bool) -> _Place:
    """Return the first channel with a place, else the last one."""
    tried = []
    for channel in walk_in_channels(left, service, priority=priority):
        bounds = [bound for bound in bounds_of(service, channel) if bound in left]
        tried.append(_Place(channel=channel, bounds=bounds, beyond=full_bounds(left, bounds)))
    return next((place for place in tried if not place.beyond), tried[-1])


def _lane(*, priority: bool) -> Lane:
    return Lane.PRIORITY if priority else Lane.WALK_IN


def _today(
    session: Session, office: Office, desk: Desk, service: str, checklist: Checklist
) -> tuple[date, Mapping[Bound, int | None]]:
    """Lock today's rows; return the day and what each has left. A day that nobody opened yet is opened.

    Raises UnknownSite, UnknownService, IncompleteFiles, SiteClosedToday, NotOnThisWeekday, SiteIsLeased,
    NoLease, ClosedByOrder.
    """
    if office.offer(desk.site, service).complete_files_only:
        require_complete(office.service(service), checklist)
    site, day = office.site(desk.site), office.today(desk.site, desk.now)
    if calendar_of(session, office, site, first=day, last=day).closed_because(day) is not None:
        raise SiteClosedToday
    office.must_serve_on(site.code, service, day)
    left = places.lock_days(session, [(desk.site, day)])[desk.site, day]
    refuse_elsewhere(session, office, site=desk.site, now=desk.now)
    if Bound() not in left:
        plan.lock(session, [desk.site])
        open_day(session, office, site, day, rules_of(session, office, site))
        left = places.lock_days(session, [(desk.site, day)])[desk.site, day]
    # Under the lock, as for a booking: see usecases.opening.
    orders = orders_in_force(session, office, from_day=day)
    if closed := orders.refusal(site=site.code, service=service, day=day):
        raise closed
    return day, left


def _count(session: Session, desk: Desk, day: date, bounds: list[Bound]) -> None:
    places.take(session, of_days={(desk.site, day, bound): 1 for bound in bounds}, of_slots={})


def _record(
    session: Session, desk: Desk, supervisor: Officer, ticket: Ticket, *, kind: str, reason: str
) -> None:
    grants.add(
        session,
        ticket_id=ticket.id,
        kind=kind,
        reason=reason,
        officer_id=supervisor.id,
        officer_name=supervisor.name,
        site=desk.site,
        service=ticket.service,
        day=ticket.day,
        now=desk.now,
    )


def _let_wait(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    service: str,
    lane: Lane,
    channel: str,
    ground: str | None = None,
    visit: VisitPart | None = None,
) -> Ticket:
    part = visit or VisitPart(id=new_id())
    day = office.today(desk.site, desk.now)
    number = visit_numbers.carried(session, visit, site=desk.site, day=day)
    ticket = new_waiting(session, office, desk, service=service, lane=lane, visit_id=part.id, number=number)
    ground = ground if lane is Lane.PRIORITY else None
    ticket = lanes.placed(session, office, ticket, ground=ground, came_at=part.arrived_at)
    if visit is not None:
        visit_numbers.join_in_the_house(session, office, visit, ticket, now=desk.now)
    step = visit_numbers.step_of(session, visit, ticket)
    add_waiting(session, desk, ticket, quota_channel=channel, ground=ground, step=step)
    announce(session, office, fact("ticket.walked_in.v1", ticket, None), now=desk.now)
    return ticket


def new_waiting(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    service: str,
    lane: Lane,
    visit_id: str,
    number: str | None = None,
) -> Ticket:
    """Return a ticket that waits from now on, not yet written; without a `number` it gets the next one."""
    day = office.today(desk.site, desk.now)
    if number is None:
        prefix = office.service(service).prefix
        series = (desk.site, day, prefix)
        number = format_number(prefix, places.next_numbers(session, {series: 1})[series][0])
    return Ticket(
        id=new_id(),
        number=number,
        visit_id=visit_id,
        agency=office.code,
        site=desk.site,
        service=service,
        day=day,
        channel=Channel.WALK_IN,
        lane=lane,
        state=State.CHECKED_IN,
        created_at=desk.now,
        checked_in_at=desk.now,
        queue_at=desk.now,
    )


def add_waiting(
    session: Session,
    desk: Desk,
    ticket: Ticket,
    *,
    quota_channel: str | None = None,
    origin: str | None = None,
    ground: str | None = None,
    at: str | None = None,
    step: int = 0,
    **own: Any,
) -> None:
    """Write a waiting ticket; it counts in the quotas of `quota_channel`, without one in none.

    `at` is the counter at which that is a step of its own, `step` that of its visit among tickets of the same
    number, `own` are further columns of the agency.
    """
    tickets.add(
        session,
        [
            {
                **tickets.row_of(ticket),
                **own,
                "person_hash": None,
                "holder_hash": None,
                "origin": origin,
                "step": step,
                "quota_channel": quota_channel,
                "queue_rank": queue_rank(ticket.lane.value),
                "priority_ground": ground,
            }
        ],
    )
    row = history_row(
        None,
        ticket,
        actor=desk.actor,
        now=desk.now,
        officer_id=desk.officer_id or None,
        counter=at,
    )
    add_history(session, [row])
