"""Writes down how long who has just come was told to wait, and how long they waited: every few seconds.

Not in the transaction of the check-in: a simulation takes longer than a row may stay locked.
"""

from datetime import timedelta

from eventlet import sleep
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.extensions import Entrypoint

from gerai_booking.usecases import measuring
from gerai_booking.usecases.office import Office

log = get_logger(__name__)

INTERVAL = timedelta(seconds=10)


class Measurements(Entrypoint):
    """Measures estimates, at any number of replicas."""

    def start(self) -> None:
        """Begin."""
        self.container.spawn_managed_thread(self._run, identifier="measurements")

    def _run(self) -> None:
        while True:
            sleep(INTERVAL.total_seconds())
            measure(self.container.config["gerai"])


def measure(deployment: Deployment) -> None:
    """Measure every site once: what fails at one of them is logged and tried again."""
    office: Office = deployment.extras["office"]
    now = deployment.clock.now()
    for site in office.agency.sites:
        try:
            with deployment.database.reading() as session:
                found = measuring.due(session, office, site=site.code, now=now)
            if found:
                with deployment.database.transaction() as session:
                    measuring.write_down(session, found)
        except Exception as error:  # noqa: BLE001 - the database may be away; it will be there again
            log.warning("not_measured", site=site.code, reason=type(error).__name__)
