"""The queue of a counter as its officer sees it, and whether a step was meant for what is there now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gerai_shared.refusals import Refused
from gerai_shared.ticket import AT_COUNTER_STATES, Actor, StaleRevision, State, Ticket, move
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_booking.models import matching, tickets
from gerai_booking.models.history import last_step_at, ticket_before
from gerai_booking.models.people import Person, person_of
from gerai_booking.refusals import NothingToUndo
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.sanctions import against_holder
from gerai_booking.usecases.skills import bounds_of

#: Where each step leads that is made with whoever is at the counter.
LEADS_TO: Mapping[str, State] = {
    "recall": State.CALLED,
    "start": State.SERVING,
    "finish": State.SERVED,
    "no-show": State.NO_SHOW,
    "park": State.PARKED,
    "transfer": State.TRANSFERRED,
}
#: What a counter that pauses does not do.
CALLING = frozenset(("call", "call-next"))
#: What taking back a step leads to. Taking back is not itself a step to be taken back.
LED_FROM: Mapping[State, State] = {
    State.CALLED: State.CHECKED_IN,
    State.SERVING: State.CALLED,
    State.SERVED: State.SERVING,
    State.NO_SHOW: State.CALLED,
}


class CounterMovedOn(Refused):
    """This counter has %(number)s now: your screen was older. Please look again; nothing was changed."""

    code = "counter_moved_on"
    status = 409


@dataclass(frozen=True, kw_only=True)
class CounterQueue:
    """Who is at the counter, who waits for it in the order of calls, who waits aside, what is done.

    `police_report` ({number, date, station}) is of who is at the counter, if one was told; `suspension` is
    what stands against them on the day, if it was written down after they had booked.
    `expected` are bookings of today whose holders have not checked in yet. `allowed` are the verbs that
    can be carried out now; `undoable` is whose last step at the counter can still be taken back.
    """

    current: Ticket | None
    person: Person | None
    police_report: dict[str, str] | None
    #: How whoever is at the counter compares with a list: a MatchState, None where there is no list.
    match: str | None
    suspension: Any | None
    waiting: list[Ticket]
    parked: list[Ticket]
    expected: list[Ticket]
    missed: list[Ticket]
    served_today: int
    longest_wait_minutes: int
    allowed: frozenset[str]
    undoable: Ticket | None


def counter_queue(
    session: Session,
    office: Office,
    *,
    site: str,
    counter: str,
    now: datetime,
    officer_id: str | None = None,
) -> CounterQueue:
    """Return the queue of a counter, of what an officer may serve. Raises UnknownSite, UnknownCounter."""
    bounds = bounds_of(
        session, office, site=site, counter=counter, officer_id=officer_id, day=office.today(site, now)
    )
    services = bounds.services
    states = (State.CHECKED_IN, State.PARKED, State.BOOKED, State.NO_SHOW, State.SERVED)
    today = tickets.of_day(
        session, site=site, day=office.today(site, now), states=states, agency=office.code, services=services
    )
    current = _at_counter(session, office, site=site, counter=counter)
    person = person_of(session, current.id) if current else None
    undoable = _undoable(session, office, site=site, counter=counter, now=now)
    waiting = [t for t in today if t.state is State.CHECKED_IN]
    arrivals = [t.checked_in_at for t in waiting if t.checked_in_at is not None]
    return CounterQueue(
        current=current,
        person=person,
        police_report=_police_report(office, person),
        match=_match(session, current),
        suspension=against_holder(session, office, current, visit=current.day) if current else None,
        waiting=waiting,
        parked=[t for t in today if t.state is State.PARKED],
        expected=sorted(
            (t for t in today if t.state is State.BOOKED and t.slot_id is not None),
            key=lambda t: (t.slot_starts_at or t.created_at, t.number),
        ),
        missed=[t for t in today if t.state is State.NO_SHOW],
        served_today=sum(t.state is State.SERVED for t in today),
        longest_wait_minutes=int((now - min(arrivals)).total_seconds() // 60) if arrivals else 0,
        allowed=_allowed(current, undoable, now) - (CALLING if bounds.is_paused else frozenset()),
        undoable=undoable,
    )


def waiting_with_number(
    session: Session, office: Office, *, site: str, number: str, now: datetime
) -> tuple[Ticket, int] | None:
    """Return who waits at a site today with this number, and how many of the same service are ahead."""
    today = tickets.of_day(
        session, site=site, day=office.today(site, now), states=[State.CHECKED_IN], agency=office.code
    )
    found = next((ticket for ticket in today if ticket.number == number), None)
    return (found, tickets.count_ahead(session, found)) if found else None


def require_current(session: Session, office: Office, *, site: str, counter: str, ticket_id: str) -> None:
    """Refuse a step that was meant for somebody who has left the counter already.

    A revision alone does not tell: the next person's ticket may have the same. Raises CounterMovedOn.
    """
    current = tickets.at_counter(session, site=site, counter=counter, agency=office.code)
    if current is not None and current.id != ticket_id:
        raise CounterMovedOn(number=current.number)


def require_undoable(
    session: Session,
    office: Office,
    *,
    site: str,
    counter: str,
    now: datetime,
    ticket_id: str | None,
    revision: int | None,
) -> None:
    """Refuse to take back another step than the one that the officer saw (None: whichever it is).

    Raises NothingToUndo, UndoTooLate, StaleRevision.
    """
    last = step_back(session, office, site=site, counter=counter, now=now)
    if ticket_id not in {None, last.id} or revision not in {None, last.revision}:
        raise StaleRevision(revision=last.revision)


def step_back(session: Session, office: Office, *, site: str, counter: str, now: datetime) -> Ticket:
    """Return the ticket whose last step at this counter can be taken back.

    Raises NothingToUndo, UndoTooLate.
    """
    step = last_step_at(session, site=site, counter=counter)
    ticket = tickets.find(session, step.ticket_id, agency=office.code) if step else None
    if step is None or step.before is None or ticket is None or ticket.revision != step.revision:
        raise NothingToUndo
    before = ticket_before(step)
    if LED_FROM.get(ticket.state) is not before.state:
        raise NothingToUndo
    move(ticket, before.state, actor=Actor.OFFICER, now=now)
    return ticket


def _police_report(office: Office, person: Person | None) -> dict[str, str] | None:
    """Open what whoever is at the counter told of the police report, for comparing it with the paper."""
    opened = office.sealer.unseal(person.sealed) if person else {}
    report = {name: opened.get(f"police_report_{name}", "") for name in ("number", "date", "station")}
    return report if report["number"] else None


def _match(session: Session, current: Ticket | None) -> str | None:
    found = matching.match_of(session, current.id) if current else None
    return str(found.state) if found is not None else None


def _undoable(session: Session, office: Office, *, site: str, counter: str, now: datetime) -> Ticket | None:
    try:
        return step_back(session, office, site=site, counter=counter, now=now)
    except Refused:
        return None


def _at_counter(session: Session, office: Office, *, site: str, counter: str) -> Ticket | None:
    """Whoever keeps the counter busy, of whatever day and service, without locking: this is for looking."""
    table = tickets.tickets
    found = session.scalar(
        select(table.c.id).where(
            table.c.site == site,
            table.c.counter == counter,
            table.c.state.in_([state.value for state in AT_COUNTER_STATES]),
        )
    )
    return tickets.find(session, found, agency=office.code) if found else None


def _allowed(current: Ticket | None, undoable: Ticket | None, now: datetime) -> frozenset[str]:
    verbs = {"undo"} if undoable else set()
    if current is None:
        return frozenset(verbs | {"call-next"})
    for verb, state in LEADS_TO.items():
        if verb == "recall" and current.state is not State.CALLED:
            # From being served, the way back to being called is there for taking back alone.
            continue
        try:
            move(current, state, actor=Actor.OFFICER, now=now)
        except Refused:
            continue
        verbs.add(verb)
    return frozenset(verbs)
