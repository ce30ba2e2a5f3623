"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import (
    establishment,
    grants,
    groups,
    holds,
    places,
    plan,
    road_map,
    sanctions,
    tickets,
)
from gerai_booking.models.tables import metadata

__all__ = [
    "establishment",
    "grants",
    "groups",
    "holds",
    "metadata",
    "places",
    "plan",
    "road_map",
    "sanctions",
    "tickets",
]
