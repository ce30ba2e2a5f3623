"""The desk's container: pages, JSON, static files, health."""

from gerai_shared.deployment import Resources
from gerai_shared.operations import Operations
from gerai_shared.pages import StaticFiles

from gerai_complaints.desk.agreement_pages import AgreementPages
from gerai_complaints.desk.api import DeskApi
from gerai_complaints.desk.dossier_pages import DossierPages
from gerai_complaints.desk.intake_pages import IntakePages
from gerai_complaints.desk.moderation_pages import ModerationPages
from gerai_complaints.desk.office_pages import OfficePages
from gerai_complaints.desk.oversight_pages import OversightPages
from gerai_complaints.desk.pages import DeskPages
from gerai_complaints.desk.privacy_pages import PrivacyPages
from gerai_complaints.desk.pvl_intake_pages import PvlIntakePages
from gerai_complaints.desk.pvl_pages import PvlPages
from gerai_complaints.desk.satisfaction_pages import SatisfactionPages


class ComplaintsDesk(
    DeskPages,
    DossierPages,
    IntakePages,
    OfficePages,
    OversightPages,
    ModerationPages,
    PvlPages,
    PvlIntakePages,
    AgreementPages,
    SatisfactionPages,
    PrivacyPages,
    DeskApi,
    StaticFiles,
    Operations,
):
    """Everything that answers on the desk's address; needs its own database only."""

    name = "complaints-desk"

    deployment = Resources()
