"""The whole floor of a site, on both databases."""

from datetime import timedelta

import pytest
from gerai_booking.rules.floor import Outcome
from gerai_booking.usecases import floor
from gerai_booking.usecases.whole_floor import Floor, whole_floor
from gerai_shared.refusals import Forbidden, Refused
from gerai_shared.ticket import State

from tests.integration.booking.house import SERVICE, SITE, House
from tests.integration.booking.test_floor import EIGHT, MINUTE, call, walk_in
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

LATER = EIGHT + timedelta(hours=3)


def seen(house: House, *, officer=SUPERVISOR, site: str = SITE) -> Floor:
    found: Floor = house.ask(whole_floor, officer=officer, site=site, now=LATER)
    return found


def serve(house: House, counter: str, *, minutes: int) -> None:
    """Serve whoever is next, for so many minutes."""
    call(house, counter=counter, at=timedelta(hours=1))
    begun = EIGHT + timedelta(hours=1)
    house.do(floor.start, house.desk(counter, now=begun), revision=None)
    desk = house.desk(counter, now=begun + minutes * MINUTE)
    house.do(floor.finish, desk, revision=None, outcome=Outcome.COMPLETED)


def test_a_morning_without_anybody_has_its_counters_free(house: House) -> None:
    found = seen(house)
    assert [each.counter for each in found.counters] == house.office.counters_at(SITE)
    assert {(each.number, each.served, each.minutes, each.could_call) for each in found.counters} == {
        (None, 0, None, 0)
    }
    assert (found.services, found.waiting, found.busy, found.served) == ([], 0, 0, 0)


def test_each_counter_tells_who_is_there_and_how_its_day_went(house: House) -> None:
    for minute in range(6):
        walk_in(house, at=minute * MINUTE)
    for minutes in (4, 6, 20):
        serve(house, "101", minutes=minutes)
    called = call(house, counter="101", at=timedelta(hours=2))
    busy = call(house, counter="102", at=timedelta(hours=2))
    house.do(floor.start, house.desk("102", now=LATER - 5 * MINUTE), revision=None)
    by_code = {each.counter.code: each for each in seen(house).counters}
    first, second = by_code["101"], by_code["102"]
    assert (first.number, first.state, first.since) == (
        called.number,
        State.CALLED,
        EIGHT + timedelta(hours=2),
    )
    assert (second.number, second.state, second.since) == (busy.number, State.SERVING, LATER - 5 * MINUTE)
    assert (first.served, first.minutes) == (3, 6)
    assert (second.served, second.minutes) == (0, None)
    assert (seen(house).busy, seen(house).served, seen(house).waiting) == (2, 3, 1)


def test_a_free_counter_tells_how_many_wait_for_it_and_a_busy_one_does_not(house: House) -> None:
    walk_in(house, at=timedelta(0))
    walk_in(house, at=MINUTE)
    call(house, counter="101")
    for each in seen(house).counters:
        wanted = 0 if each.counter.code == "101" or SERVICE not in each.counter.services else 1
        assert each.could_call == wanted, each.counter.code


def test_who_waits_is_told_by_service_the_longest_queue_first(house: House) -> None:
    walk_in(house, at=timedelta(0), service="passport-lost")
    walk_in(house, at=2 * MINUTE)
    walk_in(house, at=MINUTE, priority=True)
    first, second = seen(house).services
    assert (first.service, first.waiting, first.with_priority, first.since) == (SERVICE, 2, 1, EIGHT + MINUTE)
    assert (second.service, second.waiting, second.with_priority) == ("passport-lost", 1, 0)
    assert all("passport-lost" in each.services for each in second.counters)
    assert second.counters


def test_only_a_supervisor_looks_and_only_at_a_site_that_is_there(house: House) -> None:
    with pytest.raises(Forbidden):
        seen(house, officer=OFFICER)
    with pytest.raises(Refused, match="unknown_site"):
        seen(house, site="nowhere")
