"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models import holds, places, tickets
from gerai_booking.models.tables import metadata

__all__ = ["holds", "metadata", "places", "tickets"]
