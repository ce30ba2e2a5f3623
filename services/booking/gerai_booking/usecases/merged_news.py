"""What is announced of steps that were made elsewhere: once, by who hears of them, not as if just now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.outbox import NewEvent
from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models.history import ticket_before
from gerai_booking.models.people import Person, person_of
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.office import Office

#: A call is for now: who hears of it later is not told to come.
STILL_NEWS = timedelta(minutes=2)
#: The events of which a ticket's holder is told.
TO_ITS_HOLDER = {
    State.BOOKED: "ticket.booked.v1",
    State.CALLED: "ticket.called.v1",
    State.CANCELLED: "ticket.cancelled.v1",
}
FACTS = {
    State.HELD: "ticket.held.v1",
    State.EXPIRED: "ticket.expired.v1",
    State.RESCHEDULED: "ticket.replaced.v1",
    State.SERVING: "ticket.serving.v1",
    State.SERVED: "ticket.served.v1",
    State.NO_SHOW: "ticket.missed.v1",
    State.PARKED: "ticket.parked.v1",
    State.TRANSFERRED: "ticket.transferred.v1",
}
#: Steps that lead there are taken back.
TAKEN_BACK = frozenset(
    {
        (State.CALLED, State.CHECKED_IN),
        (State.SERVING, State.CALLED),
        (State.NO_SHOW, State.CALLED),
        (State.SERVED, State.SERVING),
        (State.CHECKED_IN, State.SERVING),
        (State.PARKED, State.SERVING),
        (State.TRANSFERRED, State.SERVING),
    }
)


def tell(
    session: Session,
    office: Office,
    lines: Sequence[Any],
    result: Ticket,
    *,
    new_number: bool,
    now: datetime,
    to_holder: bool,
) -> None:
    """Announce steps that led to `result`, oldest first.

    A call that was followed by something is not announced: what followed says when it was, and a hall would
    hear it hours later. One that stands is told its holder only while it is news, and only if `to_holder`.
    `new_number` says of a ticket that nobody had heard of that it was given on the spot, and did not come
    from another one.
    """
    person = person_of(session, result.id) if to_holder else None
    afters = [*(ticket_before(line) for line in lines[1:]), result]
    for place, (line, after) in enumerate(zip(lines, afters, strict=True)):
        is_late = now - line.at > STILL_NEWS
        if is_late and after.state is State.CALLED and place + 1 < len(lines):
            continue
        event = _event(
            office,
            line,
            replace(after, revision=line.revision),
            None if is_late and after.state is State.CALLED else person,
            new_number=new_number,
        )
        announce(session, office, event, now=now)


def _is_taken_back(line: Any, after: Ticket) -> bool:
    """Tell whether a step was no call, and no cancellation, but the taking back of another one."""
    if after.state is State.CALLED:
        return after.times_called <= ticket_before(line).times_called
    # At a counter nobody cancels but by taking back the step that made the number.
    is_officers = (line.actor, line.from_state) == ("officer", "checked_in")
    return after.state is State.CANCELLED and is_officers


def _event(office: Office, line: Any, after: Ticket, person: Person | None, *, new_number: bool) -> NewEvent:
    before = State(line.from_state) if line.from_state else None
    if before is not None and ((before, after.state) in TAKEN_BACK or _is_taken_back(line, after)):
        return fact("ticket.undone.v1", after, before)
    if after.state in TO_ITS_HOLDER:
        return news(office, TO_ITS_HOLDER[after.state], after, before, person)
    if after.state is State.CHECKED_IN:
        came = before in {None, State.BOOKED}
        name = "walked_in" if before is None and new_number else "checked_in" if came else "requeued"
        return fact(f"ticket.{name}.v1", after, before)
    return fact(FACTS[after.state], after, before)
