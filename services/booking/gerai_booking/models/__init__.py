"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import freed, grants, holds, places, plan, sanctions, tickets, waiting_list
from gerai_booking.models.tables import metadata

__all__ = [
    "freed",
    "grants",
    "holds",
    "metadata",
    "places",
    "plan",
    "sanctions",
    "tickets",
    "waiting_list",
]
