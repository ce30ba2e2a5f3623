"""A process that is killed loses nothing and doubles nothing, whichever it is."""

from collections.abc import Callable

from tests.support.load import Load
from tests.support.mall import BreakableMall

ONE_OF_EACH_KIND = (
    "notifications-all",
    "booking-immigration-bus",
    "booking-immigration-relay",
    "booking-immigration-counter",
    "complaints-bus",
    "complaints-relay",
    "complaints-desk",
    "gateway-serve",
)


def test_every_kind_of_process_killed_in_turn_loses_and_doubles_nothing(
    mall: BreakableMall, load: Load, settle: Callable[..., None]
) -> None:
    """Hazards 1, 12 and 13: between commit, publish, acknowledgement and answer a process may die."""
    for name in ONE_OF_EACH_KIND:
        mall.kill(name)
        load.flows(served=1)
        mall.start(mall.role(name))
    mall.wait_all_ready()
    settle()
