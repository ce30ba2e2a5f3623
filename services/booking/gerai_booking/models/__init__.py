"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import (
    calendar,
    directives,
    freed,
    grants,
    holds,
    matching,
    places,
    plan,
    sanctions,
    statistics,
    tickets,
    waiting_list,
    waiting_room,
)
from gerai_booking.models.tables import metadata

__all__ = [
    "calendar",
    "directives",
    "freed",
    "grants",
    "holds",
    "matching",
    "metadata",
    "places",
    "plan",
    "sanctions",
    "statistics",
    "tickets",
    "waiting_list",
    "waiting_room",
]
