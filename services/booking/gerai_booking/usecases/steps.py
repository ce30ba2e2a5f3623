"""What every step at a counter is made of: whoever is there, one transition, its history and its news."""

from typing import Any

from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.refusals import AtAnotherCounter, CounterBusy, CounterIdle, OpenTicketExists
from gerai_booking.usecases import missed_places, no_shows
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office

#: The event that tells of a step at the counter, by where it led.
EVENT_OF = {
    State.SERVING: "ticket.serving.v1",
    State.SERVED: "ticket.served.v1",
    State.NO_SHOW: "ticket.missed.v1",
    State.PARKED: "ticket.parked.v1",
    State.CHECKED_IN: "ticket.requeued.v1",
    State.TRANSFERRED: "ticket.transferred.v1",
}
#: Columns of the agency's own that say for whom a ticket is meant, as they are when it is meant for nobody.
MEANT_FOR_NOBODY: dict[str, Any] = {"meant_counter": None, "meant_officer": None, "meant_until": None}
#: And why it waits aside, as they are when it does not.
NOT_ASIDE: dict[str, Any] = {"aside_reason": None, "aside_until": None, "waits_for": None}


def current(session: Session, office: Office, desk: Desk) -> Ticket:
    """Lock and return whoever is at the counter. Raises UnknownCounter, CounterIdle."""
    office.counter(desk.site, desk.counter)
    ticket = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
    if ticket is None:
        raise CounterIdle
    return ticket


def step(
    session: Session,
    office: Office,
    desk: Desk,
    ticket: Ticket,
    to: State,
    *,
    revision: int | None,
    own: dict[str, Any] | None = None,
    **changes: Any,
) -> Ticket:
    """Make one transition of a locked ticket and announce it; `own` are columns of the agency's own.

    Raises StaleRevision, TransitionNotAllowed.
    """
    after = move(ticket, to, actor=Actor.OFFICER, now=desk.now, revision=revision, **changes)
    tickets.save(
        session,
        ticket,
        after,
        actor=Actor.OFFICER,
        now=desk.now,
        officer_id=desk.officer_id,
        undoable=True,
        **(own or {}),
    )
    announce(session, office, fact(EVENT_OF[to], after, ticket.state), now=desk.now)
    no_shows.tell(session, office, ticket, after, now=desk.now)
    return after


def save_open(
    session: Session, office: Office, desk: Desk, before: Ticket, after: Ticket, **own: Any
) -> None:
    """Write a ticket that may be open again, with its place of the day.

    Raises OpenTicketExists when its holder has another one by now, AtAnotherCounter when they are called for
    another errand, CounterBusy when somebody else is at this counter.
    """
    try:
        with session.begin_nested():
            tickets.save(
                session,
                before,
                after,
                actor=Actor.OFFICER,
                now=desk.now,
                officer_id=desk.officer_id,
                counter=desk.counter or None,
                undoable=True,
                **own,
            )
    except IntegrityError as error:
        if tickets.is_about_person(error):
            raise OpenTicketExists from error
        if tickets.is_about_visit(error):
            raise AtAnotherCounter from error
        busy = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
        if busy is None:
            raise
        raise CounterBusy(number=busy.number) from error
    missed_places.take_again(session, after)
