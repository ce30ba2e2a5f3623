"""Outages of the mall's own systems: which hours and days they hit. Standard library only.

Whoever an outage hit may go to a later hour, as practice has it for a server that is down, data
that does not show, or an officer's error (S1-10); and a visit missed on such a day does not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    """An outage at a site, or EVERYWHERE; without `ended_at` it goes on, but not without limit."""

    id: str
    site: str
    failed: str
    started_at: datetime
    expected_end_at: datetime | None
    ended_at: datetime | None

    def ends_at(self, zone: str, now: datetime) -> datetime:
        """Return until when it lasts at a site in a zone, as far as is known now.

        One that nobody ended reaches to its expected end, before and after that has come. Without one it goes
        on up to now, but not beyond the local day it started on: an end that was forgotten excuses nobody on
        later days.
        """
        if self.ended_at is not None:
            return self.ended_at
        if self.expected_end_at is not None:
            return self.expected_end_at
        local = ZoneInfo(zone)
        day = self.started_at.astimezone(local).date()
        return min(now, datetime.combine(day + timedelta(days=1), time.min, local))

    def is_at(self, site: str) -> bool:
        """Tell whether it concerns a site."""
        return self.site in {EVERYWHERE, site}

    def hits(self, site: Zoned, hour: datetime, *, now: datetime) -> bool:
        """Tell whether it hits the hour that begins at a moment."""
        ends = self.ends_at(site.time_zone, now)
        return self.is_at(site.code) and self.started_at < hour + HOUR and hour < ends

    def touches(self, site: Zoned, day: date, *, now: datetime) -> bool:
        """Tell whether it hits any moment of a site's day."""
        local = ZoneInfo(site.time_zone)
        starts = datetime.combine(day, time.min, local)
        ends = datetime.combine(day + timedelta(days=1), time.min, local)
        lasts_until = self.ends_at(site.time_zone, now)
        return self.is_at(site.code) and self.started_at < ends and starts < lasts_until


def hitting(outages: Iterable[Outage], site: Zoned, hour: datetime, *, now: datetime) -> Outage | None:
    """Return the first outage that hits an hour, None when none does."""
    found = [outage for outage in outages if outage.hits(site, hour, now=now)]
    return min(found, key=lambda outage: outage.started_at, default=None)
