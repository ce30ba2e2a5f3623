"""The gateway on HTTP and on the bus."""

from gerai_shared.bus.watching import watch
from gerai_shared.deployment import Deployment, Resources
from gerai_shared.events.envelope import Event
from gerai_shared.operations import Operations
from gerai_shared.pages import StaticFiles

from gerai_gateway.api.audit_heads import AuditHeadsApi
from gerai_gateway.api.boards import BoardsApi
from gerai_gateway.api.catalogue import CatalogueApi
from gerai_gateway.api.complaint_files import ComplaintFilesApi
from gerai_gateway.api.complaints import ComplaintsApi
from gerai_gateway.api.devices import DevicesApi
from gerai_gateway.api.documents import DocumentsApi
from gerai_gateway.api.open311 import Open311Api
from gerai_gateway.api.oversight import OversightApi
from gerai_gateway.api.performance import PerformanceApi
from gerai_gateway.api.privacy import PrivacyApi
from gerai_gateway.api.pvl import PvlApi
from gerai_gateway.api.road_map import RoadMapApi
from gerai_gateway.api.rush import RushApi
from gerai_gateway.api.satisfaction import SatisfactionApi
from gerai_gateway.api.speech import SpeechApi
from gerai_gateway.api.tickets import TicketsApi
from gerai_gateway.api.visits import VisitsApi
from gerai_gateway.api.waiting import WaitingApi
from gerai_gateway.mall import Mall, MallProvider
from gerai_gateway.portal.audit_heads import AuditHeadsPages
from gerai_gateway.portal.booking import BookingPages
from gerai_gateway.portal.checks import CheckPages
from gerai_gateway.portal.complaints import ComplaintPages
from gerai_gateway.portal.displays import DisplayPages
from gerai_gateway.portal.free_days import FreeDaysPages
from gerai_gateway.portal.here import HerePages
from gerai_gateway.portal.home import HomePages
from gerai_gateway.portal.kiosk import KioskPages
from gerai_gateway.portal.kiosk_survey import KioskSurveyPages
from gerai_gateway.portal.kiosk_tickets import KioskTicketPages
from gerai_gateway.portal.outreach import OutreachPages
from gerai_gateway.portal.oversight import OversightPages
from gerai_gateway.portal.performance import PerformancePages
from gerai_gateway.portal.pvl import PvlPages
from gerai_gateway.portal.road_map import RoadMapPages
from gerai_gateway.portal.rooms import RoomPages
from gerai_gateway.portal.satisfaction import SatisfactionPages
from gerai_gateway.portal.tickets import TicketPages
from gerai_gateway.portal.visits import VisitPages
from gerai_gateway.portal.waiting import WaitingPages


class GatewayService(
    CatalogueApi,
    TicketsApi,
    RushApi,
    VisitsApi,
    WaitingApi,
    BoardsApi,
    SpeechApi,
    ComplaintsApi,
    PrivacyApi,
    ComplaintFilesApi,
    Open311Api,
    RoadMapApi,
    OversightApi,
    AuditHeadsApi,
    PvlApi,
    SatisfactionApi,
    PerformanceApi,
    DevicesApi,
    DocumentsApi,
    HomePages,
    BookingPages,
    RoomPages,
    CheckPages,
    TicketPages,
    VisitPages,
    WaitingPages,
    ComplaintPages,
    SatisfactionPages,
    DisplayPages,
    HerePages,
    KioskPages,
    KioskTicketPages,
    KioskSurveyPages,
    FreeDaysPages,
    RoadMapPages,
    OversightPages,
    AuditHeadsPages,
    PerformancePages,
    OutreachPages,
    PvlPages,
    StaticFiles,
    Operations,
):
    """Answers citizens, kiosks and displays."""

    name = "gateway"
    deployment = Resources()
    mall = MallProvider()

    @staticmethod
    @watch("booking", "#")
    def booking_news(deployment: Deployment, event: Event | None) -> None:
        """Keep boards and free places current; None after each connection of the bus."""
        mall: Mall = deployment.extras["mall"]
        if event is None:
            mall.availability.forget_all()
        mall.boards.receive(event)
