"""Tables of the complaints service."""

from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Complaint, Entry, Escalation, NumberCounter, Person
from gerai_complaints.models.due_rules import DueRuleRow
from gerai_complaints.models.national import NationalReport
from gerai_complaints.models.places import Agency, DayException, PlaceName
from gerai_complaints.models.public_reports import InterfaceClient, Moderation, PublicReport

__all__ = [
    "Agency",
    "Base",
    "Complaint",
    "DayException",
    "DueRuleRow",
    "Entry",
    "Escalation",
    "InterfaceClient",
    "Moderation",
    "NationalReport",
    "NumberCounter",
    "Person",
    "PlaceName",
    "PublicReport",
]
