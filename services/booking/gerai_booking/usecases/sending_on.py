"""Sending somebody on to another agency, and taking whom another one sends: by news, nobody is asked."""

from datetime import datetime
from functools import partial
from typing import Any

from gerai_shared.borders import storable
from gerai_shared.commands import fingerprint, once
from gerai_shared.events.envelope import Event
from gerai_shared.ids import new_id
from gerai_shared.outbox import NewEvent
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, Lane, Ticket
from gerai_shared.translations import translate
from sqlalchemy.orm import Session

from gerai_booking.models import tickets, visits
from gerai_booking.models.people import Person, add_people, person_of
from gerai_booking.refusals import CounterIdle, UnknownNeighbour
from gerai_booking.rules.visit_steps import UNTIL_ENDED, VisitPart
from gerai_booking.usecases import floor, intake, visit_numbers
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.booking import person_row
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import both
from gerai_booking.usecases.visits import known_step, let_wait_again

LONGEST_REASON = 500


def send_on(
    session: Session, office: Office, desk: Desk, *, to: str, comes_back: bool, revision: int | None
) -> Ticket:
    """Send whoever is served on to a service of another agency at this site, `to` is "agency/service".

    Who `comes_back` waits aside until the other agency is done with them, and then in the old place. It
    needs no network: the news waits in the outbox. Raises UnknownCounter, CounterIdle, UnknownNeighbour,
    StaleRevision, TransitionNotAllowed.
    """
    agency, _, service = to.partition("/")
    offered = visits.neighbours_at(session, site=desk.site)
    if not any((row.agency, row.service) == (agency, service) for row in offered):
        raise UnknownNeighbour
    office.counter(desk.site, desk.counter)
    ticket = tickets.at_counter(session, site=desk.site, counter=desk.counter, agency=office.code)
    if ticket is None:
        raise CounterIdle
    # Before the step: the others are told of it as one of a shared visit already.
    visit_numbers.join(session, [(VisitPart(id=ticket.visit_id), ticket)])
    leave = floor.wait_for_other_agency if comes_back else floor.end_for_another_agency
    after = leave(session, office, desk, revision=revision)
    if comes_back:
        row = {"ticket_id": ticket.id, "visit_id": ticket.visit_id, "agency": agency, "day": ticket.day}
        visits.wait_for(session, {**row, "until": UNTIL_ENDED})
    _wish(session, office, desk, ticket, agency=agency, service=service, comes_back=comes_back)
    return after


def _wish(
    session: Session,
    office: Office,
    desk: Desk,
    ticket: Ticket,
    *,
    agency: str,
    service: str,
    comes_back: bool,
) -> None:
    wish_id = new_id()
    shared = {
        "visit_id": ticket.visit_id,
        "number": visits.shared_among(session, [ticket.visit_id])[ticket.visit_id].number,
        "site": ticket.site,
        "day": ticket.day,
        "to_agency": agency,
        "service": service,
    }
    own = {"ticket_id": ticket.id, "counter": desk.counter, "comes_back": comes_back, "sent_at": desk.now}
    visits.add_wish(session, {"id": wish_id, **shared, **own, "state": visits.SENT})
    person = person_of(session, ticket.id)
    told = {
        **shared,
        "wish_id": wish_id,
        "lane": ticket.lane,
        "arrived_at": ticket.checked_in_at,
        "recipient": person.contact if person else None,
        "language": person.language if person else "id",
    }
    announce(session, office, _news(office, "visit.step_wanted.v1", ticket.visit_id, told), now=desk.now)


def take(session: Session, office: Office, event: Event, *, now: datetime) -> None:
    """Let somebody whom another agency sends wait here, with the number of their visit and their time of
    arrival.

    What stands against it (not given here today, closed, no place left) is told to the agency that sent them.
    """
    data = event.data
    if data["to_agency"] != office.code or event.agency == office.code:
        return
    try:
        with session.begin_nested():
            _let_wait(session, office, data, now=now)
    except Refused as refusal:
        reason = {language: translate(refusal, language) for language in ("id", "en")}
        told = {"wish_id": data["wish_id"], "visit_id": data["visit_id"], "to_agency": event.agency}
        news = _news(office, "visit.step_refused.v1", str(data["visit_id"]), {**told, "reason": reason})
        announce(session, office, news, now=now)


