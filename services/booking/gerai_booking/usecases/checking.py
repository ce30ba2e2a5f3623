"""Whether a ticket is genuine: what anybody may know who is shown one, or sold one."""

from typing import Any

from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.models.people import person_of
from gerai_booking.refusals import UnknownCheckCode
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import both

#: No ticket yet, or never one: a place that was only held.
NO_TICKET = frozenset({State.HELD, State.EXPIRED})


def check(session: Session, office: Office, code: str) -> dict[str, Any]:
    """Return what a check code tells of its ticket; of its holder, the masked name alone.

    Raises UnknownCheckCode for what this agency never gave out as a ticket.
    """
    ticket = tickets.find(session, office.checked_ticket_id(code), agency=office.code)
    if ticket is None or ticket.state in NO_TICKET:
        raise UnknownCheckCode
    site = office.site(ticket.site)
    person = person_of(session, ticket.id)
    return {
        "agency": office.code,
        "agency_name": both(office.agency.name),
        "number": ticket.number,
        "state": ticket.state.value,
        "is_valid": ticket.is_open,
        "service_name": both(office.service(ticket.service).name),
        "site_name": both(site.name),
        "time_zone": site.time_zone,
        "day": ticket.day.isoformat(),
        "starts_at": ticket.slot_starts_at.isoformat() if ticket.slot_starts_at else None,
        "name_masked": person.masked_name if person else None,
    }
