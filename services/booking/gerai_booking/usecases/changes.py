"""What a citizen changes about a booking: cancel, move to another hour, check in."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.ids import new_id
from gerai_shared.ticket import (
    Actor,
    NotYetOpen,
    State,
    Ticket,
    TooLateToChange,
    TransitionNotAllowed,
    move,
)
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets
from gerai_booking.models.people import person_of
from gerai_booking.refusals import CheckInAtSite, NeedsNewHour, NoLease, NotLater, SiteIsLeased, WrongDay
from gerai_booking.rules.visits import check_in_opens_at, queue_rank
from gerai_booking.usecases import freeing, lanes, missed_places, outages
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.comparing import kept_until
from gerai_booking.usecases.leases import is_elsewhere, refuse_elsewhere
from gerai_booking.usecases.moving import put_elsewhere
from gerai_booking.usecases.offers import given_up
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.places import bookable
from gerai_booking.usecases.sanctions import refuse_move_into_suspension
from gerai_booking.usecases.views import load_ticket
from gerai_booking.usecases.waiting_room import Door


def cancel(
    session: Session,
    office: Office,
    *,
    token: str,
    revision: int | None,
    now: datetime,
    actor: Actor = Actor.CITIZEN,
    hand_on: bool = True,
) -> Ticket:
    """Cancel a ticket and give its place back, for others at once or later (see usecases.freeing).

    Without `hand_on` the caller has something to take first, and hands the place on then.
    Raises UnknownTicket, StaleRevision, TransitionNotAllowed, TooLateToChange.
    """
    ticket = load_ticket(session, office, token, lock=True)
    after = move(
        ticket, State.CANCELLED, actor=actor, now=now, revision=revision, held_until=None, finished_at=now
    )
    places.lock_days(session, [(ticket.site, ticket.day)])
    was_full = freeing.give_back(session, ticket)
    tickets.save(session, ticket, after, actor=actor, now=now)
    if ticket.state is State.HELD:
        given_up(session, ticket, now=now)
    if ticket.slot_id is not None and hand_on:
        # Who gives up a hold has sold nothing, and an officer has a reason.
        keep_back = was_full and actor is Actor.CITIZEN and ticket.state is not State.HELD
        freeing.hand_on(session, office, ticket, keep_back=keep_back, now=now)
    person = person_of(session, ticket.id)
    announce(session, office, news(office, "ticket.cancelled.v1", after, ticket.state, person), now=now)
    return after


def reschedule(
    session: Session,
    office: Office,
    *,
    token: str,
    slot_id: str,
    revision: int | None,
    room_token: str | None = None,
    now: datetime,
) -> Ticket:
    """Move a booking to another hour: a new ticket of the same visit replaces the old one.

    Whose data is being corrected at its source may move until the day of the ticket is over (S1-5).
    Whose hour an outage hit may go to any later one, even after it was missed, and each ticket once (S1-10).

    The old place is given back only when the new one is taken; refused, everything stays as it was.
    Raises UnknownTicket, UnknownSlot, SlotClosed, SlotPast, SlotFull, DayFull, StaleRevision,
    TransitionNotAllowed, TooLateToChange, Suspended, NotLater, OpenTicketExists and what `Door.check` raises.
    """
    old = load_ticket(session, office, token, lock=True)
    replaced, actor = _give_way(session, office, old, revision=revision, now=now)
    found = places.find_slots(session, [slot_id]).get(slot_id)
    slot = bookable(office, slot_id, found, service=old.service, now=now)
    if actor is Actor.SYSTEM and old.slot_starts_at is not None and slot.starts_at <= old.slot_starts_at:
        raise NotLater
    Door(session, office, now=now).check(slot.site, slot.day, room_token)
    refuse_move_into_suspension(session, office, old, visit=slot.day)
    new = put_elsewhere(session, office, old, replaced, slot, actor=actor, now=now)
    person = person_of(session, new.id)
    announce(
        session,
        office,
        fact("ticket.replaced.v1", replaced, old.state),
        news(office, "ticket.rescheduled.v1", new, None, person),
        now=now,
    )
    return new


def _give_way(
    session: Session, office: Office, old: Ticket, *, revision: int | None, now: datetime
) -> tuple[Ticket, Actor]:
    """Return what a ticket becomes that gives way, and by whom: its holder, or the system after an outage."""
    changes: dict[str, Any] = {"revision": revision, "replaced_by": new_id(), "finished_at": now}
    until = kept_until(session, office, old, now=now)
    try:
        moved = move(old, State.RESCHEDULED, actor=Actor.CITIZEN, now=now, changeable_until=until, **changes)
        return moved, Actor.CITIZEN
    except (TooLateToChange, TransitionNotAllowed):
        if outages.that_hit(session, office, old, now=now) is None:
            raise
        return move(old, State.RESCHEDULED, actor=Actor.SYSTEM, now=now, **changes), Actor.SYSTEM


def check_in(
    session: Session, office: Office, *, token: str, now: datetime, actor: Actor = Actor.CITIZEN
) -> Ticket:
    """Record that a ticket's holder is there. Doing it again changes nothing.

    Raises UnknownTicket, CheckInAtSite, NeedsNewHour, WrongDay, NotYetOpen, TransitionNotAllowed.
    """
    ticket = load_ticket(session, office, token, lock=True)
    return check_in_ticket(session, office, ticket, now=now, actor=actor)


def check_in_ticket(
    session: Session,
    office: Office,
    ticket: Ticket,
    *,
    now: datetime,
    actor: Actor,
    officer_id: str | None = None,
    came_at: datetime | None = None,
) -> Ticket:
    """Record that the holder of a locked ticket is there; `came_at` is when they came into the house, if
    earlier.
    """
    if ticket.state is State.CHECKED_IN:
        return ticket
    try:
        refuse_elsewhere(session, office, site=ticket.site, now=now)
    except (SiteIsLeased, NoLease) as elsewhere:
        raise elsewhere if actor is Actor.OFFICER else CheckInAtSite from None
    if ticket.state is not State.BOOKED:
        raise TransitionNotAllowed(state=ticket.state.value)
    if ticket.slot_id is None:
        raise NeedsNewHour
    if office.today(ticket.site, now) != ticket.day:
        raise WrongDay(day=ticket.day.isoformat())
    opens = check_in_opens_at(ticket.slot_starts_at) if ticket.slot_starts_at else now
    if actor is Actor.CITIZEN and now < opens:
        # In the site's own time, as it is shown.
        zone = ZoneInfo(office.site(ticket.site).time_zone)
        raise NotYetOpen(opens_at=opens.astimezone(zone).isoformat())
    after = move(
        ticket,
        State.CHECKED_IN,
        actor=actor,
        now=now,
        checked_in_at=now,
    )
    ground = tickets.ground_of(session, ticket.id)
    after = lanes.placed(session, office, after, ground=ground, came_at=came_at)
    # Bookings of earlier releases have a rank that is none any more.
    rank = queue_rank(after.lane.value)
    tickets.save(session, ticket, after, actor=actor, now=now, officer_id=officer_id, queue_rank=rank)
    missed_places.take_again(session, after)
    announce(session, office, fact("ticket.checked_in.v1", after, ticket.state), now=now)
    check_in_rest(session, office, after.visit_id, site=after.site, came_at=came_at or now, now=now)
    return after


def check_in_rest(
    session: Session, office: Office, visit_id: str, *, site: str, came_at: datetime, now: datetime
) -> None:
    """Let the holder of a visit who is in the house since `came_at` wait for its other booked steps of
    today, too.

    Those whose check-in is not open yet stay booked. They wait for all of them at once, and whichever
    counter is free first calls; while one is busy with them, the others pass them over.
    """
    if is_elsewhere(session, office, site=site, now=now):
        # The node of the site lets them wait.
        return
    day = office.today(site, now)
    booked = tickets.booked_of_visit(session, visit_id, site=site, day=day, agency=office.code)
    for ticket in booked:
        if ticket.slot_starts_at is not None and check_in_opens_at(ticket.slot_starts_at) <= now:
            # It lets the rest wait by itself.
            check_in_ticket(session, office, ticket, now=now, actor=Actor.SYSTEM, came_at=came_at)
            return
