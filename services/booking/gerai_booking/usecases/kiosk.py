"""What a kiosk does: give numbers, check in, print. Nothing else."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.ticket import AT_COUNTER_STATES, Actor, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import queue_order, tickets
from gerai_booking.refusals import UnknownTicket, WrongDay
from gerai_booking.refusals.devices import ClosedForToday
from gerai_booking.rules.catalogue.lane_rules import DISABLED, ELDERLY, PREGNANT, UNDER_FIVE
from gerai_booking.rules.devices import Printer
from gerai_booking.rules.visit_steps import VisitPart
from gerai_booking.rules.visits import GRACE
from gerai_booking.usecases import intake, printing, views, visits
from gerai_booking.usecases.arrivals import ticket_shown
from gerai_booking.usecases.changes import check_in_ticket
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import calendar_of

#: Whoever shows a ticket in one of these states is there already.
ALREADY_THERE = AT_COUNTER_STATES | {State.CHECKED_IN, State.PARKED}

#: The ground for priority of what somebody at a kiosk says of themselves.
GROUND_OF = {"elderly": ELDERLY, "pregnant": PREGNANT, "disabled": DISABLED, "small_child": UNDER_FIVE}


def walk_in(
    session: Session,
    office: Office,
    *,
    site: str,
    service: str,
    need: str,
    printer: Printer | None,
    language: str,
    visit: VisitPart | None = None,
    now: datetime,
) -> Ticket:
    """Give a number, and have it printed in the same transaction: for a further errand of a `visit` that of
    the visit, with which its holder waits here since they came. What they wait for already stays as it is.

    Raises UnknownSite, UnknownService, ClosedForToday and what usecases.intake.walk_in raises.
    """
    _refuse_after_hours(session, office, site, now=now)
    known = None
    if visit is not None:
        known = visits.known_step(session, office, visit, site=site, service=service, now=now, early=False)
    ticket = known or intake.walk_in(
        session,
        office,
        _kiosk(site, now),
        service=service,
        priority=need != "none",
        ground=GROUND_OF.get(need),
        visit=visit,
    )
    if printer is not None:
        printing.have_printed(session, ticket, printer, language=language, with_code=True, now=now)
    return ticket


def check_in(session: Session, office: Office, *, site: str, shown: str, now: datetime) -> Ticket:
    """Check in whoever shows the number or the code of a ticket; shown again it is the same ticket.

    By its holder: early is refused with the time from which it can be done. Raises UnknownSite,
    UnknownTicket, TicketOfAnotherSite, WrongDay, NotYetOpen, NeedsNewHour, TransitionNotAllowed.
    """
    ticket = ticket_shown(session, office, _kiosk(site, now), shown=shown)
    if ticket.day != office.today(site, now):
        raise WrongDay(day=ticket.day.isoformat())
    if ticket.state in ALREADY_THERE:
        return ticket
    return check_in_ticket(session, office, ticket, now=now, actor=Actor.CITIZEN)


def print_ticket(
    session: Session,
    office: Office,
    *,
    code: str,
    token: str | None,
    printer: Printer,
    language: str,
    now: datetime,
) -> Ticket:
    """Print a ticket, or a copy of it; the code that opens its page only for who has its token.

    Raises UnknownCheckCode, UnknownTicket, NotYetPrinted, CopiesUsedUp.
    """
    ticket = _ticket(session, office, code, lock=True)
    with_code = token is not None and office.ticket_id(token) == ticket.id
    printing.have_copied(session, ticket, printer, language=language, with_code=with_code, now=now)
    return ticket


def view(session: Session, office: Office, *, code: str) -> dict[str, Any]:
    """Return what a kiosk shows of a ticket: its number and where it is, nothing of who holds it.

    Raises UnknownCheckCode, UnknownTicket.
    """
    ticket = _ticket(session, office, code)
    site = office.site(ticket.site)
    service = office.find_service(ticket.service)
    came, hour = ticket.checked_in_at, ticket.slot_starts_at
    return {
        "ticket": views.dump(ticket),
        "code": code,
        "agency_name": views.both(office.agency.name),
        "service_name": views.both(service.name) if service else None,
        "counter_name": views.both(office.counter_name(ticket.site, ticket.counter)),
        "time_zone": site.time_zone,
        "ahead": queue_order.count_ahead(session, ticket) if ticket.state is State.CHECKED_IN else None,
        "is_late": bool(came and hour and came > hour + GRACE),
        "print": printing.told(session, ticket.id),
    }


def _kiosk(site: str, now: datetime) -> Desk:
    return Desk(site=site, counter="", officer_id="", actor=Actor.SYSTEM, now=now)


def _ticket(session: Session, office: Office, code: str, *, lock: bool = False) -> Ticket:
    ticket = tickets.find(session, office.checked_ticket_id(code), agency=office.code, lock=lock)
    if ticket is None:
        raise UnknownTicket
    return ticket


def _refuse_after_hours(session: Session, office: Office, code: str, *, now: datetime) -> None:
    """A kiosk that nobody has switched off gives no numbers at night; before the doors open it may."""
    site, day = office.site(code), office.today(code, now)
    hours = calendar_of(session, office, site, first=day, last=day).hours_on(day)
    if hours is not None and now >= datetime.combine(day, hours.closes, ZoneInfo(site.time_zone)):
        raise ClosedForToday(closes=f"{hours.closes:%H.%M}")
