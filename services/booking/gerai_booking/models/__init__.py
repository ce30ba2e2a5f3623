"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import (
    applications,
    calendar,
    directives,
    freed,
    grants,
    handovers,
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
    "applications",
    "calendar",
    "directives",
    "freed",
    "grants",
    "handovers",
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
