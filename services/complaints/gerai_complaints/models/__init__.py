"""Tables of the complaints service."""

from gerai_complaints.models.attachments import Attachment
from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Complaint, Entry, Escalation, NumberCounter, Person
from gerai_complaints.models.due_rules import DueRuleRow
from gerai_complaints.models.places import Agency, DayException, PlaceName

__all__ = [
    "Agency",
    "Attachment",
    "Base",
    "Complaint",
    "DayException",
    "DueRuleRow",
    "Entry",
    "Escalation",
    "NumberCounter",
    "Person",
    "PlaceName",
]
