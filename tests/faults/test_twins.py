"""Two processes of the same role, side by side."""

import json
from collections.abc import Callable

from tests.faults.tap import Tap
from tests.support.load import Load
from tests.support.mall import BreakableMall

DOUBLED = ("booking-immigration-relay", "notifications-all", "complaints-bus")


def test_twins_do_everything_once_and_in_order(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazard 15: timers run in each of them. One relay leads; when it is killed, the other one takes over."""
    twins = [mall.twin(name) for name in DOUBLED]
    for twin in twins:
        mall.start(twin)
    try:
        for twin in twins:
            mall.wait_ready(twin)
        with Tap(mall.rabbit.url(), exchange="booking.events") as tap:
            load.flows(booked=5, served=2, filed=1)
            mall.kill("booking-immigration-relay")
            load.flows(booked=5, served=2)
            mall.revive("booking-immigration-relay")
            settle()
        assert_in_order(tap)
    finally:
        for twin in twins:
            mall.retire(twin.name)


def assert_in_order(tap: Tap) -> None:
    """Of each ticket the changes came in their order; a repeat may follow, never overtake."""
    seen: dict[str, int] = {}
    for body in tap.bodies:
        event = json.loads(body)
        if not event["type"].startswith("ticket."):
            continue
        revision = event["data"]["ticket"]["revision"]
        assert revision <= seen.get(event["subject"], revision) + 1, event["subject"]
        seen[event["subject"]] = max(revision, seen.get(event["subject"], 0))
    assert len(seen) > 10
