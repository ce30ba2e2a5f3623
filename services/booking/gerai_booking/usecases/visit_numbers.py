"""The number of a visit: that of its first ticket, which its further steps carry, at whatever agency."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import visits
from gerai_booking.rules.visit_steps import VisitPart


def carried(session: Session, visit: VisitPart | None, *, site: str, day: date) -> str | None:
    """Return the number that a new ticket carries of its visit; None when it gets one of its own.

    Prefixes are unique over the agencies of a site, so that nobody else has it; should somebody all the
    same, a number of its own is better than two people who stand up at once.
    """
    if visit is None or visit.number is None:
        return None
    is_free = visits.number_is_free(session, site=site, day=day, number=visit.number, visit_id=visit.id)
    return visit.number if is_free else None


def join(session: Session, steps: Sequence[tuple[VisitPart, Ticket]]) -> None:
    """Have the steps of visits told to the other agencies; the visit's row is locked until the end."""
    rows: list[dict[str, Any]] = [
        {
            "visit_id": visit.id,
            "site": ticket.site,
            "day": ticket.day,
            "number": visit.number or ticket.number,
        }
        for visit, ticket in steps
    ]
    visits.share(session, rows)


def step_of(session: Session, visit: VisitPart | None, ticket: Ticket) -> int:
    """Return which step of its joined visit a new ticket is among those of its number; 0 is the first."""
    if visit is None or ticket.number != visit.number:
        return 0
    return visits.next_step(session, site=ticket.site, day=ticket.day, number=ticket.number)
