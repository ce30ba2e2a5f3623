"""Who waits aside comes back: when the time is over, or when another counter is done with them."""

from datetime import datetime, timedelta

from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.orm import Session

from gerai_booking.models import floor, tickets, visits
from gerai_booking.rules.floor import rule_on
from gerai_booking.usecases import leases
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.rulebook import in_force
from gerai_booking.usecases.steps import NOT_ASIDE

#: At most so many in one transaction: whoever calls the next person does not wait for all.
AT_ONCE = 50


def bring_back(session: Session, office: Office, *, site: str, now: datetime) -> int:
    """Put back into the queue, at their old places, whose time aside is over; return how many.

    Before each call, so that nobody is passed over, and every few seconds besides: a counter needs no other
    process.
    """
    if leases.is_elsewhere(session, office, site=site, now=now):
        return 0
    today = office.today(site, now)
    due = floor.due_back(session, site=site, day=today, now=now, agency=office.code, limit=AT_ONCE)
    for ticket, counter in due:
        _back(session, office, ticket, counter=counter, now=now)
    return len(due)


def after_end(session: Session, office: Office, ended: Ticket, *, now: datetime) -> None:
    """Let come back who waited aside until this ticket had ended, to the counter that sent them."""
    for ticket, counter in floor.waiting_for(session, ended.id, agency=office.code):
        _back(session, office, ticket, counter=counter, now=now)


def _back(session: Session, office: Office, ticket: Ticket, *, counter: str | None, now: datetime) -> None:
    after = move(ticket, State.CHECKED_IN, actor=Actor.SYSTEM, now=now, counter=None, replaced_by=None)
    rule = rule_on(in_force(session, office).floor_rules, ticket.day)
    own = NOT_ASIDE
    if counter is not None:
        own = NOT_ASIDE | {
            "meant_counter": counter,
            "meant_until": now + timedelta(minutes=rule.meant_minutes),
            "return_counter": None,
        }
    tickets.save(session, ticket, after, actor=Actor.SYSTEM, now=now, **own)
    visits.wait_no_more(session, [ticket.id])
    announce(session, office, fact("ticket.requeued.v1", after, ticket.state), now=now)
