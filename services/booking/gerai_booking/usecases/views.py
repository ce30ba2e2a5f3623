"""What leaves the engine: a ticket for its holder, for boards, for a complaint."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared import outbox
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, State, Ticket, TicketSchema, move
from sqlalchemy.orm import Session

from gerai_booking.models import directives, matching, queue_order, tickets, visits
from gerai_booking.models.people import person_of
from gerai_booking.refusals import UnknownTicket
from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.matching import MatchState
from gerai_booking.rules.outages import Outage
from gerai_booking.rules.visits import check_in_opens_at
from gerai_booking.usecases import estimates, no_shows, outages, shifts
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.restrictions import restriction_at

_schema = TicketSchema()
#: A display shows the last calls for a while, whatever came of them.
CALLS_SHOWN_FOR = timedelta(hours=2)
#: What a display shows: who waits, who is called or served.
BOARD_STATES = (State.CHECKED_IN, State.CALLED, State.SERVING, State.PARKED)


def dump(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as JSON."""
    dumped: dict[str, Any] = _schema.dump(ticket)
    return dumped


def receipt(ticket: Ticket) -> dict[str, Any]:
    """Return the answer to a booking, without its token."""
    return {"ticket": dump(ticket)}


def with_token(office: Office, answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with the token of its ticket."""
    return {**answer, "token": office.token(answer["ticket"]["id"])}


def both(text: Text | None) -> dict[str, str] | None:
    """Return a text in both languages as JSON."""
    return {"id": text.id, "en": text.en} if text else None


def load_ticket(session: Session, office: Office, token: str, *, lock: bool = False) -> Ticket:
    """Return the ticket a token refers to. Raises UnknownTicket."""
    ticket = tickets.find(session, office.ticket_id(token), agency=office.code, lock=lock)
    if ticket is None:
        raise UnknownTicket
    return ticket


def ticket_view(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """Return everything a ticket's holder may see of it."""
    site = office.site(ticket.site)
    person = person_of(session, ticket.id)
    offer = office.offer(ticket.site, ticket.service)
    match = matching.match_of(session, ticket.id) if person and person.purpose else None
    outage = outages.that_hit(session, office, ticket, now=now)
    return {
        "ticket": dump(ticket),
        "token": office.token(ticket.id),
        "check_code": office.check_code(ticket.id),
        "site_name": both(site.name),
        "site_address": both(site.address),
        "time_zone": site.time_zone,
        "service_name": both(office.service(ticket.service).name),
        "counter_name": both(office.counter_name(ticket.site, ticket.counter)),
        "collection": both(offer.collection),
        "name_masked": person.masked_name if person else None,
        "nik_masked": person.masked_identity if person else None,
        "identity_note": person.identity_note if person else None,
        "match": match_view(match) if match else None,
        "restriction": _restriction(session, office, ticket, now),
        "ahead": queue_order.count_ahead(session, ticket) if ticket.state is State.CHECKED_IN else None,
        "estimate": estimates.of_ticket(session, office, ticket, now=now),
        "directive": _directive(session, ticket),
        "can": _can(office, ticket, now, outage=outage, kept_until=kept_until_of(office, ticket, match)),
        "outage": outages.as_json(outage) if outage else None,
        "missed": no_shows.view(session, office, ticket, now=now),
        "is_shared_visit": bool(visits.shared_among(session, [ticket.visit_id])),
        "replaced_by_token": office.token(ticket.replaced_by) if ticket.replaced_by else None,
    }


def _directive(session: Session, ticket: Ticket) -> dict[str, Any] | None:
    """Return the order of the centre behind a ticket, and what it did; None for nearly all."""
    found = directives.of_ticket(session, ticket.id)
    if found is None:
        return None
    order = directives.of_row(found)
    return {
        "number": order.number,
        "issuer": order.issuer,
        "text": both(order.text),
        "treatment": found.done,
        "choose_until": order.choose_until.isoformat() if order.choose_until else None,
        "undone": found.outcome is not None,
    }


def match_view(match: Any) -> dict[str, Any]:
    """Return what a ticket's holder may see of how they compare with a list: never what stands on it."""
    return {"state": match.state, "source": match.source, "differences": matching.differences_in(match)}


def kept_until_of(office: Office, ticket: Ticket, match: Any | None) -> datetime | None:
    """Return until when a place is kept for whose data is being corrected: the end of its day (S1-5)."""
    if match is None or match.state != MatchState.BEING_CORRECTED:
        return None
    zone = ZoneInfo(office.site(ticket.site).time_zone)
    return datetime.combine(ticket.day + timedelta(days=1), time(0), zone).astimezone(UTC)


def _restriction(session: Session, office: Office, ticket: Ticket, now: datetime) -> dict[str, Any] | None:
    """What the form for the details has to know of a regime; nobody else asks."""
    if ticket.state not in {State.HELD, State.EXPIRED}:
        return None
    return restriction_at(session, office, site=ticket.site, day=ticket.day, now=now)


def _can(
    office: Office, ticket: Ticket, now: datetime, *, outage: Outage | None, kept_until: datetime | None
) -> dict[str, Any]:
    opens = check_in_opens_at(ticket.slot_starts_at) if ticket.slot_starts_at else None
    may_move = _may(ticket, State.RESCHEDULED, now, kept_until=kept_until)
    checkable = _may(ticket, State.CHECKED_IN, now) and ticket.state is State.BOOKED
    return {
        "cancel": _may(ticket, State.CANCELLED, now),
        "reschedule": may_move or outage is not None,
        "reschedule_reason": "outage" if outage is not None and not may_move else None,
        "check_in": checkable
        and opens is not None
        and opens <= now
        and office.today(ticket.site, now) == ticket.day,
        "check_in_opens_at": opens.isoformat() if opens and checkable else None,
    }


def _may(ticket: Ticket, to: State, now: datetime, *, kept_until: datetime | None = None) -> bool:
    try:
        move(ticket, to, actor=Actor.CITIZEN, now=now, changeable_until=kept_until)
    except Refused:
        return False
    return True


def board(session: Session, office: Office, *, site: str, now: datetime) -> dict[str, Any]:
    """Return a site's board of today with the number up to which its stream of events is in it.

    The number is read first: an event that comes in between is in the state already, and its
    ticket's revision tells the reader so.
    """
    office.site(site)
    sequence = outbox.last_sequences(session).get(outbox.stream_of(office.code, site), 0)
    found = tickets.of_day(
        session,
        site=site,
        day=office.today(site, now),
        states=BOARD_STATES,
        agency=office.code,
        called_since=now - CALLS_SHOWN_FOR,
    )
    return {
        "sequence": sequence,
        "agency": office.code,
        "site": site,
        "tickets": [dump(ticket) for ticket in found],
        "counters": {counter.code: both(counter.name) for counter in office.counters_at(site)},
        "services": {service.code: both(service.name) for service in office.agency.services},
        "counters_open": {
            each.code: each.shift.state for each in shifts.open_counters(session, office, site=site, now=now)
        },
    }


def complaint_facts(session: Session, office: Office, token: str) -> dict[str, Any]:
    """Return what a complaint about a visit needs to know of it. Raises UnknownTicket."""
    ticket = load_ticket(session, office, token)
    waited = None
    if ticket.called_at is not None and ticket.checked_in_at is not None:
        waited = int((ticket.called_at - ticket.checked_in_at).total_seconds() // 60)
    return {
        "agency": office.code,
        "site": ticket.site,
        "service": ticket.service,
        "counter": ticket.counter,
        "ticket_id": ticket.id,
        "number": ticket.number,
        "day": ticket.day.isoformat(),
        "waited_minutes": waited,
    }
