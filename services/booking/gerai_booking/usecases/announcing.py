"""What is announced of a ticket's changes."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from gerai_shared import outbox
from gerai_shared.context import Context
from gerai_shared.outbox import NewEvent
from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models.people import Person
from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.directives import Directive
from gerai_booking.usecases import visit_news
from gerai_booking.usecases.office import Office

MINUTES_OF_AN_HOUR = 60


def news(
    office: Office,
    event_type: str,
    ticket: Ticket,
    previous: State | None,
    person: Person | None,
    *,
    context: Context | None = None,
) -> NewEvent:
    """Return an event of which the ticket's holder is told; see NewEvent for `context`.

    A service that left the catalogue has its code as its name: its last visitors are told all the same.
    Raises UnknownSite.
    """
    site = office.site(ticket.site)
    service = office.find_service(ticket.service)
    service_name = service.name if service else Text(id=ticket.service, en=ticket.service)
    counter = office.counter_name(ticket.site, ticket.counter)
    return NewEvent(
        type=event_type,
        subject=ticket.id,
        agency=ticket.agency,
        site=ticket.site,
        context=context,
        data={
            "ticket": ticket,
            "previous_state": previous,
            "recipient": person.contact if person else None,
            "sealed_token": office.sealer.seal({"token": office.token(ticket.id)}),
            "language": person.language if person else "id",
            "site_name": _both(site.name),
            "site_address": _both(site.address),
            "time_zone": site.time_zone,
            "service_name": _both(service_name),
            "duration_minutes": service.duration_minutes if service else MINUTES_OF_AN_HOUR,
            "counter_name": _both(counter) if counter else None,
        },
    )


def fact(event_type: str, ticket: Ticket, previous: State | None) -> NewEvent:
    """Return an event that only boards and statistics are interested in."""
    return NewEvent(
        type=event_type,
        subject=ticket.id,
        agency=ticket.agency,
        site=ticket.site,
        data={"ticket": ticket, "previous_state": previous},
    )


def by_order(event: NewEvent, directive: Directive, *, choose_until: date | None = None) -> NewEvent:
    """Return an event with the order of the centre that is behind it."""
    order = {
        "number": directive.number,
        "issuer": directive.issuer,
        "text": _both(directive.text),
        "choose_until": choose_until,
    }
    return replace(event, data={**event.data, "directive": order})


def announce(session: Session, office: Office, *events: NewEvent, now: datetime) -> None:
    """Write events into the outbox, within the transaction of the change; and for the other agencies what
    they are of a visit that has steps there, too.
    """
    told = [*events, *visit_news.facts(session, events)]
    outbox.add(session, *told, source=office.deployment, now=now)


def _both(text: Text) -> dict[str, Any]:
    return {"id": text.id, "en": text.en}
