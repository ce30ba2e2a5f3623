"""What operators ask every process: does it live, is it ready, how is it doing."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from werkzeug.wrappers import Request, Response

from gerai_shared import inbox, metrics, outbox
from gerai_shared.database import is_outage
from gerai_shared.deployment import Deployment, Resources
from gerai_shared.http import http, json_response
from gerai_shared.logs import get_logger
from gerai_shared.overseers import Access

log = get_logger(__name__)


class Operations:
    """Mixin with /healthz, /readyz and /metrics for a service that has the dependency `deployment`."""

    deployment = Resources()

    @http("GET", "/healthz", in_worker=False, overseers=Access.FREE)
    def healthz(self, _request: Request) -> Response:
        """Answer that the process lives, however busy it is: who ends a busy one makes the others busier."""
        return json_response({"status": "ok"})

    @http("GET", "/readyz", overseers=Access.FREE)
    def readyz(self, _request: Request) -> Response:
        """Answer whether what this process needs answers: 200 or 503 with each need's state."""
        needs: dict[str, bool] = {}
        if self.deployment.has_database:
            needs["database"] = self.deployment.database.answers()
        for name, check in self.deployment.extras.get("needs", {}).items():
            needs[name] = bool(check())
        ready = all(needs.values())
        return json_response(
            {"status": "ready" if ready else "not ready", "needs": needs}, 200 if ready else 503
        )

    @http("GET", "/metrics", in_worker=False, overseers=Access.FREE)
    def metrics(self, _request: Request) -> Response:
        """Answer the measurements in Prometheus' text format."""
        measure_messaging(self.deployment)
        return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def measure_messaging(deployment: Deployment) -> None:
    """Bring the gauges of outbox and parking up to date; an outage leaves them as they were."""
    if not deployment.has_database:
        return
    try:
        with deployment.database.reading() as session:
            behind = outbox.state(session, now=deployment.clock.now())
            failed = inbox.count_failed(session)
    except Exception as error:
        if not is_outage(error):
            raise
        log.warning("metrics_without_database")
        return
    metrics.OUTBOX_WAITING.set(behind.waiting)
    metrics.OUTBOX_OLDEST_SECONDS.set(behind.oldest_age)
    for state, count in failed.items():
        metrics.FAILED_MESSAGES.labels(state=state).set(count)


class OperationsService(Operations):
    """The health addresses alone, for processes whose role has no other pages."""

    name = "operations"
