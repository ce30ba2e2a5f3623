"""Taking places for several citizens in one transaction, and giving them back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.orm import Session

from gerai_booking.models import freed, holds, places, tickets
from gerai_booking.refusals import DayFull, SlotClosed, SlotFull, SlotPast, UnknownSlot
from gerai_booking.rules.quota import ONLINE, Bound, bounds_of, full_bounds
from gerai_booking.usecases import missed_places
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.offers import MOST_AT_ONCE, MOST_BESIDE, is_waited_for, lapsed, offer_day
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import orders_in_force


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One citizen's wish for a place; `slot` is the slot's row."""

    key: str
    slot: Any


def bookable(
    office: Office, slot_id: str, slot: Any | None, *, service: str | None = None, now: datetime
) -> Any:
    """Return the slot's row if it can be booked now, for `service` alone if one is named.

    Raises UnknownSlot, SlotClosed, SlotPast.
    """
    if slot is None:
        raise SlotClosed if _is_closed(office, slot_id) else UnknownSlot
    if service is not None and slot.service != service:
        raise UnknownSlot
    if slot.starts_at <= now:
        raise SlotPast
    return slot


def _is_closed(office: Office, slot_id: str) -> bool:
    """Tell whether an hour that was never opened lies on a day on which its site is closed."""
    read = places.read_slot_id(slot_id)
    if read is None or not office.offers(read[0], read[1]):
        return False
    site, _service, start = read
    return office.closed_because(office.site(site), office.today(site, start)) is not None


def take(
    session: Session, office: Office, wishes: Sequence[Wish], *, now: datetime, despite: str = ""
) -> dict[str, Refused]:
    """Take a place for each wish, first come first served; return the refusals by key.

    A place is taken of the hour and of every quota that bounds its day, or of none of them, so that nobody
    is refused for a place that somebody else asked for and did not get in the end. `despite` is the id of an
    order that is being undone: its hours are given back to those who had them.
    """
    refused = _take_what_is_left(session, office, wishes, despite)
    full = {
        (wish.slot.site, wish.slot.day)
        for wish in wishes
        if isinstance(refused.get(wish.key), (SlotFull, DayFull))
    }
    wanted = {name for wish in wishes for name in (wish.slot.id, wish.slot.service)}
    freed = {
        (site, day)
        for site, day in sorted(full)
        if release_for(session, office, site=site, day=day, wanted=wanted, now=now)
    }
    again = [wish for wish in wishes if wish.key in refused and (wish.slot.site, wish.slot.day) in freed]
    for wish in again:
        del refused[wish.key]
    return {**refused, **_take_what_is_left(session, office, again, despite)}


def _take_what_is_left(
    session: Session, office: Office, wishes: Sequence[Wish], despite: str
) -> dict[str, Refused]:
    """Take places under the locks of their days and hours, in the order of `wishes` (see models.places)."""
    refused: dict[str, Refused] = {}
    if not wishes:
        return refused
    left_of_day = places.lock_days(session, {(wish.slot.site, wish.slot.day) for wish in wishes})
    left_of_slot = places.lock_slots(session, {wish.slot.id for wish in wishes})
    first = min(wish.slot.day for wish in wishes)
    orders = orders_in_force(session, office, from_day=first, despite=despite)
    of_days: Counter[tuple[str, date, Bound]] = Counter()
    of_slots: Counter[str] = Counter()
    for wish in wishes:
        slot = wish.slot
        left = left_of_day[slot.site, slot.day]
        bounds = [bound for bound in bounds_of(slot.service, ONLINE) if bound in left]
        if closed := orders.refusal(site=slot.site, service=slot.service, day=slot.day):
            refused[wish.key] = closed
        elif left_of_slot.get(slot.id, 0) < 1:
            refused[wish.key] = SlotFull()
        elif full_bounds(left, bounds):
            refused[wish.key] = DayFull()
        else:
            left_of_slot[slot.id] -= 1
            of_slots[slot.id] += 1
            for bound in bounds:
                here = left[bound]
                left[bound] = None if here is None else here - 1
                of_days[slot.site, slot.day, bound] += 1
    places.take(session, of_days=of_days, of_slots=of_slots)
    return refused


def release_for(
    session: Session, office: Office, *, site: str, day: date, wanted: Collection[str], now: datetime
) -> int:
    """Let go what somebody is in need of, who asks for a place of a full day; return how many places.

    `wanted` are the hours and services in question. Where others wait for that day, whatever is freed is
    offered to them first: only some of it then, since who asks waits for the answer. The rest follows by
    itself.
    """
    most = MOST_BESIDE if is_waited_for(session, site=site, day=day) else None
    return release_expired(session, office, site=site, day=day, now=now, wanted=wanted, most=most)


def release_expired(
    session: Session,
    office: Office,
    *,
    site: str,
    day: date,
    now: datetime,
    offer: bool = True,
    wanted: Collection[str] = (),
    most: int | None = None,
) -> int:
    """Let the holds of a day that ran out go, open what was kept back until now, and give back what missed
    visits leave of today; return how many places that freed. Whoever waits for the day is offered them first,
    unless the caller does so later. Of more than `most` places, those of the hours and services `wanted`
    before others.

    The caller holds the day's row. Nothing is swept: holds end when somebody needs their place.
    """
    expired = holds.expired_holds(
        session, site=site, day=day, agency=office.code, now=now, wanted=wanted, limit=most
    )
    for ticket in expired:
        end(
            session,
            office,
            ticket,
            State.EXPIRED,
            actor=Actor.SYSTEM,
            now=now,
            event_type="ticket.expired.v1",
        )
    rest = None if most is None else most - len(expired)
    opened = freed.take_out_opened(session, site=site, day=day, now=now, limit=rest)
    for row in opened:
        places.give_back(session, site=site, day=day, service=row.service, slot=row.slot_id)
    freed_now = len(expired) + len(opened)
    rest = None if most is None else most - freed_now
    freed_now += missed_places.give_back(session, office, site=site, day=day, now=now, most=rest)
    if offer and freed_now:
        offer_day(session, office, site=site, day=day, now=now, most=MOST_AT_ONCE if most is None else most)
    return freed_now


def end(
    session: Session,
    office: Office,
    ticket: Ticket,
    to: State,
    *,
    actor: Actor,
    now: datetime,
    event_type: str,
) -> Ticket:
    """Move a ticket to a state in which it has no place any more, give the place back, announce it."""
    after = move(ticket, to, actor=actor, now=now, held_until=None, finished_at=now)
    if ticket.slot_id is not None:
        places.lock_days(session, [(ticket.site, ticket.day)])
    tickets.save(session, ticket, after, actor=actor, now=now)
    if ticket.slot_id is not None:
        places.give_back(
            session,
            site=ticket.site,
            day=ticket.day,
            service=ticket.service,
            slot=ticket.slot_id,
            channel=tickets.quota_channel_of(session, ticket.id),
        )
    announce(session, office, fact(event_type, after, ticket.state), now=now)
    if to is State.EXPIRED:
        lapsed(session, office, ticket, now=now)
    return after
