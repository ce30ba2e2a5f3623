"""What is looked at before a complaint is worked on: the formal and the material check list.

After the practice of the Ombudsman's receiving and verifying of reports (PVL).
"""

from enum import StrEnum


class Item(StrEnum):
    """One thing to look at."""

    IDENTITY = "identity"
    CHRONOLOGY = "chronology"
    EXPECTATION = "expectation"
    PRIOR_EFFORT = "prior_effort"
    AUTHORITY = "authority"
    NOT_SETTLED = "not_settled"
    NOT_ELSEWHERE = "not_elsewhere"
    IN_TIME = "in_time"


#: Whether the report is whole.
FORMAL = (Item.IDENTITY, Item.CHRONOLOGY, Item.EXPECTATION, Item.PRIOR_EFFORT)
#: Whether it is for this house to settle.
MATERIAL = (Item.AUTHORITY, Item.NOT_SETTLED, Item.NOT_ELSEWHERE, Item.IN_TIME)
