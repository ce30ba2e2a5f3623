"""New tickets for an hour: their numbers, and the rows in which they are written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.ticket import Channel, Lane, State, Ticket, format_number
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets
from gerai_booking.rules.quota import ONLINE
from gerai_booking.rules.visits import queue_rank
from gerai_booking.usecases.office import Office


def numbers_for(session: Session, office: Office, slots: Sequence[Any]) -> list[str]:
    """Return a number for each slot's ticket, from the series of its site, day and service letter."""
    wanted: dict[tuple[str, Any, str], list[int]] = {}
    for index, slot in enumerate(slots):
        wanted.setdefault((slot.site, slot.day, office.service(slot.service).prefix), []).append(index)
    numbers = [""] * len(slots)
    taken = places.next_numbers(session, {series: len(indexes) for series, indexes in wanted.items()})
    for series, indexes in wanted.items():
        for index, count in zip(indexes, taken[series], strict=True):
            numbers[index] = format_number(series[2], count)
    return numbers


def new_ticket(
    office: Office,
    slot: Any,
    number: str,
    *,
    state: State,
    lane: Lane,
    now: datetime,
    visit_id: str | None = None,
) -> Ticket:
    """Return the ticket of a visit, or else the first one of a new visit; it is not yet written."""
    return Ticket(
        id=new_id(),
        number=number,
        visit_id=visit_id or new_id(),
        agency=office.code,
        site=slot.site,
        service=slot.service,
        slot_id=slot.id,
        slot_starts_at=slot.starts_at,
        day=slot.day,
        channel=Channel.ONLINE,
        lane=lane,
        state=state,
        created_at=now,
        queue_at=slot.starts_at,
    )


def appointment_row(ticket: Ticket, **own: Any) -> dict[str, Any]:
    """Return the row of a ticket for an hour; `own` are further columns of the agency."""
    return {
        **tickets.row_of(ticket),
        **own,
        "quota_channel": ONLINE,
        "queue_rank": queue_rank(ticket.lane.value),
    }
