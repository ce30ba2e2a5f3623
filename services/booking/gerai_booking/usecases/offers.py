"""Free places of a day go to who waits for them before anybody else.

Whoever calls holds the locks of every day that the transaction changes; entries of the list are locked after
them. So two transactions never wait for each other in a circle.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.outbox import NewEvent
from gerai_shared.ticket import Actor, Lane, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets, waiting_list
from gerai_booking.models.history import add_history, history_row
from gerai_booking.rules.directives import Directive
from gerai_booking.rules.quota import ONLINE, Bound, bounds_of
from gerai_booking.rules.waiting_list import OPEN, Waiting, offer_ends_at
from gerai_booking.usecases.announcing import announce, by_order, fact
from gerai_booking.usecases.issuing import appointment_row, new_ticket, numbers_for
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import orders_in_force
from gerai_booking.usecases.releases import opens_at
from gerai_booking.usecases.views import both
from gerai_booking.usecases.waiting_room import is_crowded

#: Offers made at once where a supervisor or the centre frees many places: the rest follows with the
#: next look at the day.
MOST_AT_ONCE = 50
#: Beside what somebody else has asked for: it is answered before the rest, which follows by itself.
MOST_BESIDE = 5


@dataclass(kw_only=True)
class _Day:
    """What is free of a locked day: hours in order of time, each with its deadline, and the quotas."""

    hours: list[tuple[Any, datetime]]
    left_of_hour: dict[str, int]
    left: dict[Bound, int | None]

    def hour_for(self, service: str) -> tuple[Any, datetime] | None:
        """Return the first hour of a service with a place that no quota stands against, and its deadline."""
        here = [self.left[bound] for bound in self.bounds(service)]
        if any(places_left is not None and places_left < 1 for places_left in here):
            return None
        found = (hour for hour in self.hours if hour[0].service == service and self.left_of_hour[hour[0].id])
        return next(found, None)

    def bounds(self, service: str) -> list[Bound]:
        """Return the quotas in which a place of a service counts on this day."""
        return [bound for bound in bounds_of(service, ONLINE) if bound in self.left]

    def services(self) -> set[str]:
        """Return the services that have a place."""
        return {row.service for row, _ in self.hours if self.hour_for(row.service) is not None}

    def take(self, slot: Any) -> None:
        """Count a place as taken."""
        self.left_of_hour[slot.id] -= 1
        for bound in self.bounds(slot.service):
            here = self.left[bound]
            self.left[bound] = None if here is None else here - 1


def offer_day(
    session: Session, office: Office, *, site: str, day: date, now: datetime, most: int = MOST_AT_ONCE
) -> int:
    """Offer free places of a day to the first who wait for them, up to `most`; return how many were offered.

    The caller holds the day's row. Whoever has a ticket by now is let go from the list.
    """
    if not is_waited_for(session, site=site, day=day):
        return 0
    if opens_at(session, office, site, day, now=now) is not None or is_crowded(
        session, office, site, day, now=now
    ):
        # While a crowd is let in by its numbers, the list does not go past them.
        return 0
    free = _free_of(session, office, site, day, now)
    made = 0
    # Of each round at least the first gets a place or is let go: all their services have one.
    while made < most and (wanted := free.services()):
        waiting = waiting_list.claim_waiting(session, site=site, day=day, services=wanted, limit=most - made)
        if not waiting:
            break
        booked = tickets.open_persons(session, [entry.person_hash for entry in waiting])
        for entry in waiting:
            if (entry.service, entry.person_hash) in booked:
                end_waiting(session, entry.id, state=Waiting.TAKEN, now=now)
            elif (hour := free.hour_for(entry.service)) is not None:
                slot, ends = hour
                _offer(session, office, entry, slot, bounds=free.bounds(entry.service), ends=ends, now=now)
                free.take(slot)
                made += 1
    return made


def is_waited_for(session: Session, *, site: str, day: date) -> bool:
    """Tell whether anybody waits for a place on a day, of whatever service."""
    return any(first <= day <= last for _, first, last in waiting_list.days_waited_for(session, site=site))


def _free_of(session: Session, office: Office, site: str, day: date, now: datetime) -> _Day:
    zone = ZoneInfo(office.site(site).time_zone)
    orders = orders_in_force(session, office, from_day=day)
    hours = []
    for row in places.hours_with_places(session, site=site, day=day):
        if orders.refusal(site=site, service=row.service, day=day) is not None:
            continue
        ends = offer_ends_at(offered_at=now, starts_at=row.starts_at, zone=zone)
        if ends is not None:
            hours.append((row, ends))
    return _Day(
        hours=hours,
        left_of_hour={row.id: row.capacity - row.taken for row, _ in hours},
        left=places.lock_days(session, [(site, day)])[site, day],
    )


def _offer(
    session: Session,
    office: Office,
    entry: Any,
    slot: Any,
    *,
    bounds: Iterable[Bound],
    ends: datetime,
    now: datetime,
) -> None:
    """Hold a place for somebody on the list, and tell them."""
    of_days = {(slot.site, slot.day, bound): 1 for bound in bounds}
    places.take(session, of_days=of_days, of_slots={slot.id: 1})
    number = numbers_for(session, office, [slot])[0]
    ticket = new_ticket(office, slot, number, state=State.HELD, lane=Lane.APPOINTMENT, now=now)
    ticket = replace(ticket, held_until=ends)
    tickets.add(session, [appointment_row(ticket)])
    add_history(session, [history_row(None, ticket, actor=Actor.SYSTEM, now=now)])
    waiting_list.offer(session, entry.id, ticket_id=ticket.id, ends=ends)
    announce(
        session,
        office,
        fact("ticket.held.v1", ticket, None),
        news_of(office, "waiting_list.offered.v1", entry, Waiting.OFFERED, offer=ticket),
        now=now,
    )


def withdraw(
    session: Session, office: Office, ticket: Ticket, directive: Directive, *, now: datetime
) -> bool:
    """Let somebody wait on, at their old position, whose offered place an order closes, and tell them.

    Return whether the place was offered to anybody. The caller holds the ticket, which is held no longer.
    """
    entry = waiting_list.put_back(session, ticket.id, now=now)
    if entry is None:
        return False
    event = news_of(office, "waiting_list.withdrawn.v1", entry, Waiting.WAITING, offer=ticket)
    announce(session, office, by_order(event, directive), now=now)
    return True


def lapsed(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> None:
    """Let go from the list whom a hold that ran out was offered to, and tell them.

    Who could not book it, since an order closed its day meanwhile, waits on. Of a site that left the
    catalogue there is nothing to tell any more.
    """
    if not office.knows_site(ticket.site):
        which = waiting_list.by_ticket(ticket.id)
        waiting_list.close(session, which, was=[Waiting.OFFERED], state=Waiting.OVER, now=now)
        return
    orders = orders_in_force(session, office, from_day=ticket.day)
    order = orders.closing(site=ticket.site, service=ticket.service, day=ticket.day)
    if order is not None and withdraw(session, office, ticket, order, now=now):
        return
    which = waiting_list.by_ticket(ticket.id)
    for entry in waiting_list.close(session, which, was=[Waiting.OFFERED], state=Waiting.LAPSED, now=now):
        event = news_of(office, "waiting_list.lapsed.v1", entry, Waiting.LAPSED, offer=ticket)
        announce(session, office, event, now=now)


def given_up(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Let go from the list who gave up the hold that was offered to them."""
    which = waiting_list.by_ticket(ticket.id)
    waiting_list.close(session, which, was=[Waiting.OFFERED], state=Waiting.LEFT, now=now)


def end_waiting(session: Session, entry_id: str, *, state: Waiting, now: datetime) -> None:
    """Take somebody who still waits from the list."""
    waiting_list.close(session, waiting_list.by_id(entry_id), was=OPEN, state=state, now=now)


def news_of(
    office: Office, event_type: str, entry: Any, state: Waiting, *, offer: Ticket | None = None
) -> NewEvent:
    """Return an event about somebody on the list, who is told of it.

    It is counted in the stream of the agency, not of the site: boards, which follow that one, show tickets.
    """
    site = office.site(entry.site)
    return NewEvent(
        type=event_type,
        subject=entry.id,
        agency=office.code,
        data={
            "state": state.value,
            "site": entry.site,
            "service": entry.service,
            "first_day": entry.first_day,
            "last_day": entry.last_day,
            "slot_starts_at": offer.slot_starts_at if offer else None,
            "offer_ends": offer.held_until if offer else None,
            "recipient": entry.contact,
            "sealed_token": office.sealer.seal({"token": office.entry_token(entry.id)}),
            "language": entry.language,
            "site_name": both(site.name),
            "site_address": both(site.address),
            "time_zone": site.time_zone,
            "service_name": both(office.service(entry.service).name),
        },
    )
