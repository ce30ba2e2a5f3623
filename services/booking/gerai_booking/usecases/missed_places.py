"""Places of a day's quotas that a missed visit leaves, while somebody else can still use them that day.

Of the hour nothing is given back: it is over, or its holder may still come for it. What counts is the day:
where its quota is full and later hours are not, the next one can come. Nothing is swept: it is noticed when
somebody looks, as the end of a hold is, and the ticket stays as it is, so whoever comes late is served.
"""

from collections import Counter
from datetime import date, datetime

from gerai_shared.ticket import UNDO_WINDOW, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import leases, missed_places, outages, places
from gerai_booking.models.tickets import quota_channel_of
from gerai_booking.rules.outages import hitting
from gerai_booking.rules.quota import bounds_of, full_bounds
from gerai_booking.rules.visits import MISSED_AFTER
from gerai_booking.usecases.office import Office


def give_back(
    session: Session, office: Office, *, site: str, day: date, now: datetime, most: int | None = None
) -> int:
    """Give back what tickets of a day keep of its quotas unused, up to `most`; return how many places.

    The caller holds the day. Only today's: what is to come nobody has missed, what is over nobody can use. A
    call in vain counts when it cannot be taken back any more; whose hour an outage hit may still come.
    """
    if day != office.today(site, now) or leases.active(session, site=site, day=day) is not None:
        # At a leased site nobody here knows who has come.
        return 0
    found = missed_places.unused(session, site=site, day=day, agency=office.code, **_moments(now))
    gone = _without_outage(session, office, found, now=now)[:most]
    if not gone:
        return 0
    counted = Counter((ticket.service, quota_channel_of(session, ticket.id)) for ticket in gone)
    for (service, channel), count in sorted(counted.items(), key=str):
        places.give_back(session, site=site, day=day, service=service, slot="", channel=channel, count=count)
    missed_places.mark(session, [ticket.id for ticket in gone], at=now)
    return len(gone)


def are_there(session: Session, office: Office, *, site: str, now: datetime) -> bool:
    """Tell whether tickets of today may have places to give back."""
    return missed_places.is_any_unused(session, site=site, day=office.today(site, now), **_moments(now))


def take_again(session: Session, ticket: Ticket) -> None:
    """Count a locked ticket in its day's quotas again, whose holder came after all.

    Whoever has a number is served: where the place has gone to somebody else, this one is on record as beyond
    the quota, as bookings are of before a quota fell.
    """
    channel = missed_places.channel_given_back(session, ticket.id)
    if channel is None:
        return
    left = places.lock_days(session, [(ticket.site, ticket.day)])[ticket.site, ticket.day]
    bounds = [bound for bound in bounds_of(ticket.service, channel) if bound in left]
    here = ticket.site, ticket.day
    places.allow_beyond(session, [(*here, bound) for bound in full_bounds(left, bounds)])
    places.take(session, of_days={(*here, bound): 1 for bound in bounds}, of_slots={})
    missed_places.mark(session, [ticket.id], at=None)


def _moments(now: datetime) -> dict[str, datetime]:
    return {"begun_before": now - MISSED_AFTER, "missed_before": now - UNDO_WINDOW}


def _without_outage(session: Session, office: Office, found: list[Ticket], *, now: datetime) -> list[Ticket]:
    """Return those that no outage kept from coming."""
    begun = [ticket.slot_starts_at for ticket in found if ticket.slot_starts_at is not None]
    if not begun:
        return found
    known = outages.not_over_before(session, min(begun))
    return [
        ticket
        for ticket in found
        if ticket.state is State.NO_SHOW
        or ticket.slot_starts_at is None
        or hitting(known, office.site(ticket.site), ticket.slot_starts_at, now=now) is None
    ]
