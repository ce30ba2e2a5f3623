"""Quotas: which of them bound a place, and how many places each has on a day. Standard library only.

A place is counted in every quota of the stack that exists for its day: of the whole site, of its service, of
its channel, and of its service in its channel. Restrictions (a regime such as PPKM at a level, for a region
and some dates) lower them; nothing but a recorded decision of a supervisor goes beyond them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from gerai_booking.rules.catalogue import RestrictionCap

#: Every service, every channel.
ALL = ""
ONLINE, WALK_IN, PRIORITY, EMERGENCY, GROUP = "online", "walk_in", "priority", "emergency", "group"
#: Not a way to come but a limit: how many people a day may be served beyond the quota (S1-4).
OVER_QUOTA = "over_quota"
CHANNELS = (ALL, ONLINE, WALK_IN, PRIORITY, EMERGENCY, GROUP, OVER_QUOTA)
NATIONAL = ""


class Bound(NamedTuple):
    """What a quota is for: a service or all, through a channel or all."""

    service: str = ALL
    channel: str = ALL


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A dated quota of a site: `places` a day from `valid_from` to `valid_to`, both included."""

    bound: Bound
    places: int
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether it counts on this day."""
        return _within(day, self.valid_from, self.valid_to)


@dataclass(frozen=True, kw_only=True)
class SlotQuota:
    """Places of each hour of a service at a site, from `valid_from` to `valid_to`, both included."""

    service: str
    places: int
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class Regime:
    """A restriction in force in a region: `name` at `level` (S0-5, S3-3).

    `region` is a code of Kemendagri: a regency or city (36.02), a province (36), or NATIONAL.
    """

    name: str
    level: str
    region: str
    valid_from: date
    valid_to: date | None = None

    def holds_at(self, regency: str, day: date) -> bool:
        """Tell whether it counts in a regency on this day."""
        return is_in_region(regency, self.region) and _within(day, self.valid_from, self.valid_to)


def is_in_region(regency: str, region: str) -> bool:
    """Tell whether a regency (36.02) lies in a region: itself, its province (36), or NATIONAL."""
    return region in {NATIONAL, regency} or regency.startswith(f"{region}.")


def bounds_of(service: str, channel: str) -> tuple[Bound, ...]:
    """Return the quotas in which a place of this service and channel is counted, where they exist.

    Emergencies stand beside the quotas of everybody else (S0-6): they take nobody's place, and only quotas
    for emergencies themselves count them. The same holds for what is given beyond the quota.
    """
    own = (Bound(ALL, channel), Bound(service, channel))
    return own if channel in {EMERGENCY, OVER_QUOTA} else (Bound(), Bound(service, ALL), *own)


def full_bounds(left: Mapping[Bound, int | None], bounds: Iterable[Bound]) -> list[Bound]:
    """Return those of the bounds that have nothing left; what only counts is never full."""
    remaining = {bound: left[bound] for bound in bounds}
    return [bound for bound, places_left in remaining.items() if places_left is not None and places_left < 1]


def leaves_a_place(quotas: Mapping[Bound, int], service: str, *, by_the_hour: bool) -> bool:
    """Tell whether quotas leave anybody a way to a service: booking an hour, where it has any, or coming.

    Emergencies, priority and groups are not for everybody; what has no row is not bounded.
    """
    ways = (ONLINE, WALK_IN) if by_the_hour else (WALK_IN,)
    return any(all(quotas.get(bound, 1) > 0 for bound in bounds_of(service, way)) for way in ways)


def walk_in_channels(existing: Iterable[Bound], service: str, *, priority: bool) -> tuple[str, ...]:
    """Return through which channels somebody who came may get a place, the first one first.

    Who has priority takes a place of the priority quota, where there is one, and else one of everybody's.
    """
    own = {Bound(ALL, PRIORITY), Bound(service, PRIORITY)}
    return (PRIORITY, WALK_IN) if priority and not own.isdisjoint(existing) else (WALK_IN,)


def regimes_in_force(regimes: Iterable[Regime], *, regency: str, day: date) -> list[Regime]:
    """Return the regimes that count in a regency on a day, one for each name.

    The closest region has the last word over the wider ones, and there the newest decision.
    """
    chosen: dict[str, Regime] = {}
    for regime in sorted(regimes, key=lambda each: (len(each.region), each.valid_from)):
        if regime.holds_at(regency, day):
            chosen[regime.name] = regime
    return list(chosen.values())


def places_on(
    day: date, quotas: Iterable[Quota], caps: Iterable[RestrictionCap] = (), *, of_hours: int = 0
) -> dict[Bound, int]:
    """Return how many places each quota has on a day, lowered by the caps in force.

    Of several rows for the same bound, the one that begins last counts: a row for some days lies over the one
    that goes on for ever, and that one comes back when it ends. Where no row bounds online bookings, the
    places of the day's hours do: `of_hours` of them.
    """
    found: dict[Bound, int] = {Bound(ALL, ONLINE): of_hours} if of_hours else {}
    for quota in sorted(quotas, key=lambda each: each.valid_from):
        if quota.holds_on(day):
            found[quota.bound] = quota.places
    for cap in caps:
        _lower(found, cap)
    return found


def places_of_an_hour(day: date, rows: Iterable[SlotQuota], *, service: str, otherwise: int) -> int:
    """Return how many places each hour of a service has on a day.

    Of several rows the one that begins last counts, as for quotas; without one it is `otherwise`, the number
    of the catalogue.
    """
    holding = [row for row in rows if row.service == service and _within(day, row.valid_from, row.valid_to)]
    return max(holding, key=lambda row: row.valid_from).places if holding else otherwise


def _lower(found: dict[Bound, int], cap: RestrictionCap) -> None:
    bound = Bound(ALL, cap.channel)
    present = found.get(bound)
    if cap.percent is not None:
        if present is not None:
            found[bound] = present * cap.percent // 100
    elif cap.places is not None:
        found[bound] = cap.places if present is None else min(present, cap.places)


def caps_on(caps: Iterable[RestrictionCap], *, site: str, day: date) -> list[RestrictionCap]:
    """Return what regimes would do at a site on a day; a row for the site goes before one for all."""
    chosen: dict[tuple[str, str, str], RestrictionCap] = {}
    for cap in sorted(caps, key=lambda each: each.site is not None):
        if cap.site in {None, site} and cap.holds_on(day):
            chosen[cap.name, cap.level, cap.channel] = cap
    return list(chosen.values())


def caps_in_force(caps: Iterable[RestrictionCap], regimes: Iterable[Regime]) -> list[RestrictionCap]:
    """Return what the regimes in force do."""
    levels: Mapping[str, str] = {regime.name: regime.level for regime in regimes}
    return [cap for cap in caps if levels.get(cap.name) == cap.level]


def _within(day: date, first: date, last: date | None) -> bool:
    return first <= day and (last is None or day <= last)
