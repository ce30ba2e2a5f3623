"""Which containers make up which role of a deployment."""

from functools import partial

from gerai_shared.accounts import session_cookie
from gerai_shared.deployment import Deployment
from gerai_shared.operations import OperationsService
from gerai_shared.overseers import Door
from gerai_shared.pages import Pages
from gerai_shared.runtime import Runner
from gerai_shared.translations import add_texts_of
from gerai_shared.workdays import WorkCalendar

from gerai_booking.counter.commands import token_of
from gerai_booking.counter.node_door import NodeDoor
from gerai_booking.counter.oversight_pages import record_opened
from gerai_booking.counter.service import CounterService
from gerai_booking.rules.catalogue import Agency
from gerai_booking.service import BookingService, RelayService
from gerai_booking.usecases.office import Office

ROLES = ("all", "bus", "counter", "relay")
#: Whoever clicks waits for a connection to the database, in their turn, rather than to be told to come back;
#: who has waited for five seconds is told all the same.
OFFICERS_AT_ONCE = 400


def office_of(deployment: Deployment, agency: Agency) -> Office:
    """Return what the use cases of a deployment work with."""
    settings = deployment.settings
    return Office(
        agency=agency,
        deployment=deployment.name,
        secret=settings.secret_key,
        identity_key=settings.identity_key,
        sealer=deployment.sealer,
        calendar=WorkCalendar(),
        node_of=settings.node_of or None,
    )


def build(deployment: Deployment, runner: Runner, role: str, *, agency: Agency) -> None:
    """Add the containers of `role` to `runner`.

    `counter` needs the database alone; `bus` answers the gateway; `relay` publishes; `all` is the
    three in one process.
    """
    add_texts_of(["gerai_booking"])
    deployment.extras["office"] = office_of(deployment, agency)
    deployment.extras["pages"] = Pages(
        package="gerai_booking",
        site_name=agency.name.id,
        secure_cookies=deployment.settings.environment == "production",
        defaults={"agency_slug": agency.code, "home_url": "/"},
    )
    name = deployment.name
    if role in {"all", "bus"}:
        runner.add(BookingService, deployment, name=name, needs_bus=role == "bus")
    if role in {"all", "relay"}:
        runner.add(RelayService, deployment, name=f"{name}-relay", needs_bus=role == "relay")
    if role in {"all", "counter"}:
        door = Door(
            deployment,
            token_of=partial(token_of, cookie=session_cookie(name)),
            record=record_opened,
        )
        deployment.extras["door"] = NodeDoor(door) if deployment.settings.node_of else door
        runner.add(CounterService, deployment, name=f"{name}-counter", workers_at_least=OFFICERS_AT_ONCE)
    else:
        runner.add(OperationsService, deployment, name=f"{name}-operations")
