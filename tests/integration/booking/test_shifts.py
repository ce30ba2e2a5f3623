"""Shifts: who has a counter, pauses, hand-over, and what is called by whom, on both databases."""

import json
from datetime import timedelta
from typing import Any

import pytest
from gerai_booking.models import shifts as shift_table
from gerai_booking.opening_loop import end_shifts
from gerai_booking.usecases import floor, queue, shifts, views
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.refusals import Refused
from sqlalchemy import select

from tests.integration.booking.house import SITE, House
from tests.integration.booking.sending import send
from tests.integration.booking.test_floor import EIGHT, FINISH, MINUTE, walk_in
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

COLLEAGUE = Officer(id="colleague", username="petugas2", name="Petugas Dua", role="officer")


def work(house: House, officer: Officer = OFFICER, counter: str = "101", *, calls: bool = True) -> None:
    """An officer does something at a counter, which they may."""
    house.do(shifts.at_work, house.desk(counter, now=EIGHT), officer=officer, calls=calls)


def step(house: House, usecase: Any, officer: Officer = OFFICER, counter: str = "101", **more: Any) -> None:
    """A step of a shift."""
    now = more.pop("now", EIGHT)
    house.do(usecase, house.desk(counter, now=now), officer=officer, **more)


def open_now(house: House) -> dict[str, str]:
    """Who has which counter open."""
    found = house.ask(shifts.open_counters, site=SITE, now=EIGHT)
    return {each.code: each.shift.officer_name for each in found}


def told(house: House) -> list[tuple[str, str, str]]:
    """What was announced of counters: type, counter, state."""
    of_counters = tables.outbox.c.type.startswith("counter.")
    rows = house.rows(select(tables.outbox).where(of_counters).order_by(tables.outbox.c.position))
    found = []
    for row in rows:
        body = json.loads(row.body)
        data = REGISTRY.load(row.type, body["data"])
        assert body["subject"] == f"{data['site']}.{data['counter']}"
        assert row.stream == f"immigration/{SITE}"
        assert "Petugas" not in row.body
        found.append((row.type, data["counter"], data["state"]))
    return found


def test_whoever_works_at_a_counter_that_nobody_has_opens_it(house: House) -> None:
    work(house)
    work(house)
    assert open_now(house) == {"101": "Petugas Uji"}
    assert told(house) == [("counter.opened.v1", "101", "open")]


def test_another_officer_is_told_who_has_the_counter_and_takes_it_over_with_who_is_there(
    house: House,
) -> None:
    walk_in(house, at=timedelta(0))
    work(house)
    called = house.do(floor.call_next, house.desk(now=EIGHT))
    with pytest.raises(Refused, match="counter_taken") as refused:
        work(house, COLLEAGUE, calls=False)
    assert refused.value.details["officer"] == "Petugas Uji"
    step(house, shifts.take_over, COLLEAGUE, note="Dilanjutkan rekan")
    work(house, COLLEAGUE, calls=False)
    assert open_now(house) == {"101": "Petugas Dua"}
    assert house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT).current == called
    with pytest.raises(Refused, match="counter_taken"):
        work(house)
    ended = house.rows(select(shift_table.counter_sessions).where(shift_table.counter_sessions.c.note != ""))
    assert [(row.officer_name, row.closed_by, row.note) for row in ended] == [
        ("Petugas Uji", "takeover", "Dilanjutkan rekan")
    ]


def test_a_take_over_that_was_meant_for_an_earlier_shift_changes_nothing(house: House) -> None:
    work(house)
    (seen,) = house.ask(shifts.open_counters, site=SITE, now=EIGHT)
    step(house, shifts.close)
    work(house, SUPERVISOR)
    with pytest.raises(Refused, match="shift_changed"):
        step(house, shifts.take_over, COLLEAGUE, shift_id=seen.shift.id)
    assert open_now(house) == {"101": "Penyelia Uji"}


def test_a_supervisor_acts_at_an_officers_counter_and_it_stays_the_officers(house: House) -> None:
    work(house)
    work(house, SUPERVISOR)
    assert open_now(house) == {"101": "Petugas Uji"}


def test_who_calls_at_another_counter_leaves_the_first_and_who_only_helps_there_does_not(
    house: House,
) -> None:
    work(house)
    work(house, counter="102", calls=False)
    assert open_now(house) == {"101": "Petugas Uji"}
    work(house, counter="102")
    assert open_now(house) == {"102": "Petugas Uji"}
    assert told(house)[1:] == [("counter.closed.v1", "101", "closed"), ("counter.opened.v1", "102", "open")]


