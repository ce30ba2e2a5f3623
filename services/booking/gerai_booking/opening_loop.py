"""What the agency does by itself every few minutes, in parts that cannot stop each other."""

from collections.abc import Callable
from datetime import datetime, timedelta

from eventlet import sleep
from gerai_shared.database import Database
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.extensions import Entrypoint

from gerai_booking.models import visits
from gerai_booking.usecases import (
    directive_runs,
    groups,
    match_runs,
    measuring,
    offer_runs,
    outages,
    plan,
    planning,
    reminding,
    sending_on,
    shifts,
    waiting_list,
    waiting_room,
)
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.office import Office

log = get_logger(__name__)

OPENING_INTERVAL = timedelta(minutes=10)
#: Facts of visits are of use on their day; who was sent on where may be asked later.
VISITS_KEPT = timedelta(days=30)


class Openings(Entrypoint):
    """Opens coming days, tells of outages, closes past days: every few minutes, at any number of replicas."""

    def start(self) -> None:
        """Begin."""
        self.container.spawn_managed_thread(self._run, identifier="openings")

    def _run(self) -> None:
        if self.container.config["gerai"].extras["office"].node_of is not None:
            # What an agency does by itself, its centre does.
            return
        while True:
            look_after(self.container.config["gerai"])
            sleep(OPENING_INTERVAL.total_seconds())


def look_after(deployment: Deployment) -> None:
    """Do each part once, each at its own time: what one of them fails at is logged and tried again."""
    for part in PARTS:
        try:
            part(deployment.database, deployment.extras["office"], deployment.clock.now())
        except Exception as error:  # noqa: BLE001 - the database may be away; the others have their own work
            log.warning("part_failed", part=part.__name__, reason=type(error).__name__)


def open_days(database: Database, office: Office, now: datetime) -> None:
    """Take over new quotas of the catalogue, and open coming days."""
    with database.transaction() as session:
        # Quotas first: a day that is opened without them stays without them.
        plan.follow_catalogue(session, office, now=now)
        planning.open_days(session, office, now=now)


def forget_waiting_rooms(database: Database, _office: Office, now: datetime) -> None:
    """Forget the numbers of waiting rooms that are over."""
    with database.transaction() as session:
        waiting_room.forget_old(session, now=now)


def carry_out_orders(database: Database, office: Office, now: datetime) -> None:
    """Do what orders of the centre have left to do."""
    directive_runs.carry_on(database, office, now=now)


def tell_of_outages(database: Database, office: Office, now: datetime) -> None:
    """Tell whom outages hit, some of one outage in each transaction: what breaks off goes on later."""
    with database.reading() as session:
        found = outages.to_tell(session, now=now)
    for outage_id in found:
        with apart("tell_of_outages", outage_id):
            told = True
            while told:
                with database.transaction() as session:
                    told = outages.tell(session, office, outage_id=outage_id, now=now) > 0


def return_places_of_groups(database: Database, office: Office, now: datetime) -> None:
    """Give back what groups did not name in time."""
    with database.reading() as session:
        due = groups.due(session, office, now=now)
    for group_id in due:
        with apart("return_places_of_groups", group_id), database.transaction() as session:
            groups.give_back_due(session, office, group_id=group_id, now=now)


def close_days(database: Database, office: Office, now: datetime) -> None:
    """End what past days left open, some in each transaction."""
    failed: set[str] = set()
    seen = True
    while seen:
        with database.transaction() as session:
            seen = planning.close_days(session, office, now=now, failed=failed) > 0


def end_shifts(database: Database, office: Office, now: datetime) -> None:
    """Close counters that officers left open on a past day."""
    with database.transaction() as session:
        shifts.end_past(session, office, now=now)


def end_waiting(database: Database, office: Office, now: datetime) -> None:
    """Let go from the waiting list whose last day is over."""
    with database.transaction() as session:
        waiting_list.end_past(session, office, now=now)


def make_offers(database: Database, office: Office, now: datetime) -> None:
    """Offer what came free to who waits."""
    offer_runs.make_offers(database, office, now=now)


def compare_lists(database: Database, office: Office, now: datetime) -> None:
    """Compare whom an interruption kept from being compared with a list that was taken over."""
    match_runs.carry_on(database, office, now=now)


def remind(database: Database, office: Office, now: datetime) -> None:
    """Remind owners of what waits for them, some in each transaction."""
    seen = True
    while seen:
        with database.transaction() as session:
            seen = reminding.remind(session, office, now=now) > 0


def end_uncollected(database: Database, office: Office, now: datetime) -> None:
    """Cancel what nobody collected in time, some in each transaction."""
    seen = True
    while seen:
        with database.transaction() as session:
            seen = reminding.end_uncollected(session, office, now=now) > 0


def learn_durations(database: Database, office: Office, now: datetime) -> None:
    """Learn how long services take, a site in each transaction; today's visits count."""
    for site in office.agency.sites:
        with apart("learn_durations", site.code), database.transaction() as session:
            measuring.learn(session, office, site=site.code, now=now)


def tell_neighbours(database: Database, office: Office, now: datetime) -> None:
    """Tell the other agencies what is given at our sites, and forget visits of long ago."""
    with database.transaction() as session:
        sending_on.tell_offers(session, office, now=now)
        visits.forget_before(session, now.date() - VISITS_KEPT)


#: In this order: whose hour a closure or an outage took has missed nothing, so these come before the closing
#: of days; what all of them gave back is offered after them.
PARTS: tuple[Callable[[Database, Office, datetime], None], ...] = (
    open_days,
    forget_waiting_rooms,
    carry_out_orders,
    tell_of_outages,
    return_places_of_groups,
    close_days,
    end_shifts,
    end_waiting,
    make_offers,
    compare_lists,
    remind,
    end_uncollected,
    learn_durations,
    tell_neighbours,
)
