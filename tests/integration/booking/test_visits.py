"""One visit over two agencies on RabbitMQ and PostgreSQL: each with its own database, and news between them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from gerai_booking import agencies, returns_loop, roles
from gerai_booking.models import tickets as models
from gerai_booking.models import visits as facts
from gerai_booking.models.places import day_quotas, slot_id, slots
from gerai_booking.refusals import AllAtOtherCounters, NobodyWaits, NoStepHere, UnknownNeighbour
from gerai_booking.rules.visit_steps import VisitPart
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import arrivals, booking, changes, floor, intake, kiosk, sending_on
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.booking import BookingRequest
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.office import Office
from gerai_shared import migrating, tables
from gerai_shared.borders import load
from gerai_shared.bus import topology
from gerai_shared.bus.connection import connection_to
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment
from gerai_shared.ids import new_id
from gerai_shared.outbox import NewEvent
from gerai_shared.refusals import Refused
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from gerai_shared.ticket import State, Ticket
from gerai_shared.tokens import VISIT_REALM, make_token
from sqlalchemy import MetaData, select, update
from sqlalchemy.orm import Session

from tests.integration.booking.test_floor import FINISH
from tests.support.hurry import hurried
from tests.support.servers import PostgresServer, RabbitServer, free_ports
from tests.support.waiting import wait_until

#: Tuesday, 1 December 2026, 09:05 in Rangkasbitung.
NOW = datetime(2026, 12, 1, 2, 5, tzinfo=UTC)
SITE, TEN, ELEVEN = "mpp-lebak", NOW.replace(hour=3, minute=0), NOW.replace(hour=4, minute=0)
PASSPORT, TRADEMARK, COPYRIGHT = "passport-new", "trademark", "copyright"
SEALING_KEY = Fernet.generate_key().decode()
NAME = "Siti Rahasia Contoh"


class StandingClock(Clock):
    """Stands at NOW."""

    def now(self) -> datetime:
        """Return it."""
        return NOW


@dataclass(kw_only=True)
class Side:
    """One agency: its running processes are in this one, its use cases are called as its edges call them."""

    code: str
    deployment: Deployment
    runner: Runner = field(default_factory=Runner)

    @property
    def office(self) -> Office:
        found: Office = self.deployment.extras["office"]
        return found

    def do(self, usecase: Any, *args: Any, **kwargs: Any) -> Any:
        """Carry out a use case in a transaction of its own."""
        with self.deployment.database.transaction() as session:
            return usecase(session, self.office, *args, **kwargs)

    def rows(self, query: Any) -> list[Any]:
        with self.deployment.database.reading() as session:
            return list(session.execute(query))

    def desk(self, counter: str, *, now: datetime = NOW) -> Desk:
        return Desk(site=SITE, counter=counter, officer_id="officer", now=now)

    def tickets_of(self, visit: str) -> list[Ticket]:
        with self.deployment.database.reading() as session:
            return models.of_visit(session, visit, agency=self.code)

    def states_of(self, visit: str) -> list[str]:
        return [ticket.state.value for ticket in self.tickets_of(visit)]

    def book(self, visit: VisitPart, service: str, starts_at: datetime, *, person: int) -> Ticket:
        """Book a step of a visit, as the gateway would."""
        asked = self.office.service(service)
        body = {
            "slot_id": slot_id(SITE, service, starts_at),
            "purpose": next((purpose.code for purpose in asked.purposes), None),
            "precondition_met": True,
            "person": {
                "name": NAME,
                "nik": f"360214650890{person:04d}",
                "email": f"siti{person}@contoh.example",
                "birth_date": "1990-08-25",
            },
        }
        request = BookingRequest(
            key=f"{visit.id}.{service}",
            fingerprint="same",
            slot_id=str(body["slot_id"]),
            hold_id=None,
            applicant=applicant_of(load(BookingSchema(), body), self.office),
            visit=visit,
        )
        answer = self.do(booking.book_batch, [request], now=NOW - timedelta(days=1))[request.key]
        assert not isinstance(answer, Refused), answer
        return next(each for each in self.tickets_of(visit.id) if each.id == answer["ticket"]["id"])

    def start(self) -> None:
        self.runner = Runner()
        roles.build(self.deployment, self.runner, "all", agency=self.office.agency)
        self.runner.start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The agency's processes are gone for a while; its counters could go on with the database."""
        self.runner.stop()
        yield
        self.start()


