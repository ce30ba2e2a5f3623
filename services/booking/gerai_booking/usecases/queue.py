"""The queue of a counter as its officer sees it, and whether a step was meant for what is there now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.refusals import Refused
from gerai_shared.ticket import (
    AT_COUNTER_STATES,
    UNDO_WINDOW,
    Actor,
    StaleRevision,
    State,
    Ticket,
    UndoTooLate,
    move,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_booking.models import floor, matching, queue_order, tickets, visits
from gerai_booking.models.history import last_step_at, ticket_before
from gerai_booking.models.people import Person, person_of
from gerai_booking.models.queue_order import Caller, Listed
from gerai_booking.refusals import NothingToUndo
from gerai_booking.rules.catalogue import AsideReason, FloorRule
from gerai_booking.rules.estimates.explaining import Minutes, minutes_of
from gerai_booking.rules.floor import absent_at, reasons_on, recallable_at, rule_on
from gerai_booking.rules.lanes import Because, because, lane_of
from gerai_booking.usecases import estimates
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force
from gerai_booking.usecases.sanctions import against_holder
from gerai_booking.usecases.skills import bounds_of

#: Where each step leads that is made with whoever is at the counter.
LEADS_TO: Mapping[str, State] = {
    "recall": State.CALLED,
    "start": State.SERVING,
    "finish": State.SERVED,
    "no-show": State.NO_SHOW,
    "park": State.PARKED,
    "requeue": State.CHECKED_IN,
    "transfer": State.TRANSFERRED,
}
#: The steps that can be taken back, as (from, to). Taking back is not itself a step to be taken back.
UNDOABLE = frozenset(
    {
        (State.CHECKED_IN, State.CALLED),
        (State.CALLED, State.SERVING),
        (State.CALLED, State.NO_SHOW),
        (State.CALLED, State.PARKED),
        (State.CALLED, State.CHECKED_IN),
        (State.SERVING, State.SERVED),
        (State.SERVING, State.PARKED),
        (State.SERVING, State.CHECKED_IN),
        (State.SERVING, State.TRANSFERRED),
    }
)
#: How many of each list a counter's screen is told unless it asks for more; the page shows fewer.
LISTED = 50
#: What a counter that pauses does not do.
CALLING = frozenset(("call", "call-next"))


class CounterMovedOn(Refused):
    """This counter has %(number)s now (%(who)s, %(at)s). Please look again; nothing was changed."""

    code = "counter_moved_on"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is noted of an open ticket: why it waits aside, for whom it is meant, where it returns."""

    aside_reason: str | None = None
    aside_until: datetime | None = None
    meant_counter: str | None = None
    meant_officer: str | None = None
    meant_until: datetime | None = None
    return_counter: str | None = None


@dataclass(frozen=True, kw_only=True)
class CounterQueue:
    """Who is at the counter, who waits for it in the order of calls, who waits aside, what is done.

    `police_report` ({number, date, station}) is of who is at the counter, if one was told; `suspension` is
    what stands against them on the day, if it was written down after they had booked. `elsewhere` wait, too,
    but are meant for another counter or officer, or are at another counter now; `notes` says what is noted
    of a ticket by its id. `expected` are bookings of today whose holders have not checked in yet. `allowed`
    are the verbs that can be carried out now, `allowed_at` from when those can that the rule delays;
    `undoable` is whose last step at the counter can still be taken back.
    """

    current: Ticket | None
    person: Person | None
    police_report: dict[str, str] | None
    #: How whoever is at the counter compares with a list: a MatchState, None where there is no list.
    match: str | None
    suspension: Any | None
    waiting: Listed
    elsewhere: Listed
    notes: Mapping[str, Note]
    #: Why the first of those who wait is the first; None when nobody waits.
    next_because: Because | None
    parked: Listed
    expected: Listed
    missed: Listed
    served_today: int
    longest_wait_minutes: int
    #: How long the last who waits will wait, in minutes as they are told; None while nobody can tell.
    last_waits: Minutes | None
    allowed: frozenset[str]
    allowed_at: Mapping[str, datetime]
    aside_reasons: list[AsideReason]
    later_people: int
    undoable: Ticket | None


