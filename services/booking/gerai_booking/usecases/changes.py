"""What a citizen changes about a booking: cancel, move to another hour, check in."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from gerai_shared.ids import new_id
from gerai_shared.ticket import Actor, NotYetOpen, State, Ticket, TransitionNotAllowed, move
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets
from gerai_booking.refusals import WrongDay
from gerai_booking.rules.quota import ONLINE
from gerai_booking.rules.visits import check_in_opens_at, queue_at, queue_rank
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.issuing import numbers_for
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.places import Wish, bookable, take
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
            session, site=ticket.site, day=ticket.day, service=ticket.service, slot=ticket.slot_id
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
    new_ticket_id = new_id()
    replaced = move(
        old,
        State.RESCHEDULED,
        actor=Actor.CITIZEN,
        now=now,
        revision=revision,
        replaced_by=new_ticket_id,
        finished_at=now,
    )
    found = places.find_slots(session, [slot_id]).get(slot_id)
    slot = bookable(office, slot_id, found, service=old.service, now=now)
    # Both days are locked in order before anything is taken, as every change of places does.
    places.lock_days(session, {(old.site, old.day), (slot.site, slot.day)})
    if old.slot_id is not None:
        places.give_back(session, site=old.site, day=old.day, service=old.service, slot=old.slot_id)
    for refusal in take(session, office, [Wish(key=slot_id, slot=slot)], now=now).values():
        raise refusal
    person_hash = tickets.person_hash_of(session, old.id)
    tickets.save(session, old, replaced, actor=Actor.CITIZEN, now=now)
    new = replace(
        old,
        id=new_ticket_id,
        number=numbers_for(session, office, [slot])[0],
        site=slot.site,
        slot_id=slot.id,
        slot_starts_at=slot.starts_at,
        day=slot.day,
        created_at=now,
        revision=1,
    )
    tickets.add(
        session,
        [
            {
                **tickets.row_of(new),
                "person_hash": person_hash,
                "holder_hash": None,
                "quota_channel": ONLINE,
                "queue_rank": queue_rank(new.lane.value),
                "queue_at": new.slot_starts_at,
            }
        ],
    )
    tickets.copy_person(session, old.id, new.id)
    tickets.add_history(session, [tickets.history_row(None, new, actor=Actor.CITIZEN, now=now)])
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
