"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import acts, grants, holds, missed, outages, places, plan, sanctions, tickets
from gerai_booking.models.tables import metadata

__all__ = [
    "acts",
    "grants",
    "holds",
    "metadata",
    "missed",
    "outages",
    "places",
    "plan",
    "sanctions",
    "tickets",
]