@dataclass(kw_only=True)
class TwoAgencies:
    """Immigration and legal affairs at one mall."""

    immigration: Side
    legal: Side

    def visit(self, person: int) -> tuple[str, str]:
        """Somebody books a passport and a trademark for ten; return the visit and its number."""
        visit = new_id()
        first = self.immigration.book(VisitPart(id=visit), PASSPORT, TEN, person=person)
        self.legal.book(VisitPart(id=visit, number=first.number), TRADEMARK, TEN, person=person)
        return visit, first.number

    def arrive(self, visit: str, *, now: datetime = NOW) -> None:
        """Check the visit in at immigration alone, and wait until legal affairs have heard of it."""
        (ticket,) = self.immigration.tickets_of(visit)
        self.immigration.do(changes.check_in, token=self.immigration.office.token(ticket.id), now=now)
        wait_until(lambda: self.facts_at_legal(visit) == ["waiting"])

    def facts_at_legal(self, visit: str) -> list[str]:
        return [row.fact for row in self.legal.rows(_facts(visit))]

    def facts_at_immigration(self, visit: str) -> list[str]:
        return [row.fact for row in self.immigration.rows(_facts(visit))]


def _facts(visit: str) -> Any:
    return select(facts.visit_steps).where(facts.visit_steps.c.visit_id == visit)


def _side(code: str, *, bus: str, database: str) -> Side:
    migrating.upgrade(database, "gerai_booking")
    (port,) = free_ports(1)
    settings = Settings(
        deployment=f"booking-{code}",
        environment="test",
        bus_url=bus,
        database_url=database,
        http_address=f"127.0.0.1:{port}",
        secret_key=secrets.token_urlsafe(40),
        sealing_keys=(SEALING_KEY,),
        identity_key=secrets.token_urlsafe(40),
    )
    deployment = Deployment(settings=settings, clock=StandingClock())
    agency = hurried(replace(agencies.load(code, NOW.date()), releases=()))
    deployment.extras["office"] = roles.office_of(deployment, agency)
    return Side(code=code, deployment=deployment)


@pytest.fixture(scope="module")
def malls(broker: RabbitServer, postgres: PostgresServer) -> Iterator[TwoAgencies]:
    """Both agencies, running."""
    vhost = f"test-{secrets.token_hex(6)}"
    bus = broker.add_vhost(vhost)
    topology.apply(topology.describe(["immigration", "legal"]), connection_to(bus))
    names = {code: f"visits_{code}_{secrets.token_hex(4)}" for code in ("immigration", "legal")}
    sides = {
        code: _side(code, bus=bus, database=postgres.create_database(name)) for code, name in names.items()
    }
    for side in sides.values():
        side.start()
    found = TwoAgencies(**sides)
    # Each has opened its days, and told the other what it gives.
    for side in sides.values():
        wait_until(lambda side=side: bool(side.rows(select(facts.neighbours))), timeout=30)
        with side.deployment.database.transaction() as session:
            session.execute(update(slots).values(capacity=50))
            session.execute(update(day_quotas).values(capacity=500))
    yield found
    for side in sides.values():
        side.runner.stop()
        side.deployment.database.close()
    for name in names.values():
        postgres.drop_database(name)
    broker.delete_vhost(vhost)


def test_a_visit_has_one_number_everywhere_and_nobody_else_has_it(malls: TwoAgencies) -> None:
    visit, number = malls.visit(1)
    other, other_number = malls.visit(2)
    more = malls.legal.book(VisitPart(id=visit, number=number), COPYRIGHT, ELEVEN, person=1)
    assert {ticket.number for ticket in malls.legal.tickets_of(visit)} == {number} == {more.number}
    assert other_number != number
    assert {ticket.number for ticket in malls.legal.tickets_of(other)} == {other_number}


def test_a_number_that_somebody_else_has_already_is_not_given_twice(malls: TwoAgencies) -> None:
    visit, number = malls.visit(3)
    stranger = malls.legal.book(VisitPart(id=new_id(), number=number), COPYRIGHT, ELEVEN, person=33)
    assert stranger.number != number
    assert {ticket.number for ticket in malls.legal.tickets_of(visit)} == {number}


