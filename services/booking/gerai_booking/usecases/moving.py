"""A ticket gives way to one for another hour, of the same visit and the same holder."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.ticket import Actor, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import matching, places, tickets
from gerai_booking.models.history import add_history, history_row
from gerai_booking.models.people import copy_person
from gerai_booking.refusals import OpenTicketExists
from gerai_booking.usecases import freeing
from gerai_booking.usecases.issuing import appointment_row, numbers_for
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.places import Wish, take


def put_elsewhere(
    session: Session,
    office: Office,
    old: Ticket,
    replaced: Ticket,
    slot: Any,
    *,
    actor: Actor,
    now: datetime,
    despite: str = "",
) -> Ticket:
    """Write the ticket for `slot` (a slot's row) that takes the place of `old`; the caller announces it.

    `old` is locked, and `replaced` is what it becomes: its `replaced_by` is the id of the new one. The old
    place is given back only when the new one is taken; refused, nothing has changed. For `despite` see
    usecases.places.take. Raises SlotFull, DayFull, ClosedByOrder, StaleRevision, OpenTicketExists.
    """
    assert replaced.replaced_by is not None
    # Both days are locked in order before anything is taken, as every change of places does.
    places.lock_days(session, {(old.site, old.day), (slot.site, slot.day)})
    was_full = old.slot_id is not None and freeing.give_back(session, old)
    _take(session, office, slot, now=now, despite=despite)
    tickets.save(session, old, replaced, actor=actor, now=now)
    new = _write(session, office, old, slot, replaced.replaced_by, actor=actor, now=now)
    if old.slot_id is not None:
        keep_back = was_full and actor is Actor.CITIZEN
        freeing.hand_on(session, office, old, keep_back=keep_back, now=now)
    return new


def put_again(
    session: Session, office: Office, ended: Ticket, slot: Any, *, actor: Actor, now: datetime, despite: str
) -> Ticket:
    """Write a ticket for `slot` to the holder of one that has ended; the caller announces it.

    Of the same visit. Raises SlotFull, DayFull, ClosedByOrder, OpenTicketExists.
    """
    _take(session, office, slot, now=now, despite=despite)
    before = replace(ended, state=State.BOOKED, finished_at=None)
    return _write(session, office, before, slot, new_id(), actor=actor, now=now)


def put_without_hour(
    session: Session, office: Office, ended: Ticket, *, actor: Actor, now: datetime
) -> Ticket:
    """Write a ticket that waits until its holder chooses an hour, to the holder of one that has ended.

    Of the same visit; it takes no place. The caller announces it. Raises OpenTicketExists.
    """
    before = replace(ended, state=State.BOOKED, finished_at=None)
    return _write(session, office, before, None, new_id(), actor=actor, now=now)


def _take(session: Session, office: Office, slot: Any, *, now: datetime, despite: str) -> None:
    wish = Wish(key=slot.id, slot=slot)
    for refusal in take(session, office, [wish], now=now, despite=despite).values():
        raise refusal


def _write(
    session: Session,
    office: Office,
    old: Ticket,
    slot: Any | None,
    ticket_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> Ticket:
    """Write the ticket for a slot whose place is taken, or for none, with the holder of `old`.

    Raises OpenTicketExists.
    """
    here = old if slot is None else slot
    new = replace(
        old,
        id=ticket_id,
        number=numbers_for(session, office, [here])[0],
        site=here.site,
        slot_id=None if slot is None else slot.id,
        slot_starts_at=None if slot is None else slot.starts_at,
        day=here.day,
        state=State.BOOKED,
        counter=None,
        created_at=now,
        checked_in_at=None,
        called_at=None,
        times_called=0,
        finished_at=None,
        revision=1,
    )
    row = appointment_row(new, **tickets.own_of(session, old.id))
    if slot is None:
        row["quota_channel"] = None
    if not tickets.add(session, [row]):
        # Whoever missed the old one has booked again in the meantime.
        raise OpenTicketExists
    copy_person(session, old.id, new.id)
    matching.copy_match(session, old.id, new.id)
    add_history(session, [history_row(None, new, actor=actor, now=now)])
    return new
