"""The floor: what officers do at a counter."""

from dataclasses import replace
from datetime import datetime

from gerai_shared.accounts import Officer
from gerai_shared.ticket import (
    Actor,
    Lane,
    State,
    Ticket,
    TransitionNotAllowed,
    move,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import acts, matching, tickets
from gerai_booking.models.history import last_step_at, ticket_before
from gerai_booking.models.people import copy_person, person_of
from gerai_booking.refusals import (
    CounterBusy,
    CounterIdle,
    EmergencyStays,
    NobodyWaits,
    NothingToUndo,
    OpenTicketExists,
    UnknownService,
    UnknownTicket,
)
from gerai_booking.rules.visits import queue_rank
from gerai_booking.usecases import missed_places, no_shows
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.intake import add_waiting, new_waiting
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.queue import step_back
from gerai_booking.usecases.skills import services_to_call

#: The event that tells of a step at the counter, by where it led.
EVENT_OF = {
    State.SERVING: "ticket.serving.v1",
    State.SERVED: "ticket.served.v1",
    State.NO_SHOW: "ticket.missed.v1",
    State.PARKED: "ticket.parked.v1",
    State.CHECKED_IN: "ticket.requeued.v1",
    State.TRANSFERRED: "ticket.transferred.v1",
}


def call_next(session: Session, office: Office, desk: Desk) -> Ticket:
    """Call whoever is next for this counter's services: one atomic claim.

    Raises UnknownCounter, CounterPaused, NothingToServe, CounterBusy, NobodyWaits.
    """
    services = services_to_call(session, office, desk)
    _refuse_busy(session, office, desk)
    today = office.today(desk.site, desk.now)
    ticket = tickets.claim_next(session, site=desk.site, day=today, services=services, agency=office.code)
    if ticket is None:
        raise NobodyWaits
    return _claim(session, office, desk, ticket)


def call(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    officer: Officer,
    ticket_id: str,
    revision: int | None,
) -> Ticket:
    """Call one person who waits for this counter, whoever is before them. Only supervisors may, and whom they
    passed over is counted.

    Raises Forbidden, UnknownCounter, CounterPaused, NothingToServe, CounterBusy, UnknownTicket,
    StaleRevision, TransitionNotAllowed.
    """
    officer.must_be_supervisor()
    services = services_to_call(session, office, desk)
    _refuse_busy(session, office, desk)
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.site != desk.site or ticket.service not in services:
        raise UnknownTicket
    if ticket.state is not State.CHECKED_IN:
        raise TransitionNotAllowed(state=ticket.state.value)
    ahead = tickets.count_ahead(session, ticket, services=services)
    after = _claim(session, office, desk, ticket, revision=revision)
    if ahead:
        acts.record(
            session,
            officer_id=officer.id,
            officer_name=officer.name,
            about=acts.QUEUE,
            about_id=ticket.id,
            act=acts.CALLED_OUT_OF_TURN,
            what=str(ahead),
            now=desk.now,
        )
    return after


def _claim(
    session: Session, office: Office, desk: Desk, ticket: Ticket, *, revision: int | None = None
) -> Ticket:
    try:
        with session.begin_nested():
            return _call(session, office, desk, ticket, revision=revision)
    except IntegrityError:
        # Two calls for one counter at the same moment: the index let one of them through.
        _refuse_busy(session, office, desk)
        raise


def _refuse_busy(session: Session, office: Office, desk: Desk) -> None:
    busy = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
    if busy is not None:
        raise CounterBusy(number=busy.number)


def recall(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Call the same person again. Raises CounterIdle, StaleRevision, TransitionNotAllowed."""
    ticket = _current(session, office, desk)
    if ticket.state is not State.CALLED:
        # From being served, the way back to being called is there for taking back alone.
        raise TransitionNotAllowed(state=ticket.state.value)
    return _call(session, office, desk, ticket, revision=revision)


def _call(
    session: Session, office: Office, desk: Desk, ticket: Ticket, *, revision: int | None = None
) -> Ticket:
    after = move(
        ticket,
        State.CALLED,
        actor=Actor.OFFICER,
        now=desk.now,
        revision=revision,
        counter=desk.counter,
        called_at=desk.now,
        times_called=ticket.times_called + 1,
    )
    tickets.save(session, ticket, after, actor=Actor.OFFICER, now=desk.now, officer_id=desk.officer_id)
    person = person_of(session, ticket.id)
    announce(session, office, news(office, "ticket.called.v1", after, ticket.state, person), now=desk.now)
    return after


def start(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Begin to serve whoever was called."""
    return _step(session, office, desk, State.SERVING, revision=revision, started_at=desk.now)


def finish(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """End the service."""
    return _step(session, office, desk, State.SERVED, revision=revision, finished_at=desk.now)


def no_show(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Record that whoever was called did not come."""
    return _step(session, office, desk, State.NO_SHOW, revision=revision, finished_at=desk.now)


def park(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Let whoever is at the counter wait aside, a copy or a payment away from going on."""
    return _step(session, office, desk, State.PARKED, revision=revision)


def _step(
    session: Session, office: Office, desk: Desk, to: State, *, revision: int | None, **changes: datetime
) -> Ticket:
    ticket = _current(session, office, desk)
    after = move(ticket, to, actor=Actor.OFFICER, now=desk.now, revision=revision, **changes)
    tickets.save(session, ticket, after, actor=Actor.OFFICER, now=desk.now, officer_id=desk.officer_id)
    announce(session, office, fact(EVENT_OF[to], after, ticket.state), now=desk.now)
    no_shows.tell(session, office, ticket, after, now=desk.now)
    return after


def requeue(session: Session, office: Office, desk: Desk, *, ticket_id: str, revision: int | None) -> Ticket:
    """Put somebody who waits aside, or who missed the call and came after all, back in the old place.

    Raises UnknownTicket, StaleRevision, TransitionNotAllowed, OpenTicketExists.
    """
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.site != desk.site:
        raise UnknownTicket
    if ticket.state is State.CHECKED_IN:
        # Who waits already is there already; the arrow to the same state is for changing the lane.
        raise TransitionNotAllowed(state=ticket.state.value)
    after = move(
        ticket,
        State.CHECKED_IN,
        actor=Actor.OFFICER,
        now=desk.now,
        revision=revision,
        counter=None,
        finished_at=None,
    )
    _save_open(session, desk, ticket, after)
    announce(session, office, fact("ticket.requeued.v1", after, ticket.state), now=desk.now)
    no_shows.tell(session, office, ticket, after, now=desk.now)
    return after


def set_priority(
    session: Session, office: Office, desk: Desk, *, ticket_id: str, priority: bool, revision: int | None
) -> Ticket:
    """Put somebody who waits into the priority lane, or back into the ordinary one.

    Whoever books says of themselves that they are elderly, pregnant, disabled or with a small child (S1-7);
    officers, who see them, have the last word. Raises UnknownTicket, EmergencyStays, StaleRevision,
    TransitionNotAllowed.
    """
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.site != desk.site:
        raise UnknownTicket
    ordinary = Lane.APPOINTMENT if ticket.slot_id else Lane.WALK_IN
    lane = Lane.PRIORITY if priority else ordinary
    if ticket.lane is Lane.EMERGENCY:
        # A supervisor decided that it goes before everybody; a click at a counter does not undo it.
        raise EmergencyStays
    if ticket.state is not State.CHECKED_IN:
        raise TransitionNotAllowed(state=ticket.state.value)
    after = move(ticket, State.CHECKED_IN, actor=Actor.OFFICER, now=desk.now, revision=revision, lane=lane)
    tickets.save(
        session,
        ticket,
        after,
        actor=Actor.OFFICER,
        now=desk.now,
        officer_id=desk.officer_id,
        queue_rank=queue_rank(lane.value),
    )
    announce(session, office, fact("ticket.requeued.v1", after, ticket.state), now=desk.now)
    return after


def transfer(session: Session, office: Office, desk: Desk, *, service: str, revision: int | None) -> Ticket:
    """Send whoever is being served on to another service of this agency; return the new ticket.

    It belongs to the same visit and waits from the time the person came. Raises UnknownService,
    NotOnThisWeekday.
    """
    ticket = _current(session, office, desk)
    if service == ticket.service:
        raise UnknownService
    office.offer(desk.site, service)
    office.must_serve_on(desk.site, service, office.today(desk.site, desk.now))
    after = move(
        ticket, State.TRANSFERRED, actor=Actor.OFFICER, now=desk.now, revision=revision, finished_at=desk.now
    )
    tickets.save(session, ticket, after, actor=Actor.OFFICER, now=desk.now, officer_id=desk.officer_id)
    new = new_waiting(session, office, desk, service=service, lane=ticket.lane, visit_id=ticket.visit_id)
    came_at = ticket.checked_in_at or desk.now
    new = replace(new, checked_in_at=came_at, queue_at=came_at)
    add_waiting(session, desk, new, origin=tickets.own_of(session, ticket.id)["origin"])
    copy_person(session, ticket.id, new.id)
    matching.copy_match(session, ticket.id, new.id)
    announce(
        session,
        office,
        fact("ticket.transferred.v1", after, ticket.state),
        fact("ticket.checked_in.v1", new, None),
        now=desk.now,
    )
    return new


def undo(session: Session, office: Office, desk: Desk) -> Ticket:
    """Take back the last step at this counter, within a short time.

    Raises NothingToUndo, UndoTooLate, OpenTicketExists.
    """
    undoable = step_back(session, office, site=desk.site, counter=desk.counter, now=desk.now)
    ticket = tickets.find(session, undoable.id, agency=office.code, lock=True)
    step = last_step_at(session, site=desk.site, counter=desk.counter)
    if ticket is None or step is None or not ticket.revision == undoable.revision == step.revision:
        raise NothingToUndo
    before = ticket_before(step)
    moved = move(ticket, before.state, actor=Actor.OFFICER, now=desk.now)
    after = replace(before, revision=moved.revision)
    _save_open(session, desk, ticket, after)
    announce(session, office, fact("ticket.undone.v1", after, ticket.state), now=desk.now)
    no_shows.tell(session, office, ticket, after, now=desk.now)
    return after


def _save_open(session: Session, desk: Desk, before: Ticket, after: Ticket) -> None:
    """Write a ticket that may be open again, with its place of the day.

    Raises OpenTicketExists when its holder has another one by now.
    """
    try:
        tickets.save(session, before, after, actor=Actor.OFFICER, now=desk.now, officer_id=desk.officer_id)
    except IntegrityError as error:
        if tickets.is_about_person(error):
            raise OpenTicketExists from error
        raise
    missed_places.take_again(session, after)


def _current(session: Session, office: Office, desk: Desk) -> Ticket:
    office.counter(desk.site, desk.counter)
    ticket = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
    if ticket is None:
        raise CounterIdle
    return ticket
