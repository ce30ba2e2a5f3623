"""The broker goes away, comes back, or takes nothing any more: counters serve on, citizens are told, all drains."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from tests.faults.visits import CITIZEN_SECONDS, SITE, book_once, refused_in_time, serve_somebody, timed
from tests.support.errand import Officer, ask
from tests.support.load import Load
from tests.support.mall import BreakableMall

#: For a minute at least, and until it has stopped the relay, whose connection is new each time, and bookings so often.
RELAY_HANGS, REFUSED = 2, 4
ALARM_SECONDS, ALARM_SECONDS_AT_MOST = 60.0, 120.0

LIVE_BY_THE_BROKER = ("gateway-serve", "booking-immigration-relay", "complaints-relay", "complaints-bus")


@pytest.fixture
def officer(mall: BreakableMall) -> Officer:
    """An officer of immigration."""
    return mall.officer("immigration")


def look_around(mall: BreakableMall) -> None:
    """What citizens can read without any agency stays; what needs one says honestly that it must wait."""
    for path in ("/", "/services/immigration/passport-new", f"/sites/{SITE}"):
        page, seconds = timed(partial(ask, "GET", f"{mall.portal}{path}"))
        assert (page.status, seconds < CITIZEN_SECONDS) == (200, True), (path, page.status, seconds)
    services = ask("GET", f"{mall.portal}/api/v1/agencies/immigration/services")
    assert services.status == 200
    page, seconds = timed(partial(ask, "GET", f"{mall.portal}/book/immigration/passport-new"))
    assert (page.status in (200, 503), seconds < CITIZEN_SECONDS) == (True, True), (page.status, seconds)


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_while_the_broker_is_away_counters_serve_and_citizens_are_told(
    mall: BreakableMall, load: Load, settle: Callable[..., None], officer: Officer, how: str
) -> None:
    """Hazard 1: what happened meanwhile is announced when the broker is back."""
    pids = mall.pids()
    getattr(mall.rabbit, how)()
    for _ in range(3):
        serve_somebody(officer, load.record)
        answer, seconds, _key = book_once(mall, load)
        assert refused_in_time(answer, seconds), (answer, seconds)
    look_around(mall)
    for name in LIVE_BY_THE_BROKER:
        assert mall.readiness(name) == 503, name
    assert mall.readiness("booking-immigration-counter") == 200
    load.flows(served=3)
    mall.rabbit.start()
    mall.wait_all_ready()
    settle()
    assert mall.pids() == pids


def hung(mall: BreakableMall) -> int:
    """How often the relay has found that its broker takes nothing."""
    return mall.log("booking-immigration-relay").count("relay_publish_hangs")


def test_a_memory_alarm_of_the_broker_stops_nobody_for_ever(
    mall: BreakableMall, load: Load, settle: Callable[..., None], officer: Officer
) -> None:
    """Hazard 9: a publisher hangs for ever, whatever time limit is around it; only its socket can be shut."""
    mall.rabbit.set_memory_alarm(True)
    try:
        began, refused = time.monotonic(), 0
        while (lasted := time.monotonic() - began) < ALARM_SECONDS or not (
            refused >= REFUSED and hung(mall) >= RELAY_HANGS
        ):
            assert lasted < ALARM_SECONDS_AT_MOST, (refused, hung(mall))
            serve_somebody(officer, load.record)
            answer, seconds, _key = book_once(mall, load)
            # The first message of each new connection still gets through.
            assert answer.status == 201 or refused_in_time(answer, seconds), (answer, seconds)
            refused += answer.status == 503
        look_around(mall)
        assert mall.dead() == []
    finally:
        mall.rabbit.set_memory_alarm(False)
    mall.wait_all_ready()
    settle()
