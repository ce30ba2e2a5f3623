"""The queue ticket: one shape and one table of transitions for every agency of the mall.

A ticket names nobody. Name, NIK and contact of the person stand in tables of their own at the
agency; a ticket may be shown to all who wait.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from gerai_shared.refusals import Refused

SCHEMA_VERSION = 1
UNDO_WINDOW = timedelta(seconds=30)


class State(StrEnum):
    """Where a ticket is in its life."""

    HELD = "held"
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    SERVING = "serving"
    SERVED = "served"
    PARKED = "parked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    NO_SHOW = "no_show"
    TRANSFERRED = "transferred"


class Channel(StrEnum):
    """How the ticket came to be."""

    ONLINE = "online"
    WALK_IN = "walk_in"


class Lane(StrEnum):
    """In which lane its holder waits."""

    REGULAR = "regular"
    PRIORITY = "priority"
    APPOINTMENT = "appointment"
    WALK_IN = "walk_in"
    EMERGENCY = "emergency"


class Actor(StrEnum):
    """Who makes a transition."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    SYSTEM = "system"


#: States in which a ticket still takes a place or waits for something.
OPEN_STATES = frozenset(
    {State.HELD, State.BOOKED, State.CHECKED_IN, State.CALLED, State.SERVING, State.PARKED}
)
#: States in which a counter is busy with the ticket.
AT_COUNTER_STATES = frozenset({State.CALLED, State.SERVING})


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One place in one agency's queue. Times are aware UTC; `day` is the site's calendar day.

    `queue_at` is the moment by which its holder is ordered among those who wait: what counters and boards go
    by. `revision` grows by one with each change: a command that was made from an older one is refused.
    """

    id: str
    number: str
    visit_id: str
    agency: str
    site: str
    service: str
    slot_id: str | None = None
    slot_starts_at: datetime | None = None
    day: date
    channel: Channel
    lane: Lane
    state: State
    counter: str | None = None
    created_at: datetime
    held_until: datetime | None = None
    checked_in_at: datetime | None = None
    queue_at: datetime | None = None
    called_at: datetime | None = None
    times_called: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    replaced_by: str | None = None
    revision: int = 1
    schema_version: int = SCHEMA_VERSION

    @property
    def is_open(self) -> bool:
        """Whether something can still happen with it."""
        return self.state in OPEN_STATES


class TicketSchema(Schema):
    """A ticket as it crosses borders. Readers accept fields they do not know."""

    class Meta:
        unknown = "exclude"

    schema_version = fields.Integer(required=True, validate=validate.Equal(SCHEMA_VERSION))
    id = fields.UUID(required=True)
    number = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]-\d{3,5}$"))
    visit_id = fields.UUID(required=True)
    agency = fields.String(required=True)
    site = fields.String(required=True)
    service = fields.String(required=True)
    slot_id = fields.String(required=True, allow_none=True)
    slot_starts_at = fields.AwareDateTime(required=True, allow_none=True)
    day = fields.Date(required=True)
    channel = fields.Enum(Channel, by_value=True, required=True)
    lane = fields.Enum(Lane, by_value=True, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    counter = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    held_until = fields.AwareDateTime(required=True, allow_none=True)
    checked_in_at = fields.AwareDateTime(required=True, allow_none=True)
    # Not required: tickets in events and histories of earlier releases have none.
    queue_at = fields.AwareDateTime(allow_none=True, load_default=None)
    called_at = fields.AwareDateTime(required=True, allow_none=True)
    times_called = fields.Integer(required=True, validate=validate.Range(min=0))
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    replaced_by = fields.UUID(required=True, allow_none=True)
    revision = fields.Integer(required=True, validate=validate.Range(min=1))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Ticket:
        """Build the dataclass."""
        for key in ("id", "visit_id", "replaced_by"):
            data[key] = str(data[key]) if data[key] is not None else None
        return Ticket(**data)


class TransitionNotAllowed(Refused):
    """This ticket is %(state)s; that cannot be done with it any more.

    Please load the page again to see what can.
    """

    code = "transition_not_allowed"
    status = 409


class StaleRevision(Refused):
    """Somebody else changed this ticket in the meantime: it is at revision %(revision)s now.

    Please look at it again; nothing was changed.
    """

    code = "stale_revision"
    status = 409


class HoldExpired(Refused):
    """The time for which the place was held is over. Please choose an hour again; what you typed is kept."""

    code = "hold_expired"
    status = 410


class TooLateToChange(Refused):
    """The hour of this ticket has begun; it can no longer be changed from here.

    Please come now, or ask at the counter.
    """

    code = "too_late_to_change"
    status = 409


class NotYetOpen(Refused):
    """Check-in opens at %(opens_at)s. Please come back then."""

    code = "check_in_not_open"
    status = 409


class UndoTooLate(Refused):
    """The last step can be undone for %(seconds)s seconds only. Please go on from the state it is in."""

    code = "undo_too_late"
    status = 409


Guard = Callable[[Ticket, datetime], None]


def _hold_is_alive(ticket: Ticket, now: datetime) -> None:
    if ticket.held_until is None or ticket.held_until <= now:
        raise HoldExpired


def _hold_is_over(ticket: Ticket, now: datetime) -> None:
    if ticket.held_until is not None and ticket.held_until > now:
        raise TransitionNotAllowed(state=ticket.state.value)


def _before_its_hour(ticket: Ticket, now: datetime) -> None:
    if ticket.slot_starts_at is not None and ticket.slot_starts_at <= now:
        raise TooLateToChange


def _within_undo_window(ticket: Ticket, now: datetime) -> None:
    last = max(t for t in (ticket.called_at, ticket.started_at, ticket.finished_at, ticket.created_at) if t)
    if now - last > UNDO_WINDOW:
        raise UndoTooLate(seconds=int(UNDO_WINDOW.total_seconds()))


def _always(_ticket: Ticket, _now: datetime) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One arrow: who may make it, and what must hold when it is made (the guard raises Refused).

    For those in `free` nothing has to hold.
    """

    actors: frozenset[Actor]
    guard: Guard = _always
    free: frozenset[Actor] = frozenset()


