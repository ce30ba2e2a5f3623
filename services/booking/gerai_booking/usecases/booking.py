"""Booking places. Bookings come in batches: one transaction for many citizens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from gerai_shared import commands
from gerai_shared.context import Context
from gerai_shared.refusals import IdempotencyKeyReused, Refused
from gerai_shared.ticket import (
    Actor,
    HoldExpired,
    State,
    Ticket,
    TransitionNotAllowed,
    move,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models import places, tickets, waiting_list, waiting_room
from gerai_booking.models.history import add_history, history_row
from gerai_booking.models.people import Person, add_people
from gerai_booking.refusals import OfferOfAnother, OpenTicketExists, ProofUsed, UnknownTicket
from gerai_booking.rules.visits import queue_rank
from gerai_booking.usecases.advising import advice_for_many
from gerai_booking.usecases.announcing import announce, news
from gerai_booking.usecases.applicants import Applicant
from gerai_booking.usecases.comparing import Subject, compare_booked
from gerai_booking.usecases.contacts import Contacts, contacts_of
from gerai_booking.usecases.issuing import appointment_row, new_ticket, numbers_for
from gerai_booking.usecases.no_shows import Missed, missed_of, refuse_paused
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import Orders, orders_in_force
from gerai_booking.usecases.places import Wish, bookable, take
from gerai_booking.usecases.sanctions import Standing, refuse_suspended, standing
from gerai_booking.usecases.views import receipt, with_token
from gerai_booking.usecases.waiting_room import Door

SCOPE = "booking"


@dataclass(frozen=True, kw_only=True)
class BookingRequest:
    """One citizen's booking: of a slot, or of the place held under `hold_id`."""

    key: str
    fingerprint: str
    slot_id: str | None
    hold_id: str | None
    applicant: Applicant
    #: A number of the waiting room, and the name of a solved task; see usecases.waiting_room.
    room_token: str | None = None
    proof: str | None = None
    #: Of the citizen's own request, when it travelled with others.
    context: Context | None = None


Answer = dict[str, Any] | Refused


def book_batch(
    session: Session, office: Office, requests: Sequence[BookingRequest], *, now: datetime
) -> dict[str, Answer]:
    """Book for many citizens at once; return each one's answer or refusal by key.

    Everybody is served in the order of the batch. One citizen's refusal touches nobody else's booking,
    and a repeated key gets its first answer again.
    """
    first_by_key = {request.key: request for request in reversed(requests)}
    answers: dict[str, Answer] = {}
    claimed = commands.claim(
        session, scope=SCOPE, requests=[(r.key, r.fingerprint) for r in first_by_key.values()], now=now
    )
    for request in first_by_key.values():
        if request.key not in claimed:
            answers[request.key] = _earlier(session, office, request)
    fresh = [first_by_key[key] for key in dict.fromkeys(r.key for r in requests) if key in claimed]
    results = _prove(session, fresh, now=now)
    proven = [request for request in fresh if request.key not in results]
    results.update(_book_fresh(session, office, proven, now=now))
    answers.update(results)
    done = {key: answer for key, answer in results.items() if not isinstance(answer, Refused)}
    lost = [request.proof for request in proven if request.proof and request.key not in done]
    waiting_room.give_proofs_back(session, lost)
    # Remembered without its token: the database must not hold what opens a ticket.
    commands.remember(session, scope=SCOPE, answers=done)
    commands.forget(session, scope=SCOPE, keys=[key for key in claimed if key not in done])
    answers.update({key: with_token(office, answer) for key, answer in done.items()})
    return answers


def _prove(session: Session, requests: list[BookingRequest], *, now: datetime) -> dict[str, Answer]:
    """Use the proofs of a batch up; return the refusals of those whose proof is used already, by key."""
    unused = waiting_room.use_proofs(session, [r.proof for r in requests if r.proof], now=now)
    refused: dict[str, Answer] = {}
    for request in requests:
        if request.proof and request.proof not in unused:
            refused[request.key] = ProofUsed()
        unused.discard(request.proof or "")
    return refused


