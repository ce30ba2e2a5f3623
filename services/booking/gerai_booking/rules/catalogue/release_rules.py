"""When days become bookable: at a published time, or, without a rule, one after the other."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from gerai_booking.rules.catalogue.shapes import Dated

#: People admitted a second: well below the bookings that one agency was measured to take (some 800).
PACE = 50


class Horizon(StrEnum):
    """How far a release reaches: to the end of the week, or of the month, after the one it happens in."""

    NEXT_WEEK = "end_of_next_week"
    NEXT_MONTH = "end_of_next_month"


@dataclass(frozen=True, kw_only=True)
class ReleaseRule(Dated):
    """Days of a site (None: of every site) open together, at the local time `at`.

    The rule holds for releases from `valid_from` to `valid_to`, whatever days they open.

    `on` is when: with NEXT_WEEK the weekday (0 is Monday) on which the whole of the next week opens, with
    NEXT_MONTH the day of the month (1 to 28) on which the whole of the next month does. `pace` is how many
    people a second the waiting room admits from then on.
    """

    until: Horizon
    on: int
    at: time
    site: str | None = None
    pace: int = PACE
