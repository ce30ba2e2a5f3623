"""The gateway's working memory: catalogues, boards, free places, bookings on their way, askers."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eventlet import sleep
from gerai_shared.bus.rpc import RpcClient
from gerai_shared.deployment import Deployment
from gerai_shared.http import GeraiWebServer
from nameko.extensions import DependencyProvider

from gerai_gateway.availability import Availability
from gerai_gateway.batching import Batcher
from gerai_gateway.boards import COMPARE_SECONDS, Boards, Spawn
from gerai_gateway.catalogues import REFRESH_SECONDS, RETRY_SECONDS, Ask, Catalogues, Json
from gerai_gateway.kept import KeptAnswers
from gerai_gateway.limiting import SHARE_OF_WORKERS, Limiter, Seats, Waits
from gerai_gateway.limits import Limits
from gerai_gateway.rules.demand import Demand

#: How often is looked whether the bus is there.
AWAY_SECONDS = 0.05


@dataclass(kw_only=True)
class Mall:
    """Everything an entrypoint of the gateway works with.

    `run` names this run of the process in the ids of streams; `board_messages` are the boards as they were
    told last, with their versions and moments, by site and language.
    """

    deployment: Deployment
    ask: Ask
    waits: Waits
    catalogues: Catalogues
    kept: KeptAnswers
    boards: Boards
    availability: Availability
    bookings: Batcher
    limiter: Limiter
    seats: Seats
    demand: Demand
    run: str
    is_closing: Callable[[], bool]
    monotonic: Callable[[], float] = time.monotonic
    board_messages: dict[tuple[str, str], tuple[int, datetime, Any]] = field(default_factory=dict)

    def now(self) -> datetime:
        """Return the present moment."""
        return self.deployment.clock.now()

    @property
    def public_url(self) -> str:
        """Where citizens reach the portal, without a slash at the end."""
        return self.deployment.settings.public_url.rstrip("/")


def make_mall(
    deployment: Deployment, *, ask: Ask, limits: Limits, spawn: Spawn, is_closing: Callable[[], bool]
) -> Mall:
    """Return a mall that knows nothing yet; `ask` asks a deployment over the bus."""
    now = deployment.clock.now
    waits = Waits(most=deployment.settings.max_workers // SHARE_OF_WORKERS)
    catalogues = Catalogues(agencies=deployment.settings.agencies, ask=ask, waits=waits, now=now)
    availability = Availability(ask=ask, waits=waits)
    boards = Boards(ask=ask, now=now, spawn=spawn, on_change_at=availability.outdate)
    catalogues.on_news(boards.open_for)
    return Mall(
        deployment=deployment,
        ask=_waiting(ask, waits),
        waits=waits,
        catalogues=catalogues,
        kept=KeptAnswers(ask=_waiting(ask, waits), now=now),
        boards=boards,
        availability=availability,
        bookings=Batcher(ask),
        limiter=Limiter(limits),
        seats=Seats(limits=limits),
        demand=Demand(high=limits.rush),
        run=secrets.token_hex(4),
        is_closing=is_closing,
    )


def _waiting(ask: Ask, waits: Waits) -> Ask:
    """Return what asks as `ask` does, for workers: while one deployment is silent, some of them stay free."""

    def ask_in_turn(
        deployment: str, method: str, payload: Json, *, deadline: float = 5.0, key: str | None = None
    ) -> Json:
        with waits.place(deployment):
            return ask(deployment, method, payload, deadline=deadline, key=key)

    return ask_in_turn


class MallProvider(DependencyProvider):
    """Dependency: the process's Mall, whose catalogues and boards it keeps up to date."""

    client = RpcClient()
    server = GeraiWebServer()

    def setup(self) -> None:
        """Make the mall before the first request and the first event."""
        deployment: Deployment = self.container.config["gerai"]
        limits: Limits = deployment.extras["limits"]
        self._mall = deployment.extras["mall"] = make_mall(
            deployment,
            ask=self._ask,
            limits=limits,
            spawn=self.container.spawn_managed_thread,
            is_closing=lambda: self.server.closing,
        )

        deployment.extras.setdefault("needs", {})["agencies"] = lambda: self._mall.catalogues.are_asked

    def start(self) -> None:
        """Begin to ask the agencies; needs neither them nor the broker to be there yet."""
        for agency in self._mall.catalogues.agencies:
            self.container.spawn_managed_thread(
                lambda agency=agency: self._keep_catalogue(agency), "catalogue"
            )
        self.container.spawn_managed_thread(self._compare_boards, identifier="boards")

    def stop(self) -> None:
        """End the live streams: the web server waits for them."""
        self._mall.boards.close()

    def get_dependency(self, _worker_ctx: Any) -> Mall:
        """Return it."""
        return self._mall

    def _ask(
        self,
        deployment: str,
        method: str,
        payload: dict[str, Any],
        *,
        deadline: float = 5.0,
        key: str | None = None,
    ) -> dict[str, Any]:
        return self.client.call(deployment, method, payload, deadline=deadline, key=key)

    def _keep_catalogue(self, agency: str) -> None:
        while True:
            while not self.client.listener.connected:
                sleep(AWAY_SECONDS)
            came = self._mall.catalogues.refresh(agency)
            seconds = REFRESH_SECONDS if came else RETRY_SECONDS
            sleep(seconds * random.uniform(0.8, 1.0))  # noqa: S311 - spreads attempts, guards nothing

    def _compare_boards(self) -> None:
        while True:
            sleep(COMPARE_SECONDS * random.uniform(0.8, 1.0))  # noqa: S311 - as above
            self._mall.boards.compare_all()
