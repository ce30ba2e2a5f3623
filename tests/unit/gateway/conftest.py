"""The whole gateway in this process, from the WSGI application inwards, with agencies made for tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import eventlet
import pytest
from gerai_gateway import roles
from gerai_gateway.limits import Limits
from gerai_gateway.mall import Mall, MallProvider, make_mall
from gerai_shared.deployment import Deployment
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from werkzeug.test import Client, TestResponse

from tests.unit.gateway.fake_agencies import FakeAgencies
from tests.unit.gateway.fake_catalogue import AGENCIES, SECRET


@dataclass(kw_only=True)
class FakeClock:
    """The agencies' time."""

    agencies: FakeAgencies

    def now(self) -> datetime:
        """Return it."""
        return self.agencies.now


@dataclass(kw_only=True)
class Gateway:
    """The gateway under test; `client` is a browser that keeps its cookies."""

    agencies: FakeAgencies
    mall: Mall
    client: Client
    server: Any
    container: Any

    def api(
        self, method: str, path: str, *, key: str | None = "key-for-tests", **options: Any
    ) -> TestResponse:
        """Ask the interface."""
        headers = {**options.pop("headers", {})}
        if method == "POST" and key is not None:
            headers["Idempotency-Key"] = key
        return self.client.open(f"/api/v1/{path}", method=method, headers=headers, **options)

    def settle(self) -> None:
        """Let every green thread run until it waits."""
        for _ in range(5):
            eventlet.sleep(0)


@cache
def compiled_pages() -> Pages:
    """The templates, compiled once for all tests."""
    return Pages(
        package="gerai_gateway",
        site_name="Mal Pelayanan Publik",
        secure_cookies=False,
        defaults={"home_url": "/", "complaint_url": "/c/new"},
    )


def make_gateway(limits: Limits) -> Gateway:
    """A gateway whose bus is the fake agencies; nothing is started, no port is opened."""
    agencies = FakeAgencies()
    settings = Settings(
        deployment="gateway",
        environment="test",
        secret_key=SECRET,
        agencies=AGENCIES,
        public_url="http://localhost",
    )
    clock: Any = FakeClock(agencies=agencies)
    deployment = Deployment(settings=settings, clock=clock)
    runner = Runner()
    roles.build(deployment, runner)
    deployment.extras["limits"] = limits
    deployment.extras["pages"] = compiled_pages()
    container = runner.service_map["gateway"]
    container.extensions.all.setup()
    provider = next(each for each in container.dependencies if isinstance(each, MallProvider))
    server = provider.server
    mall = make_mall(
        deployment,
        ask=agencies.ask,
        limits=limits,
        spawn=eventlet.spawn,
        is_closing=lambda: bool(server.closing),
    )
    provider._mall = deployment.extras["mall"] = mall
    for agency in AGENCIES:
        mall.catalogues.refresh(agency)
    gateway = Gateway(
        agencies=agencies,
        mall=mall,
        client=Client(server.get_wsgi_app(), TestResponse),
        server=server,
        container=container,
    )
    gateway.settle()
    return gateway


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway with generous limits."""
    made = make_gateway(Limits(writes=100_000, reads=1_000_000, identity_writes=1_000))
    yield made
    made.mall.boards.close()
    made.settle()


@pytest.fixture
def gateway_with() -> Callable[[Limits], Gateway]:
    """Makes a gateway with the limits a test wants."""
    return make_gateway