def test_who_is_in_the_house_waits_at_both_and_is_passed_over_while_one_is_busy(malls: TwoAgencies) -> None:
    visit, number = malls.visit(4)
    malls.legal.book(VisitPart(id=visit, number=number), COPYRIGHT, ELEVEN, person=4)
    malls.arrive(visit)
    # The trademark's check-in is open: nobody has to show the code again. That of eleven stays booked.
    wait_until(lambda: malls.legal.states_of(visit) == ["checked_in", "booked"])
    called = malls.immigration.do(floor.call_next, malls.immigration.desk("2"))
    assert called.number == number
    wait_until(lambda: malls.facts_at_legal(visit) == ["at_counter"])
    with pytest.raises(AllAtOtherCounters):
        malls.legal.do(floor.call_next, malls.legal.desk("3"))

    malls.immigration.do(floor.start, malls.immigration.desk("2"), revision=None)
    malls.immigration.do(FINISH, malls.immigration.desk("2"), revision=None)
    wait_until(lambda: malls.facts_at_legal(visit) == ["done"])
    called = malls.legal.do(floor.call_next, malls.legal.desk("3"))
    assert (called.number, called.visit_id) == (number, visit)
    malls.legal.do(floor.no_show, malls.legal.desk("3"), revision=None)


def test_whoever_another_agency_does_not_speak_of_any_more_is_called_all_the_same(malls: TwoAgencies) -> None:
    visit, number = malls.visit(5)
    malls.arrive(visit)
    malls.immigration.do(floor.call_next, malls.immigration.desk("2"))
    wait_until(lambda: malls.facts_at_legal(visit) == ["at_counter"])
    later = malls.legal.desk("3", now=NOW + timedelta(minutes=31))
    assert malls.legal.do(floor.call_next, later).number == number
    malls.legal.do(floor.no_show, later, revision=None)
    malls.immigration.do(floor.no_show, malls.immigration.desk("2"), revision=None)


def test_an_agency_that_is_stopped_stops_nobody_and_hears_of_it_later(malls: TwoAgencies) -> None:
    visit, number = malls.visit(6)
    with malls.legal.stopped():
        (ticket,) = malls.immigration.tickets_of(visit)
        token = malls.immigration.office.token(ticket.id)
        malls.immigration.do(changes.check_in, token=token, now=NOW)
        for verb in (floor.start, FINISH):
            if verb is floor.start:
                assert malls.immigration.do(floor.call_next, malls.immigration.desk("2")).number == number
            malls.immigration.do(verb, malls.immigration.desk("2"), revision=None)
        assert malls.legal.states_of(visit) == ["booked"]
    wait_until(lambda: malls.facts_at_legal(visit) == ["done"], timeout=30)
    assert malls.legal.states_of(visit) == ["checked_in"]
    (waiting,) = malls.legal.tickets_of(visit)
    assert waiting.queue_at == TEN
    malls.legal.do(floor.call_next, malls.legal.desk("3"))
    malls.legal.do(floor.no_show, malls.legal.desk("3"), revision=None)


def test_one_code_checks_in_at_each_agency_what_is_its_own(malls: TwoAgencies) -> None:
    visit, number = malls.visit(7)
    code = make_token(secret="the gateway's, which no counter knows", realm=VISIT_REALM, identifier=visit)
    seen = malls.legal.do(arrivals.check_in_shown, malls.legal.desk("3"), shown=code)
    assert (seen.number, seen.service, seen.state) == (number, TRADEMARK, State.CHECKED_IN)
    again = malls.legal.do(arrivals.check_in_shown, malls.legal.desk("3"), shown=code)
    assert again.revision == seen.revision
    wait_until(lambda: malls.immigration.states_of(visit) == ["checked_in"])
    stranger = make_token(secret="any" * 20, realm=VISIT_REALM, identifier=new_id())
    with pytest.raises(NoStepHere):
        malls.legal.do(arrivals.check_in_shown, malls.legal.desk("3"), shown=stranger)
    malls.legal.do(floor.call_next, malls.legal.desk("3"))
    malls.legal.do(floor.no_show, malls.legal.desk("3"), revision=None)
    wait_until(lambda: malls.facts_at_immigration(visit) == ["left"])
    malls.immigration.do(floor.call_next, malls.immigration.desk("2"))
    malls.immigration.do(floor.no_show, malls.immigration.desk("2"), revision=None)


