"""In which place of the queue somebody waits: by their lane, its rule, and when they came or had booked."""

from dataclasses import replace
from datetime import datetime

from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.rules.lanes import base_of, head_start, lane_of
from gerai_booking.rules.visits import counts_from
from gerai_booking.usecases import rulebook
from gerai_booking.usecases.office import Office


def placed(session: Session, office: Office, ticket: Ticket, *, ground: str | None) -> Ticket:
    """Return a ticket that is checked in with the moment by which it is ordered (rules.lanes)."""
    return _placed(session, office, ticket, _base(ticket), ground=ground)


def placed_anew(
    session: Session, office: Office, before: Ticket, after: Ticket, *, ground: str | None, now: datetime
) -> Ticket:
    """Return a waiting ticket whose lane or ground was changed in its new place.

    The head start is taken from where its holder counts from, never from another head start.
    """
    rules = rulebook.in_force(session, office).lane_rules
    lane = lane_of(before.lane.value, tickets.ground_of(session, before.id))
    base = base_of(
        _base(before), stands_at=before.queue_at, head=head_start(rules, lane, before.day), now=now
    )
    return _placed(session, office, after, base, ground=ground)


def _placed(
    session: Session, office: Office, ticket: Ticket, base: datetime, *, ground: str | None
) -> Ticket:
    rules = rulebook.in_force(session, office).lane_rules
    return replace(ticket, queue_at=base - head_start(rules, lane_of(ticket.lane.value, ground), ticket.day))


def _base(ticket: Ticket) -> datetime:
    came_at = ticket.checked_in_at or ticket.created_at
    return counts_from(booked_for=ticket.slot_starts_at, checked_in_at=came_at)
