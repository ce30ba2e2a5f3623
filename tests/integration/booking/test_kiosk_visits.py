"""Errands that a kiosk adds to a number: steps of one visit, told to the other agencies, each given once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from gerai_booking.models.print_jobs import print_jobs
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import WrongDay
from gerai_booking.rules.visit_steps import VisitPart
from gerai_booking.usecases import changes, floor, kiosk, visits
from gerai_shared import tables
from gerai_shared.events.envelope import Event
from gerai_shared.ids import new_id
from gerai_shared.ticket import State, Ticket
from sqlalchemy import func, select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, House
from tests.integration.booking.test_devices import EIGHT, NINE, number
from tests.integration.booking.test_service import Gateway

CHILD = "passport-child"
MINUTE = timedelta(minutes=1)


def more(house: House, first: Ticket, service: str = CHILD, *, at: Any = EIGHT) -> Ticket:
    """Add an errand of this agency to the visit of a number."""
    visit = VisitPart(id=first.visit_id, number=first.number, arrived_at=first.checked_in_at)
    asked = {"site": SITE, "service": service, "need": "none", "printer": None, "language": "id"}
    return house.do(kiosk.walk_in, visit=visit, now=at, **asked)


def told(house: House) -> list[tuple[str, str]]:
    """Return (ticket, fact) of what the other agencies were told, in order."""
    query = select(tables.outbox.c.body).where(tables.outbox.c.type == "visit.step_changed.v1")
    news = [json.loads(row.body)["data"] for row in house.rows(query.order_by(tables.outbox.c.position))]
    return [(each["ticket_id"], each["fact"]) for each in news]


def news(house: House, ticket: Ticket, *, at: Any = EIGHT) -> Event:
    """What legal affairs tell of a visit that waits there, too."""
    data = {
        "visit_id": ticket.visit_id,
        "ticket_id": new_id(),
        "number": ticket.number,
        "site": SITE,
        "day": house.office.today(SITE, at),
        "fact": "waiting",
        "arrived_at": at,
        "revision": 1,
    }
    return Event(
        id=new_id(),
        source="booking-legal",
        type="visit.step_changed.v1",
        subject=ticket.visit_id,
        time=at,
        data=data,
        agency="legal",
        site="",
        correlation_id="",
        traceparent="",
    )


def hear(house: House, ticket: Ticket, *, at: Any = EIGHT) -> None:
    """Take it in."""
    house.do(visits.learn, event=news(house, ticket, at=at), now=at)


def test_one_errand_is_told_to_nobody_until_another_agency_speaks_of_the_visit(house: House) -> None:
    first = number(house)
    house.do(floor.call_next, desk=house.desk(now=EIGHT))
    assert told(house) == []
    hear(house, first)
    hear(house, first, at=EIGHT + MINUTE)
    assert told(house) == [(first.id, "at_counter")]


def test_news_of_a_visit_that_is_told_keeps_nobody_from_being_called(postgres_house: House) -> None:
    """Who calls next passes over whom somebody has locked: nobody would be next for as long as news is read."""
    house = postgres_house
    first = number(house)
    hear(house, first)
    with house.database.transaction() as reading:
        visits.learn(reading, house.office, news(house, first), now=EIGHT)
        assert house.do(floor.call_next, desk=house.desk(now=EIGHT)).id == first.id


def test_two_errands_here_are_told_both_before_any_other_agency_has_one(house: House) -> None:
    first = number(house)
    house.do(floor.call_next, desk=house.desk(now=EIGHT))
    second = more(house, first)
    assert (second.number, second.visit_id) == (first.number, first.visit_id)
    assert told(house) == [(first.id, "at_counter"), (second.id, "waiting")]
    hear(house, first)
    assert len(told(house)) == 2
    house.check()


def test_a_step_of_another_day_is_not_told(house: House) -> None:
    token = house.booked(1, house.slots(DAY)[1])
    moved = house.do(
        changes.reschedule, token=token, slot_id=house.slots(NEXT_DAY)[1], revision=None, now=NOW
    )
    at = NINE + timedelta(days=1)
    new = house.rows(select(tickets.c.id, tickets.c.visit_id).where(tickets.c.day == NEXT_DAY))[0]
    came = house.do(kiosk.check_in, site=SITE, shown=house.office.token(new.id), now=at)
    assert (came.id, moved is not None) == (new.id, True)
    hear(house, came, at=at)
    assert told(house) == [(new.id, "waiting")]


def test_the_same_errand_is_given_once_and_what_was_booked_waits_now(house: House) -> None:
    first = number(house)
    second = more(house, first)
    assert [more(house, first, service).id for service in (CHILD, SERVICE)] == [second.id, first.id]
    token = house.booked(1, house.slots(DAY)[1])
    booked = house.office.ticket_id(token)
    (row,) = house.rows(select(tickets).where(tickets.c.id == booked))
    visit = VisitPart(id=row.visit_id, number=row.number, arrived_at=EIGHT)
    asked = {"site": SITE, "service": SERVICE, "need": "none", "printer": None, "language": "id"}
    came = house.do(kiosk.walk_in, visit=visit, now=EIGHT, **asked)
    assert (came.id, came.state) == (booked, State.CHECKED_IN)
    later = house.office.ticket_id(house.booked(2, house.slots(DAY)[5]))
    (row,) = house.rows(select(tickets).where(tickets.c.id == later))
    visit = VisitPart(id=row.visit_id, number=row.number, arrived_at=EIGHT)
    early = house.do(kiosk.walk_in, visit=visit, now=EIGHT, **asked)
    assert (early.id, early.state) == (later, State.BOOKED)
    assert house.rows(select(func.count()).select_from(tickets))[0][0] == 4
    house.check()


def test_a_ticket_of_yesterday_checks_in_nobody_today(house: House) -> None:
    first = number(house)
    house.do(floor.call_next, desk=house.desk(now=EIGHT))
    with pytest.raises(WrongDay):
        house.do(kiosk.check_in, site=SITE, shown=house.office.token(first.id), now=EIGHT + timedelta(days=1))


def test_an_errand_more_through_the_bus_is_given_and_printed_once(sqlite_house: House) -> None:
    gateway = Gateway(sqlite_house)
    printer = {"id": new_id(), "host": "10.0.0.9", "port": 9100, "paper_mm": 80}
    asked = {"site": SITE, "need": "elderly", "device": new_id(), "printer": printer}
    first = gateway.ask("kiosk_walk_in", {**asked, "service": SERVICE, "visit": None}, key="first-key")
    wish = {**asked, "service": CHILD, "visit": first["visit"]}
    answers = [gateway.ask("kiosk_walk_in", wish, key="other-key") for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["visit"]["number"] == first["visit"]["number"]
    rows = sqlite_house.rows(select(tickets.c.visit_id, tickets.c.step, tickets.c.priority_ground))
    assert {row.visit_id for row in rows} == {first["visit"]["id"]}
    assert sorted((row.step, row.priority_ground) for row in rows) == [(0, "elderly"), (1, "elderly")]
    assert len(sqlite_house.rows(select(print_jobs.c.id))) == 2
    # Under the same key nobody else gets what this visit got.
    other = {**wish, "visit": {**first["visit"], "id": new_id()}}
    with pytest.raises(Exception, match="idempotency_key_reused"):
        gateway.ask("kiosk_walk_in", other, key="other-key")


def test_who_shows_a_number_again_has_its_visit_and_waits_elsewhere_from_then_on(sqlite_house: House) -> None:
    gateway = Gateway(sqlite_house)
    first = number(sqlite_house, now=NOW)
    asked = {"site": SITE, "device": new_id(), "number": sqlite_house.office.token(first.id)}
    answer = gateway.ask("kiosk_check_in", asked, key="check-in-key")
    assert answer["service"] == SERVICE
    assert answer["visit"] == {"id": first.visit_id, "number": first.number, "arrived_at": None}
