"""What somebody is advised before they book: another office, or another time. Standard library only.

Advice never refuses: any office may be used regardless of address, and a booking that was made is honoured
(S1-9 with its corroboration of May 2023); those who can wait are asked to, while a regime is in force (S3-5).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from gerai_booking.rules.catalogue import Coverage, Route
from gerai_booking.rules.quota import Regime, regimes_in_force

#: Regimes that follow each other are looked through this far.
MOST_PERIODS = 20


def route_of(
    routes: Iterable[Route], *, purpose: str | None, regency: str | None, site: str, day: date
) -> Route | None:
    """Return the row that sends a purpose from a regency to another office than `site` on a day, if any."""
    if purpose is None or regency is None:
        return None
    for route in routes:
        if purpose in route.purposes and regency in route.regencies and route.holds_on(day):
            return None if route.site == site else route
    return None


def covered_on(coverage: Iterable[Coverage], day: date) -> dict[str, list[str]]:
    """Return the codes of the offices for each regency on a day, in the order of the catalogue."""
    found: dict[str, list[str]] = {}
    for row in coverage:
        if row.holds_on(day):
            found.setdefault(row.regency, []).append(row.site)
    return found


def unrestricted_from(regimes: Iterable[Regime], *, regency: str, day: date) -> date | None:
    """Return the first day from `day` on without a regime in a regency; None while no end is known."""
    known = list(regimes)
    for _ in range(MOST_PERIODS):
        ends = [regime.valid_to for regime in regimes_in_force(known, regency=regency, day=day)]
        if not ends:
            return day
        dated = [end for end in ends if end is not None]
        if len(dated) < len(ends):
            return None
        day = max(dated) + timedelta(days=1)
    return None