def _earlier(session: Session, office: Office, request: BookingRequest) -> Answer:
    try:
        answer = commands.earlier_answer(session, scope=SCOPE, key=request.key, print_=request.fingerprint)
    except IdempotencyKeyReused as refusal:
        return refusal
    return with_token(office, answer)


def _book_fresh(
    session: Session, office: Office, requests: list[BookingRequest], *, now: datetime
) -> dict[str, Answer]:
    refused: dict[str, Refused] = {}
    known = _known(session, office, [request.applicant for request in requests], now=now)
    held = _held(session, office, [r for r in requests if r.hold_id], known, refused, now=now)
    wishes = _wishes(session, office, [r for r in requests if not r.hold_id], known, refused, now=now)
    by_key = {request.key: request for request in requests}
    won = _take_one_each(session, office, wishes, by_key, known, refused, now=now)
    made = _make(session, office, won, by_key, now=now)
    booked = _write(session, office, made, held, by_key, refused, now=now)
    got = {
        (ticket.service, by_key[key].applicant.person_hash): ticket.id for key, (ticket, _) in booked.items()
    }
    waiting_list.settle(session, got, now=now)
    announce(
        session,
        office,
        *(
            news(
                office,
                "ticket.booked.v1",
                booked[key][0],
                State.HELD if key in held else None,
                booked[key][1],
                context=by_key[key].context,
            )
            for key in by_key
            if key in booked
        ),
        *compare_booked(session, office, [_subject(booked[key], by_key[key]) for key in booked], now=now),
        now=now,
    )
    given = advice_for_many(session, office, {key: (by_key[key].applicant, booked[key][0]) for key in booked})
    answers = {key: {**receipt(ticket), "advice": given[key]} for key, (ticket, _person) in booked.items()}
    return {**refused, **answers}


