"""Waiting times on both databases: what is seen of the queue, what is told, what is measured and learned."""

from datetime import timedelta
from typing import Any

import pytest
from gerai_booking.measuring_loop import measure
from gerai_booking.models import estimates as rows
from gerai_booking.rules.estimates.calibration import Calibration
from gerai_booking.usecases import estimates, floor, measuring, views
from gerai_shared.refusals import Forbidden
from sqlalchemy import select

from tests.integration.booking.house import DAY, SERVICE, SITE, House
from tests.integration.booking.test_floor import EIGHT, FINISH, MINUTE, call, walk_in
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR
from tests.integration.booking.test_service import Resources


class At:
    """A clock that stands still."""

    def __init__(self, now: Any) -> None:
        self._now = now

    def now(self) -> Any:
        """Return it."""
        return self._now


def times(house: House, *, at: timedelta) -> estimates.WaitingTimes:
    found: estimates.WaitingTimes = house.ask(estimates.waiting_times, site=SITE, now=EIGHT + at)
    return found


def finish(house: House, counter: str, *, at: timedelta) -> None:
    house.do(floor.start, house.desk(counter, now=EIGHT + at), revision=None)
    house.do(FINISH, house.desk(counter, now=EIGHT + at), revision=None)


def look(house: House, *, at: timedelta) -> None:
    """Measure, as the agency does every few seconds."""
    resources: Any = Resources(house)
    resources.clock = At(EIGHT + at)
    measure(resources)


def estimated(house: House) -> list[Any]:
    return house.rows(select(rows.wait_estimates).order_by(rows.wait_estimates.c.made_at))


def test_who_waits_longer_in_line_waits_longer_and_it_is_told_why(house: House) -> None:
    first, second, third = (walk_in(house, at=number * MINUTE) for number in (60, 61, 62))
    call(house, counter="101", at=60 * MINUTE)
    found = times(house, at=63 * MINUTE)
    assert first.id not in found.waiting
    assert found.open_counters == 1
    near, far = found.waiting[second.id], found.waiting[third.id]
    assert (near.ahead, near.open_counters, far.ahead) == (0, 1, 1)
    assert near.told is not None
    assert far.told is not None
    assert 0 < near.told.mid < far.told.mid
    assert far.told.low <= far.told.mid <= far.told.high
    newcomer = found.newcomers[SERVICE]
    assert newcomer.told is not None
    assert newcomer.told.mid > far.told.mid
    assert newcomer.ahead == 2
    token = house.office.token(third.id)
    ticket = house.ask(views.load_ticket, token)
    shown = house.ask(views.ticket_view, ticket, now=EIGHT + 63 * MINUTE)["estimate"]
    assert shown["sentence"]["id"] == "1 orang sebelum Anda, 1 loket buka."
    assert 1 <= shown["low_minutes"] <= shown["high_minutes"]


def test_a_site_is_told_by_service_and_by_ticket(house: House) -> None:
    waits = walk_in(house, at=60 * MINUTE)
    call(house, counter="101", at=60 * MINUTE)
    behind = walk_in(house, at=61 * MINUTE)
    told = house.ask(estimates.told, site=SITE, now=EIGHT + 62 * MINUTE)
    assert (told["site"], told["open_counters"]) == (SITE, 1)
    assert set(told["tickets"]) == {behind.id}
    low, high, serving = told["tickets"][behind.id]
    assert 1 <= low < high
    assert serving == 1
    assert told["services"][SERVICE]["ahead"] == 1
    assert waits.id not in told["tickets"]
    nobody = told["services"]["stay-permit"]
    assert (nobody["low_minutes"], nobody["open_counters"]) == (None, 0)
    assert nobody["sentence"]["id"].startswith("Belum ada loket")


def test_who_has_just_come_is_told_at_once_on_a_screen_that_is_some_seconds_old(house: House) -> None:
    walk_in(house, at=60 * MINUTE)
    call(house, counter="101", at=60 * MINUTE)
    times(house, at=61 * MINUTE)
    new = walk_in(house, at=61 * MINUTE)
    found = house.ask(estimates.seen_by, new, now=EIGHT + 61 * MINUTE + timedelta(seconds=1))
    assert found is not None
    assert found.told is not None


