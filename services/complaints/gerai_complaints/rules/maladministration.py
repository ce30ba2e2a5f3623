"""What an office did wrong: the ten categories in which the Ombudsman counts reports."""

from enum import StrEnum


class Maladministration(StrEnum):
    """One of the ten categories."""

    PROTRACTED_DELAY = "protracted_delay"
    NO_SERVICE = "no_service"
    PROCEDURAL_DEVIATION = "procedural_deviation"
    ABUSE_OF_AUTHORITY = "abuse_of_authority"
    DEMAND_FOR_REWARD = "demand_for_reward"
    INCOMPETENCE = "incompetence"
    IMPROPRIETY = "impropriety"
    PARTIALITY = "partiality"
    DISCRIMINATION = "discrimination"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