def _subject(booked: tuple[Ticket, Person], request: BookingRequest) -> Subject:
    ticket, person = booked
    applicant = request.applicant
    return Subject(
        ticket=ticket,
        person=person,
        person_hash=applicant.person_hash,
        name=applicant.name,
        birth_date=applicant.birth_date,
        context=request.context,
    )


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the people of a batch.

    `open_now` are (service, person hash) of open tickets, `contacts` how many of them each contact has; both
    grow while the batch is worked on.
    """

    open_now: set[tuple[str, str]]
    suspensions: Standing
    missed: Missed
    contacts: Contacts

    def check(self, office: Office, applicant: Applicant, code: str, *, day: date, now: datetime) -> None:
        """Refuse who is not served here on a day: the rules of the service, and what stands against them."""
        service = office.service(code)
        applicant.check_for(service, day=day, now=now)
        refusal = refuse_suspended(self.suspensions, applicant.person_hash, service, visit=day)
        refusal = refusal or refuse_paused(office, self.missed, applicant.person_hash, now=now)
        if refusal is not None:
            raise refusal
        self.contacts.check(applicant.contacts)


def _known(session: Session, office: Office, applicants: list[Applicant], *, now: datetime) -> Known:
    hashes = [applicant.person_hash for applicant in applicants]
    # A day early: it may still be yesterday somewhere in the country.
    return Known(
        open_now=tickets.open_persons(session, hashes),
        suspensions=standing(session, hashes, from_day=now.date() - timedelta(days=1)),
        missed=missed_of(session, office, hashes, now=now),
        contacts=contacts_of(session, office, [applicant.contacts for applicant in applicants], now=now),
    )


def _wishes(
    session: Session,
    office: Office,
    requests: list[BookingRequest],
    known: Known,
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> list[Wish]:
    """Check each request for a free place; return those that may have one."""
    slots = places.find_slots(session, [request.slot_id for request in requests if request.slot_id])
    door = Door(session, office, now=now)
    wishes = []
    for request in requests:
        slot_id = request.slot_id or ""
        try:
            slot = bookable(office, slot_id, slots.get(slot_id), now=now)
            door.check(slot.site, slot.day, request.room_token)
            known.check(office, request.applicant, slot.service, day=slot.day, now=now)
        except Refused as refusal:
            refused[request.key] = refusal
        else:
            wishes.append(Wish(key=request.key, slot=slot))
    return wishes


def _take_one_each(
    session: Session,
    office: Office,
    wishes: list[Wish],
    by_key: dict[str, BookingRequest],
    known: Known,
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> list[Wish]:
    """Take places, one for a person and service; return the wishes that got theirs.

    Of one person's several wishes the second is looked at when the first got no place; of one contact's those
    beyond its limit, when those before them got none.
    """

    def mark(wish: Wish) -> tuple[str, str]:
        return wish.slot.service, by_key[wish.key].applicant.person_hash

    def contacts(wish: Wish) -> frozenset[str]:
        return by_key[wish.key].applicant.contacts

    if len({mark(wish) for wish in wishes}) < len(wishes) or known.contacts.meet(map(contacts, wishes)):
        # All days at once and in order: a second round must not lock a day behind that of a first one.
        places.lock_days(session, {(wish.slot.site, wish.slot.day) for wish in wishes})
    won: list[Wish] = []
    while wishes:
        firsts: dict[tuple[str, str], Wish] = {}
        later: list[Wish] = []
        asked = known.contacts.copy()
        for wish in wishes:
            # One person, one open ticket for a service. The unique index has the last word in a race.
            if mark(wish) in known.open_now:
                refused[wish.key] = OpenTicketExists()
            elif known.contacts.is_full(contacts(wish)):
                refused[wish.key] = known.contacts.refusal()
            elif asked.is_full(contacts(wish)) or firsts.setdefault(mark(wish), wish) is not wish:
                later.append(wish)
            else:
                asked.add(contacts(wish))
        lost = take(session, office, list(firsts.values()), now=now)
        refused.update(lost)
        got = [wish for wish in firsts.values() if wish.key not in lost]
        known.open_now.update(mark(wish) for wish in got)
        for wish in got:
            known.contacts.add(contacts(wish))
        won += got
        wishes = later
    return won


def _held(
    session: Session,
    office: Office,
    requests: list[BookingRequest],
    known: Known,
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> dict[str, Ticket]:
    """Lock and check the held tickets that are to be booked; return them by key."""
    found = tickets.find_many(session, [r.hold_id for r in requests if r.hold_id], agency=office.code)
    orders = _orders_about(session, office, found.values())
    meant_for = waiting_list.meant_for(session, found)
    held: dict[str, Ticket] = {}
    given: set[str] = set()
    for request in requests:
        ticket = found.get(request.hold_id or "")
        try:
            if ticket is None:
                raise UnknownTicket
            if ticket.state is State.EXPIRED:
                raise HoldExpired
            if ticket.id in given:
                # Two of this batch bring the same hold; the second must not undo the whole batch.
                raise TransitionNotAllowed(state=State.BOOKED.value)
            move(ticket, State.BOOKED, actor=Actor.CITIZEN, now=now)
            if closed := orders.refusal(site=ticket.site, service=ticket.service, day=ticket.day):
                raise closed
            if meant_for.get(ticket.id, request.applicant.person_hash) != request.applicant.person_hash:
                raise OfferOfAnother
            known.check(office, request.applicant, ticket.service, day=ticket.day, now=now)
            mark = (ticket.service, request.applicant.person_hash)
            if mark in known.open_now:
                raise OpenTicketExists
            known.open_now.add(mark)
            known.contacts.add(request.applicant.contacts)
            held[request.key] = ticket
            given.add(ticket.id)
        except Refused as refusal:
            refused[request.key] = refusal
    return held


def _orders_about(session: Session, office: Office, held: Collection[Ticket]) -> Orders:
    """Return what may close the hours of locked tickets: who carries an order out waits for their locks."""
    if not held:
        return Orders(office=office, directives=())
    return orders_in_force(session, office, from_day=min(ticket.day for ticket in held))


def _make(
    session: Session, office: Office, wishes: list[Wish], by_key: dict[str, BookingRequest], *, now: datetime
) -> dict[str, Ticket]:
    """Return the tickets of those who got a place, not yet written, by key."""
    numbers = numbers_for(session, office, [wish.slot for wish in wishes])
    return {
        wish.key: new_ticket(
            office,
            wish.slot,
            number,
            state=State.BOOKED,
            lane=by_key[wish.key].applicant.lane_on(office.service(wish.slot.service), wish.slot.day),
            now=now,
        )
        for wish, number in zip(wishes, numbers, strict=True)
    }


def _write(
    session: Session,
    office: Office,
    made: dict[str, Ticket],
    held: dict[str, Ticket],
    by_key: dict[str, BookingRequest],
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> dict[str, tuple[Ticket, Person]]:
    """Insert the new tickets and turn the held ones into booked ones; return what was written.

    In the order of their holders: the unique index makes a transaction wait for another one that is about
    to write the same person, and two batches that wrote the same people in different orders would wait
    for each other.
    """

    def holder(key: str) -> tuple[str, str]:
        ticket = made.get(key) or held[key]
        return ticket.service, by_key[key].applicant.person_hash

    booked: dict[str, tuple[Ticket, Person]] = {}
    for is_held, keys in groupby(sorted([*made, *held], key=holder), key=held.__contains__):
        write, group = (_convert, held) if is_held else (_insert, made)
        booked.update(write(session, office, {key: group[key] for key in keys}, by_key, refused, now=now))
    return booked


def _insert(
    session: Session,
    office: Office,
    made: dict[str, Ticket],
    by_key: dict[str, BookingRequest],
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> dict[str, tuple[Ticket, Person]]:
    """Insert the tickets of those who got a place, in one statement a table."""
    rows = [
        appointment_row(ticket, **own_columns(office, by_key[key].applicant, ticket))
        for key, ticket in made.items()
    ]
    inserted = tickets.add(session, rows)
    for key in [key for key, ticket in made.items() if ticket.id not in inserted]:
        lost = made.pop(key)
        refused[key] = OpenTicketExists()
        places.give_back(session, site=lost.site, day=lost.day, service=lost.service, slot=lost.slot_id or "")
    people = {key: by_key[key].applicant.person(office) for key in made}
    add_people(session, [person_row(made[key], person) for key, person in people.items()])
    add_history(
        session, [history_row(None, ticket, actor=Actor.CITIZEN, now=now) for ticket in made.values()]
    )
    return {key: (ticket, people[key]) for key, ticket in made.items()}


def _convert(
    session: Session,
    office: Office,
    held: dict[str, Ticket],
    by_key: dict[str, BookingRequest],
    refused: dict[str, Refused],
    *,
    now: datetime,
) -> dict[str, tuple[Ticket, Person]]:
    """Turn held places into booked ones."""
    booked: dict[str, tuple[Ticket, Person]] = {}
    for key, ticket in held.items():
        applicant = by_key[key].applicant
        lane = applicant.lane_on(office.service(ticket.service), ticket.day)
        after = move(ticket, State.BOOKED, actor=Actor.CITIZEN, now=now, held_until=None, lane=lane)
        try:
            with session.begin_nested():
                tickets.save(
                    session,
                    ticket,
                    after,
                    actor=Actor.CITIZEN,
                    now=now,
                    **own_columns(office, applicant, ticket),
                    queue_rank=queue_rank(lane.value),
                )
        except IntegrityError:
            # The same person booked elsewhere at this very moment; the index saw it.
            refused[key] = OpenTicketExists()
            continue
        person = applicant.person(office)
        add_people(session, [person_row(after, person)])
        booked[key] = (after, person)
    return booked


def own_columns(office: Office, applicant: Applicant, ticket: Ticket) -> dict[str, Any]:
    """Return what the agency keeps of an applicant beside the ticket."""
    return {
        "person_hash": applicant.person_hash,
        "origin": applicant.origin,
        "origin_district": applicant.origin_district,
        "priority_ground": applicant.ground_on(office.service(ticket.service), ticket.day),
    }


def person_row(ticket: Ticket, person: Person) -> dict[str, Any]:
    """Return the row of a ticket's holder."""
    return {
        "ticket_id": ticket.id,
        "sealed": person.sealed,
        "contact": person.contact,
        "masked_name": person.masked_name,
        "masked_identity": person.masked_identity,
        "language": person.language,
        "purpose": person.purpose,
        "identity_note": person.identity_note,
        "urgent": person.urgent,
        "validity_years": person.validity_years,
        "phone_hash": person.phone_hash,
        "email_hash": person.email_hash,
    }
