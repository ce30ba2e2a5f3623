"""A ticket gives way to one for another hour, of the same visit and the same holder."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from gerai_shared.ticket import Actor, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets
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
) -> Ticket:
    """Write the ticket for `slot` (a slot's row) that takes the place of `old`; the caller announces it.

    `old` is locked, and `replaced` is what it becomes: its `replaced_by` is the id of the new one. The old
    place is given back only when the new one is taken; refused, nothing has changed. Raises SlotFull,
    DayFull, StaleRevision.
    """
    assert replaced.replaced_by is not None
    # Both days are locked in order before anything is taken, as every change of places does.
    places.lock_days(session, {(old.site, old.day), (slot.site, slot.day)})
    if old.slot_id is not None:
        places.give_back(
            session,
            site=old.site,
            day=old.day,
            service=old.service,
            slot=old.slot_id,
            channel=tickets.quota_channel_of(session, old.id),
        )
    for refusal in take(session, office, [Wish(key=slot.id, slot=slot)], now=now).values():
        raise refusal
    own = tickets.own_of(session, old.id)
    tickets.save(session, old, replaced, actor=actor, now=now)
    new = replace(
        old,
        id=replaced.replaced_by,
        number=numbers_for(session, office, [slot])[0],
        site=slot.site,
        slot_id=slot.id,
        slot_starts_at=slot.starts_at,
        day=slot.day,
        created_at=now,
        revision=1,
    )
    tickets.add(session, [appointment_row(new, **own)])
    tickets.copy_person(session, old.id, new.id)
    tickets.add_history(session, [tickets.history_row(None, new, actor=actor, now=now)])
    return new
