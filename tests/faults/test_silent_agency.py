"""One agency does not answer: its citizens are told so in time, the other agency serves, and nothing happens late."""

from collections.abc import Callable
from functools import partial

from tests.faults.visits import book_once, refused_in_time, timed
from tests.support.errand import ask
from tests.support.load import Load
from tests.support.mall import BreakableMall
from tests.support.waiting import wait_until

BUS = "booking-immigration-bus"


def test_a_frozen_agency_is_refused_in_time_and_does_nothing_late(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazard 7: a request that nobody waits for any more must not be carried out when its agency wakes."""
    booked, _seconds, _key = book_once(mall, load)
    ticket = f"{mall.portal}/api/v1/tickets/{booked.body['token']}"
    late_before = mall.measured(BUS, "gerai_rpc_late_total")
    mall.freeze(BUS)
    try:
        cancelled, seconds = timed(partial(ask, "POST", f"{ticket}/cancel", {}, key=load.record.key()))
        assert refused_in_time(cancelled, seconds), (cancelled, seconds)
        lost, seconds, key = book_once(mall, load)
        assert refused_in_time(lost, seconds), (lost, seconds)
        answer, seconds, _key = book_once(mall, load, "legal")
        assert answer.status == 201, answer
        assert seconds < 3
        page = ask("GET", f"{mall.portal}/services/immigration/passport-new")
        assert page.status == 200
    finally:
        mall.thaw(BUS)
    # They were in the frozen process's own hands, where no queue could let them run out.
    wait_until(lambda: mall.measured(BUS, "gerai_rpc_late_total") > late_before)
    settle()
    state = ask("GET", ticket).body["ticket"]["state"]
    assert state == "booked"
    assert mall.query("booking-immigration", "SELECT key FROM commands WHERE key = %s", key) == []


def test_an_agency_that_is_down_is_refused_in_time_and_leaves_no_request_behind(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Requests run out in the queue, and are gone then: they hold what a citizen typed."""
    mall.kill(BUS)
    answer, seconds, _key = book_once(mall, load)
    assert refused_in_time(answer, seconds), (answer, seconds)
    answer, seconds, _key = book_once(mall, load, "legal")
    assert answer.status == 201, answer
    mall.revive(BUS)
    # Waits until the parking queue is as empty as all the others.
    settle()