def test_who_takes_two_numbers_at_a_kiosk_has_one_and_waits_at_both_since_then(malls: TwoAgencies) -> None:
    earlier = NOW - timedelta(minutes=10)
    asked = {"site": SITE, "need": "none", "printer": None, "language": "id"}
    first = malls.immigration.do(kiosk.walk_in, service=PASSPORT, now=earlier, **asked)
    assert malls.facts_at_legal(first.visit_id) == []
    visit = VisitPart(id=first.visit_id, number=first.number, arrived_at=earlier)
    for service, step in ((TRADEMARK, 1), (COPYRIGHT, 2)):
        ticket = malls.legal.do(kiosk.walk_in, service=service, visit=visit, now=NOW, **asked)
        assert (ticket.number, ticket.queue_at, ticket.visit_id) == (first.number, earlier, visit.id)
        (row,) = malls.legal.rows(select(models.tickets.c.step).where(models.tickets.c.id == ticket.id))
        assert row.step == step
    # Immigration, which gave a number for one errand, hears that it is a visit, and tells of its step.
    wait_until(lambda: malls.facts_at_legal(visit.id) == ["waiting"])
    wait_until(lambda: malls.facts_at_immigration(visit.id) == ["waiting", "waiting"])
    malls.legal.do(floor.call_next, malls.legal.desk("3"))
    # Two services of one agency: nobody else calls them there meanwhile, either.
    with pytest.raises(AllAtOtherCounters):
        malls.legal.do(_call_next_at_another_counter)
    malls.legal.do(floor.no_show, malls.legal.desk("3"), revision=None)
    malls.legal.do(floor.call_next, malls.legal.desk("3"))
    malls.legal.do(floor.no_show, malls.legal.desk("3"), revision=None)
    wait_until(lambda: malls.facts_at_immigration(visit.id) == ["left", "left"])
    malls.immigration.do(floor.call_next, malls.immigration.desk("2"))
    malls.immigration.do(floor.no_show, malls.immigration.desk("2"), revision=None)


def _call_next_at_another_counter(session: Session, office: Office) -> Ticket:
    """Call for a counter that has the same services as the busy one."""
    twin = replace(office.counter(SITE, "3"), code="9")
    both = replace(office, agency=replace(office.agency, counters=(*office.agency.counters, twin)))
    return floor.call_next(session, both, Desk(site=SITE, counter="9", officer_id="officer", now=NOW))


def sent_on(malls: TwoAgencies, *, comes_back: bool, to: str = f"legal/{TRADEMARK}") -> Ticket:
    """Somebody without a booking is served for a passport, and sent on to another agency."""
    desk = malls.immigration.desk("2")
    malls.immigration.do(intake.walk_in, desk, service=PASSPORT, priority=False)
    malls.immigration.do(floor.call_next, desk)
    malls.immigration.do(floor.start, desk, revision=None)
    sent: Ticket = malls.immigration.do(sending_on.send_on, desk, to=to, comes_back=comes_back, revision=None)
    return sent


def test_who_is_sent_on_waits_there_with_the_same_number_and_comes_back_in_the_old_place(
    malls: TwoAgencies,
) -> None:
    sent = sent_on(malls, comes_back=True)
    assert sent.state is State.PARKED
    wait_until(lambda: malls.legal.states_of(sent.visit_id) == ["checked_in"])
    (there,) = malls.legal.tickets_of(sent.visit_id)
    assert (there.number, there.service, there.queue_at) == (sent.number, TRADEMARK, sent.checked_in_at)
    desk = malls.legal.desk("3")
    assert malls.legal.do(floor.call_next, desk).id == there.id
    wait_until(lambda: malls.facts_at_immigration(sent.visit_id) == ["at_counter"])
    assert malls.immigration.states_of(sent.visit_id) == ["parked"]
    malls.legal.do(floor.start, desk, revision=None)
    malls.legal.do(FINISH, desk, revision=None)
    wait_until(lambda: malls.immigration.states_of(sent.visit_id) == ["checked_in"])
    (back,) = malls.immigration.tickets_of(sent.visit_id)
    assert back.queue_at == sent.queue_at
    assert malls.immigration.do(floor.call_next, malls.immigration.desk("2")).id == back.id
    malls.immigration.do(floor.no_show, malls.immigration.desk("2"), revision=None)
    with pytest.raises(NobodyWaits):
        malls.legal.do(floor.call_next, desk)


