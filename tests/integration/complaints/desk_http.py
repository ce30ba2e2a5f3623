"""The desk over HTTP in this process, on SQLite: nothing is started, no port is opened."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from gerai_complaints import roles
from gerai_complaints.keyring import keyring_of
from gerai_complaints.schemas.complaints import FileSchema
from gerai_complaints.seeding import add_officer
from gerai_complaints.shapes import Filed
from gerai_complaints.usecases import filing
from gerai_shared.borders import load
from gerai_shared.clock import Clock
from gerai_shared.deployment import Deployment
from gerai_shared.http import GeraiWebServer
from gerai_shared.migrating import upgrade
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from werkzeug.test import Client, TestResponse

from tests.integration.complaints.conftest import PASSWORD, request

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_pages: list[Pages] = []


class StandingClock(Clock):
    """Stands at NOW."""

    def now(self) -> datetime:
        """Return it."""
        return NOW


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The desk, and the browser of whoever is signed in."""

    deployment: Deployment
    client: Client
    app: Any
    #: Kept, because entrypoints refer to it weakly.
    container: Any

    def file(self, **changes: Any) -> Filed:
        """File a complaint."""
        body = request(**changes)
        with self.deployment.database.transaction() as session:
            return filing.file(
                session,
                load(FileSchema(), body),
                key=secrets.token_hex(8),
                body=body,
                agencies=(),
                keyring=keyring_of(self.deployment),
                now=NOW,
            )

    def sign_in(self, username: str, role: str) -> None:
        """Make an account and sign the browser in as it."""
        name = f"{role.capitalize()} Uji"
        add_officer(self.deployment, username=username, name=name, role=role, password=PASSWORD)
        form = {"username": username, "password": PASSWORD, "form_token": self.form_token()}
        answer = self.client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text

    def form_token(self) -> str:
        """Return the token that a form of this browser carries."""
        if self.client.get_cookie("form_token") is None:
            self.client.get("/sign-in")
        cookie = self.client.get_cookie("form_token")
        assert cookie is not None
        return str(cookie.value)

    def get(self, path: str) -> TestResponse:
        """Open a page in Indonesian."""
        return self.client.get(path, headers={"Accept-Language": "id"})

    def routes(self, number: str) -> list[tuple[str, str, Any]]:
        """Every method, address and entrypoint; a case is the one with `number`, all else is made up."""
        adapter = self.app._url_map.bind("localhost")
        found = []
        for rule in self.app._url_map.iter_rules():
            known = {"number": number, "ending": "csv"}
            values = {name: known.get(name, "1") for name in rule.arguments}
            address = adapter.build(rule.endpoint, values)
            found += [(method, address, rule.endpoint) for method in rule.methods - {"HEAD", "OPTIONS"}]
        return sorted(found, key=lambda route: route[:2])


def make_desk(folder: Path) -> Desk:
    """Make a desk with a database of its own in `folder`."""
    url = f"sqlite:///{folder / 'complaints.sqlite'}"
    upgrade(url, "gerai_complaints")
    settings = Settings(
        deployment="complaints",
        environment="test",
        database_url=url,
        secret_key=secrets.token_urlsafe(32),
        sealing_keys=(Fernet.generate_key().decode(),),
    )
    deployment = Deployment(settings=settings, clock=StandingClock())
    runner = Runner()
    roles.build(deployment, runner, "desk")
    if _pages:
        # The templates of the first desk, compiled once for all tests.
        deployment.extras["pages"] = _pages[0]
    else:
        _pages.append(deployment.extras["pages"])
    container = runner.service_map["complaints-desk"]
    container.extensions.all.setup()
    server = next(each for each in container.subextensions if isinstance(each, GeraiWebServer))
    app = server.get_wsgi_app()
    return Desk(deployment=deployment, client=Client(app, TestResponse), app=app, container=container)
