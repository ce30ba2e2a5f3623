"""One visit over several agencies, as one of them knows it: its own tickets, and the facts of the others'
steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gerai_shared.events.envelope import Event
from gerai_shared.ticket import Actor, State, Ticket, move
from sqlalchemy.orm import Session

from gerai_booking.models import tickets, visits
from gerai_booking.refusals import NotAtAnotherCounter
from gerai_booking.rules.visit_steps import (
    AT_COUNTER,
    UNTIL_FREE,
    VisitPart,
    comes_back,
    is_in_the_house,
)
from gerai_booking.rules.visits import check_in_opens_at
from gerai_booking.usecases import floor, visit_numbers
from gerai_booking.usecases.announcing import announce, fact
from gerai_booking.usecases.changes import check_in_rest, check_in_ticket
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.leases import is_elsewhere
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.queue import CounterQueue
from gerai_booking.usecases.steps import NOT_ASIDE
from gerai_booking.usecases.views import ticket_view

#: What a visit's page leaves out: holds, and tickets that gave way to others.
NOT_SHOWN = frozenset({State.HELD, State.EXPIRED, State.RESCHEDULED})
#: Who was sent on is shown when nobody has answered for so long: an answer takes a moment.
ANSWERS_WITHIN = timedelta(seconds=20)


def view(session: Session, office: Office, *, visit_id: str, now: datetime) -> dict[str, Any]:
    """Return this agency's tickets of a visit, as their holder may see them, in the order of their hours."""
    found = tickets.of_visit(session, visit_id, agency=office.code)
    shown = [ticket for ticket in found if ticket.state not in NOT_SHOWN]
    return {
        "agency": office.code,
        "tickets": [ticket_view(session, office, ticket, now=now) for ticket in shown],
    }


def check_in(session: Session, office: Office, *, visit_id: str, now: datetime) -> dict[str, Any]:
    """Record that a visit's holder is there, for those booked steps here whose check-in is open.

    Answers {"checked_in": how many wait now that did not before}. Again it changes nothing.
    """
    checked_in = 0
    for ticket in tickets.of_visit(session, visit_id, agency=office.code, lock=True):
        if _may_check_in(office, ticket, now):
            # It may wait already: the first one that is checked in takes the others along.
            current = tickets.find(session, ticket.id, agency=office.code)
            if current is not None and current.state is State.BOOKED:
                check_in_ticket(session, office, current, now=now, actor=Actor.CITIZEN)
            checked_in += 1
    return {"checked_in": checked_in}


def _may_check_in(office: Office, ticket: Ticket, now: datetime) -> bool:
    return (
        ticket.state is State.BOOKED
        and ticket.slot_starts_at is not None
        and ticket.day == office.today(ticket.site, now)
        and check_in_opens_at(ticket.slot_starts_at) <= now
    )


def learn(session: Session, office: Office, event: Event, *, now: datetime) -> None:
    """Take in what another agency tells of a step: whoever is in the house waits here, too, and who waited
    aside for that agency comes back. Steps here are told to the others from now on.
    """
    data = event.data
    if event.agency == office.code or not office.knows_site(data["site"]):
        return
    visit_id, told = str(data["visit_id"]), data["fact"]
    is_news = visits.put_fact(
        session,
        {
            "visit_id": visit_id,
            "ticket_id": str(data["ticket_id"]),
            "agency": event.agency,
            "day": data["day"],
            "fact": told,
            "revision": data["revision"],
            "told_at": event.time,
        },
    )
    if not is_news:
        return
    _join(session, office, data, now=now)
    visits.answer_wishes(
        session,
        visits.TAKEN,
        visits.visit_wishes.c.visit_id == visit_id,
        visits.visit_wishes.c.to_agency == event.agency,
    )
    if is_in_the_house(told):
        came_at = data["arrived_at"] or event.time
        check_in_rest(session, office, visit_id, site=data["site"], came_at=came_at, now=now)
    _bring_back(session, office, visit_id, event.agency, told, now=now)


def _join(session: Session, office: Office, data: Mapping[str, Any], *, now: datetime) -> None:
    """Have the steps of a visit here told to the others, if they were not: its holder had one errand, and
    has got another one at another agency.
    """
    visit = VisitPart(id=str(data["visit_id"]), number=data["number"])
    if visits.shared_among(session, [visit.id]):
        # Nearly always. Whom this would lock could not be called meanwhile.
        return
    for ticket in tickets.of_visit(session, visit.id, agency=office.code, lock=True):
        if visit_numbers.is_step_in_the_house(ticket, site=data["site"], day=data["day"]):
            visit_numbers.join_in_the_house(session, office, visit, ticket, now=now)
            return


def known_step(
    session: Session,
    office: Office,
    visit: VisitPart,
    *,
    site: str,
    service: str,
    now: datetime,
    early: bool,
) -> Ticket | None:
    """Return the open ticket that a visit has for a service today already, None without one.

    Booked, its holder waits from now on; before its check-in is open only if they may come `early`.
    """
    wanted = (site, service, office.today(site, now))
    for ticket in tickets.of_visit(session, visit.id, agency=office.code, lock=True):
        if (ticket.site, ticket.service, ticket.day) == wanted and ticket.is_open:
            visit_numbers.join_in_the_house(session, office, visit, ticket, now=now)
            if ticket.state is not State.BOOKED or not (early or _may_check_in(office, ticket, now)):
                return ticket
            came_at = visit.arrived_at
            return check_in_ticket(session, office, ticket, now=now, actor=Actor.SYSTEM, came_at=came_at)
    return None


