"""What a process's entrypoints work with: name, settings, clock, database, seals."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nameko.extensions import DependencyProvider

from gerai_shared.clock import Clock
from gerai_shared.context import enter
from gerai_shared.database import Database
from gerai_shared.sealing import Sealer
from gerai_shared.settings import Settings


@dataclass(kw_only=True)
class Deployment:
    """One deployment's resources, shared by the containers of its process.

    `extras` are what a service adds for its own entrypoints (its catalogue, its templates).
    """

    settings: Settings
    clock: Clock
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The deployment's name on the bus: `booking-immigration`, `complaints`, ..."""
        return self.settings.deployment

    @cached_property
    def database(self) -> Database:
        """The deployment's database; connects at first use."""
        return Database(self.settings.database_url, pool_size=min(self.settings.max_workers, 20))

    @cached_property
    def sealer(self) -> Sealer:
        """Seals contact data."""
        return Sealer(self.settings.sealing_keys)

    @property
    def has_database(self) -> bool:
        """Whether this deployment keeps records."""
        return bool(self.settings.database_url)


def deployment_of(settings: Settings) -> Deployment:
    """Return the resources that `settings` describe; nothing is connected yet."""
    return Deployment(settings=settings, clock=Clock(offset=settings.clock_offset))


class Resources(DependencyProvider):
    """Dependency: the process's Deployment. Cannot fail: an error here would end the container."""

    def get_dependency(self, _worker_ctx: Any) -> Deployment:
        """Return it."""
        found: Deployment = self.container.config["gerai"]
        return found

    def worker_setup(self, worker_ctx: Any) -> None:
        """Carry the context of whoever started the worker into the worker's own green thread."""
        context = worker_ctx.data.get("context")
        if context is not None:
            enter(context)


def service_of(container: Any) -> Any:
    """Return a container's service with its dependencies, for work that no worker does."""
    service = container.service_cls()
    for provider in container.dependencies:
        setattr(service, provider.attr_name, provider.get_dependency(None))
    return service
