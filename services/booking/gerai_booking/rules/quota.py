"""Quotas: which of them bound a place, and how many places each has on a day. Standard library only.

A place is counted in every quota of the stack that exists for its day: of the whole site, of its service, of
its channel, and of its service in its channel. Restrictions (a regime such as PPKM at a level, for a region
and some dates) lower them; nothing but a recorded decision of a supervisor goes beyond them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

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
        inside = self.region in {NATIONAL, regency} or regency.startswith(f"{self.region}.")
        return inside and _within(day, self.valid_from, self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Cap:
    """What a regime does at a level: at most `places` a day through a channel, or a share of them.

    Exactly one of `places` and `percent` is set.
    """

    name: str
    level: str
    channel: str
    places: int | None = None
    percent: int | None = None


def bounds_of(service: str, channel: str) -> tuple[Bound, ...]:
    """Return the quotas in which a place of this service and channel is counted, where they exist."""
    return (Bound(), Bound(ALL, channel), Bound(service, ALL), Bound(service, channel))


def walk_in_channel(existing: Iterable[Bound], service: str, *, priority: bool) -> str:
    """Return the channel of somebody who came: PRIORITY where it has places of its own, else WALK_IN."""
    own = {Bound(ALL, PRIORITY), Bound(service, PRIORITY)}
    return PRIORITY if priority and not own.isdisjoint(existing) else WALK_IN


def regimes_in_force(regimes: Iterable[Regime], *, regency: str, day: date) -> list[Regime]:
    """Return the regimes that count in a regency on a day, one for each name.

    The closest region has the last word over the wider ones, and there the newest decision.
    """
    chosen: dict[str, Regime] = {}
    for regime in sorted(regimes, key=lambda each: (len(each.region), each.valid_from)):
        if regime.holds_at(regency, day):
            chosen[regime.name] = regime
    return list(chosen.values())


def places_on(day: date, quotas: Iterable[Quota], caps: Iterable[Cap] = ()) -> dict[Bound, int]:
    """Return how many places each quota has on a day, lowered by the caps in force.

    Of several rows for the same bound, the one that begins last counts: a row for some days lies over the one
    that goes on for ever, and that one comes back when it ends.
    """
    found: dict[Bound, int] = {}
    for quota in sorted(quotas, key=lambda each: each.valid_from):
        if quota.holds_on(day):
            found[quota.bound] = quota.places
    for cap in caps:
        _lower(found, cap)
    return found


def _lower(found: dict[Bound, int], cap: Cap) -> None:
    bound = Bound(ALL, cap.channel)
    present = found.get(bound)
    if cap.percent is not None:
        if present is not None:
            found[bound] = present * cap.percent // 100
    elif cap.places is not None:
        found[bound] = cap.places if present is None else min(present, cap.places)


def caps_in_force(caps: Iterable[Cap], regimes: Iterable[Regime]) -> list[Cap]:
    """Return what the regimes in force do."""
    levels: Mapping[str, str] = {regime.name: regime.level for regime in regimes}
    return [cap for cap in caps if levels.get(cap.name) == cap.level]


def _within(day: date, first: date, last: date | None) -> bool:
    return first <= day and (last is None or day <= last)
