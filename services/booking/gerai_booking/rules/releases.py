"""Published releases: by which of them a day opens, and which one comes next. Standard library only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gerai_booking.rules.catalogue import Horizon, ReleaseRule

#: The waiting room gives numbers from this long before a release.
ROOM_OPENS_BEFORE = timedelta(minutes=15)
#: Weeks or months that are looked through for the next release: rules end, and others begin later.
PERIODS_LOOKED_AT = 10


@dataclass(frozen=True, kw_only=True)
class Release:
    """The days from `first` to `last`, both included, open at `opens_at` (UTC)."""

    opens_at: datetime
    first: date
    last: date
    pace: int

    @property
    def room_opens_at(self) -> datetime:
        """From when the waiting room gives numbers."""
        return self.opens_at - ROOM_OPENS_BEFORE


def release_of(rules: Iterable[ReleaseRule], *, site: str, time_zone: str, day: date) -> Release | None:
    """Return the release by which a day opens, None for a day that no rule keeps back.

    A rule counts when it holds on the day of the release; a site's own goes before the general one.
    """
    for rule in sorted(rules, key=lambda each: each.site is None):
        if rule.site in {None, site}:
            release_day, first, last = _period(rule, day)
            if rule.holds_on(release_day):
                opens_at = datetime.combine(release_day, rule.at, ZoneInfo(time_zone)).astimezone(UTC)
                return Release(opens_at=opens_at, first=first, last=last, pace=rule.pace)
    return None


def next_release(rules: Iterable[ReleaseRule], *, site: str, time_zone: str, now: datetime) -> Release | None:
    """Return the release that comes next at a site after `now`, None when none is planned."""
    known = tuple(rules)
    day = now.astimezone(ZoneInfo(time_zone)).date()
    for _ in range(PERIODS_LOOKED_AT if known else 0):
        found = release_of(known, site=site, time_zone=time_zone, day=day)
        if found is not None and found.opens_at > now:
            return found
        day = (found.last if found is not None else day + timedelta(days=6)) + timedelta(days=1)
    return None


def last_open_day(rules: Iterable[ReleaseRule], *, site: str, time_zone: str, now: datetime) -> date | None:
    """Return the last day that is open at a site, None when no release keeps any day back."""
    coming = next_release(rules, site=site, time_zone=time_zone, now=now)
    return coming.first - timedelta(days=1) if coming is not None else None


def _period(rule: ReleaseRule, day: date) -> tuple[date, date, date]:
    """Return the release, the first and the last day of the week or month of `day`."""
    if rule.until is Horizon.NEXT_WEEK:
        first = day - timedelta(days=day.weekday())
        return first + timedelta(days=rule.on - 7), first, first + timedelta(days=6)
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return (first - timedelta(days=1)).replace(day=rule.on), first, last
