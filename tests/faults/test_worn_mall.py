"""At the end of all faults."""

from tests.support.invariants import problems, wait_until_quiet
from tests.support.load import Record
from tests.support.mall import BreakableMall
from tests.support.waiting import wait_until


def test_nothing_is_left_under_way_after_all_faults(mall: BreakableMall, record: Record) -> None:
    """A message whose sender was killed is sent by another one when its lease is over."""
    wait_until_quiet(mall)
    wait_until(
        lambda: (
            mall.query("notifications", "SELECT count(*) FROM messages WHERE state = 'sending'") == [(0,)]
        ),
        timeout=70,
    )
    assert record.news(problems(mall, record)) == []
