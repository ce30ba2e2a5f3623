"""Whoever waits aside is back in the queue when their time is over, although nobody clicks."""

from collections.abc import Callable
from datetime import datetime

from eventlet import sleep
from gerai_shared.database import Database
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.extensions import Entrypoint

from gerai_booking.models import visits
from gerai_booking.rules.visits import CHECK_IN_OPENS
from gerai_booking.usecases import returning
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.changes import check_in_rest
from gerai_booking.usecases.office import Office

log = get_logger(__name__)

#: A screen shows who is back within some seconds of the minute that was promised.
SECONDS = 10.0


class Returns(Entrypoint):
    """Runs where the counters do: they need no other process. Any number of replicas may."""

    def start(self) -> None:
        """Begin."""
        self.container.spawn_managed_thread(self._run, identifier="returns")

    def _run(self) -> None:
        while True:
            sleep(SECONDS)
            look_after(self.container.config["gerai"])


def look_after(deployment: Deployment) -> None:
    """Bring back who is due at each site, and let wait who is here; what fails is logged and tried again."""
    for part in (bring_back_everywhere, let_wait_who_is_here):
        try:
            part(deployment.database, deployment.extras["office"], deployment.clock.now)
        except Exception as error:  # noqa: BLE001 - the database may be away: the counters' process goes on
            log.warning("part_failed", part=part.__name__, reason=type(error).__name__)


def bring_back_everywhere(database: Database, office: Office, clock: Callable[[], datetime]) -> int:
    """Bring back who is due, some in each transaction, each site for itself; return how many."""
    count = 0
    for site in office.agency.sites:
        came = 1
        while came:
            came = 0
            with apart("bring_back", site.code), database.transaction() as session:
                came = returning.bring_back(session, office, site=site.code, now=clock())
            count += came
    return count


def let_wait_who_is_here(database: Database, office: Office, clock: Callable[[], datetime]) -> None:
    """Let whoever is in the house for another step of a visit wait for a booked one, once that is open."""
    for site in office.agency.sites:
        now = clock()
        day = office.today(site.code, now)
        with apart("let_wait", site.code), database.transaction() as session:
            due = visits.in_the_house(session, site=site.code, day=day, booked_until=now + CHECK_IN_OPENS)
            for visit_id, came_at in due:
                check_in_rest(session, office, visit_id, site=site.code, came_at=came_at, now=now)
