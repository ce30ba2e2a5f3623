"""An order that is put in force and undone, whatever others do meanwhile, leaves everybody told and placed.

Told: once of each thing that happened to them. Placed: in their old hour, in a new one, or asked to choose one,
unless they have chosen otherwise themselves. Beside others who book what is free, supervisors who plan, groups.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from gerai_booking.models.directives import directive_tickets
from gerai_booking.models.history import history
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.directives import CANCEL, MOVE, OFFER, TREATMENTS
from gerai_booking.rules.quota import GROUP, ONLINE, WALK_IN, Bound
from gerai_booking.usecases import apart, directive_runs, directives, treating
from gerai_booking.usecases.treating import CHOSEN, NOTHING_FREE, RESTORED, TOLD
from gerai_shared import tables
from gerai_shared.ticket import Actor, State
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, TODAY, House
from tests.integration.booking.mall_machine import ALL_DAY, MORNING, SERVICES, Mall, hours, which
from tests.integration.booking.ordering import CENTRE, LAST_OPEN, WHY_UNDONE, close, ticket_of, undo

CLOSED_EVENT = {
    MOVE: "ticket.moved_by_order.v1",
    OFFER: "ticket.offered_by_order.v1",
    CANCEL: "ticket.cancelled_by_order.v1",
}
OPENED_EVENT = {RESTORED: "ticket.restored_by_order.v1", TOLD: "ticket.reopened_by_order.v1"}
#: Those who have booked before the order comes; others have the numbers after them.
VICTIMS = 5
offsets, people, services = st.integers(1, 3), st.integers(1, 9), st.sampled_from(SERVICES)
meanwhile = st.one_of(
    st.tuples(st.just("book"), people, offsets, hours, services),
    st.tuples(st.just("book"), people, offsets, hours, services),
    st.tuples(st.just("hold"), offsets, hours),
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("move"), which, offsets, hours),
    st.tuples(st.just("join"), people, offsets, st.booleans()),
    st.tuples(st.just("take_up"), people, which),
    st.tuples(st.just("allot"), st.integers(1, 3), offsets, st.booleans()),
    st.tuples(st.just("name"), which, people),
    st.tuples(st.just("give_back"), which),
    st.tuples(st.just("walk_in"), services, st.booleans()),
    st.tuples(st.just("give_beyond"), services, st.booleans()),
    st.tuples(
        st.just("plan_for"),
        st.builds(Bound, st.sampled_from(["", SERVICE]), st.sampled_from(["", ONLINE, GROUP, WALK_IN])),
        st.integers(0, 4),
        offsets,
        st.none(),
    ),
    st.tuples(st.just("set_hours"), offsets, st.sampled_from([ALL_DAY, MORNING])),
    st.tuples(st.just("run_by_itself")),
)


@pytest.fixture
def mall_of(opened_on_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Mall]:
    """Malls on SQLite, as many as are asked for; what fails by itself in them ends the test."""

    class Loud:
        def warning(self, event: str, **what: object) -> None:
            raise AssertionError(f"{event}: {what}")

    monkeypatch.setattr(apart, "log", Loud())
    numbers = count()

    def fresh() -> House:
        path = tmp_path / f"house-{next(numbers)}.sqlite"
        shutil.copy(opened_on_sqlite, path)
        return House(f"sqlite:///{path}")

    return lambda: Mall(fresh)


def events_of(house: House) -> Counter[tuple[str, str]]:
    """How often what was told by order, by (ticket, event)."""
    rows = house.rows(select(tables.outbox.c.subject, tables.outbox.c.type))
    return Counter((row.subject, row.type) for row in rows if "_by_order" in row.type)


def chain_of(house: House, ticket_id: str) -> list[Any]:
    """A ticket and those that took its place, one after the other."""
    rows = {row.id: row for row in house.rows(select(tickets))}
    chain = [rows[ticket_id]]
    while chain[-1].replaced_by:
        chain.append(rows[chain[-1].replaced_by])
    return chain


def check_told(house: House) -> None:
    """Each thing that an order did was told once, and nothing else was."""
    due: Counter[str] = Counter()
    told = events_of(house)
    for row in house.rows(select(directive_tickets)):
        where = row.new_ticket_id if row.treatment == MOVE else row.ticket_id
        assert told[where, CLOSED_EVENT[row.treatment]] == 1, row
        due[CLOSED_EVENT[row.treatment]] += 1
        if row.outcome == RESTORED:
            assert told[row.restored_ticket_id, OPENED_EVENT[RESTORED]] == 1, row
        if row.outcome == TOLD:
            line = [
                row.ticket_id,
                *(each.id for each in chain_of(house, row.restored_ticket_id or row.ticket_id)),
            ]
            assert sum(told[each, OPENED_EVENT[TOLD]] for each in set(line)) == 1, row
        if row.outcome in OPENED_EVENT:
            due[OPENED_EVENT[row.outcome]] += 1
    assert due == Counter(event for _, event in told.elements())


def check_placed(house: House) -> None:
    """Whoever an order hit has a place or is asked to choose one, unless they have chosen otherwise."""
    rows = house.rows(select(tickets))
    by_hand = {
        row.ticket_id
        for row in house.rows(select(history).where(history.c.to_state == "cancelled"))
        if row.actor == Actor.CITIZEN.value
    }
    for hit in house.rows(select(directive_tickets)):
        mine = next(row for row in rows if row.id == hit.ticket_id)
        same = [row for row in rows if (row.person_hash, row.service) == (mine.person_hash, mine.service)]
        opened = [row for row in same if row.state in {"booked", "checked_in"}]
        assert len(opened) == 1 or (not opened and {row.id for row in same} & by_hand), hit
        if hit.outcome is not None and hit.outcome == CHOSEN:
            chosen = {row.id for row in same} - {hit.ticket_id, hit.new_ticket_id}
            assert chosen or {row.id for row in same} & by_hand, hit


def book_before(mall: Mall, victims: list[tuple[int, int, str]]) -> None:
    """Some have booked, and one was named by an institution."""
    mall.few_places()
    for person, (offset, hour, service) in enumerate(victims, 1):
        mall.book(person, offset, hour, service)
    mall.allot(1, 1, longer=False)
    mall.name(0, VICTIMS)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    victims=st.lists(st.tuples(st.integers(1, 2), hours, services), min_size=1, max_size=VICTIMS - 1),
    order=st.tuples(st.just(1), st.integers(0, 1), st.sampled_from(TREATMENTS), st.booleans()),
    steps=st.integers(0, 5),
    before=st.lists(meanwhile, max_size=8),
    between=st.lists(meanwhile, max_size=2),
    restored=st.integers(0, 3),
)
def test_whatever_happens_between_an_order_and_its_end_everybody_is_told_once_and_placed(
    mall_of: Callable[[], Mall],
    victims: list[tuple[int, int, str]],
    order: tuple[int, int, str, bool],
    steps: int,
    before: list[tuple[Any, ...]],
    between: list[tuple[Any, ...]],
    restored: int,
) -> None:
    mall = mall_of()
    book_before(mall, victims)
    offset, days, treatment, of_service = order
    mall.close(offset, days, treatment, of_service=of_service, steps=steps)
    mall.run_by_itself()
    check_told(mall.house)
    for name, *arguments in before:
        getattr(mall, name)(*arguments)
    undo_in_steps(mall, restored, between)
    check_told(mall.house)
    check_placed(mall.house)
    assert {row.outcome for row in mall.house.rows(select(directive_tickets))} <= {RESTORED, TOLD, CHOSEN}
    mall.teardown()


def test_who_was_cancelled_and_finds_nothing_free_is_asked_to_choose_and_told_once(
    house: House,
) -> None:
    token = house.booked(1, house.slots(DAY)[0])
    directive = close(house, "cancel")
    later = NOW + timedelta(days=32)
    for day in (TODAY, DAY, NEXT_DAY, LAST_OPEN):
        house.shrink(day=day, places=0)
    undo(house, directive)
    (row,) = house.rows(select(directive_tickets))
    assert (row.outcome, row.ticket_id) == (TOLD, house.office.ticket_id(token))
    new = house.office.token(row.restored_ticket_id)
    assert (ticket_of(house, new).state, ticket_of(house, new).slot_id) == (State.BOOKED, None)
    assert house.announced(new) == ["ticket.reopened_by_order.v1"]
    check_told(house)
    check_placed(house)
    house.check()
    directive_runs.carry_on(house.database, house.office, now=later - timedelta(days=1))
    assert ticket_of(house, new).state is State.BOOKED
    directive_runs.carry_on(house.database, house.office, now=later)
    assert ticket_of(house, new).state is State.CANCELLED
    house.check()


def test_long_after_a_closure_nobody_is_asked_to_choose_any_more(house: House) -> None:
    house.booked(1, house.slots(DAY)[0])
    directive = close(house, "cancel")
    with house.database.transaction() as session:
        directives.begin_undoing(session, directive, why=WHY_UNDONE, officer=CENTRE, now=NOW)
    directive_runs.carry_on(house.database, house.office, now=NOW + timedelta(days=32))
    (row,) = house.rows(select(directive_tickets))
    assert (row.outcome, row.restored_ticket_id) == (NOTHING_FREE, None)
    house.check()


def undo_in_steps(mall: Mall, restored: int, between: list[tuple[Any, ...]]) -> None:
    """Undo the order for some first; others act; the rest is done by what runs by itself, twice."""
    house = mall.house
    (directive,) = house.rows(select(directives.directives.directives.c.id))
    with house.database.transaction() as session:
        directives.begin_undoing(session, directive.id, why=WHY_UNDONE, officer=CENTRE, now=mall.now)
    hit = house.rows(select(directive_tickets.c.ticket_id).order_by(directive_tickets.c.starts_at))
    for row in hit[:restored]:
        mall.act(lambda each=row: house.do(treating.restore, directive.id, each.ticket_id, now=mall.now))
    for name, *arguments in between:
        getattr(mall, name)(*arguments)
    mall.run_by_itself()
    mall.run_by_itself()