def test_a_counter_that_pauses_calls_nobody_and_serves_who_is_there(house: House) -> None:
    walk_in(house, at=timedelta(0))
    second = walk_in(house, at=MINUTE)
    work(house)
    house.do(floor.call_next, house.desk(now=EIGHT))
    step(house, shifts.pause, reason="prayer", minutes=15)
    house.do(floor.start, house.desk(now=EIGHT), revision=None)
    house.do(FINISH, house.desk(now=EIGHT), revision=None)
    with pytest.raises(Refused, match="counter_paused"):
        house.do(floor.call_next, house.desk(now=EIGHT))
    with pytest.raises(Refused, match="counter_paused"):
        house.do(floor.call, house.desk(now=EIGHT), officer=SUPERVISOR, ticket_id=second.id, revision=None)
    assert "call-next" not in house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT).allowed
    (paused,) = house.ask(shifts.open_counters, site=SITE, now=EIGHT)
    assert (paused.is_paused, paused.paused_until) == (True, EIGHT + 15 * MINUTE)
    assert house.ask(views.board, site=SITE, now=EIGHT)["counters_open"] == {"101": "paused"}
    step(house, shifts.resume)
    assert house.do(floor.call_next, house.desk(now=EIGHT)).number == second.number
    assert told(house)[1:] == [("counter.paused.v1", "101", "paused"), ("counter.resumed.v1", "101", "open")]


def test_another_reason_takes_the_place_of_the_first_and_nothing_is_paused_twice(house: House) -> None:
    work(house)
    step(house, shifts.pause, reason="break", minutes=15)
    step(house, shifts.pause, reason="trouble")
    (paused,) = house.ask(shifts.open_counters, site=SITE, now=EIGHT)
    assert paused.shift.pause is not None
    assert (paused.shift.pause.reason, paused.paused_until) == ("trouble", None)
    running = shift_table.counter_pauses.c.ended_at.is_(None)
    assert len(house.rows(select(shift_table.counter_pauses).where(running))) == 1


def test_a_counter_is_not_closed_under_whoever_is_there(house: House) -> None:
    walk_in(house, at=timedelta(0))
    work(house)
    house.do(floor.call_next, house.desk(now=EIGHT))
    with pytest.raises(Refused, match="counter_busy"):
        step(house, shifts.close)
    assert open_now(house) == {"101": "Petugas Uji"}


def test_the_next_officer_reads_what_the_last_one_left_and_confirms_it(house: House) -> None:
    work(house)
    step(house, shifts.close, note="A-003 kembali pukul 11")

    def note() -> str | None:
        seen = house.ask(shifts.at_counter, site=SITE, counter="101", officer=COLLEAGUE, now=EIGHT)
        return seen.note.note if seen.note else None

    work(house, COLLEAGUE)
    assert note() == "A-003 kembali pukul 11"
    with pytest.raises(Refused, match="counter_taken"):
        step(house, shifts.confirm_note)
    step(house, shifts.confirm_note, COLLEAGUE)
    assert note() is None


@pytest.mark.parametrize("usecase", [shifts.pause, shifts.resume, shifts.close])
def test_only_who_has_a_counter_or_a_supervisor_changes_its_shift(house: House, usecase: Any) -> None:
    more = {"reason": "break"} if usecase is shifts.pause else {}
    with pytest.raises(Refused, match="counter_not_open"):
        step(house, usecase, **more)
    work(house)
    with pytest.raises(Refused, match="counter_taken"):
        step(house, usecase, COLLEAGUE, **more)
    step(house, usecase, SUPERVISOR, **more)


def test_a_day_ends_what_was_left_open_and_the_next_day_does_not_wait_for_it(house: House) -> None:
    work(house)
    step(house, shifts.pause, reason="break")
    tomorrow = EIGHT + timedelta(days=1)
    assert house.ask(shifts.open_counters, site=SITE, now=tomorrow) == []
    # Nobody ended it, and yet nothing keeps tomorrow's officer from the counter.
    house.do(shifts.at_work, house.desk(now=tomorrow), officer=COLLEAGUE, calls=True)
    work(house, SUPERVISOR, "102")
    end_shifts(house.database, house.office, tomorrow)
    rows = house.rows(select(shift_table.counter_sessions).order_by(shift_table.counter_sessions.c.id))
    assert [(row.officer_name, row.closed_by) for row in rows] == [
        ("Petugas Uji", "day_end"),
        ("Petugas Dua", None),
        ("Penyelia Uji", "day_end"),
    ]


def test_two_who_open_at_once_do_not_both_have_it_and_without_the_indexes_they_would(
    lone_postgres_house: House,
) -> None:
    """Two officers at one counter: one is told. One officer at two: the second is helped at, not opened."""
    house = lone_postgres_house
    (indexed,) = send("open_at_once", {"url": house.url, "indexed": True}, module="shift_crowds")
    assert indexed["one counter"] == {"answers": ["counter_taken", "opened"], "open": 1}
    assert indexed["one officer"] == {"answers": ["opened", "opened"], "open": 1}
    (loose,) = send("open_at_once", {"url": house.url, "indexed": False}, module="shift_crowds")
    assert {each["open"] for each in loose.values()} == {2}


def test_two_officers_who_swap_their_counters_at_once_do_not_wait_for_each_other_for_ever(
    lone_postgres_house: House,
) -> None:
    (swapped,) = send("swap_at_once", {"url": lone_postgres_house.url}, module="shift_crowds")
    assert "ERROR" not in str(swapped)
    assert swapped["open"] >= 1
