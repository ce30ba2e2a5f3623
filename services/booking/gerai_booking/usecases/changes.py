"""What a citizen changes about a booking: cancel, move to another hour, check in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from gerai_shared.ids import new_id
from gerai_shared.ticket import Actor, NotYetOpen, State, Ticket, TransitionNotAllowed, move
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets
from gerai_booking.refusals import WrongDay
from gerai_booking.rules.visits import check_in_opens_at, queue_at
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.moving import put_elsewhere
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.places import bookable
from gerai_booking.usecases.views import load_ticket


def cancel(
    session: Session,
    office: Office,
    *,
    token: str,
    revision: int | None,
    now: datetime,
    actor: Actor = Actor.CITIZEN,
) -> Ticket:
    """Cancel a ticket and free its place for others at once.

    Raises UnknownTicket, StaleRevision, TransitionNotAllowed, TooLateToChange.
    """
    ticket = load_ticket(session, office, token, lock=True)
    after = move(
        ticket, State.CANCELLED, actor=actor, now=now, revision=revision, held_until=None, finished_at=now
    )
    if ticket.slot_id is not None:
        places.lock_days(session, [(ticket.site, ticket.day)])
        places.give_back(
            session,
            site=ticket.site,
            day=ticket.day,
            service=ticket.service,
            slot=ticket.slot_id,
            channel=tickets.quota_channel_of(session, ticket.id),
        )
    tickets.save(session, ticket, after, actor=actor, now=now)
    person = tickets.person_of(session, ticket.id)
    announce(session, office, news(office, "ticket.cancelled.v1", after, ticket.state, person), now=now)
    return after


def reschedule(
    session: Session, office: Office, *, token: str, slot_id: str, revision: int | None, now: datetime
) -> Ticket:
    """Move a booking to another hour: a new ticket of the same visit replaces the old one.

    The old place is given back only when the new one is taken; refused, everything stays as it was.
    Raises UnknownTicket, UnknownSlot, SlotClosed, SlotPast, SlotFull, DayFull, StaleRevision,
    TransitionNotAllowed, TooLateToChange.
    """
    old = load_ticket(session, office, token, lock=True)
    replaced = move(
        old,
        State.RESCHEDULED,
        actor=Actor.CITIZEN,
        now=now,
        revision=revision,
        replaced_by=new_id(),
        finished_at=now,
    )
    found = places.find_slots(session, [slot_id]).get(slot_id)
    slot = bookable(office, slot_id, found, service=old.service, now=now)
    new = put_elsewhere(session, office, old, replaced, slot, actor=Actor.CITIZEN, now=now)
    person = tickets.person_of(session, new.id)
    announce(
        session,
        office,
        fact("ticket.replaced.v1", replaced, old.state),
        news(office, "ticket.rescheduled.v1", new, None, person),
        now=now,
    )
    return new


def check_in(
    session: Session, office: Office, *, token: str, now: datetime, actor: Actor = Actor.CITIZEN
) -> Ticket:
    """Record that a ticket's holder is there. Doing it again changes nothing.

    Raises UnknownTicket, WrongDay, NotYetOpen, TransitionNotAllowed.
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
) -> Ticket:
    """Record that the holder of a locked ticket is there."""
    if ticket.state is State.CHECKED_IN:
        return ticket
    if ticket.state is not State.BOOKED:
        raise TransitionNotAllowed(state=ticket.state.value)
    if office.today(ticket.site, now) != ticket.day:
        raise WrongDay(day=ticket.day.isoformat())
    opens = check_in_opens_at(ticket.slot_starts_at) if ticket.slot_starts_at else now
    if actor is Actor.CITIZEN and now < opens:
        # In the site's own time, as it is shown.
        zone = ZoneInfo(office.site(ticket.site).time_zone)
        raise NotYetOpen(opens_at=opens.astimezone(zone).isoformat())
    after = move(ticket, State.CHECKED_IN, actor=actor, now=now, checked_in_at=now)
    tickets.save(
        session,
        ticket,
        after,
        actor=actor,
        now=now,
        officer_id=officer_id,
        queue_at=queue_at(booked_for=ticket.slot_starts_at, checked_in_at=now),
    )
    announce(session, office, fact("ticket.checked_in.v1", after, ticket.state), now=now)
    return after
