"""What the gateway asks about satisfaction and performance; forgetting what recognises repeats."""

from typing import Any

from gerai_shared.borders import load
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.database import is_outage
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.timer import timer

from gerai_complaints.keyring import keyring_of
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.schemas.satisfaction import SaidSchema, SaySchema, SiteSchema
from gerai_complaints.usecases import performance, satisfaction

log = get_logger(__name__)

#: How often it is looked which visits are to be forgotten.
FORGETTING_SECONDS = 3600.0


class SurveyRequests:
    """Mixin of the service on the bus."""

    deployment: Deployment

    @rpc
    def answer_survey(self, request: Request) -> dict[str, Any]:
        """Note what somebody says of a visit; answers until when it may be changed."""
        said = load(SaySchema(), request.payload)
        key = checked_key(request.idempotency_key)
        with self.deployment.database.transaction() as session:
            heard = satisfaction.answer(
                session,
                said,
                key=key,
                body=request.payload,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        answer: dict[str, Any] = SaidSchema().dump(heard)
        return answer

    @rpc
    def site_performance(self, request: Request) -> dict[str, Any]:
        """Tell what everybody may read of a site."""
        asked = load(SiteSchema(), request.payload)
        with self.deployment.database.transaction() as session:
            return performance.report(session, asked["site"], now=self.deployment.clock.now())

    @timer(interval=FORGETTING_SECONDS)
    def forget_visits(self) -> None:
        """Forget by which tickets was answered, where no repeat is taken any more."""
        try:
            seen = satisfaction.BATCH
            while seen == satisfaction.BATCH:
                with self.deployment.database.transaction() as session:
                    seen = satisfaction.forget_visits(session, now=self.deployment.clock.now())
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("forgetting_waits_for_database", reason=type(error).__name__)
