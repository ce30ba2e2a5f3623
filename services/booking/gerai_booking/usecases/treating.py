"""What an order of the centre does to tickets, and what undoing it does: a transaction for each ticket.

A step that was made is on record with the ticket it was made for: whatever is interrupted goes on where it
stopped when it is run again, and everybody is told once. Locks are taken of tickets first, then of the order
(so that it is not undone while a ticket is under way), then of days, as whoever changes a booking does.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.orm import Session

from gerai_booking.models import directives, places, tickets, waiting_list
from gerai_booking.models.people import person_of
from gerai_booking.refusals import OpenTicketExists
from gerai_booking.rules.directives import CANCEL, IN_FORCE, MOVE, OFFER, UNDOING, UNDONE, Directive
from gerai_booking.rules.visits import BOOKABLE_DAYS
from gerai_booking.usecases.announcing import announce, by_order, fact, news
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.availability import availability
from gerai_booking.usecases.directives import sites_of
from gerai_booking.usecases.moving import put_again, put_elsewhere, put_without_hour
from gerai_booking.usecases.offers import offer_day, withdraw
from gerai_booking.usecases.office import Office

#: What became of the holder when an order was undone: has the hour back, or another one; was told that it is
#: open again, and without an hour asked to choose one; had chosen for themselves meanwhile; nothing was free
#: when the time to choose was over, too.
RESTORED, TOLD, CHOSEN, NOTHING_FREE = "restored", "told", "chosen", "nothing_free"
SYSTEM = Actor.SYSTEM


def wait_for_bookings(session: Session, office: Office, directive: Directive, *, now: datetime) -> None:
    """Wait until whoever was taking a place of the closed days has done so; whoever comes later is refused.

    A booking looks for orders under the lock of its day: after this one, it sees the order.
    """
    days: list[tuple[str, date]] = []
    for site in sites_of(office, directive):
        first = max(directive.first_day, office.today(site.code, now))
        span = (directive.last_day - first).days
        days += [(site.code, first + timedelta(days=offset)) for offset in range(span + 1)]
    if days:
        places.lock_days(session, days)


def tickets_to_treat(session: Session, office: Office, directive: Directive, *, since: datetime) -> list[str]:
    """Return the tickets that an order in force since a moment has not treated yet, in order of their hours.

    With those that are held: who is turning one into a booking at this moment is waited for at its lock.
    """
    sites = [site.code for site in sites_of(office, directive)]
    return [row.id for row in directives.hit(session, directive, sites=sites, after=since)]


def treat(
    session: Session, office: Office, directive_id: str, ticket_id: str, *, now: datetime
) -> str | None:
    """Carry an order out on one ticket, once; return what was done, None where there was nothing to do."""
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    row = directives.find(session, directive_id, lock=True)
    if row is None or row.state != IN_FORCE or ticket is None:
        return None
    if ticket.state is State.HELD:
        # Whoever wants to book it is refused, so it simply runs out; to whom it was offered waits on.
        withdraw(session, office, ticket, directives.of_row(row), now=now)
    if ticket.state is not State.BOOKED:
        return None
    if ticket.slot_starts_at is None or ticket.slot_starts_at <= row.applied_at:
        # It had begun when the order came, and was served to its end.
        return None
    if directives.find_treated(session, directive_id, ticket_id) is not None:
        return None
    directive = directives.of_row(row)
    done, new = row.treatment, None
    if done == MOVE:
        new = _move(session, office, directive, ticket, now=now)
        done = MOVE if new else OFFER
    if done == OFFER:
        _offer(session, office, directive, ticket, now=now)
    elif done == CANCEL:
        _cancel(session, office, directive, ticket, now=now)
    directives.add_treated(
        session,
        {
            "directive_id": directive_id,
            "ticket_id": ticket.id,
            "number": ticket.number,
            "site": ticket.site,
            "service": ticket.service,
            "slot_id": ticket.slot_id,
            "starts_at": ticket.slot_starts_at,
            "treatment": done,
            "new_ticket_id": new.id if new else None,
            "at": now,
        },
    )
    return str(done)


def _move(
    session: Session, office: Office, directive: Directive, ticket: Ticket, *, now: datetime
) -> Ticket | None:
    """Move a ticket to the first free hour after the closure; None when there is none."""
    first = directive.last_day + timedelta(days=1)
    new = _elsewhere(session, office, ticket, _free_hours(session, office, ticket, first, now), now=now)
    if new is not None:
        _tell(session, office, "ticket.moved_by_order.v1", directive, new, None, now=now)
    return new


def _elsewhere(
    session: Session, office: Office, old: Ticket, hours: Iterator[Any], *, now: datetime, despite: str = ""
) -> Ticket | None:
    """Put a ticket into the first of these hours that is free; None when none is."""
    replaced = move(old, State.RESCHEDULED, actor=SYSTEM, now=now, replaced_by=new_id(), finished_at=now)
    for slot in hours:
        try:
            with session.begin_nested():
                new = put_elsewhere(
                    session, office, old, replaced, slot, actor=SYSTEM, now=now, despite=despite
                )
        except Refused:
            # Taken a moment ago.
            continue
        announce(session, office, fact("ticket.replaced.v1", replaced, old.state), now=now)
        return new
    return None


def _offer(session: Session, office: Office, directive: Directive, ticket: Ticket, *, now: datetime) -> None:
    """Take a ticket's hour and leave the ticket: it waits until its holder chooses another hour."""
    after = move(
        ticket, State.BOOKED, actor=SYSTEM, now=now, slot_id=None, slot_starts_at=None, queue_at=None
    )
    _give_back(session, ticket)
    tickets.save(session, ticket, after, actor=SYSTEM, now=now, quota_channel=None)
    _tell(session, office, "ticket.offered_by_order.v1", directive, after, ticket.state, now=now)


