"""Checking in somebody who shows an officer the number on their ticket."""

from gerai_shared.ticket import Actor, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.refusals import UnknownTicket
from gerai_booking.usecases.changes import check_in_ticket
from gerai_booking.usecases.floor import Desk
from gerai_booking.usecases.office import Office


def check_in_by_number(session: Session, office: Office, desk: Desk, *, number: str) -> Ticket:
    """Check in today's ticket with this number at the desk's site.

    Raises UnknownSite, UnknownTicket, TransitionNotAllowed.
    """
    day = office.today(desk.site, desk.now)
    ticket = tickets.find_by_number(session, site=desk.site, day=day, number=number, agency=office.code)
    if ticket is None:
        raise UnknownTicket
    return check_in_ticket(
        session, office, ticket, now=desk.now, actor=Actor.OFFICER, officer_id=desk.officer_id
    )
