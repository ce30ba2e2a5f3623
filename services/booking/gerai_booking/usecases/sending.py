"""Sending somebody on: to a service, counter or officer, for good or to return, or with one errand more."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gerai_shared import accounts
from gerai_shared.ticket import Actor, StaleRevision, State, Ticket, TransitionNotAllowed, move
from sqlalchemy.orm import Session

from gerai_booking.models import floor, matching, tickets
from gerai_booking.models.people import copy_person
from gerai_booking.refusals import (
    AlreadyAdded,
    NothingToUndo,
    NotSentFromElsewhere,
    NotServedThere,
    UnknownOfficer,
    UnknownService,
)
from gerai_booking.rules.floor import AT_ANOTHER_COUNTER, rule_on
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.intake import add_waiting, new_waiting
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force
from gerai_booking.usecases.steps import MEANT_FOR_NOBODY, current, step

#: Who was sent on to come back waits aside for as long as the other ticket is open, and this long at least.
COMES_BACK_AFTER = timedelta(minutes=60)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where somebody is sent: to a service (None: the same one), a counter, an officer by user name.

    With `comes_back` they return to the counter that sent them.
    """

    service: str | None = None
    counter: str | None = None
    officer: str | None = None
    comes_back: bool = False


def transfer(session: Session, office: Office, desk: Desk, *, target: Target, revision: int | None) -> Ticket:
    """Send whoever is being served on; return the ticket with which they wait.

    For another service that is a new ticket of the same visit, which waits from the time the person came.
    Raises CounterIdle, UnknownService, NotOnThisWeekday, UnknownCounter, NotServedThere, UnknownOfficer,
    TransitionNotAllowed.
    """
    ticket = current(session, office, desk)
    service = target.service or ticket.service
    meant = _meant(session, office, desk, service, target)
    if service != ticket.service:
        return _to_service(session, office, desk, ticket, service, target, meant, revision=revision)
    if not meant["meant_until"]:
        raise UnknownService
    if ticket.state is not State.SERVING:
        raise TransitionNotAllowed(state=ticket.state.value)
    # The same service goes on at another counter, with the same number.
    back = {"return_counter": desk.counter} if target.comes_back else {}
    return step(
        session,
        office,
        desk,
        ticket,
        State.CHECKED_IN,
        revision=revision,
        own=meant | back,
        counter=None,
        started_at=None,
    )


