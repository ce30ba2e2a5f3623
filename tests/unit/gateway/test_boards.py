"""Boards at work: snapshots are asked for when they are needed, one at a time, until they come."""

from typing import Any

import eventlet
import pytest
from gerai_gateway import boards as boards_module
from gerai_shared.events.envelope import Event
from gerai_shared.ticket import State


@pytest.fixture(autouse=True)
def _short_back_off(monkeypatch) -> None:
    monkeypatch.setattr(boards_module, "FIRST_BACK_OFF_SECONDS", 0.001)


def board_of(gateway) -> Any:
    return gateway.mall.boards.boards["immigration", "mpp-lebak"]


def shown(gateway) -> dict[str, str]:
    return {entry.number: entry.state for entry in board_of(gateway).entries}


def snapshots(gateway) -> int:
    return sum(
        1
        for deployment, method, payload, _ in gateway.agencies.asked
        if (deployment, method, payload) == ("booking-immigration", "board", {"site": "mpp-lebak"})
    )


def wait(gateway, condition) -> None:
    for _ in range(500):
        if condition():
            return
        eventlet.sleep(0.002)
    pytest.fail("the board did not get there")


def test_a_board_begins_with_a_snapshot_and_goes_on_with_events(gateway) -> None:
    assert snapshots(gateway) == 1
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    assert shown(gateway) == {"A-001": "checked_in"}
    called = gateway.agencies.change(token, State.CALLED, called_at=gateway.agencies.now, times_called=1)
    gateway.mall.boards.receive(called)
    assert shown(gateway) == {"A-001": "called"}
    assert snapshots(gateway) == 1


def test_each_connection_of_the_bus_compares_every_board(gateway) -> None:
    gateway.agencies.walk_in()
    gateway.mall.boards.receive(None)
    wait(gateway, lambda: shown(gateway) == {"A-001": "checked_in"})
    assert snapshots(gateway) == 2


def test_a_lost_event_is_made_good_by_one_snapshot(gateway) -> None:
    token, _lost = gateway.agencies.walk_in()
    _, second = gateway.agencies.walk_in()
    gateway.mall.boards.receive(second)
    wait(gateway, lambda: shown(gateway) == {"A-001": "checked_in", "A-002": "checked_in"})
    gateway.mall.boards.receive(
        gateway.agencies.change(token, State.CALLED, called_at=gateway.agencies.now, times_called=1)
    )
    assert shown(gateway) == {"A-001": "called", "A-002": "checked_in"}
    assert snapshots(gateway) == 2


def test_many_gaps_ask_for_one_snapshot_at_a_time(gateway) -> None:
    events = [gateway.agencies.walk_in()[1] for _ in range(20)]
    for event in events[1::2]:
        gateway.mall.boards.receive(event)
    wait(gateway, lambda: len(shown(gateway)) == 20)
    assert snapshots(gateway) == 2


def test_an_agency_that_is_away_is_asked_until_it_answers_and_the_board_says_so(gateway) -> None:
    gateway.agencies.away.add("booking-immigration")
    gateway.mall.boards.receive(None)
    wait(gateway, lambda: not board_of(gateway).is_reached)
    board = gateway.api("GET", "sites/mpp-lebak/board").json
    assert [each["is_live"] for each in board["waiting"]] == [False, True]
    assert board["notices"] == [
        "Nomor Imigrasi di layar ini mungkin terlambat. Mohon dengarkan panggilan petugas."
    ]
    gateway.agencies.walk_in()
    gateway.agencies.away.clear()
    wait(gateway, lambda: board_of(gateway).is_reached)
    assert shown(gateway) == {"A-001": "checked_in"}
    assert gateway.api("GET", "sites/mpp-lebak/board").json["notices"] == []


def test_an_event_without_a_ticket_makes_the_board_ask(gateway) -> None:
    _, event = gateway.agencies.walk_in()
    gateway.mall.boards.receive(Event(**{**event.__dict__, "data": {}}))
    wait(gateway, lambda: shown(gateway) == {"A-001": "checked_in"})


def test_a_counter_that_pauses_shows_on_the_board_and_leaves_no_gap(gateway) -> None:
    gateway.mall.boards.receive(gateway.agencies.counter("2", "open"))
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    gateway.mall.boards.receive(gateway.agencies.counter("2", "paused"))
    called = gateway.agencies.change(token, State.CALLED, counter="2", called_at=gateway.agencies.now)
    gateway.mall.boards.receive(called)
    counters = gateway.api("GET", "sites/mpp-lebak/board").json["counters"]
    (second,) = [each for each in counters if (each["agency"], each["counter"]) == ("immigration", "2")]
    assert (second["state"], second["number"]) == ("paused", "A-001")
    assert {each["state"] for each in counters if each != second} <= {"closed"}
    assert snapshots(gateway) == 1


def test_a_counter_that_pauses_leaves_what_is_known_of_free_places(gateway) -> None:
    told: list[tuple[str, str]] = []
    gateway.mall.boards.on_change_at = lambda agency, site: told.append((agency, site))
    gateway.mall.boards.receive(gateway.agencies.counter("2", "paused"))
    gateway.mall.boards.receive(gateway.agencies.walk_in()[1])
    assert told == [("immigration", "mpp-lebak")]


def test_events_of_a_place_without_a_board_are_passed_over(gateway) -> None:
    _, event = gateway.agencies.walk_in()
    gateway.mall.boards.receive(Event(**{**event.__dict__, "site": "elsewhere"}))
    assert shown(gateway) == {}


def test_a_booking_for_another_day_wakes_nobody(gateway) -> None:
    before = gateway.mall.boards.feed("mpp-lebak").version
    token, _ = gateway.agencies.walk_in()
    gateway.mall.boards.receive(gateway.agencies.events[-1])
    after = gateway.mall.boards.feed("mpp-lebak").version
    assert after == before + 1
    gateway.mall.boards.receive(gateway.agencies.change(token, State.BOOKED))
    gateway.mall.boards.receive(gateway.agencies.change(token, State.CANCELLED))
    assert gateway.mall.boards.feed("mpp-lebak").version == after + 1


def test_the_last_event_of_all_is_not_lost_for_long(gateway) -> None:
    gateway.agencies.walk_in()
    gateway.mall.boards.compare_all()
    wait(gateway, lambda: shown(gateway) == {"A-001": "checked_in"})


def test_every_agency_has_somebody_among_the_next(gateway) -> None:
    for service in ("passport-new", "passport-new", "passport-new", "passport-new", "passport-new"):
        gateway.agencies.walk_in(service=service)
    gateway.agencies.walk_in(service="trademark")
    gateway.mall.boards.receive(None)
    wait(gateway, lambda: len(shown(gateway)) == 5)
    gateway.settle()
    upcoming = gateway.api("GET", "sites/mpp-lebak/board").json["next"]
    assert [each["number"] for each in upcoming] == ["A-001", "A-006", "A-002", "A-003", "A-004"]
