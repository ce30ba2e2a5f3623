"""Tables of the complaints service."""

from gerai_complaints.models.agreements import Agreement, SupervisedAgency
from gerai_complaints.models.attachments import Attachment
from gerai_complaints.models.audit import AuditHead, AuditRow, Look
from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Complaint, Entry, Escalation, NumberCounter, Person
from gerai_complaints.models.dossiers import Dossier, DossierDownload, DossierPart
from gerai_complaints.models.due_rules import DueRuleRow
from gerai_complaints.models.mails import MailIn
from gerai_complaints.models.national import NationalReport
from gerai_complaints.models.places import Agency, DayException, PlaceName
from gerai_complaints.models.privacy import Erasure
from gerai_complaints.models.public_reports import InterfaceClient, Moderation, PublicReport
from gerai_complaints.models.pvl import (
    PvlConsultation,
    PvlEvent,
    PvlIntake,
    PvlMember,
    PvlPlan,
    SiteCoverage,
)
from gerai_complaints.models.satisfaction import SiteReport, SurveyAnswer
from gerai_complaints.models.work import (
    AnswerTemplate,
    DeskAgency,
    Extension,
    Pause,
    RefusalProposal,
    VerificationCheck,
)

__all__ = [
    "Agency",
    "Agreement",
    "AnswerTemplate",
    "Attachment",
    "AuditHead",
    "AuditRow",
    "Base",
    "Complaint",
    "DayException",
    "DeskAgency",
    "Dossier",
    "DossierDownload",
    "DossierPart",
    "DueRuleRow",
    "Entry",
    "Erasure",
    "Escalation",
    "Extension",
    "InterfaceClient",
    "Look",
    "MailIn",
    "Moderation",
    "NationalReport",
    "NumberCounter",
    "Pause",
    "Person",
    "PlaceName",
    "PublicReport",
    "PvlConsultation",
    "PvlEvent",
    "PvlIntake",
    "PvlMember",
    "PvlPlan",
    "RefusalProposal",
    "SiteCoverage",
    "SiteReport",
    "SupervisedAgency",
    "SurveyAnswer",
    "VerificationCheck",
]
