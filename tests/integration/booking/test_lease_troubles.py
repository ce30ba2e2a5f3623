"""A site node after something went wrong: nobody is stuck, no day waits for another, nothing wrong is announced."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from gerai_booking.models import leases as table
from gerai_booking.models import skills
from gerai_booking.models.tickets import tickets
from gerai_booking.models.visits import shared_visits
from gerai_booking.refusals import NothingToLease
from gerai_booking.rules.visit_steps import VisitPart
from gerai_booking.usecases import floor, intake, leases, merging, node_sync, sending
from gerai_booking.usecases.skills import services_of
from gerai_shared.ids import new_id
from sqlalchemy import insert, select

from tests.integration.booking.house import NOW, SERVICE, SITE, TODAY, House
from tests.integration.booking.test_floor import FINISH
from tests.integration.booking.test_leases import A_WALK_IN, SUPERVISOR, node, with_key  # noqa: F401 - a fixture

A_DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CHILD = "passport-child"


class Line:
    """The centre as a node asks it, at a time that the test sets; `is_away` cuts it."""

    def __init__(self, centre: House) -> None:
        self.centre, self.key, self.now, self.is_away = centre, with_key(centre), NOW, False
        self.refuse_grant = False

    def _ask(self, usecase: Callable[..., Any], **asked: Any) -> Any:
        if self.is_away:
            raise node_sync.CentreAway
        with self.centre.database.transaction() as session:
            node = leases.node_of(session, self.key)
            answer = usecase(session, self.centre.office, node, now=self.now, **asked)
        return json.loads(json.dumps(answer))

    def grant(self) -> Any:
        if self.refuse_grant:
            raise NothingToLease
        return self._ask(leases.grant)

    def changes(self, lease_id: str, confirmed: Sequence[Any], standing: str | None) -> Any:
        return self._ask(leases.changes, lease_id=lease_id, confirmed=confirmed, standing=standing)

    def merge(self, lease_id: str, page: Sequence[Any]) -> Any:
        changed = [merging.Change(**json.loads(json.dumps(each))) for each in page]
        return self._ask(merging.merge_page, lease_id=lease_id, changes=changed)

    def give_back(self, lease_id: str) -> None:
        self._ask(leases.give_back, lease_id=lease_id)

    def trip(self, house: House, now: datetime) -> None:
        self.now = now
        node_sync.round_trip(house.database, house.office, self, now=now)


def states(house: House) -> dict[str, str]:
    return {row.number: row.state for row in house.rows(select(tickets.c.number, tickets.c.state))}


def serving(house: House, *, now: datetime = NOW) -> str:
    number = house.do(intake.walk_in, house.desk(now=now), **A_WALK_IN).number
    house.do(floor.call_next, house.desk(now=now))
    house.do(floor.start, house.desk(now=now), revision=None)
    return str(number)


def test_whoever_stood_at_a_counter_at_closing_is_finished_with_the_next_day(
    node: House,  # noqa: F811
    postgres_house: House,
) -> None:
    line = Line(postgres_house)
    line.trip(node, NOW)
    left = serving(node)
    for now in (NOW, NOW + A_DAY, NOW + A_DAY):
        line.trip(node, now)
    assert states(postgres_house) == {left: "serving"}
    node.do(FINISH, node.desk(now=NOW + A_DAY), revision=None)
    line.trip(node, NOW + A_DAY + MINUTE)
    # The counter is free at the centre before anybody else stands at it there.
    other = serving(node, now=NOW + A_DAY)
    line.trip(node, NOW + A_DAY + 2 * MINUTE)
    found = postgres_house.rows(select(tickets.c.number, tickets.c.day, tickets.c.state))
    assert {(row.number, row.day, row.state) for row in found} == {
        (left, TODAY, "served"),
        (other, TODAY + A_DAY, "serving"),
    }


def test_on_a_closed_day_the_floor_of_the_day_before_is_given_back_all_the_same(
    node: House,  # noqa: F811
    postgres_house: House,
) -> None:
    line = Line(postgres_house)
    line.trip(node, NOW)
    line.is_away = True
    node.do(intake.walk_in, node.desk(), **A_WALK_IN)
    with pytest.raises(node_sync.CentreAway):
        line.trip(node, NOW)
    line.is_away, line.refuse_grant = False, True
    for _ in range(2):
        with pytest.raises(NothingToLease):
            line.trip(node, NOW + A_DAY)
    (lease,) = postgres_house.rows(select(table.leases))
    assert (lease.day, lease.state) == (TODAY, table.RETURNED)
    assert len(states(postgres_house)) == 1


@pytest.mark.parametrize("is_taken", [False, True])
def test_whoever_is_served_under_a_revoked_lease_stands_at_a_free_counter_of_the_centre(
    node: House,  # noqa: F811
    postgres_house: House,
    is_taken: bool,
) -> None:
    centre, line = postgres_house, Line(postgres_house)
    line.trip(node, NOW)
    mine = serving(node)
    (lease,) = centre.rows(select(table.leases))
    with centre.database.transaction() as session:
        leases.revoke(session, officer=SUPERVISOR, lease_id=lease.id, why="Uji", now=NOW)
    if is_taken:
        serving(centre)
    line.trip(node, NOW)
    (row,) = centre.rows(select(tickets.c.state, tickets.c.counter).where(tickets.c.number == mine))
    assert (row.state, row.counter == "101") == ("serving", not is_taken)
    assert centre.do(FINISH, centre.desk(row.counter), revision=None).number == mine


def test_an_errand_that_was_taken_back_at_a_node_tells_its_holder_nothing(
    node: House,  # noqa: F811
    postgres_house: House,
) -> None:
    line = Line(postgres_house)
    line.trip(node, NOW)
    serving(node)
    more = node.do(sending.add_service, node.desk(), service=CHILD, revision=None)
    node.do(floor.undo, node.desk())
    ticket = node.do(floor.park, node.desk(), revision=None)
    node.do(floor.undo, node.desk())
    line.trip(node, NOW)
    token = postgres_house.office.token
    assert postgres_house.announced(token(more.id))[-1] == "ticket.undone.v1"
    assert postgres_house.announced(token(ticket.id))[-1] == "ticket.undone.v1"
    assert "ticket.cancelled.v1" not in postgres_house.announced(token(more.id))


def test_what_counters_serve_and_which_visits_are_shared_is_known_at_a_node(
    node: House,  # noqa: F811
    postgres_house: House,
) -> None:
    centre = postgres_house
    visit = VisitPart(id=new_id())
    with centre.database.transaction() as session:
        intake.walk_in(session, centre.office, centre.desk(), **A_WALK_IN, visit=visit)
    centre.change(
        insert(skills.counter_skills).values(
            {
                "id": new_id(),
                "site": SITE,
                "counter": "101",
                "services": CHILD,
                "valid_from": TODAY,
                "valid_to": None,
                "set_by": "Penyelia Uji",
                "why": "Uji",
                "set_at": NOW,
            }
        )
    )
    Line(centre).trip(node, NOW)
    served = node.ask(services_of, site=SITE, counter="101", officer_id=None, day=TODAY)
    assert (served, SERVICE in served) == ((CHILD,), False)
    assert [row.visit_id for row in node.rows(select(shared_visits.c.visit_id))] == [visit.id]