def send_back(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Send whoever is being served back to the counter that sent them here.

    Raises CounterIdle, NotSentFromElsewhere, TransitionNotAllowed.
    """
    ticket = current(session, office, desk)
    counter = floor.return_counter_of(session, ticket.id)
    if counter is None or counter == desk.counter:
        raise NotSentFromElsewhere
    if ticket.state is not State.SERVING:
        raise TransitionNotAllowed(state=ticket.state.value)
    own = _kept_for(session, office, desk, counter=counter) | {"return_counter": None}
    return step(
        session,
        office,
        desk,
        ticket,
        State.CHECKED_IN,
        revision=revision,
        own=own,
        counter=None,
        started_at=None,
    )


def add_service(
    session: Session, office: Office, desk: Desk, *, service: str, revision: int | None
) -> Ticket:
    """Give whoever is at the counter a number for one errand more, at their old place; return it.

    They are called for it when this counter is done with them. Raises CounterIdle, StaleRevision,
    UnknownService, NotOnThisWeekday, AlreadyAdded.
    """
    ticket = current(session, office, desk)
    if revision is not None and revision != ticket.revision:
        raise StaleRevision(revision=ticket.revision)
    if service == ticket.service:
        raise UnknownService
    known = floor.open_for(session, visit_id=ticket.visit_id, service=service)
    if known is not None:
        raise AlreadyAdded(number=known)
    return _another(session, office, desk, ticket, service, MEANT_FOR_NOBODY, more=True)


def take_back(session: Session, office: Office, desk: Desk, sent: Ticket) -> None:
    """Cancel the number with which a ticket was sent on by a step that is taken back now.

    Who waited for the ticket waits for it again. Raises NothingToUndo when that number was called already.
    """
    made = tickets.find_unless_locked(session, sent.replaced_by or "", agency=office.code)
    if made is None:
        raise NothingToUndo
    cancel_made(session, office, desk, made)
    floor.wait_for_another(session, made.id, sent.id)


def cancel_made(session: Session, office: Office, desk: Desk, made: Ticket) -> Ticket:
    """Cancel a locked number whose step is taken back. Raises NothingToUndo once it was called."""
    if made.state is not State.CHECKED_IN or made.revision != 1:
        raise NothingToUndo
    after = move(made, State.CANCELLED, actor=Actor.OFFICER, now=desk.now, finished_at=desk.now)
    tickets.save(session, made, after, actor=Actor.OFFICER, now=desk.now, officer_id=desk.officer_id)
    announce(session, office, fact("ticket.undone.v1", after, made.state), now=desk.now)
    return after


def _to_service(
    session: Session,
    office: Office,
    desk: Desk,
    ticket: Ticket,
    service: str,
    target: Target,
    meant: dict[str, Any],
    *,
    revision: int | None,
) -> Ticket:
    if ticket.state is not State.SERVING:
        raise TransitionNotAllowed(state=ticket.state.value)
    new = _another(session, office, desk, ticket, service, meant)
    if not target.comes_back:
        step(
            session,
            office,
            desk,
            ticket,
            State.TRANSFERRED,
            revision=revision,
            finished_at=desk.now,
            replaced_by=new.id,
        )
        floor.wait_for_another(session, ticket.id, new.id)
        return new
    own = {
        "aside_reason": AT_ANOTHER_COUNTER,
        "aside_until": desk.now + COMES_BACK_AFTER,
        "waits_for": new.id,
        "return_counter": desk.counter,
    }
    step(session, office, desk, ticket, State.PARKED, revision=revision, own=own, replaced_by=new.id)
    return new


def _another(
    session: Session,
    office: Office,
    desk: Desk,
    ticket: Ticket,
    service: str,
    meant: dict[str, Any],
    *,
    more: bool = False,
) -> Ticket:
    """Write a ticket of the same visit for another service, at the place of the old one.

    One errand `more` has not been waited for yet, and is a step of its own at this counter.
    """
    office.offer(desk.site, service)
    office.must_serve_on(desk.site, service, office.today(desk.site, desk.now))
    new = new_waiting(session, office, desk, service=service, lane=ticket.lane, visit_id=ticket.visit_id)
    came_at = ticket.checked_in_at or desk.now
    new = replace(new, checked_in_at=desk.now if more else came_at, queue_at=ticket.queue_at or came_at)
    own = tickets.own_of(session, ticket.id)
    add_waiting(
        session,
        desk,
        new,
        origin=own["origin"],
        ground=own["priority_ground"],
        at=desk.counter if more else None,
        **meant,
    )
    copy_person(session, ticket.id, new.id)
    matching.copy_match(session, ticket.id, new.id)
    announce(session, office, fact("ticket.checked_in.v1", new, None), now=desk.now)
    return new


def _meant(session: Session, office: Office, desk: Desk, service: str, target: Target) -> dict[str, Any]:
    officer_id = None
    if target.counter is not None:
        served_there = office.counter(desk.site, target.counter).services
        if target.counter == desk.counter or service not in served_there:
            raise NotServedThere
    if target.officer is not None:
        known = {each.username: each.id for each in accounts.staff(session)}
        officer_id = known.get(target.officer)
        if officer_id is None:
            raise UnknownOfficer
    if target.counter is None and officer_id is None:
        return dict(MEANT_FOR_NOBODY)
    return _kept_for(session, office, desk, counter=target.counter, officer_id=officer_id)


def _kept_for(
    session: Session, office: Office, desk: Desk, *, counter: str | None, officer_id: str | None = None
) -> dict[str, Any]:
    rule = rule_on(in_force(session, office).floor_rules, office.today(desk.site, desk.now))
    return {
        "meant_counter": counter,
        "meant_officer": officer_id,
        "meant_until": desk.now + timedelta(minutes=rule.meant_minutes),
    }
