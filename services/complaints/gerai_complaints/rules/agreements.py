"""Agreements between the Ombudsman and agencies (S2-8): how they stand on a day. Standard library only."""

from datetime import date, timedelta
from enum import StrEnum

#: So long before its end somebody is reminded of an agreement.
REMINDED_BEFORE = timedelta(days=90)


class Standing(StrEnum):
    """How an agreement stands."""

    TO_COME = "to_come"
    IN_FORCE = "in_force"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"


def standing(*, signed_on: date, valid_until: date | None, today: date) -> Standing:
    """Return how an agreement stands; `valid_until` is its last day, None without an end."""
    if valid_until is not None and valid_until < today:
        return Standing.ENDED
    if signed_on > today:
        return Standing.TO_COME
    if valid_until is not None and valid_until - today <= REMINDED_BEFORE:
        return Standing.ENDS_SOON
    return Standing.IN_FORCE
