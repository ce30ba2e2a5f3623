"""The lanes in which people wait, and how much earlier those of each count as come."""

from dataclasses import dataclass

from gerai_booking.rules.catalogue.shapes import Dated

ELDERLY, UNDER_FIVE, PREGNANT, DISABLED = "elderly", "under_five", "pregnant", "disabled"
#: Priority without one of these grounds.
OTHER = "other"
APPOINTMENT, WALK_IN, EMERGENCY = "appointment", "walk_in", "emergency"
#: An emergency needs no head start: it is before all others.
LANES_WITH_RULES = (ELDERLY, UNDER_FIVE, PREGNANT, DISABLED, OTHER, APPOINTMENT, WALK_IN)
LONGEST_HEAD_START = 240


@dataclass(frozen=True, kw_only=True)
class LaneRule(Dated):
    """Those of a lane count as come so many minutes before they came, or before their booked hour."""

    lane: str
    head_start_minutes: int
