"""Tables of the complaints service."""

from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Complaint, Entry, Escalation, NumberCounter, Person
from gerai_complaints.models.dossiers import Dossier, DossierDownload, DossierPart
from gerai_complaints.models.due_rules import DueRuleRow
from gerai_complaints.models.places import Agency, DayException, PlaceName
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
    "AnswerTemplate",
    "Base",
    "Complaint",
    "DayException",
    "DeskAgency",
    "Dossier",
    "DossierDownload",
    "DossierPart",
    "DueRuleRow",
    "Entry",
    "Escalation",
    "Extension",
    "NumberCounter",
    "Pause",
    "Person",
    "PlaceName",
    "RefusalProposal",
    "VerificationCheck",
]
