"""Taking places for several citizens in one transaction, and giving them back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.orm import Session

from gerai_booking.models import holds, places, tickets
from gerai_booking.refusals import DayFull, SlotFull
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.office import Office


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One citizen's wish for a place; `slot` is the slot's row."""

    key: str
    slot: Any


def take(session: Session, office: Office, wishes: Sequence[Wish], *, now: datetime) -> dict[str, Refused]:
    """Take a place for each wish, first come first served; return the refusals by key.

    The days are locked first, in order, so that nobody else touches their hours (see models.places). Each
    hour then gives what it has left, and of these places each quota of the day what it has left. In this
    order nobody is refused for a place that somebody else asked for and did not get in the end.
    """
    refused: dict[str, Refused] = {}
    by_day: dict[tuple[str, date], list[Wish]] = {}
    by_slot: dict[str, list[Wish]] = {}
    for wish in wishes:
        by_day.setdefault((wish.slot.site, wish.slot.day), []).append(wish)
        by_slot.setdefault(wish.slot.id, []).append(wish)
    bounds = {(site, day): places.lock_day(session, site=site, day=day) for site, day in sorted(by_day)}
    for slot in sorted(by_slot):
        _take_of_slot(session, office, by_slot[slot], refused, now=now)
    for site, day in sorted(by_day):
        asking = [wish for wish in by_day[site, day] if wish.key not in refused]
        _take_of_day(session, office, asking, bounds[site, day], refused, now=now)
    return refused


def _take_of_slot(
    session: Session, office: Office, wishes: list[Wish], refused: dict[str, Refused], *, now: datetime
) -> None:
    slot = wishes[0].slot
    granted = places.take_of_slot(session, slot=slot.id, count=len(wishes))
    if granted < len(wishes) and release_expired(session, office, site=slot.site, day=slot.day, now=now):
        granted += places.take_of_slot(session, slot=slot.id, count=len(wishes) - granted)
    for wish in wishes[granted:]:
        refused[wish.key] = SlotFull()


def _take_of_day(
    session: Session,
    office: Office,
    wishes: list[Wish],
    bounds: Sequence[str],
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> None:
    """Take of every quota that bounds a day; who is refused by one gives back to the others and the hour."""
    taken: dict[str, list[Wish]] = {}
    for bound in bounds:
        here = [wish for wish in wishes if wish.key not in refused and bound in {"", wish.slot.service}]
        if not here:
            continue
        site, day = here[0].slot.site, here[0].slot.day
        granted = places.take_of_day(session, site=site, day=day, service=bound, count=len(here))
        if granted < len(here) and release_expired(session, office, site=site, day=day, now=now):
            missing = len(here) - granted
            granted += places.take_of_day(session, site=site, day=day, service=bound, count=missing)
        taken[bound] = here[:granted]
        for wish in here[granted:]:
            refused[wish.key] = DayFull()
    without = [wish for wish in wishes if wish.key in refused]
    for bound, holders in taken.items():
        surplus = sum(wish.key in refused for wish in holders)
        if surplus:
            slot = holders[0].slot
            places.give_back_of_day(session, site=slot.site, day=slot.day, service=bound, count=surplus)
    for slot_id, surplus in Counter(wish.slot.id for wish in without).items():
        places.give_back_of_slot(session, slot=slot_id, count=surplus)


def release_expired(session: Session, office: Office, *, site: str, day: date, now: datetime) -> int:
    """Let the holds of a day that ran out go; return how many places that freed.

    The caller holds the day's row. Holds are not swept: they end when somebody needs their place.
    """
    expired = holds.expired_holds(session, site=site, day=day, agency=office.code, now=now)
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
    return len(expired)


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
        places.lock_day(session, site=ticket.site, day=ticket.day)
    tickets.save(session, ticket, after, actor=actor, now=now)
    if ticket.slot_id is not None:
        places.give_back(
            session, site=ticket.site, day=ticket.day, service=ticket.service, slot=ticket.slot_id
        )
    announce(session, office, fact(event_type, after, ticket.state), now=now)
    return after
