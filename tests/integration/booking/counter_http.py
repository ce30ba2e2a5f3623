"""The counters of a house over HTTP, in this process: a client that may be signed in as anybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gerai_booking import roles
from gerai_shared import accounts
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment
from gerai_shared.http import GeraiWebServer
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from werkzeug.test import Client, TestResponse

from tests.integration.booking.house import NOW, House

PASSWORD = "kata-sandi-uji"
_pages: list[Pages] = []


class StandingClock(Clock):
    """Stands at NOW."""

    def now(self) -> datetime:
        """Return it."""
        return NOW


@dataclass(frozen=True, kw_only=True)
class CounterHttp:
    """The counters, and the browser of whoever is signed in."""

    house: House
    client: Client
    app: Any
    #: Kept, because entrypoints refer to it weakly.
    container: Any

    def sign_in(self, username: str, *, name: str, role: str) -> None:
        """Make an account and sign the browser in as it, through the door."""
        with self.house.database.transaction() as session:
            accounts.create_officer(
                session, username=username, name=name, password=PASSWORD, role=role, now=NOW
            )
        form = {"username": username, "password": PASSWORD, "form_token": self.form_token()}
        answer = self.client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text

    def form_token(self) -> str:
        """The token that a form of this browser carries."""
        cookie = self.client.get_cookie("form_token")
        if cookie is None:
            self.client.get("/sign-in")
            cookie = self.client.get_cookie("form_token")
        assert cookie is not None
        return str(cookie.value)

    def get(self, path: str) -> TestResponse:
        """Open a page in Indonesian."""
        return self.client.get(path, headers={"Accept-Language": "id"})

    def routes(self) -> list[tuple[str, str, Any]]:
        """Every method, address (with a word for each part of it) and entrypoint."""
        adapter = self.app._url_map.bind("localhost")
        found = []
        for rule in self.app._url_map.iter_rules():
            values = {name: _value_of(rule, name) for name in rule.arguments}
            address = adapter.build(rule.endpoint, values)
            found += [(method, address, rule.endpoint) for method in rule.methods - {"HEAD", "OPTIONS"}]
        return sorted(found, key=lambda route: route[:2])


def _value_of(rule: Any, name: str) -> str:
    """A word for a part of an address: one of those it may be, else any."""
    items = getattr(rule._converters[name], "items", None)
    return str(next(iter(items))) if items else "x"


def _compiled(pages: Pages) -> Pages:
    """The templates of the first counters, compiled once for all tests."""
    if not _pages:
        _pages.append(pages)
    return _pages[0]


def counter_http(house: House) -> CounterHttp:
    """Make the counters of a house; nothing is started, no port is opened."""
    settings = Settings(
        deployment=house.office.deployment,
        environment="test",
        secret_key=house.office.secret,
        identity_key=house.office.identity_key,
        sealing_keys=("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",),
        database_url=house.url,
        node_of=house.office.node_of or "",
    )
    deployment = Deployment(settings=settings, clock=StandingClock())
    # The house's own, which its fixture closes.
    deployment.__dict__["database"] = house.database
    runner = Runner()
    roles.build(deployment, runner, "counter", agency=house.office.agency)
    deployment.extras["office"] = house.office
    deployment.extras["pages"] = _compiled(deployment.extras["pages"])
    container = runner.service_map[f"{deployment.name}-counter"]
    container.extensions.all.setup()
    server = next(each for each in container.subextensions if isinstance(each, GeraiWebServer))
    app = server.get_wsgi_app()
    return CounterHttp(house=house, client=Client(app, TestResponse), app=app, container=container)
