"""What the agencies of these tests offer, on which day: their real catalogues."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from gerai_booking import agencies
from gerai_booking.rules.rulebook import rules_in
from gerai_booking.usecases.catalogue import catalogue
from gerai_booking.usecases.office import Office
from gerai_shared.sealing import Sealer
from gerai_shared.workdays import WorkCalendar

AGENCIES = ("immigration", "legal")
SECRET = "a secret that only tests know, of no use elsewhere"
SEALING_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
#: A Tuesday, 09:00 in Rangkasbitung.
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
TODAY = date(2026, 11, 24)

Json = dict[str, Any]


@cache
def catalogue_of(agency: str) -> Json:
    """The real catalogue of a real agency."""
    office = Office(
        agency=agencies.load(agency, TODAY),
        deployment=f"booking-{agency}",
        secret=SECRET,
        identity_key=SECRET,
        sealer=Sealer((SEALING_KEY,)),
        calendar=WorkCalendar(),
    )
    return catalogue(office, rules_in(office.agency), today=TODAY)