def _bring_back(
    session: Session, office: Office, visit_id: str, agency: str, told: str, *, now: datetime
) -> None:
    awaited = [row for row in visits.awaited(session, visit_id=visit_id) if row.agency == agency]
    if not awaited:
        return
    there = [row.fact for row in visits.facts_of(session, visit_id) if row.agency == agency]
    for row in awaited:
        if comes_back(row.until, told, facts_there=there):
            let_wait_again(session, office, row.ticket_id, now=now)


def let_wait_again(session: Session, office: Office, ticket_id: str, *, now: datetime) -> None:
    """Put somebody who waited aside for another agency back in the old place; who waits no more stays as
    they are.
    """
    visits.wait_no_more(session, [ticket_id])
    ticket = tickets.find(session, ticket_id, agency=office.code, lock=True)
    if ticket is None or ticket.state is not State.PARKED:
        return
    if is_elsewhere(session, office, site=ticket.site, now=now):
        # The node of the site brings them back when their time aside is over.
        return
    after = move(ticket, State.CHECKED_IN, actor=Actor.SYSTEM, now=now, counter=None)
    tickets.save(session, ticket, after, actor=Actor.SYSTEM, now=now, **NOT_ASIDE)
    announce(session, office, fact("ticket.requeued.v1", after, ticket.state), now=now)


def park_until_free(session: Session, office: Office, desk: Desk, *, revision: int | None) -> Ticket:
    """Let whoever was called while another agency's counter had them wait aside until that one is done.

    Raises CounterIdle, NotAtAnotherCounter, StaleRevision, TransitionNotAllowed.
    """
    parked = floor.wait_for_other_agency(session, office, desk, revision=revision)
    busy = [
        row
        for row in visits.facts_of(session, parked.visit_id)
        if row.fact == AT_COUNTER and row.visit_id in _elsewhere(session, [parked], now=desk.now)
    ]
    if not busy:
        raise NotAtAnotherCounter
    visits.wait_for(
        session,
        {
            "ticket_id": parked.id,
            "visit_id": parked.visit_id,
            "agency": busy[0].agency,
            "until": UNTIL_FREE,
            "day": parked.day,
        },
    )
    return parked


def _elsewhere(session: Session, of: Sequence[Ticket], *, now: datetime) -> frozenset[str]:
    return visits.elsewhere_among(session, {ticket.visit_id for ticket in of}, now=now)


@dataclass(frozen=True, kw_only=True)
class VisitsSeen:
    """What a counter sees of the other agencies.

    `elsewhere` are the visits that another agency's counter is busy with.
    `steps` are the facts of the current visit's other steps, (agency's name, fact) each. `offers` is what can
    be sent on to: by agency's name the ("agency/service", name) of each service. `wishes` are those sent on
    from this counter that were refused, or not answered yet. Names are {"id", "en"}.
    """

    elsewhere: frozenset[str]
    steps: list[tuple[dict[str, str], str]]
    offers: list[tuple[dict[str, str], list[tuple[str, dict[str, str]]]]]
    wishes: list[Any]
    names: Mapping[str, dict[str, str]]

    def is_elsewhere(self, ticket: Ticket) -> bool:
        """Tell whether a counter of another agency has the holder of a ticket."""
        return ticket.visit_id in self.elsewhere


def seen_at(
    session: Session, office: Office, *, site: str, counter: str, queue: CounterQueue, now: datetime
) -> VisitsSeen:
    """Return what a counter with this queue sees of the other agencies, from the database alone."""
    current = queue.current
    rows = visits.neighbours_at(session, site=site)
    names = {row.agency: {"id": row.agency_name_id, "en": row.agency_name_en} for row in rows}
    offers: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for row in rows:
        name = {"id": row.name_id, "en": row.name_en}
        offers.setdefault(row.agency, []).append((f"{row.agency}/{row.service}", name))
    facts = visits.facts_of(session, current.visit_id) if current else []
    sent = visits.wishes_of_counter(session, site=site, counter=counter, day=office.today(site, now))
    elsewhere = _elsewhere(session, [current] if current else [], now=now)
    return VisitsSeen(
        elsewhere=elsewhere,
        steps=[(names.get(row.agency, _both(row.agency)), row.fact) for row in facts],
        offers=[(names[agency], services) for agency, services in offers.items()],
        wishes=[row for row in sent if _is_told(row, now)],
        names=names,
    )


def _is_told(wish: Any, now: datetime) -> bool:
    """Tell whether officers are shown a wish: nobody takes whom they sent, or nobody has answered for a
    while.
    """
    if wish.state == visits.SENT:
        return bool(now - wish.sent_at > ANSWERS_WITHIN)
    return bool(wish.state == visits.REFUSED)


def _both(code: str) -> dict[str, str]:
    return {"id": code, "en": code}
