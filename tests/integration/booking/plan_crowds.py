"""Crowds that book while the plan changes; see crowd.py for how they are sent."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gerai_booking.models import places
from gerai_booking.models import plan as plan_table
from gerai_booking.models.places import day_quotas
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.quota import ONLINE, PRIORITY, WALK_IN, Bound
from gerai_booking.usecases import (
    booking,
    directive_runs,
    directives,
)
from gerai_booking.usecases import plan as planning
from gerai_booking.usecases.capacities import Rules
from gerai_booking.usecases.office import Office
from gerai_shared.accounts import Officer
from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from tests.integration.booking.crowd import (
    PATIENCE,
    Outcomes,
    act_as_one_of,
    attempt,
    wait_for_a_waiter,
    wait_for_the_word,
)
from tests.integration.booking.house import NOW, SERVICE, SITE, TODAY, House, outcome

CENTRE = Officer(id="centre", username="pusat", name="Pusat Uji", role="central")


def replanned(url: str, *, locked: bool) -> Outcomes:
    """A supervisor puts a quota of no places beside a day's others, and commits when a booking waits for that.

    Not `locked`, all rows of a day are read by the statement that locks them, as if it were enough.
    """
    house = House(url)
    written, may_commit = threading.Event(), threading.Event()
    if not locked:
        places.lock_days = lock_in_one_statement

    def lead() -> None:
        with house.database.transaction() as session:
            change_plan(session, house, Bound(SERVICE, ONLINE), 0)
            written.set()
            may_commit.wait(PATIENCE)

    def follow() -> str:
        written.wait(PATIENCE)
        return outcome(house.book(house.request(1, house.slots()[0]))[0])

    wait_for_the_word()
    with ThreadPoolExecutor(2) as pool:
        leading, following = pool.submit(lead), pool.submit(attempt, follow)
        waited = wait_for_a_waiter(house, unless=following.done)
        may_commit.set()
        leading.result()
        result = {"waited": waited, "answer": following.result()}
    house.database.close()
    return result


def lock_in_one_statement(session: Session, days: Any) -> Any:
    """What `places.lock_days` must not be."""
    left: Any = {day: {} for day in days}
    rows = select(day_quotas).where(tuple_(day_quotas.c.site, day_quotas.c.day).in_(list(left)))
    for row in session.execute(rows.with_for_update()):
        here = None if row.capacity is None else row.capacity - row.taken
        left[row.site, row.day][Bound(row.service, row.channel)] = here
    return left


def two_plans(url: str, *, locked: bool) -> Outcomes:
    """Two supervisors change the plan at once; without its lock both have read it before either writes."""
    house = House(url)
    barrier = threading.Barrier(2)
    read = planning.rules_of

    def read_and_wait(session: Session, office: Office, site: Site) -> Rules:
        rules = read(session, office, site)
        barrier.wait(PATIENCE)
        return rules

    if not locked:
        plan_table.lock = lambda *_: None
        plan_table.next_version = lambda *_: 1
        planning.rules_of = read_and_wait

    def change(bound: Bound) -> str:
        with house.database.transaction() as session:
            change_plan(session, house, bound, 7)
        return "changed"

    wait_for_the_word()
    bounds = [Bound(channel=WALK_IN), Bound(channel=PRIORITY)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda bound: attempt(lambda: change(bound)), bounds))
    house.database.close()
    return {"answers": answers}


def change_plan(session: Session, house: House, bound: Bound, count: int) -> None:
    """Put a quota in the plan from today on."""
    supervisor = Officer(id="supervisor", username="penyelia", name="Penyelia Uji", role="supervisor")
    change = planning.Change(officer=supervisor, why="Karena sedang diuji", now=NOW)
    dates = {"valid_from": TODAY, "valid_to": None}
    planning.set_quota(
        session, house.office, change, site=SITE, bound=bound, places_a_day=count, basis="Uji", **dates
    )


def order_against_booking(url: str, *, directive: str, place: str, locked: bool) -> Outcomes:
    """An order comes when a booking has looked for orders, found none, and is not committed yet.

    The booking commits when the order waits for it; without locks, when the order has been carried out.
    """
    house = House(url)
    written, may_commit = threading.Event(), threading.Event()
    if not locked:
        Select.with_for_update = lambda self, **_: self  # type: ignore[method-assign]
    request = house.request(1, place, service=SERVICE)

    def book() -> str:
        with house.database.transaction() as session:
            answers = booking.book_batch(session, house.office, [request], now=NOW)
            written.set()
            may_commit.wait(PATIENCE)
        return outcome(answers[request.key])

    def close() -> None:
        written.wait(PATIENCE)
        house.do(directives.put_in_force, directive, treatment="offer", officer=CENTRE, now=NOW)
        directive_runs.carry_out(house.database, house.office, directive, now=NOW)

    wait_for_the_word()
    with ThreadPoolExecutor(2) as pool:
        leading, following = pool.submit(book), pool.submit(close)
        waited = wait_for_a_waiter(house, unless=following.done)
        may_commit.set()
        result = {"booked": leading.result(), "waited": waited}
        following.result()
    house.database.close()
    return result


if __name__ == "__main__":
    act_as_one_of(replanned, two_plans, order_against_booking)