def test_whom_the_other_agency_cannot_take_waits_here_again_and_the_counter_is_told(
    malls: TwoAgencies,
) -> None:
    row = {"site": SITE, "agency": "legal", "service": "gone", "told_at": NOW}
    names = {"agency_name_id": "H", "agency_name_en": "L", "name_id": "Dulu", "name_en": "Once"}
    before = malls.immigration.rows(select(facts.neighbours))
    with malls.immigration.deployment.database.transaction() as session:
        facts.put_neighbour(session, site=SITE, agency="legal", rows=[{**row, **names}])
    sent = sent_on(malls, comes_back=True, to="legal/gone")
    wait_until(lambda: malls.immigration.states_of(sent.visit_id) == ["checked_in"])
    told = malls.immigration.rows(select(facts.visit_wishes).where(facts.visit_wishes.c.state == "refused"))
    assert [(each.number, bool(each.reason_id)) for each in told] == [(sent.number, True)]
    assert malls.legal.states_of(sent.visit_id) == []
    with malls.immigration.deployment.database.transaction() as session:
        rows = [each._asdict() for each in before if (each.site, each.agency) == (SITE, "legal")]
        facts.put_neighbour(session, site=SITE, agency="legal", rows=rows)
    desk = malls.immigration.desk("2")
    assert malls.immigration.do(floor.call_next, desk).id == sent.id
    with pytest.raises(UnknownNeighbour):
        malls.immigration.do(sending_on.send_on, desk, to="legal/gone", comes_back=False, revision=None)
    malls.immigration.do(floor.no_show, desk, revision=None)


def test_news_that_comes_twice_acts_once(malls: TwoAgencies) -> None:
    sent = sent_on(malls, comes_back=False)
    wait_until(lambda: malls.legal.states_of(sent.visit_id) == ["checked_in"])
    mine = tables.outbox.c.subject == sent.visit_id
    with malls.immigration.deployment.database.transaction() as session:
        session.execute(tables.outbox.update().where(mine).values(sent_at=None))
        # Whoever announces wakes the relay.
        sending_on.announce(session, malls.immigration.office, *_something(), now=NOW)
    unsent = select(tables.outbox.c.position).where(mine, tables.outbox.c.sent_at.is_(None))
    wait_until(lambda: not malls.immigration.rows(unsent))
    wait_until(lambda: malls.legal.rows(select(facts.neighbours).where(facts.neighbours.c.name_en == "Last")))
    assert malls.legal.states_of(sent.visit_id) == ["checked_in"]


def _something() -> list[NewEvent]:
    """News whose effect shows that what was told before it has come, too."""
    service = {"code": "last", "name": {"id": "Akhir", "en": "Last"}}
    data = {"site": SITE, "agency_name": service["name"], "services": [service]}
    return [NewEvent(type="catalogue.offered.v1", subject="last", agency="immigration", data=data)]


def test_an_agency_has_nothing_of_the_others_people_but_facts(malls: TwoAgencies) -> None:
    """Who booked at immigration alone is nobody at the other agency, and facts name no service and no counter."""
    visit = new_id()
    malls.immigration.book(VisitPart(id=visit), PASSPORT, TEN, person=90)
    (ticket,) = malls.immigration.tickets_of(visit)
    malls.immigration.do(changes.check_in, token=malls.immigration.office.token(ticket.id), now=TEN)
    wait_until(lambda: malls.facts_at_legal(visit) == ["waiting"])
    database = malls.legal.deployment.database
    reflected = MetaData()
    reflected.reflect(database.engine)
    known = "\n".join(
        str(tuple(row)) for table in reflected.tables.values() for row in malls.legal.rows(select(table))
    )
    assert visit in known
    for secret in (NAME, "3602146508900090", "siti90@contoh.example", ticket.slot_id or ""):
        assert secret not in known
    (fact,) = malls.legal.rows(_facts(visit))
    assert set(fact._asdict()) == {"visit_id", "ticket_id", "agency", "day", "fact", "revision", "told_at"}


def test_a_booked_step_of_later_waits_as_soon_as_its_check_in_is_open(malls: TwoAgencies) -> None:
    visit = new_id()
    first = malls.immigration.book(VisitPart(id=visit), PASSPORT, TEN, person=70)
    malls.legal.book(VisitPart(id=visit, number=first.number), TRADEMARK, ELEVEN, person=70)
    malls.arrive(visit)
    assert malls.legal.states_of(visit) == ["booked"]
    for minute, state in ((-61, "booked"), (-60, "checked_in")):
        clock = ELEVEN + timedelta(minutes=minute)
        database, office = malls.legal.deployment.database, malls.legal.office
        returns_loop.let_wait_who_is_here(database, office, lambda clock=clock: clock)
        assert malls.legal.states_of(visit) == [state]
