"""The audit on the bus: the sealer's timer, and the published heads for whoever asks."""

from typing import Any

from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.database import is_outage
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.timer import timer

from gerai_complaints.schemas.audit import HeadsSchema
from gerai_complaints.usecases import audit

log = get_logger(__name__)

#: How often it is looked whether acts are to be chained.
SEALING_SECONDS = 1.0


class Auditing:
    """Mixin of the service: chains what happened, and tells the heads."""

    deployment: Deployment

    @timer(interval=SEALING_SECONDS)
    def seal_audit(self) -> None:
        """Chain all acts that wait for it, and publish the head once a day."""
        database, clock = self.deployment.database, self.deployment.clock
        try:
            sealed = audit.BATCH
            while sealed == audit.BATCH:
                with database.transaction() as session:
                    sealed = audit.seal(session)
            with database.transaction() as session:
                head = audit.publish(session, source=self.deployment.name, now=clock.now())
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("sealing_waits_for_database", reason=type(error).__name__)
            return
        if head is not None:
            log.info("audit_head_published", position=head.position, hash=head.hash)

    @rpc
    def audit_heads(self, _request: Request) -> dict[str, Any]:
        """Answer the heads that were published in the last three months, the newest first."""
        with self.deployment.database.reading() as session:
            found = audit.heads(session, now=self.deployment.clock.now())
        dumped: dict[str, Any] = HeadsSchema().dump({"heads": found})
        return dumped
