"""Checking in somebody who shows an officer their ticket: its number, or the code that a scanner reads."""

from gerai_shared.ticket import Actor, Ticket
from gerai_shared.tokens import VISIT_REALM, realm_of, unverified_identifier
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.refusals import NoStepHere, TicketOfAnotherAgency, TicketOfAnotherSite, UnknownTicket
from gerai_booking.usecases.changes import check_in_ticket
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import load_ticket


def check_in_shown(session: Session, office: Office, desk: Desk, *, shown: str) -> Ticket:
    """Check in the ticket of which `shown` is the number, today at the desk's site, or the token.

    The code of a visit over several agencies is that of its next ticket here. Raises UnknownSite,
    UnknownTicket, TicketOfAnotherAgency, TicketOfAnotherSite, NoStepHere, WrongDay, TransitionNotAllowed.
    """
    ticket = ticket_shown(session, office, desk, shown=shown)
    return check_in_ticket(
        session, office, ticket, now=desk.now, actor=Actor.OFFICER, officer_id=desk.officer_id
    )


def ticket_shown(session: Session, office: Office, desk: Desk, *, shown: str) -> Ticket:
    """Return the ticket, locked, of which somebody shows the number or the token. Raises as above."""
    find = _with_token if realm_of(shown) else _with_number
    return find(session, office, desk, shown)


def _with_number(session: Session, office: Office, desk: Desk, number: str) -> Ticket:
    day = office.today(desk.site, desk.now)
    ticket = tickets.find_by_number(session, site=desk.site, day=day, number=number, agency=office.code)
    if ticket is None:
        raise UnknownTicket
    return ticket


def _of_visit(session: Session, office: Office, desk: Desk, token: str) -> Ticket:
    """Return the ticket of a visit that is to be checked in next here.

    Who signed the code cannot be told without the gateway, and need not be: it names the visit, and an
    officer may check in anybody by number.
    """
    visit_id = unverified_identifier(token)
    if visit_id is None:
        raise UnknownTicket
    day = office.today(desk.site, desk.now)
    ticket = tickets.first_to_check_in(
        session, visit_id=visit_id, site=desk.site, day=day, agency=office.code
    )
    if ticket is None:
        raise NoStepHere
    return ticket


def _with_token(session: Session, office: Office, desk: Desk, token: str) -> Ticket:
    if realm_of(token) == VISIT_REALM:
        return _of_visit(session, office, desk, token)
    if realm_of(token) != office.code:
        raise TicketOfAnotherAgency
    ticket = load_ticket(session, office, token, lock=True)
    if ticket.site != desk.site:
        raise TicketOfAnotherSite(site=office.site(ticket.site).name.id)
    return ticket