def _by(*actors: Actor, guard: Guard = _always, free: frozenset[Actor] = frozenset()) -> Transition:
    return Transition(actors=frozenset(actors) | free, guard=guard, free=free)


_CITIZEN, _OFFICER, _SYSTEM = Actor.CITIZEN, Actor.OFFICER, Actor.SYSTEM

#: Every arrow there is. Whatever is not here is refused.
TRANSITIONS: Mapping[tuple[State, State], Transition] = {
    (State.HELD, State.BOOKED): _by(_CITIZEN, _OFFICER, guard=_hold_is_alive),
    (State.HELD, State.EXPIRED): _by(_SYSTEM, guard=_hold_is_over),
    (State.HELD, State.CANCELLED): _by(_CITIZEN, _OFFICER),
    (State.BOOKED, State.CHECKED_IN): _by(_CITIZEN, _OFFICER),
    # By an order of the centre: it asks for another hour, or allows the old one again.
    (State.BOOKED, State.BOOKED): _by(_SYSTEM),
    (State.BOOKED, State.CANCELLED): _by(_CITIZEN, _OFFICER, _SYSTEM, guard=_before_its_hour),
    # The system moves for an order of the centre, and after an outage of ours what its holder could not use.
    (State.BOOKED, State.RESCHEDULED): _by(
        _CITIZEN, _OFFICER, guard=_before_its_hour, free=frozenset({_SYSTEM})
    ),
    (State.BOOKED, State.NO_SHOW): _by(_OFFICER, _SYSTEM),
    # The site is no more, and nobody could come: these three miss nothing.
    (State.BOOKED, State.EXPIRED): _by(_SYSTEM),
    (State.CHECKED_IN, State.EXPIRED): _by(_SYSTEM),
    (State.PARKED, State.EXPIRED): _by(_SYSTEM),
    (State.CHECKED_IN, State.CHECKED_IN): _by(_OFFICER),
    (State.CHECKED_IN, State.CALLED): _by(_OFFICER),
    (State.CHECKED_IN, State.CANCELLED): _by(_CITIZEN, _OFFICER),
    (State.CHECKED_IN, State.NO_SHOW): _by(_OFFICER, _SYSTEM),
    (State.CHECKED_IN, State.RESCHEDULED): _by(_SYSTEM),
    (State.CALLED, State.CALLED): _by(_OFFICER),
    (State.CALLED, State.SERVING): _by(_OFFICER),
    (State.CALLED, State.NO_SHOW): _by(_OFFICER),
    (State.CALLED, State.PARKED): _by(_OFFICER),
    # Put back into the queue, or the call taken back.
    (State.CALLED, State.CHECKED_IN): _by(_OFFICER),
    (State.SERVING, State.SERVED): _by(_OFFICER),
    (State.SERVING, State.PARKED): _by(_OFFICER),
    (State.SERVING, State.TRANSFERRED): _by(_OFFICER),
    (State.SERVING, State.CHECKED_IN): _by(_OFFICER),
    # From here to the next remark: taking back the last step, which the engine allows for UNDO_WINDOW after
    # it.
    (State.SERVING, State.CALLED): _by(_OFFICER, guard=_within_undo_window),
    (State.SERVED, State.SERVING): _by(_OFFICER, guard=_within_undo_window),
    (State.NO_SHOW, State.CALLED): _by(_OFFICER, guard=_within_undo_window),
    (State.TRANSFERRED, State.SERVING): _by(_OFFICER, guard=_within_undo_window),
    (State.CHECKED_IN, State.SERVING): _by(_OFFICER),
    (State.PARKED, State.CALLED): _by(_OFFICER),
    (State.PARKED, State.SERVING): _by(_OFFICER),
    # Coming back.
    (State.NO_SHOW, State.CHECKED_IN): _by(_OFFICER),
    (State.NO_SHOW, State.RESCHEDULED): _by(_SYSTEM),
    (State.PARKED, State.CHECKED_IN): _by(_OFFICER, _SYSTEM),
    (State.PARKED, State.CANCELLED): _by(_CITIZEN, _OFFICER),
}


def move(
    ticket: Ticket,
    to: State,
    *,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
    changeable_until: datetime | None = None,
    **changes: Any,
) -> Ticket:
    """Return the ticket after one transition, with its revision one higher.

    `revision` is what the asker last saw, None when it does not matter; `changeable_until` is given
    where a ticket may be changed although its hour has begun, and until when; `changes` are further
    fields that change with the state. Raises StaleRevision, TransitionNotAllowed, and what the
    guard raises.
    """
    if revision is not None and revision != ticket.revision:
        raise StaleRevision(revision=ticket.revision)
    transition = TRANSITIONS.get((ticket.state, to))
    if transition is None or actor not in transition.actors:
        raise TransitionNotAllowed(state=ticket.state.value)
    try:
        if actor not in transition.free:
            transition.guard(ticket, now)
    except TooLateToChange:
        if changeable_until is None or changeable_until <= now:
            raise
    return replace(ticket, state=to, revision=ticket.revision + 1, **changes)


def format_number(prefix: str, count: int) -> str:
    """Return the number people see and hear, `A-012`: the service's letter and the count of the day."""
    return f"{prefix}-{count:03d}"
