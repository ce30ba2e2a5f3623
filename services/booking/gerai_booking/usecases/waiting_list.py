"""The waiting list as citizens and supervisors use it; offers themselves are made in usecases.offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared.ticket import State
from sqlalchemy.orm import Session

from gerai_booking.models import freed, places, tickets, waiting_list
from gerai_booking.refusals import (
    AlreadyWaiting,
    OpenTicketExists,
    PlacesFree,
    TooManyEntries,
    UnknownEntry,
    UnknownService,
    WaitingOver,
    WaitTooLong,
    WrongCitizenship,
)
from gerai_booking.rules.waiting_list import ENTRIES_OF_A_CONTACT, LONGEST_WAIT_DAYS, Waiting, shown
from gerai_booking.usecases import missed_places
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.applicants import Applicant
from gerai_booking.usecases.availability import availability
from gerai_booking.usecases.changes import cancel
from gerai_booking.usecases.no_shows import missed_of, refuse_paused
from gerai_booking.usecases.offers import end_waiting, news_of, offer_day
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.places import release_expired
from gerai_booking.usecases.sanctions import refuse_suspended, standing
from gerai_booking.usecases.views import both

#: A family that waits for whole weeks fits; a supervisor's page does not grow without end.
ENTRIES_SHOWN = 200
#: Places in one transaction of what runs by itself: their day is locked for so long.
OFFERS_AT_ONCE = 20
#: How long somebody may still look at what became of their waiting.
KEPT_AFTER_CLOSING = timedelta(days=30)


def join(
    session: Session,
    office: Office,
    *,
    site: str,
    service: str,
    first_day: date,
    last_day: date,
    applicant: Applicant,
    now: datetime,
) -> dict[str, Any]:
    """Put somebody at the end of the list for the days from `first_day` to `last_day`; return {"id"}.

    Raises UnknownSite, UnknownService, WaitingOver, WaitTooLong, WrongCitizenship, Suspended,
    PausedAfterNoShows, OpenTicketExists, TooManyEntries, PlacesFree, AlreadyWaiting.
    """
    if office.offer(site, service).places_per_hour_slot < 1:
        raise UnknownService
    today = office.today(site, now)
    first_day = max(first_day, today)
    if last_day < first_day:
        raise WaitingOver
    if last_day - today >= timedelta(days=LONGEST_WAIT_DAYS):
        raise WaitTooLong(days=LONGEST_WAIT_DAYS)
    _refuse_who_may_not(session, office, applicant, service, last_day=last_day, now=now)
    hashes = _contact_hashes(office, applicant)
    if waiting_list.count_open_of(session, **hashes) >= ENTRIES_OF_A_CONTACT:
        raise TooManyEntries(count=ENTRIES_OF_A_CONTACT)
    free = availability(session, office, site=site, service=service, first=first_day, last=last_day, now=now)[
        "days"
    ]
    for day in free:
        if day["places"]:
            raise PlacesFree(day=day["day"])
    person = applicant.person(office)
    entry = waiting_list.add(
        session,
        {
            "site": site,
            "service": service,
            "first_day": first_day,
            "last_day": last_day,
            "person_hash": applicant.person_hash,
            **hashes,
            "contact": person.contact,
            "masked_name": person.masked_name,
            "masked_identity": person.masked_identity,
            "language": person.language,
            "created_at": now,
        },
    )
    if entry is None:
        raise AlreadyWaiting
    announce(session, office, news_of(office, "waiting_list.joined.v1", entry, Waiting.WAITING), now=now)
    return {"id": entry.id}


def _refuse_who_may_not(
    session: Session, office: Office, applicant: Applicant, code: str, *, last_day: date, now: datetime
) -> None:
    service = office.service(code)
    if applicant.citizenship not in service.citizenship:
        raise WrongCitizenship
    # Whoever is suspended on the last day is so on all of them, or nearly: the booking looks again.
    stands = standing(session, [applicant.person_hash], from_day=last_day)
    refusal = refuse_suspended(stands, applicant.person_hash, service, visit=last_day)
    if refusal is not None:
        raise refusal
    paused = refuse_paused(
        office,
        missed_of(session, office, [applicant.person_hash], now=now),
        applicant.person_hash,
        now=now,
    )
    if paused is not None:
        raise paused
    if (code, applicant.person_hash) in tickets.open_persons(session, [applicant.person_hash]):
        raise OpenTicketExists


def _contact_hashes(office: Office, applicant: Applicant) -> dict[str, str | None]:
    email, phone = applicant.email, applicant.phone
    return {
        "email_hash": office.person_hash(f"email:{email.lower()}") if email else None,
        "phone_hash": office.person_hash(f"phone:{phone}") if phone else None,
    }


def entry_view(session: Session, office: Office, token: str, *, now: datetime) -> dict[str, Any]:
    """Return everything that somebody on the list may see of their place in it. Raises UnknownEntry."""
    entry = _load(session, office, token)
    site = office.site(entry.site)
    state = shown(
        Waiting(entry.state),
        offer_ends=entry.offer_ends,
        last_day=entry.last_day,
        now=now,
        today=office.today(entry.site, now),
    )
    return {
        "token": token,
        "state": state.value,
        "agency": office.code,
        "site": entry.site,
        "service": entry.service,
        "site_name": both(site.name),
        "site_address": both(site.address),
        "time_zone": site.time_zone,
        "service_name": both(office.service(entry.service).name),
        "first_day": entry.first_day.isoformat(),
        "last_day": entry.last_day.isoformat(),
        "name_masked": entry.masked_name,
        "ahead": waiting_list.count_ahead(session, entry) if state is Waiting.WAITING else None,
        "offer": _offer_of(session, office, entry) if state is Waiting.OFFERED else None,
        "ticket_token": _token_of_offer(session, office, entry) if state is Waiting.TAKEN else None,
    }


def _token_of_offer(session: Session, office: Office, entry: Any) -> str | None:
    """Return the token of the ticket that was booked under an offer, which nobody but the person could do."""
    if entry.ticket_id is None:
        return None
    ticket = tickets.find(session, entry.ticket_id, agency=office.code)
    unbooked = {State.HELD, State.EXPIRED}
    return None if ticket is None or ticket.state in unbooked else office.token(ticket.id)


def _offer_of(session: Session, office: Office, entry: Any) -> dict[str, Any] | None:
    ticket = tickets.find(session, entry.ticket_id, agency=office.code)
    if ticket is None or ticket.slot_starts_at is None or ticket.held_until is None:
        return None
    return {
        "hold_token": office.token(ticket.id),
        "slot_starts_at": ticket.slot_starts_at.isoformat(),
        "held_until": ticket.held_until.isoformat(),
    }


def _load(session: Session, office: Office, token: str) -> Any:
    entry = waiting_list.find(session, office.entry_id(token))
    if entry is None:
        raise UnknownEntry
    return entry


def leave(session: Session, office: Office, *, token: str, now: datetime) -> None:
    """Take somebody from the list; a place that is offered to them goes on. Again it changes nothing.

    Raises UnknownEntry.
    """
    entry = _load(session, office, token)
    # Not locked yet, because days are locked before entries: an offer may come between.
    if entry.state == Waiting.WAITING.value:
        which = waiting_list.by_id(entry.id)
        if waiting_list.close(session, which, was=[Waiting.WAITING], state=Waiting.LEFT, now=now):
            return
        entry = _load(session, office, token)
    if entry.state != Waiting.OFFERED.value:
        return
    ticket = tickets.find(session, entry.ticket_id, agency=office.code, lock=True)
    if ticket is not None and ticket.state is State.HELD:
        cancel(session, office, token=office.token(ticket.id), revision=None, now=now)
    end_waiting(session, entry.id, state=Waiting.LEFT, now=now)


def days_to_look_at(session: Session, office: Office, *, now: datetime) -> list[tuple[str, date]]:
    """Return the open days for which somebody waits or an offer was let pass, by site, in order.

    And today, where a missed visit leaves a place.
    """
    found: set[tuple[str, date]] = set()
    for site in office.agency.sites:
        ranges = waiting_list.days_waited_for(session, site=site.code)
        lapsed = waiting_list.days_of_lapsed(session, site=site.code, now=now)
        found.update((site.code, day) for day in lapsed)
        if missed_places.are_there(session, office, site=site.code, now=now):
            found.add((site.code, office.today(site.code, now)))
        if ranges:
            opened = places.open_days_of(session, site=site.code, first=office.today(site.code, now))
            found.update(
                (site.code, day) for day in opened if any(first <= day <= last for _, first, last in ranges)
            )
    return sorted(found)


def make_offers(
    session: Session, office: Office, *, site: str, day: date, now: datetime, most: int = OFFERS_AT_ONCE
) -> bool:
    """Offer what is free of a day to who waits for it, up to `most` places; return whether there may be more.

    Whatever is let go is offered in the same transaction. A day that somebody works on is left for the next
    time. May run at several places at once.
    """
    if not freed.lock_day_if_idle(session, site=site, day=day):
        return False
    released = release_expired(session, office, site=site, day=day, now=now, offer=False, most=most)
    offered = offer_day(session, office, site=site, day=day, now=now, most=most)
    return max(released, offered) >= most


def end_past(session: Session, office: Office, *, now: datetime) -> None:
    """Let go whose last day is over, and forget what was kept back of days that are.

    Also at sites that left the catalogue, where nowhere is it an earlier day than in UTC.
    """
    known = [site.code for site in office.agency.sites]
    gone = waiting_list.by_unknown_site(known, now.date())
    waiting_list.close(session, gone, was=[Waiting.WAITING], state=Waiting.OVER, now=now)
    for site in office.agency.sites:
        today = office.today(site.code, now)
        which = waiting_list.by_last_day(site.code, today)
        waiting_list.close(session, which, was=[Waiting.WAITING], state=Waiting.OVER, now=now)
        freed.delete_past(session, site=site.code, before=today)
    waiting_list.delete_closed(session, before=now - KEPT_AFTER_CLOSING)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The list of a site: `counts` by (service, state), `kept_back` places by service."""

    entries: list[Any]
    counts: Mapping[tuple[str, str], int]
    kept_back: Mapping[str, int]


def overview(
    session: Session, office: Office, *, site: str, day: date | None, days: int, now: datetime
) -> Overview:
    """Return who waits at a site for a day, or for some of the coming days. Raises UnknownSite."""
    today = office.today(site, now)
    first, last = (day, day) if day is not None else (today, today + timedelta(days=days))
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return Overview(
        entries=waiting_list.of_site(session, site=site, first=first, last=last, limit=ENTRIES_SHOWN),
        counts=waiting_list.counts_of_site(session, site=site, first=first, last=last),
        kept_back=freed.count_by_service(session, site=site, days=span),
    )
