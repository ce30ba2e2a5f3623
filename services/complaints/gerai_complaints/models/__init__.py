"""Tables of the complaints service."""

from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Complaint, Entry, Escalation, NumberCounter, Person
from gerai_complaints.models.due_rules import DueRuleRow
from gerai_complaints.models.places import Agency, DayException, PlaceName
from gerai_complaints.models.satisfaction import SiteReport, SurveyAnswer

__all__ = [
    "Agency",
    "Base",
    "Complaint",
    "DayException",
    "DueRuleRow",
    "Entry",
    "Escalation",
    "NumberCounter",
    "Person",
    "PlaceName",
    "SiteReport",
    "SurveyAnswer",
]
