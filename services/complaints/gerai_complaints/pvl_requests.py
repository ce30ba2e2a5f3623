"""What the gateway asks about PVL on the spot."""

from typing import Any

from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.deployment import Deployment

from gerai_complaints.usecases import pvl_events


class PvlRequests:
    """Mixin of the service on the bus."""

    deployment: Deployment

    @rpc
    def pvl_events(self, _request: Request) -> dict[str, Any]:
        """Answer the events that are to come, and how many this year has; for everybody."""
        with self.deployment.database.reading() as session:
            return pvl_events.published(session, now=self.deployment.clock.now())
