"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import grants, holds, matching, places, plan, sanctions, tickets
from gerai_booking.models.tables import metadata

__all__ = ["grants", "holds", "matching", "metadata", "places", "plan", "sanctions", "tickets"]