def _cancel(session: Session, office: Office, directive: Directive, ticket: Ticket, *, now: datetime) -> None:
    after = move(ticket, State.CANCELLED, actor=SYSTEM, now=now, finished_at=now)
    _give_back(session, ticket)
    tickets.save(session, ticket, after, actor=SYSTEM, now=now)
    _tell(session, office, "ticket.cancelled_by_order.v1", directive, after, ticket.state, now=now)


def _give_back(session: Session, ticket: Ticket) -> None:
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


def _free_hours(
    session: Session, office: Office, ticket: Ticket, first: date, now: datetime
) -> Iterator[Any]:
    """Return the rows of hours that have free places from a day on, the first ones first."""
    last = max(first, office.today(ticket.site, now)) + timedelta(days=BOOKABLE_DAYS)
    found = availability(
        session, office, site=ticket.site, service=ticket.service, first=first, last=last, now=now
    )
    free = [slot["id"] for day in found["days"] for slot in day["slots"] if slot["places"] > 0]
    rows = places.find_slots(session, free)
    return (rows[slot_id] for slot_id in free)


def restore(
    session: Session, office: Office, directive_id: str, ticket_id: str, *, now: datetime
) -> str | None:
    """Undo what an order did to one ticket, once; return what became of its holder.

    Who was moved keeps the new hour and is told that the old day is open. Who lost theirs gets it back, else
    the first free one, else is asked to choose one, unless they have chosen for themselves meanwhile.
    """
    first = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if first is None:
        return None
    ticket = _last_of(session, office, first)
    row = directives.find(session, directive_id, lock=True)
    done = directives.find_treated(session, directive_id, ticket_id)
    if row is None or row.state != UNDOING or done is None or done.outcome is not None:
        return None
    directive = directives.of_row(row)
    outcome, new = CHOSEN, None
    if done.treatment == CANCEL and ticket.state is State.CANCELLED:
        outcome, new = _again(session, office, directive, ticket, done, now=now)
    elif ticket.state is State.BOOKED and ticket.slot_id is None:
        new = _elsewhere(
            session,
            office,
            ticket,
            _hours_back(session, office, ticket, done, now),
            now=now,
            despite=directive_id,
        )
        outcome = RESTORED if new else TOLD
    elif ticket.state is State.BOOKED and done.treatment == MOVE:
        outcome = TOLD
    _tell_of_the_end(session, office, directive, ticket, outcome, new, now=now)
    directives.set_outcome(
        session, directive_id, ticket_id, outcome=outcome, restored=new.id if new else None
    )
    return outcome


def _tell_of_the_end(
    session: Session,
    office: Office,
    directive: Directive,
    ticket: Ticket,
    outcome: str,
    new: Ticket | None,
    *,
    now: datetime,
) -> None:
    """Tell a holder that the order is undone, of `ticket` or of a `new` one; who has chosen hears nothing."""
    if outcome == RESTORED and new is not None:
        _tell(session, office, "ticket.restored_by_order.v1", directive, new, None, now=now)
    elif outcome == TOLD and new is not None:
        _tell(session, office, "ticket.reopened_by_order.v1", directive, new, None, now=now)
    elif outcome == TOLD:
        after = move(ticket, State.BOOKED, actor=SYSTEM, now=now)
        tickets.save(session, ticket, after, actor=SYSTEM, now=now)
        _tell(session, office, "ticket.reopened_by_order.v1", directive, after, ticket.state, now=now)


