"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import applications, grants, handovers, holds, places, plan, sanctions, tickets
from gerai_booking.models.tables import metadata

__all__ = [
    "applications",
    "grants",
    "handovers",
    "holds",
    "metadata",
    "places",
    "plan",
    "sanctions",
    "tickets",
]
