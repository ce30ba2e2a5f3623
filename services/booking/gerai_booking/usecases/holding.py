"""Holding a place for some minutes, so that nobody fills in a form for an hour that is gone by then."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from gerai_shared.ticket import Actor, Lane, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import holds, places, tickets
from gerai_booking.models.history import add_history, history_row
from gerai_booking.refusals import TooManyHolds
from gerai_booking.rules.visits import HOLD_LASTS, HOLDS_AT_ONCE, HOLDS_OF_A_NETWORK
from gerai_booking.usecases import freeing
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.changes import cancel
from gerai_booking.usecases.issuing import appointment_row, new_ticket, numbers_for
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.places import Wish, bookable, take
from gerai_booking.usecases.views import load_ticket
from gerai_booking.usecases.waiting_room import Door, use_proof


def hold(
    session: Session,
    office: Office,
    *,
    slot_id: str,
    holder: str | None = None,
    network: str | None = None,
    replaces: str | None = None,
    room_token: str | None = None,
    proof: str | None = None,
    now: datetime,
) -> Ticket:
    """Take a place for some minutes while its citizen fills in the form.

    `holder` is whatever tells browsers apart and `network` where the request came from; both are kept as
    hashes. `replaces` is the token of the hold that is given up for this one; refused, it stays. `room_token`
    is a number of the waiting room, `proof` names a solved task. Raises UnknownSlot, SlotClosed, SlotPast,
    SlotFull, DayFull, TooManyHolds, UnknownTicket, ProofUsed and what `Door.check` raises.
    """
    found = places.find_slots(session, [slot_id]).get(slot_id)
    slot = bookable(office, slot_id, found, now=now)
    Door(session, office, now=now).check(slot.site, slot.day, room_token)
    use_proof(session, proof, now=now)
    # A number stands for the browser that drew it, where the browser says nothing of itself.
    holder = holder or room_token
    given_up = _give_up(session, office, replaces, slot, now=now) if replaces is not None else None
    holder_hash = office.person_hash(holder) if holder else None
    network_hash = office.person_hash(network) if network else None
    if (
        holds.count_of_holder(session, holder_hash, now=now) >= HOLDS_AT_ONCE
        or holds.count_of_network(session, network_hash, now=now) >= HOLDS_OF_A_NETWORK
    ):
        raise TooManyHolds(retry_after=int(HOLD_LASTS.total_seconds()))
    for refusal in take(session, office, [Wish(key=slot_id, slot=slot)], now=now).values():
        raise refusal
    if given_up is not None:
        freeing.hand_on(session, office, given_up, keep_back=False, now=now)
    number = numbers_for(session, office, [slot])[0]
    ticket = new_ticket(office, slot, number, state=State.HELD, lane=Lane.APPOINTMENT, now=now)
    ticket = replace(ticket, held_until=now + HOLD_LASTS)
    tickets.add(session, [appointment_row(ticket, holder_hash=holder_hash, network_hash=network_hash)])
    add_history(session, [history_row(None, ticket, actor=Actor.CITIZEN, now=now)])
    announce(session, office, fact("ticket.held.v1", ticket, None), now=now)
    return ticket


def _give_up(session: Session, office: Office, token: str, slot: Any, *, now: datetime) -> Ticket | None:
    """End a hold whose citizen wants `slot` instead, and return it; its place is still to be handed on.

    What is no hold any more is left as it is.
    """
    ticket = load_ticket(session, office, token, lock=True)
    if ticket.state is not State.HELD:
        return None
    # Both days are locked in order before anything is given back, as every change of places does.
    places.lock_days(session, {(ticket.site, ticket.day), (slot.site, slot.day)})
    return cancel(session, office, token=token, revision=None, now=now, hand_on=False)
