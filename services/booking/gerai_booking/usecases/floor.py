"""The floor: what officers do at a counter. Sending somebody on is in usecases.sending."""

from dataclasses import replace
from datetime import datetime, timedelta

from gerai_shared.accounts import Officer
from gerai_shared.ticket import (
    AT_COUNTER_STATES,
    Actor,
    Lane,
    StaleRevision,
    State,
    Ticket,
    TransitionNotAllowed,
    move,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import acts, queue_order, tickets, visits
from gerai_booking.models import floor as floor_tables
from gerai_booking.models.history import last_step_at, ticket_before
from gerai_booking.models.people import person_of
from gerai_booking.models.queue_order import Caller
from gerai_booking.refusals import (
    AbsentTooSoon,
    AllAtOtherCounters,
    AtAnotherCounter,
    CalledOften,
    CameBackOften,
    CounterBusy,
    EmergencyStays,
    NobodyWaits,
    NothingToUndo,
    OutcomeNeeded,
    OutcomeNeedsReason,
    RecalledTooSoon,
    UnknownAsideReason,
    UnknownTicket,
)
from gerai_booking.rules.catalogue import FloorRule
from gerai_booking.rules.floor import (
    AT_ANOTHER_COUNTER,
    NEEDS_REASON,
    Outcome,
    Placement,
    absent_at,
    moment_behind,
    placement_of_return,
    reason_with,
    recallable_at,
    rule_on,
    whole_seconds,
    worse_of,
)
from gerai_booking.rules.visits import queue_rank
from gerai_booking.usecases import lanes, no_shows, returning, sending
from gerai_booking.usecases.announcing import announce, fact, news
from gerai_booking.usecases.changes import check_in_rest
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.queue import step_back
from gerai_booking.usecases.rulebook import in_force
from gerai_booking.usecases.skills import services_to_call
from gerai_booking.usecases.steps import MEANT_FOR_NOBODY, NOT_ASIDE, current, save_open, step


def call_next(session: Session, office: Office, desk: Desk) -> Ticket:
    """Call whoever is next for this counter's services: one atomic claim.

    Raises UnknownCounter, CounterPaused, NothingToServe, CounterBusy, NobodyWaits, AllAtOtherCounters.
    """
    services = services_to_call(session, office, desk)
    _refuse_busy(session, office, desk)
    returning.bring_back(session, office, site=desk.site, now=desk.now)
    at_others: set[str] = set()
    caller = Caller(
        site=desk.site,
        day=office.today(desk.site, desk.now),
        services=services,
        counter=desk.counter,
        officer_id=desk.officer_id,
        now=desk.now,
        elsewhere=visits.at_other_agencies(now=desk.now),
    )
    while True:
        ticket = queue_order.claim_next(session, caller, agency=office.code, without=at_others)
        if ticket is None:
            raise AllAtOtherCounters if queue_order.is_somebody_waiting(session, caller) else NobodyWaits
        try:
            return _claim(session, office, desk, ticket)
        except AtAnotherCounter:
            # Called for another errand at this very moment: whoever is next then.
            at_others.add(ticket.id)


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
    AtAnotherCounter, StaleRevision, TransitionNotAllowed.
    """
    officer.must_be_supervisor()
    services = services_to_call(session, office, desk)
    _refuse_busy(session, office, desk)
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.site != desk.site or ticket.service not in services:
        raise UnknownTicket
    if ticket.state is not State.CHECKED_IN:
        raise TransitionNotAllowed(state=ticket.state.value)
    ahead = queue_order.count_ahead(session, ticket, services=services)
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
    except IntegrityError as error:
        # Two calls for one counter or for one person at the same moment: an index let one of them through.
        if tickets.is_about_visit(error):
            raise AtAnotherCounter from error
        _refuse_busy(session, office, desk)
        # Or two counters called the same visit for two services.
        if tickets.is_about_visit(error):
            raise AtAnotherCounter from error
        raise


def _refuse_busy(session: Session, office: Office, desk: Desk) -> None:
    busy = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
    if busy is not None:
        raise CounterBusy(number=busy.number)


def recall(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Call the same person again, as often and as soon as the rule allows.

    Raises CounterIdle, StaleRevision, TransitionNotAllowed, CalledOften, RecalledTooSoon.
    """
    ticket = current(session, office, desk)
    if ticket.state is not State.CALLED or ticket.called_at is None:
        # From being served, the way back to being called is there for taking back alone.
        raise TransitionNotAllowed(state=ticket.state.value)
    _refuse_stale(ticket, revision)
    rule = _rule(session, office, desk)
    if ticket.times_called >= rule.most_calls:
        raise CalledOften(count=ticket.times_called)
    if (early := recallable_at(rule, ticket.called_at) - desk.now) > timedelta(0):
        raise RecalledTooSoon(seconds=whole_seconds(early))
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
    ticket = current(session, office, desk)
    return step(
        session,
        office,
        desk,
        ticket,
        State.SERVING,
        revision=revision,
        own=MEANT_FOR_NOBODY,
        started_at=desk.now,
    )


def finish(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    revision: int | None,
    outcome: Outcome | None,
    reason: str = "",
) -> Ticket:
    """End the service, and say how it ended: with a reason when somebody is turned away (S2-8).

    Whoever waits aside for this service to end comes back. Raises CounterIdle, OutcomeNeeded,
    OutcomeNeedsReason, StaleRevision, TransitionNotAllowed.
    """
    ticket = current(session, office, desk)
    _refuse_stale(ticket, revision)
    if outcome is None:
        raise OutcomeNeeded
    if outcome in NEEDS_REASON and not reason:
        raise OutcomeNeedsReason
    own = {"outcome": outcome.value, "outcome_reason": reason or None}
    after = step(
        session, office, desk, ticket, State.SERVED, revision=revision, own=own, finished_at=desk.now
    )
    returning.after_end(session, office, after, now=desk.now)
    came_at = after.checked_in_at or desk.now
    check_in_rest(session, office, after.visit_id, site=after.site, came_at=came_at, now=desk.now)
    return after


def no_show(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Record that whoever was called did not come, once they had the time to.

    Raises CounterIdle, AbsentTooSoon, StaleRevision, TransitionNotAllowed.
    """
    ticket = current(session, office, desk)
    _refuse_stale(ticket, revision)
    if ticket.state is State.CALLED and ticket.called_at is not None:
        early = absent_at(_rule(session, office, desk), ticket.called_at) - desk.now
        if early > timedelta(0):
            raise AbsentTooSoon(seconds=whole_seconds(early))
    after = step(session, office, desk, ticket, State.NO_SHOW, revision=revision, finished_at=desk.now)
    returning.after_end(session, office, after, now=desk.now)
    return after


def park(session: Session, office: Office, desk: Desk, *, revision: int | None, reason: str = "") -> Ticket:
    """Let whoever is at the counter wait aside, a copy or a payment away from going on.

    They are in the queue again when the time for this reason is over, or when somebody puts them back
    before. Raises CounterIdle, UnknownAsideReason, StaleRevision, TransitionNotAllowed.
    """
    ticket = current(session, office, desk)
    today = office.today(desk.site, desk.now)
    chosen = reason_with(office.agency.aside_reasons, reason, today)
    if chosen is None:
        raise UnknownAsideReason
    own = {
        "aside_reason": chosen.code,
        "aside_until": desk.now + timedelta(minutes=chosen.minutes),
        "waits_for": None,
    }
    return step(session, office, desk, ticket, State.PARKED, revision=revision, own=own)


def wait_for_other_agency(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Let whoever is at the counter wait aside for another agency, for an hour at the longest."""
    ticket = current(session, office, desk)
    own = {
        "aside_reason": AT_ANOTHER_COUNTER,
        "aside_until": desk.now + sending.COMES_BACK_AFTER,
        "waits_for": None,
    }
    return step(session, office, desk, ticket, State.PARKED, revision=revision, own=own)


def end_for_another_agency(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """End the service of somebody who goes on at another agency."""
    ticket = current(session, office, desk)
    return step(session, office, desk, ticket, State.TRANSFERRED, revision=revision, finished_at=desk.now)


def requeue(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    ticket_id: str,
    revision: int | None,
    place: Placement | None = None,
    by_supervisor: bool = False,
) -> Ticket:
    """Put somebody back into the queue: from this counter, from aside, or after a missed call.

    They keep their place unless another one is asked for; after a missed call the rule says which, and a
    supervisor may say otherwise. Raises UnknownTicket, StaleRevision, TransitionNotAllowed, CameBackOften,
    OpenTicketExists.
    """
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.site != desk.site:
        raise UnknownTicket
    if ticket.state is State.CHECKED_IN or _is_at_another_counter(ticket, desk):
        # Who waits already is there already; the arrow to the same state is for changing the lane.
        raise TransitionNotAllowed(state=ticket.state.value)
    after = move(
        ticket,
        State.CHECKED_IN,
        actor=Actor.OFFICER,
        now=desk.now,
        revision=revision,
        counter=None,
        started_at=None,
        finished_at=None,
        replaced_by=None,
    )
    place = _placement(session, office, desk, ticket, place, by_supervisor=by_supervisor)
    after = replace(after, queue_at=_moment_at(session, office, desk, ticket, place))
    save_open(session, office, desk, ticket, after, **NOT_ASIDE)
    visits.wait_no_more(session, [ticket.id])
    announce(session, office, fact("ticket.requeued.v1", after, ticket.state), now=desk.now)
    no_shows.tell(session, office, ticket, after, now=desk.now)
    return after


def _is_at_another_counter(ticket: Ticket, desk: Desk) -> bool:
    return ticket.state in AT_COUNTER_STATES and ticket.counter != desk.counter


def _placement(
    session: Session,
    office: Office,
    desk: Desk,
    ticket: Ticket,
    place: Placement | None,
    *,
    by_supervisor: bool,
) -> Placement:
    """Return the place that somebody gets who is put back: asked for, or by the rule after a missed call."""
    if ticket.state is not State.NO_SHOW or ticket.finished_at is None:
        return place or Placement.KEEP
    times_missed = floor_tables.times_missed(session, ticket.id)
    ruled = placement_of_return(
        _rule(session, office, desk),
        missed_at=ticket.finished_at,
        times_missed=times_missed,
        by_supervisor=by_supervisor,
        now=desk.now,
    )
    if ruled is None:
        raise CameBackOften(count=times_missed)
    if by_supervisor and place is not None:
        return place
    # Officers may give a worse place than the rule, never a better one.
    return worse_of(ruled, place or ruled)


def _moment_at(
    session: Session, office: Office, desk: Desk, ticket: Ticket, place: Placement
) -> datetime | None:
    """Return the moment by which somebody is ordered at a place."""
    mine = ticket.queue_at or ticket.checked_in_at or desk.now
    if place is Placement.KEEP:
        return mine
    if place is Placement.END:
        return max(mine, desk.now)
    moments = floor_tables.queue_moments(session, site=ticket.site, day=ticket.day, services=[ticket.service])
    rule = _rule(session, office, desk)
    return moment_behind(moments, count=rule.later_people, mine=mine, now=desk.now)


def set_priority(
    session: Session,
    office: Office,
    desk: Desk,
    *,
    ticket_id: str,
    priority: bool,
    revision: int | None,
    ground: str | None = None,
) -> Ticket:
    """Put somebody who waits into the priority lane, or back into the ordinary one.

    `ground` is why (rules.lanes.GROUNDS). Who books says it of themselves (S1-7); officers, who see them,
    have the last word. Raises UnknownTicket, EmergencyStays, StaleRevision, TransitionNotAllowed.
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
    ground = ground if priority else None
    after = lanes.placed_anew(session, office, ticket, after, ground=ground, now=desk.now)
    tickets.save(
        session,
        ticket,
        after,
        actor=Actor.OFFICER,
        now=desk.now,
        officer_id=desk.officer_id,
        queue_rank=queue_rank(lane.value),
        priority_ground=ground,
    )
    announce(session, office, fact("ticket.requeued.v1", after, ticket.state), now=desk.now)
    return after


def undo(session: Session, office: Office, desk: Desk) -> Ticket:
    """Take back the last step at this counter, within a short time; a number that it made is cancelled.

    Raises NothingToUndo, UndoTooLate, OpenTicketExists, AtAnotherCounter, CounterBusy.
    """
    undoable = step_back(session, office, site=desk.site, counter=desk.counter, now=desk.now)
    ticket = tickets.find(session, undoable.id, agency=office.code, lock=True)
    last = last_step_at(session, site=desk.site, counter=desk.counter)
    if ticket is None or last is None or not ticket.revision == undoable.revision == last.revision:
        raise NothingToUndo
    if last.before is None:
        return sending.cancel_made(session, office, desk, ticket)
    before = ticket_before(last)
    moved = move(ticket, before.state, actor=Actor.OFFICER, now=desk.now)
    after = replace(before, revision=moved.revision)
    if ticket.replaced_by is not None and ticket.replaced_by != before.replaced_by:
        sending.take_back(session, office, desk, ticket)
    save_open(session, office, desk, ticket, after, **tickets.own_in(last.own_before))
    announce(session, office, fact("ticket.undone.v1", after, ticket.state), now=desk.now)
    no_shows.tell(session, office, ticket, after, now=desk.now)
    return after


def _rule(session: Session, office: Office, desk: Desk) -> FloorRule:
    return rule_on(in_force(session, office).floor_rules, office.today(desk.site, desk.now))


def _refuse_stale(ticket: Ticket, revision: int | None) -> None:
    """An old screen is refused before anything else: what it asks for may not fit what is there now."""
    if revision is not None and revision != ticket.revision:
        raise StaleRevision(revision=ticket.revision)
