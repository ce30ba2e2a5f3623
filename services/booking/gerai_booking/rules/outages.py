"""Outages of the mall's own systems: which hours and days they hit. Standard library only.

Whoever an outage hit may go to a later hour, as practice has it for a server that is down, data
that does not show, or an officer's error (S1-10); and a visit missed on such a day does not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

EVERYWHERE = ""
#: What can fail: of our own, never of the citizen's.
FAILURES = ("server", "network", "data", "officer")
HOUR = timedelta(hours=1)


class Zoned(Protocol):
    """A place with a code and a zone."""

    @property
    def code(self) -> str:
        """Its short name."""

    @property
    def time_zone(self) -> str:
        """The IANA name of its zone."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """An outage at a site, or EVERYWHERE; without `ended_at` it goes on, at least until its expected end."""

    id: str
    site: str
    failed: str
    started_at: datetime
    expected_end_at: datetime | None
    ended_at: datetime | None

    def ends_at(self, now: datetime) -> datetime:
        """Return until when it lasts, as far as is known now."""
        return self.ended_at or max(now, self.expected_end_at or now)

    def is_at(self, site: str) -> bool:
        """Tell whether it concerns a site."""
        return self.site in {EVERYWHERE, site}

    def hits(self, site: str, hour: datetime, *, now: datetime) -> bool:
        """Tell whether it hits the hour that begins at a moment."""
        return self.is_at(site) and self.started_at < hour + HOUR and hour < self.ends_at(now)

    def touches(self, site: Zoned, day: date, *, now: datetime) -> bool:
        """Tell whether it hits any moment of a site's day."""
        starts = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(site.time_zone))
        ends = datetime.combine(day + timedelta(days=1), starts.timetz())
        return self.is_at(site.code) and self.started_at < ends and starts < self.ends_at(now)


def hitting(outages: Iterable[Outage], site: str, hour: datetime, *, now: datetime) -> Outage | None:
    """Return the first outage that hits an hour, None when none does."""
    found = [outage for outage in outages if outage.hits(site, hour, now=now)]
    return min(found, key=lambda outage: outage.started_at, default=None)
