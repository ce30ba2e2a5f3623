"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import (
    calendar,
    directives,
    grants,
    holds,
    places,
    plan,
    sanctions,
    tickets,
    waiting_room,
)
from gerai_booking.models.tables import metadata

__all__ = [
    "calendar",
    "directives",
    "grants",
    "holds",
    "metadata",
    "places",
    "plan",
    "sanctions",
    "tickets",
    "waiting_room",
]
