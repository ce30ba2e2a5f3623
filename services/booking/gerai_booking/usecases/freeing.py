"""Places that citizens give back: to who waits for one, else to everybody, of a full day at a moment unknown.

In two steps, so that whoever moves gives back first and takes the other place before anybody else can.
"""

from datetime import datetime

from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import freed, places, tickets
from gerai_booking.rules.quota import ONLINE, bounds_of
from gerai_booking.rules.release import opens_at
from gerai_booking.usecases.offers import MOST_BESIDE, offer_day
from gerai_booking.usecases.office import Office


def give_back(session: Session, ticket: Ticket) -> bool:
    """Give a ticket's place back; tell whether its hour or its day was full of online bookings.

    The caller holds the day.
    """
    channel = tickets.quota_channel_of(session, ticket.id)
    was_full = channel == ONLINE and not _has_room(session, ticket)
    places.give_back(
        session,
        site=ticket.site,
        day=ticket.day,
        service=ticket.service,
        slot=ticket.slot_id or "",
        channel=channel,
    )
    return was_full


def hand_on(session: Session, office: Office, ticket: Ticket, *, keep_back: bool, now: datetime) -> None:
    """Offer what a ticket gave back to who waits; with `keep_back` others get it after a while only.

    The caller holds every day that its transaction changes.
    """
    offer_day(session, office, site=ticket.site, day=ticket.day, now=now, most=MOST_BESIDE)
    if not keep_back or ticket.slot_id is None or ticket.slot_starts_at is None:
        return
    opens = opens_at(freed_at=now, starts_at=ticket.slot_starts_at, chance=office.chance())
    if opens is None or not _has_room(session, ticket):
        return
    left = places.lock_days(session, [(ticket.site, ticket.day)])[ticket.site, ticket.day]
    bounds = [bound for bound in bounds_of(ticket.service, ONLINE) if bound in left]
    of_days = {(ticket.site, ticket.day, bound): 1 for bound in bounds}
    places.take(session, of_days=of_days, of_slots={ticket.slot_id: 1})
    freed.add(
        session,
        site=ticket.site,
        service=ticket.service,
        day=ticket.day,
        slot_id=ticket.slot_id,
        freed_at=now,
        opens_at=opens,
    )


def _has_room(session: Session, ticket: Ticket) -> bool:
    """Tell whether a further place could be taken of a ticket's hour on its day."""
    left = places.lock_days(session, [(ticket.site, ticket.day)])[ticket.site, ticket.day]
    of_day = [left[bound] for bound in bounds_of(ticket.service, ONLINE) if bound in left]
    of_hour = places.lock_slots(session, [ticket.slot_id or ""]).get(ticket.slot_id or "", 0)
    return of_hour > 0 and all(here is None or here > 0 for here in of_day)
