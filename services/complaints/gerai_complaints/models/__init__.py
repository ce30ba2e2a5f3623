"""Tables of the complaints service."""

from gerai_complaints.models.agreements import Agreement, SupervisedAgency
from gerai_complaints.models.base import Base
from gerai_complaints.models.complaints import Complaint, Entry, Escalation, NumberCounter, Person
from gerai_complaints.models.due_rules import DueRuleRow
from gerai_complaints.models.places import Agency, DayException, PlaceName
from gerai_complaints.models.pvl import (
    PvlConsultation,
    PvlEvent,
    PvlIntake,
    PvlMember,
    PvlPlan,
    SiteCoverage,
)

__all__ = [
    "Agency",
    "Agreement",
    "Base",
    "Complaint",
    "DayException",
    "DueRuleRow",
    "Entry",
    "Escalation",
    "NumberCounter",
    "Person",
    "PlaceName",
    "PvlConsultation",
    "PvlEvent",
    "PvlIntake",
    "PvlMember",
    "PvlPlan",
    "SiteCoverage",
    "SupervisedAgency",
]
