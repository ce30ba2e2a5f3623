"""The counters of one agency over HTTP: pages for officers and the same verbs as an API.

Needs the agency's database alone. With the bus, the gateway and every other agency down, an officer
takes walk-ins, calls, serves and finishes; the events wait in the outbox.
"""

from gerai_shared.operations import Operations
from gerai_shared.pages import StaticFiles

from gerai_booking.counter.api import CounterApi
from gerai_booking.counter.appeal_pages import AppealPages
from gerai_booking.counter.application_pages import ApplicationPages
from gerai_booking.counter.audit_pages import AuditPages
from gerai_booking.counter.calendar_pages import CalendarPages
from gerai_booking.counter.device_pages import DevicePages
from gerai_booking.counter.directive_pages import DirectivePages
from gerai_booking.counter.establishment_pages import EstablishmentPages
from gerai_booking.counter.fairness_pages import FairnessPages
from gerai_booking.counter.floor_pages import FloorPages
from gerai_booking.counter.group_pages import GroupPages
from gerai_booking.counter.handover_pages import HandoverPages
from gerai_booking.counter.lease_api import LeaseApi
from gerai_booking.counter.lease_pages import LeasePages
from gerai_booking.counter.manage_pages import ManagePages
from gerai_booking.counter.matching_pages import MatchingPages
from gerai_booking.counter.outage_pages import OutagePages
from gerai_booking.counter.outreach_pages import OutreachPages
from gerai_booking.counter.oversight_pages import OversightPages
from gerai_booking.counter.pages import CounterPages
from gerai_booking.counter.plan_pages import PlanPages
from gerai_booking.counter.road_map_pages import RoadMapPages
from gerai_booking.counter.rule_pages import RulePages
from gerai_booking.counter.sanction_pages import SanctionPages
from gerai_booking.counter.shift_pages import ShiftPages
from gerai_booking.counter.skill_pages import SkillPages
from gerai_booking.counter.statistics_pages import StatisticsPages
from gerai_booking.counter.waiting_pages import WaitingPages
from gerai_booking.device_loop import DeviceLoop
from gerai_booking.returns_loop import Returns


class CounterService(
    AppealPages,
    AuditPages,
    CounterApi,
    ShiftPages,
    SkillPages,
    CounterPages,
    ApplicationPages,
    FairnessPages,
    FloorPages,
    HandoverPages,
    LeaseApi,
    LeasePages,
    ManagePages,
    OversightPages,
    OutreachPages,
    MatchingPages,
    PlanPages,
    CalendarPages,
    DevicePages,
    DirectivePages,
    StatisticsPages,
    WaitingPages,
    OutagePages,
    SanctionPages,
    RulePages,
    EstablishmentPages,
    RoadMapPages,
    GroupPages,
    StaticFiles,
    Operations,
):
    """One agency's counters."""

    name = "counter"

    @DeviceLoop.decorator
    def devices(self) -> None:
        """Runs by itself: a number comes out of the printer with the database alone."""

    @Returns.decorator
    def returns(self) -> None:
        """Runs by itself."""
