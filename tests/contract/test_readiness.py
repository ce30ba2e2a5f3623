"""What lives by the broker is not ready without it, on each bus, even if it takes no message from there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from gerai_shared.bus.relay import relay
from gerai_shared.deployment import Deployment, Resources
from gerai_shared.runtime import Runner

from tests.support.servers import free_port
from tests.support.waiting import wait_until


class Announcing:
    """A relay and nothing else."""

    name = "announcing"
    deployment = Resources()

    @relay
    def relay(self) -> None:
        """Runs by itself."""


@pytest.fixture
def started() -> Iterator[Callable[[Deployment], Deployment]]:
    """Return what starts the relay of a deployment that needs the bus."""
    with ExitStack() as stack:

        def start(deployment: Deployment) -> Deployment:
            runner = Runner()
            runner.add(Announcing, deployment, name="announcing", needs_bus=True)
            runner.start()
            stack.callback(runner.kill)
            return deployment

        yield start


def test_a_relay_with_nothing_to_publish_knows_that_its_broker_is_there(
    deployed: Callable[..., Deployment], started: Callable[[Deployment], Deployment]
) -> None:
    relaying = started(deployed("complaints"))
    wait_until(relaying.extras["needs"]["bus"])


def test_a_relay_is_not_ready_while_its_broker_is_away(
    deployed: Callable[..., Deployment], started: Callable[[Deployment], Deployment]
) -> None:
    away = f"amqp://nobody:nothing@127.0.0.1:{free_port()}/"
    relaying = started(deployed("complaints", bus_url=away))
    assert relaying.extras["needs"]["bus"]() is False