def counter_queue(
    session: Session,
    office: Office,
    *,
    site: str,
    counter: str,
    now: datetime,
    officer_id: str | None = None,
    most: int = LISTED,
) -> CounterQueue:
    """Return the queue of a counter, of what an officer may serve, and `most` of each list.

    Raises UnknownSite, UnknownCounter.
    """
    bounds = bounds_of(
        session, office, site=site, counter=counter, officer_id=officer_id, day=office.today(site, now)
    )
    services = bounds.services
    day = office.today(site, now)
    caller = Caller(
        site=site,
        day=day,
        services=services,
        counter=counter,
        officer_id=officer_id or "",
        now=now,
        elsewhere=visits.at_other_agencies(now=now),
    )
    lists = queue_order.at_counter(session, caller, agency=office.code, most=most)
    since = lists.waiting.since
    current = current_at(session, office, site=site, counter=counter)
    person = person_of(session, current.id) if current else None
    undoable = _undoable(session, office, site=site, counter=counter, now=now)
    notes = _notes(session, site=site, day=day)
    rule = rule_on(in_force(session, office).floor_rules, day)
    allowed_at = _allowed_at(rule, current)
    return CounterQueue(
        current=current,
        person=person,
        police_report=_police_report(office, person),
        match=_match(session, current),
        suspension=against_holder(session, office, current, visit=current.day) if current else None,
        waiting=lists.waiting,
        elsewhere=lists.elsewhere,
        notes=notes,
        next_because=_because(session, lists.waiting.first),
        parked=lists.parked,
        expected=lists.expected,
        missed=lists.missed,
        served_today=lists.served,
        longest_wait_minutes=int((now - since).total_seconds() // 60) if since else 0,
        last_waits=_last_waits(session, office, lists.last, now=now),
        allowed=_allowed(current, undoable, rule, notes, allowed_at, now)
        - (CALLING if bounds.is_paused else frozenset()),
        allowed_at={verb: at for verb, at in allowed_at.items() if at > now},
        aside_reasons=reasons_on(office.agency.aside_reasons, day),
        later_people=rule.later_people,
        undoable=undoable,
    )


def _notes(session: Session, *, site: str, day: date) -> dict[str, Note]:
    return {
        row.id: Note(
            aside_reason=row.aside_reason,
            aside_until=row.aside_until,
            meant_counter=row.meant_counter,
            meant_officer=row.meant_officer,
            meant_until=row.meant_until,
            return_counter=row.return_counter,
        )
        for row in floor.notes(session, site=site, day=day)
    }


def _allowed_at(rule: FloorRule, current: Ticket | None) -> dict[str, datetime]:
    """Return from when a called person can be called again, and recorded as absent."""
    if current is None or current.state is not State.CALLED or current.called_at is None:
        return {}
    delayed = {"no-show": absent_at(rule, current.called_at)}
    if current.times_called < rule.most_calls:
        delayed["recall"] = recallable_at(rule, current.called_at)
    return delayed


def _last_waits(session: Session, office: Office, last: Ticket | None, *, now: datetime) -> Minutes | None:
    found = estimates.seen_by(session, office, last, now=now) if last else None
    return minutes_of(found.told) if found and found.told else None


def waiting_with_number(
    session: Session, office: Office, *, site: str, number: str, now: datetime
) -> tuple[Ticket, int] | None:
    """Return who waits at a site today with this number, and how many of the same service are ahead."""
    today = tickets.of_day(
        session, site=site, day=office.today(site, now), states=[State.CHECKED_IN], agency=office.code
    )
    found = next((ticket for ticket in today if ticket.number == number), None)
    return (found, queue_order.count_ahead(session, found)) if found else None


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
    if step is None or ticket is None or ticket.revision != step.revision:
        raise NothingToUndo
    before = ticket_before(step) if step.before is not None else None
    if before is not None and not _is_undoable(before, ticket):
        raise NothingToUndo
    if ticket.state is State.PARKED and visits.is_awaited(session, ticket.id):
        # Another agency was told to take them.
        raise NothingToUndo
    if now - step.at > UNDO_WINDOW:
        raise UndoTooLate(seconds=int(UNDO_WINDOW.total_seconds()))
    # A number that was made here is cancelled, whatever else goes back to what it was.
    move(ticket, before.state if before is not None else State.CANCELLED, actor=Actor.OFFICER, now=now)
    return ticket


def _is_undoable(before: Ticket, after: Ticket) -> bool:
    """Tell whether a step is one that can be taken back, and not itself taking back.

    A call makes the calls more, nothing else does: so the two that lead to the same state are told apart.
    """
    more = after.times_called - before.times_called
    if after.state is State.TRANSFERRED and after.replaced_by is None:
        # Sent on to another agency, which was told to take them.
        return False
    return (before.state, after.state) in UNDOABLE and more == (1 if after.state is State.CALLED else 0)


def _police_report(office: Office, person: Person | None) -> dict[str, str] | None:
    """Open what whoever is at the counter told of the police report, for comparing it with the paper."""
    opened = office.sealer.unseal(person.sealed) if person else {}
    report = {name: opened.get(f"police_report_{name}", "") for name in ("number", "date", "station")}
    return report if report["number"] else None


def _because(session: Session, waiting: list[Ticket]) -> Because | None:
    if not waiting:
        return None
    first = waiting[0]
    return because(
        lane=lane_of(first.lane.value, tickets.ground_of(session, first.id)),
        booked_for=first.slot_starts_at,
        checked_in_at=first.checked_in_at or first.created_at,
        queue_at=first.queue_at,
    )


def _match(session: Session, current: Ticket | None) -> str | None:
    found = matching.match_of(session, current.id) if current else None
    return str(found.state) if found is not None else None


def _undoable(session: Session, office: Office, *, site: str, counter: str, now: datetime) -> Ticket | None:
    try:
        return step_back(session, office, site=site, counter=counter, now=now)
    except Refused:
        return None


def current_at(session: Session, office: Office, *, site: str, counter: str) -> Ticket | None:
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


def _allowed(
    current: Ticket | None,
    undoable: Ticket | None,
    rule: FloorRule,
    notes: Mapping[str, Note],
    allowed_at: Mapping[str, datetime],
    now: datetime,
) -> frozenset[str]:
    verbs = {"undo"} if undoable else set()
    if current is None:
        return frozenset(verbs | {"call-next"})
    verbs |= {"add-service"}
    if current.state is State.SERVING and notes.get(current.id, Note()).return_counter not in {
        None,
        current.counter,
    }:
        verbs.add("send-back")
    for verb, state in LEADS_TO.items():
        if verb == "recall" and (
            current.state is not State.CALLED or current.times_called >= rule.most_calls
        ):
            # From being served, the way back to being called is there for taking back alone.
            continue
        if allowed_at.get(verb, now) > now:
            continue
        try:
            move(current, state, actor=Actor.OFFICER, now=now)
        except Refused:
            continue
        verbs.add(verb)
    return frozenset(verbs)
