"""What a site node does by itself: it talks with the centre every few seconds, for as long as it runs."""

from eventlet import sleep
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Refused
from nameko.extensions import Entrypoint

from gerai_booking.node_client import HttpCentre
from gerai_booking.usecases.node_sync import Centre, CentreAway, round_trip

log = get_logger(__name__)

INTERVAL_SECONDS = 3.0


class NodeTalk(Entrypoint):
    """Talks with the centre, at a site node; anywhere else there is nothing to do."""

    def start(self) -> None:
        """Begin."""
        if self.container.config["gerai"].settings.node_of:
            self.container.spawn_managed_thread(self._run, identifier="node_talk")

    def _run(self) -> None:
        deployment: Deployment = self.container.config["gerai"]
        centre = HttpCentre(deployment.settings.centre_url, deployment.settings.node_key)
        while True:
            talk_once(deployment, centre)
            sleep(INTERVAL_SECONDS)


def talk_once(deployment: Deployment, centre: Centre) -> bool:
    """Catch up once in both directions; tell whether that worked. Whatever went wrong is tried again."""
    try:
        round_trip(deployment.database, deployment.extras["office"], centre, now=deployment.clock.now())
    except CentreAway:
        log.info("centre_away")
    except Refused as refusal:
        log.warning("centre_refuses", reason=refusal.details.get("told", refusal.code))
    except Exception as error:  # noqa: BLE001 - counters work on whatever fails here
        log.warning("talk_failed", reason=type(error).__name__)
    else:
        return True
    return False
