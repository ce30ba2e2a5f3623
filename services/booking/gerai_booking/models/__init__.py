"""Tables of one agency's database, and the queries on them."""

from gerai_booking.models.places import day_quotas, quotas, series, slots
from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import history, people, tickets

__all__ = ["day_quotas", "history", "metadata", "people", "quotas", "series", "slots", "tickets"]
