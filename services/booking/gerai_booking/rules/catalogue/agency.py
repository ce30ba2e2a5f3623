"""A whole agency, and several of them under one roof."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gerai_booking.rules.catalogue import checks
from gerai_booking.rules.catalogue.floor_rules import AsideReason, FloorRule
from gerai_booking.rules.catalogue.lane_rules import LaneRule
from gerai_booking.rules.catalogue.release_rules import ReleaseRule
from gerai_booking.rules.catalogue.shapes import (
    Brand,
    ContactLimit,
    Counter,
    Coverage,
    DailyQuota,
    NamePeriod,
    NoShowRule,
    Offer,
    PlannedCounter,
    RestrictionCap,
    Route,
    Service,
    Site,
    StageLine,
    SuspensionKind,
    Text,
)

#: The basis of what a catalogue says without dates, and its first day.
CATALOGUE = Text(id="Katalog layanan", en="Catalogue of services")
EVER_SINCE = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Agency:
    """Everything a deployment of the booking engine knows about its agency before the first citizen comes."""

    code: str
    name: Text
    parent: Text
    brand: Brand
    history: tuple[NamePeriod, ...]
    services: tuple[Service, ...]
    sites: tuple[Site, ...]
    offers: tuple[Offer, ...]
    quotas: tuple[DailyQuota, ...]
    counters: tuple[Counter, ...]
    restriction_caps: tuple[RestrictionCap, ...] = ()
    releases: tuple[ReleaseRule, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    routes: tuple[Route, ...] = ()
    no_show_rules: tuple[NoShowRule, ...] = ()
    contact_limits: tuple[ContactLimit, ...] = ()
    lane_rules: tuple[LaneRule, ...] = ()
    suspension_kinds: tuple[SuspensionKind, ...] = ()
    floor_rules: tuple[FloorRule, ...] = ()
    aside_reasons: tuple[AsideReason, ...] = ()
    #: Whether it decides on new work units and offices, and keeps the register of requests for them (S4).
    establishes_units: bool = False
    road_map: tuple[PlannedCounter, ...] = ()

    @property
    def stage_lines(self) -> tuple[StageLine, ...]:
        """The stages of the services, as rules that hold until others are written down."""
        return tuple(
            StageLine(
                service=service.code,
                stages=service.stages,
                basis=CATALOGUE.id,
                valid_from=EVER_SINCE,
            )
            for service in self.services
            if service.stages
        )

    def problems(self) -> list[str]:
        """What contradicts itself in this catalogue, one sentence each; empty when it may be seeded."""
        return list(checks.agency_problems(self))


def clashes(agencies: Iterable[Agency]) -> list[str]:
    """What agencies under one roof may not share or describe differently, one sentence each."""
    together = tuple(agencies)
    problems = checks.repeated("agency", (agency.code for agency in together))
    problems += checks.repeated(
        "prefix", (service.prefix for agency in together for service in agency.services)
    )
    problems += checks.repeated(
        "counter", ((desk.site, desk.code) for agency in together for desk in agency.counters)
    )
    described: dict[str, Site] = {}
    for site in (site for agency in together for site in agency.sites):
        if described.setdefault(site.code, site) != site:
            problems.append(f"site {site.code} is described differently by two agencies")
    return problems
