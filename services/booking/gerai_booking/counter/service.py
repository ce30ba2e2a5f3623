"""The counters of one agency over HTTP: pages for officers and the same verbs as an API.

Needs the agency's database alone. With the bus, the gateway and every other agency down, an officer
takes walk-ins, calls, serves and finishes; the events wait in the outbox.
"""

from gerai_shared.operations import Operations
from gerai_shared.pages import StaticFiles

from gerai_booking.counter.api import CounterApi
from gerai_booking.counter.establishment_pages import EstablishmentPages
from gerai_booking.counter.group_pages import GroupPages
from gerai_booking.counter.manage_pages import ManagePages
from gerai_booking.counter.pages import CounterPages
from gerai_booking.counter.plan_pages import PlanPages
from gerai_booking.counter.road_map_pages import RoadMapPages


class CounterService(
    CounterApi,
    CounterPages,
    ManagePages,
    PlanPages,
    EstablishmentPages,
    RoadMapPages,
    GroupPages,
    StaticFiles,
    Operations,
):
    """One agency's counters."""

    name = "counter"
