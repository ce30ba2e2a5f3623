"""Opening a file for what is complete, and handing back what is not, on record."""

import json
from datetime import date, datetime

from gerai_shared.accounts import Officer
from gerai_shared.ids import new_id
from gerai_shared.refusals import InvalidRequest
from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import applications, tickets
from gerai_booking.models.applications import Application, Step
from gerai_booking.models.people import Person, add_people, person_of
from gerai_booking.refusals import (
    ApplicationExists,
    NoApplications,
    NothingMissing,
    TicketNotServed,
    UnknownTicket,
)
from gerai_booking.rules.application import Terms, begin
from gerai_booking.rules.catalogue import Service, promise_on
from gerai_booking.rules.checklist import Checklist, missing_of
from gerai_booking.usecases import application_news
from gerai_booking.usecases.applicants import Applicant
from gerai_booking.usecases.completeness import require_complete
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import working_days_of
from gerai_booking.usecases.rulebook import in_force

#: A file is opened while its owner is at the counter, or after.
SERVED_STATES = frozenset({State.SERVING, State.SERVED})
CHOOSE_A_PURPOSE = "Please choose what it is for: without a clear purpose a file is not complete."


def open_file(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    ticket_id: str,
    checklist: Checklist,
    purpose: str | None,
    applicant: Applicant | None,
    now: datetime,
) -> Application:
    """Open the application of whoever is or was served; it is followed from here on.

    `applicant` tells who it is where the ticket does not, as of a walk-in. Raises UnknownTicket,
    TicketNotServed, NoApplications, ApplicationExists, IncompleteFiles, InvalidRequest.
    """
    ticket = served_ticket(session, office, site=site, ticket_id=ticket_id, now=now)
    service = office.service(ticket.service)
    require_complete(service, checklist)
    known = person_of(session, ticket.id)
    purpose = purpose or (known.purpose if known else None)
    if service.purposes and purpose not in {each.code for each in service.purposes}:
        raise InvalidRequest(fields={"purpose": [CHOOSE_A_PURPOSE]})
    if known is None and applicant is not None:
        add_people(session, [{"ticket_id": ticket.id, **vars(applicant.person(office))}])
    application = _new(session, office, ticket, service, checklist, purpose, now=now)
    applications.add(session, application, step_of(officer, None, now=now))
    application_news.tell(session, office, application, None, now=now)
    return application


def _new(
    session: Session,
    office: Office,
    ticket: Ticket,
    service: Service,
    checklist: Checklist,
    purpose: str | None,
    *,
    now: datetime,
) -> Application:
    today = office.today(ticket.site, now)
    stages = in_force(session, office).stages_of(service.code, today)
    terms, basis = _promised(service, today, ticket.site)
    offer = office.offer(ticket.site, ticket.service)
    calendar = working_days_of(session, office, site=ticket.site, service=ticket.service)
    return Application(
        id=new_id(),
        ticket_id=ticket.id,
        number=ticket.number,
        service=service.code,
        site=ticket.site,
        collection_site=offer.collection_site or ticket.site,
        purpose=purpose,
        checklist={"have": sorted(checklist.have), "absences": dict(sorted(checklist.absences.items()))},
        terms=terms,
        promise_basis=basis,
        progress=begin(stages, terms=terms, today=today, calendar=calendar),
        opened_at=now,
        moved_at=now,
    )


def _promised(service: Service, today: date, site: str) -> tuple[Terms | None, str | None]:
    """Return the promise of today and its basis: the application keeps them, whatever is promised later."""
    promise = promise_on(service, today, site)
    if promise is None:
        return None, None
    terms = Terms(working_days=promise.working_days, counts_from=promise.counts_from_stage)
    return terms, promise.basis


def served_ticket(session: Session, office: Office, *, site: str, ticket_id: str, now: datetime) -> Ticket:
    """Return the ticket, locked, of which a file may be opened at a site.

    Raises UnknownTicket, TicketNotServed, NoApplications, ApplicationExists.
    """
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.site != site:
        raise UnknownTicket
    if ticket.state not in SERVED_STATES:
        raise TicketNotServed
    if not in_force(session, office).stages_of(ticket.service, office.today(site, now)):
        raise NoApplications
    if applications.of_ticket(session, ticket.id) is not None:
        raise ApplicationExists
    return ticket


def to_open(
    session: Session, office: Office, *, site: str, ticket_id: str, now: datetime
) -> tuple[Ticket, Person | None]:
    """Return the ticket of which a file may be opened, and its holder. Raises what `served_ticket` raises."""
    ticket = served_ticket(session, office, site=site, ticket_id=ticket_id, now=now)
    return ticket, person_of(session, ticket_id)


def turn_away(
    session: Session,
    office: Office,
    *,
    officer: Officer,
    site: str,
    service: str,
    ticket_id: str | None,
    checklist: Checklist,
    why: str,
    now: datetime,
) -> str:
    """Write down that a file was handed back, what lacked and why (S2-8); return the record's id.

    Its owner gets the list on paper, and with a ticket on its page. Raises UnknownService, UnknownTicket,
    TicketNotServed, NoApplications, ApplicationExists, NothingMissing.
    """
    office.offer(site, service)
    if ticket_id is not None:
        service = served_ticket(session, office, site=site, ticket_id=ticket_id, now=now).service
    missing = missing_of(office.service(service).requirements, checklist)
    if not missing:
        raise NothingMissing
    return applications.add_incomplete(
        session,
        {
            "ticket_id": ticket_id,
            "site": site,
            "service": service,
            "missing": json.dumps([requirement.code for requirement in missing]),
            "why": why,
            "officer_id": officer.id,
            "officer_name": officer.name,
            "at": now,
        },
    )


def step_of(officer: Officer, note: str | None, *, now: datetime) -> Step:
    """Return what is written down of an officer's step."""
    return Step(officer_id=officer.id, officer_name=officer.name, note=note, now=now)