def test_before_the_first_call_the_counters_of_the_day_are_counted_on(house: House) -> None:
    walk_in(house, at=-10 * MINUTE)
    found = times(house, at=-10 * MINUTE)
    assert found.open_counters > 10
    (waiting,) = found.waiting.values()
    assert waiting.told is not None
    assert waiting.told.low >= 10 * 60


def test_a_counter_that_called_nobody_for_long_is_not_counted_on_and_a_break_is_no_absence(
    house: House,
) -> None:
    for number in range(4):
        walk_in(house, at=(60 + number) * MINUTE)
    for counter in ("101", "102"):
        call(house, counter=counter, at=65 * MINUTE)
        finish(house, counter, at=70 * MINUTE)
    call(house, counter="102", at=90 * MINUTE)
    assert times(house, at=95 * MINUTE).open_counters == 2
    assert times(house, at=105 * MINUTE).open_counters == 1
    assert times(house, at=timedelta(hours=4, minutes=40)).open_counters == 1


def test_an_answer_is_kept_while_nothing_changes_and_no_longer(house: House) -> None:
    walk_in(house, at=60 * MINUTE)
    first = times(house, at=61 * MINUTE)
    assert times(house, at=61 * MINUTE + timedelta(seconds=5)) is first
    assert times(house, at=62 * MINUTE) is not first
    kept = times(house, at=62 * MINUTE)
    walk_in(house, at=62 * MINUTE)
    assert times(house, at=62 * MINUTE) is not kept


def test_estimates_are_written_down_once_with_what_came_of_them(house: House) -> None:
    call_first = walk_in(house, at=60 * MINUTE)
    call(house, counter="101", at=60 * MINUTE)
    waits = walk_in(house, at=61 * MINUTE)
    look(house, at=61 * MINUTE)
    look(house, at=62 * MINUTE)
    (row,) = estimated(house)
    assert (row.ticket_id, row.actual, row.ahead, row.open_counters) == (waits.id, None, 0, 1)
    assert call_first.id != waits.id
    finish(house, "101", at=70 * MINUTE)
    call(house, counter="101", at=71 * MINUTE)
    look(house, at=71 * MINUTE)
    (row,) = estimated(house)
    assert row.actual == 600
    (whole, one) = house.ask(measuring.judged, officer=SUPERVISOR, site=SITE, now=EIGHT)
    assert (whole.day, whole.count, one.day, one.service) == (None, 1, DAY, SERVICE)
    assert whole.fixed_error == 10
    with pytest.raises(Forbidden):
        house.ask(measuring.judged, officer=OFFICER, site=SITE, now=EIGHT)


def test_estimates_are_forgotten_after_a_quarter_of_a_year(sqlite_house: House) -> None:
    house = sqlite_house
    walk_in(house, at=60 * MINUTE)
    call(house, counter="101", at=60 * MINUTE)
    walk_in(house, at=61 * MINUTE)
    look(house, at=61 * MINUTE)
    assert len(estimated(house)) == 1
    kept = EIGHT + timedelta(days=measuring.DAYS_KEPT)
    for now, count in ((kept, 1), (kept + timedelta(days=1), 0)):
        house.do(measuring.learn, site=SITE, now=now)
        assert len(estimated(house)) == count


def test_a_day_teaches_how_long_services_take_and_how_wide_intervals_have_to_be(house: House) -> None:
    for number in range(12):
        walk_in(house, at=(60 + number) * MINUTE)
        call(house, counter="101", at=(60 + 3 * number) * MINUTE)
        finish(house, "101", at=(62 + 3 * number) * MINUTE)
    slow = times(house, at=timedelta(hours=3)).newcomers[SERVICE]
    assert slow.told is not None
    house.do(measuring.learn, site=SITE, now=EIGHT + timedelta(hours=3))
    with house.database.reading() as session:
        learned = rows.learned_at(session, site=SITE)
        calibration = rows.calibration_at(session, site=SITE)
    assert learned[SERVICE, None, None].count == 12
    assert learned[SERVICE, None, "101"].mean == pytest.approx(120)
    assert {cell[1] for cell in learned} == {None, 9}
    assert calibration == Calibration()
    house.do(measuring.learn, site=SITE, now=EIGHT + timedelta(hours=3))