def _let_wait(session: Session, office: Office, data: dict[str, Any], *, now: datetime) -> None:
    visit = VisitPart(id=str(data["visit_id"]), number=data["number"], arrived_at=data["arrived_at"])
    service = data["service"]
    # An officer sends them: they wait here, though it be hours before their own.
    known = known_step(session, office, visit, site=data["site"], service=service, now=now, early=True)
    if known is not None:
        return
    # Nobody at a desk: another agency sent them.
    desk = Desk(site=data["site"], counter="", officer_id="", actor=Actor.SYSTEM, now=now)
    is_priority = data["lane"] in {Lane.PRIORITY, Lane.EMERGENCY}
    ticket = intake.walk_in(session, office, desk, service=service, priority=is_priority, visit=visit)
    if data["recipient"] is not None:
        add_people(session, [person_row(ticket, _reachable(office, data))])


def _reachable(office: Office, data: dict[str, Any]) -> Person:
    """Return somebody of whom nothing is known here but how notifications reach them, sealed."""
    return Person(
        sealed=office.sealer.seal({}),
        contact=data["recipient"],
        masked_name="",
        masked_identity="",
        language=data["language"],
        purpose=None,
    )


def hear_no(session: Session, office: Office, event: Event, *, now: datetime) -> None:
    """Take in that another agency cannot take whom we sent; who would have come back waits here again."""
    data = event.data
    if data["to_agency"] != office.code or event.agency == office.code:
        return
    reason = {name: storable(data["reason"][name])[:LONGEST_REASON] for name in ("id", "en")}
    refused = visits.answer_wishes(
        session,
        visits.REFUSED,
        visits.visit_wishes.c.id == str(data["wish_id"]),
        reason_id=reason["id"],
        reason_en=reason["en"],
    )
    for row in refused:
        if row.comes_back:
            let_wait_again(session, office, row.ticket_id, now=now)


def tell_offers(session: Session, office: Office, *, now: datetime) -> None:
    """Tell the other agencies what is given at each site: once a day, and when it changes."""
    for site in office.agency.sites:
        codes = [offer.service for offer in office.agency.offers if offer.site == site.code]
        services = [{"code": code, "name": both(office.service(code).name)} for code in codes]
        told = {"site": site.code, "agency_name": both(office.agency.name), "services": services}
        news = _news(office, "catalogue.offered.v1", site.code, told)
        key = f"{office.today(site.code, now)}.{fingerprint(told)[:32]}"
        once(
            session,
            scope="offers",
            key=key,
            body=told,
            now=now,
            run=partial(_tell, session, office, news, now),
        )


def _tell(session: Session, office: Office, news: NewEvent, now: datetime) -> dict[str, Any]:
    announce(session, office, news, now=now)
    return {}


def note_offers(session: Session, office: Office, event: Event) -> None:
    """Write down what another agency gives at one of our sites."""
    data = event.data
    if event.agency == office.code or not office.knows_site(data["site"]):
        return
    shared = {
        "site": data["site"],
        "agency": event.agency,
        "agency_name_id": data["agency_name"]["id"],
        "agency_name_en": data["agency_name"]["en"],
        "told_at": event.time,
    }
    rows = [
        {**shared, "service": each["code"], "name_id": each["name"]["id"], "name_en": each["name"]["en"]}
        for each in data["services"]
    ]
    visits.put_neighbour(session, site=data["site"], agency=event.agency, rows=rows)


def _news(office: Office, event_type: str, subject: str, data: dict[str, Any]) -> NewEvent:
    # Without a site: no board counts it.
    return NewEvent(type=event_type, subject=subject, agency=office.code, data=data)