def _last_of(session: Session, office: Office, ticket: Ticket) -> Ticket:
    """Return the ticket that its holder has now, locked, however often it gave way to another."""
    while ticket.state is State.RESCHEDULED and ticket.replaced_by is not None:
        following = tickets.find(session, ticket.replaced_by, agency=office.code, lock=True)
        if following is None:
            return ticket
        ticket = following
    return ticket


def _hours_back(session: Session, office: Office, ticket: Ticket, done: Any, now: datetime) -> Iterator[Any]:
    """Return the hour that was lost, if it is still to come, then the free ones from today on."""
    lost = places.find_slots(session, [done.slot_id]).get(done.slot_id)
    if lost is not None and lost.starts_at > now:
        yield lost
    yield from _free_hours(session, office, ticket, office.today(ticket.site, now), now)


def _again(
    session: Session, office: Office, directive: Directive, ended: Ticket, done: Any, *, now: datetime
) -> tuple[str, Ticket | None]:
    """Give a new ticket to the holder of one that the order ended."""
    own = tickets.own_of(session, ended.id)
    if (ended.service, own["person_hash"]) in tickets.open_persons(session, [own["person_hash"]]):
        return CHOSEN, None
    for slot in _hours_back(session, office, ended, done, now):
        try:
            with session.begin_nested():
                new = put_again(session, office, ended, slot, actor=SYSTEM, now=now, despite=directive.id)
        except OpenTicketExists:
            return CHOSEN, None
        except Refused:
            continue
        return RESTORED, new
    if directive.choose_until is None or directive.choose_until < office.today(ended.site, now):
        return NOTHING_FREE, None
    # Full meanwhile: they did not give their hour up, and may choose as others whom the order hit.
    try:
        with session.begin_nested():
            return TOLD, put_without_hour(session, office, ended, actor=SYSTEM, now=now)
    except OpenTicketExists:
        return CHOSEN, None


def finish_undoing(session: Session, office: Office, directive_id: str, *, now: datetime) -> bool:
    """Open the hours of an order being undone, once everybody is cared for; tell whether they are.

    What is free of them is offered to who waits before anybody else can take it.
    """
    row = directives.find(session, directive_id, lock=True)
    if row is None or row.state != UNDOING or directives.not_restored(session, directive_id):
        return False
    days = _days_waited_for(session, office, directives.of_row(row), now=now)
    places.lock_days(session, days)
    directives.change(session, directive_id, state=UNDONE)
    for site, day in days:
        offer_day(session, office, site=site, day=day, now=now)
    return True


def _days_waited_for(
    session: Session, office: Office, directive: Directive, *, now: datetime
) -> list[tuple[str, date]]:
    """Return the open days of an order, from today on, for which somebody waits, in the order of locks."""
    found: list[tuple[str, date]] = []
    for site in sites_of(office, directive):
        waited_for = waiting_list.days_waited_for(session, site=site.code)
        first = max(directive.first_day, office.today(site.code, now))
        opened = places.open_days_of(session, site=site.code, first=first) if waited_for else []
        found += [
            (site.code, day)
            for day in opened
            if day <= directive.last_day and any(begins <= day <= ends for _, begins, ends in waited_for)
        ]
    return found


def end_offers(session: Session, office: Office, *, now: datetime, failed: set[str], limit: int = 50) -> int:
    """End tickets whose holders chose no other hour in time, so that they can book anew.

    Return how many were looked at. The ids in `failed` are left alone; those that fail now are added.
    """
    # Nowhere in the country is it an earlier day than in UTC.
    over = directives.offers_over(session, before=now.date(), without=failed, limit=limit)
    found = tickets.find_many(session, [ticket_id for _directive, ticket_id in over], agency=office.code)
    for directive_id, ticket_id in over:
        ticket = found[ticket_id]
        with apart("end_offers", ticket_id, failed), session.begin_nested():
            if ticket.state is State.BOOKED and ticket.slot_id is None:
                directive = directives.of_row(directives.find(session, directive_id))
                _cancel(session, office, directive, ticket, now=now)
    return len(over)


def _tell(
    session: Session,
    office: Office,
    event_type: str,
    directive: Directive,
    ticket: Ticket,
    previous: State | None,
    *,
    now: datetime,
) -> None:
    person = person_of(session, ticket.id)
    event = news(office, event_type, ticket, previous, person)
    choose_until = directive.choose_until if event_type == "ticket.offered_by_order.v1" else None
    announce(session, office, by_order(event, directive, choose_until=choose_until), now=now)
