"""The number of a visit: that of its first ticket, which its further steps carry, at whatever agency."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import tickets, visits
from gerai_booking.rules.visit_steps import FACT_OF, LEFT, VisitPart, is_in_the_house
from gerai_booking.usecases import visit_news
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.office import Office


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


def join_in_the_house(
    session: Session, office: Office, visit: VisitPart, ticket: Ticket, *, now: datetime
) -> None:
    """Join a ticket of today to its visit; if the visit's steps here are told from now on alone, tell of
    those whose holder is in the house already. One that is not written yet tells of itself.
    """
    was_told = bool(visits.shared_among(session, [visit.id]))
    join(session, [(visit, ticket)])
    if not was_told:
        known = tickets.of_visit(session, visit.id, agency=office.code)
        there = [each for each in known if is_step_in_the_house(each, site=ticket.site, day=ticket.day)]
        announce(session, office, *visit_news.facts_now(session, there), now=now)


def is_step_in_the_house(ticket: Ticket, *, site: str, day: date) -> bool:
    """Tell whether a ticket is a step of a day at a site whose holder has come for it."""
    fact = FACT_OF.get(ticket.state.value, LEFT)
    return (ticket.site, ticket.day) == (site, day) and is_in_the_house(fact)


def step_of(session: Session, visit: VisitPart | None, ticket: Ticket) -> int:
    """Return which step of its joined visit a new ticket is among those of its number; 0 is the first."""
    if visit is None or ticket.number != visit.number:
        return 0
    return visits.next_step(session, site=ticket.site, day=ticket.day, number=ticket.number)
