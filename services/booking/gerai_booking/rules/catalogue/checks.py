"""Finds what contradicts itself in a catalogue, before anybody sees or seeds it."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import chain, pairwise, product
from re import fullmatch
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gerai_booking.rules.catalogue.lane_rules import LANES_WITH_RULES, LONGEST_HEAD_START
from gerai_booking.rules.catalogue.release_rules import Horizon
from gerai_booking.rules.catalogue.shapes import EVERY_WEEKDAY, Brand, Dated, Text
from gerai_booking.rules.catalogue.stages import stage_problems
from gerai_booking.rules.regions import REGENCIES

if TYPE_CHECKING:
    from gerai_booking.rules.catalogue.agency import Agency

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3: text of ordinary size.


def agency_problems(agency: Agency) -> Iterator[str]:
    """Each contradiction in the catalogue of an agency, as one English sentence for its author."""
    yield from _text_problems(agency, agency.code)
    yield from _code_problems(agency)
    yield from _reference_problems(agency)
    yield from _dated_problems(agency)
    yield from _service_problems(agency)
    yield from _requirement_problems(agency)
    yield from _site_problems(agency)
    yield from _offer_problems(agency)
    yield from _release_problems(agency)
    yield from _cap_problems(agency)
    yield from _suspension_problems(agency)
    yield from _lane_problems(agency)
    yield from _floor_problems(agency)
    yield from _route_problems(agency)
    yield from _brand_problems(agency.brand)
    yield from stage_problems(agency)


def _text_problems(value: object, where: str) -> Iterator[str]:
    """Walks through everything below `value`: each text has both languages, and was translated."""
    if isinstance(value, Text):
        if not value.id.strip() or not value.en.strip():
            yield f"{where}: a language is empty"
        elif value.id.strip() == value.en.strip():
            yield f"{where}: both languages say {value.id!r}"
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _text_problems(item, f"{where}[{getattr(item, 'code', position)}]")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _text_problems(getattr(value, field.name), f"{where}.{field.name}")


def _code_problems(agency: Agency) -> Iterator[str]:
    yield from repeated("service", (service.code for service in agency.services))
    yield from repeated("prefix", (service.prefix for service in agency.services))
    yield from repeated("site", (site.code for site in agency.sites))
    yield from repeated("offer", ((offer.site, offer.service) for offer in agency.offers))
    yield from repeated("counter", ((desk.site, desk.code) for desk in agency.counters))
    named = [agency.code, *(site.code for site in agency.sites)]
    for service in agency.services:
        yield from repeated(f"{service.code}: requirement", (item.code for item in service.requirements))
        yield from repeated(f"{service.code}: purpose", (item.code for item in service.purposes))
        if not fullmatch(r"[A-Z]", service.prefix):
            yield f"{service.code}: prefix {service.prefix!r} is not one letter A-Z"
        named.append(service.code)
        named += [requirement.code for requirement in service.requirements]
        named += [purpose.code for purpose in service.purposes]
        named += [fee.code for fee in service.fees]
    for code in named:
        if not fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
            yield f"code {code!r} is not made of small letters, digits and single hyphens"
    for desk in agency.counters:
        if not fullmatch(r"[0-9]{1,2}", desk.code):
            yield f"counter {desk.code!r} at {desk.site} is not a number that can be called out"


def _reference_problems(agency: Agency) -> Iterator[str]:
    sites = {site.code for site in agency.sites}
    services = {service.code for service in agency.services}
    named_sites = [("offer", offer.site) for offer in agency.offers]
    named_sites += [("quota", quota.site) for quota in agency.quotas]
    named_sites += [("cap", cap.site) for cap in agency.restriction_caps if cap.site]
    named_sites += [("counter", desk.site) for desk in agency.counters]
    named_sites += [("release", rule.site) for rule in agency.releases if rule.site]
    named_sites += [
        ("promise", row.site) for service in agency.services for row in service.promises if row.site
    ]
    named_sites += [("coverage", row.site) for row in agency.coverage]
    named_sites += [("route", row.site) for row in agency.routes if row.site]
    named_services = [("offer", offer.service) for offer in agency.offers]
    named_services += [("quota", quota.service) for quota in agency.quotas if quota.service]
    named_services += [("counter", code) for desk in agency.counters for code in desk.services]
    yield from (f"{kind} names the unknown site {code}" for kind, code in named_sites if code not in sites)
    yield from (
        f"{kind} names the unknown service {code}" for kind, code in named_services if code not in services
    )


def _dated_problems(agency: Agency) -> Iterator[str]:
    """Rows about the same thing may follow each other, with gaps even, but two never hold on one day."""
    rows: dict[str, list[Dated]] = {"history": list(agency.history)}
    for about, row in _rows_about_services(agency):
        rows.setdefault(about, []).append(row)
    for quota in agency.quotas:
        about = f"quota {quota.channel} at {quota.site} for {quota.service or 'all services'}"
        rows.setdefault(about, []).append(quota)
    for rule in agency.releases:
        rows.setdefault(f"release at {rule.site or 'any site'}", []).append(rule)
    for about, row in chain(_rows_about_areas(agency), _rows_about_people(agency)):
        rows.setdefault(about, []).append(row)
    for about, group in rows.items():
        ordered = sorted(group, key=lambda row: row.valid_from)
        yield from (f"{about}: a row has no basis" for row in ordered if not row.basis.strip())
        yield from (
            f"{about}: a row ends before it begins" for row in ordered if not row.holds_on(row.valid_from)
        )
        for earlier, later in pairwise(ordered):
            if earlier.holds_on(later.valid_from):
                yield f"{about}: two rows hold on {later.valid_from:%Y-%m-%d}"


def _floor_problems(agency: Agency) -> Iterator[str]:
    """Counters go by these every minute: on no day may there be none."""
    for about, rows in (
        ("rule of the floor", agency.floor_rules),
        ("reason for waiting aside", agency.aside_reasons),
    ):
        if all(row.valid_to is not None for row in rows):
            yield f"no {about} holds without end"


def _rows_about_services(agency: Agency) -> Iterator[tuple[str, Dated]]:
    for service in agency.services:
        for fee in service.fees:
            yield f"{service.code}: fee {fee.code}", fee
        for promise in service.promises:
            yield f"{service.code}: promise at {promise.site or 'any site'}", promise
        for validity in service.validities:
            yield f"{service.code}: validity of {validity.years} years", validity


def _rows_about_areas(agency: Agency) -> Iterator[tuple[str, Dated]]:
    for row in agency.coverage:
        yield f"coverage of {row.regency} by {row.site}", row
    for route in agency.routes:
        for purpose, regency in product(route.purposes, route.regencies):
            yield f"route of {purpose} from {regency}", route


def _rows_about_people(agency: Agency) -> Iterator[tuple[str, Dated]]:
    for cap in agency.restriction_caps:
        yield f"cap {cap.name} {cap.level} on {cap.channel} at {cap.site or 'any site'}", cap
    for kind in agency.suspension_kinds:
        yield f"suspension for {kind.code}", kind
    for rule in agency.no_show_rules:
        yield "missed visits", rule
    for floor_rule in agency.floor_rules:
        yield "rule of the floor", floor_rule
    for reason in agency.aside_reasons:
        yield f"reason for waiting aside {reason.code}", reason
    for limit in agency.contact_limits:
        yield "limit of a contact", limit
    for lane_rule in agency.lane_rules:
        yield f"head start of {lane_rule.lane}", lane_rule


def _requirement_problems(agency: Agency) -> Iterator[str]:
    for service in agency.services:
        for item in service.requirements:
            if not item.basis.strip():
                yield f"{service.code}: requirement {item.code} has no basis"
            if len(item.one_of) == 1:
                yield f"{service.code}: requirement {item.code} has a single alternative"


def _service_problems(agency: Agency) -> Iterator[str]:
    offered = {offer.service for offer in agency.offers}
    for service in agency.services:
        if service.code not in offered:
            yield f"{service.code} is offered nowhere"
        if not (service.steps and service.requirements and service.purposes):
            yield f"{service.code} lacks steps, requirements or purposes"
        if not service.citizenship or not service.citizenship <= {"WNI", "WNA"}:
            yield f"{service.code} does not say whether WNI or WNA may come"
        if service.duration_minutes < 1 or any(row.working_days < 1 for row in service.promises):
            yield f"{service.code} takes no time"
        if any(fee.amount_rupiah < 0 for fee in service.fees):
            yield f"{service.code} has a fee below zero"
        if not service.fees and service.fee_note is None:
            yield f"{service.code} says nothing about its price"
        if not service.promises and service.promise_note is None:
            yield f"{service.code} says nothing about when the result is ready"


def _site_problems(agency: Agency) -> Iterator[str]:
    for site in agency.sites:
        try:
            ZoneInfo(site.time_zone)
        except (LookupError, ValueError, OSError):
            yield f"{site.code}: unknown time zone {site.time_zone!r}"
        if not fullmatch(r"[1-9][0-9]\.[0-9]{2}", site.regency_code):
            yield f"{site.code}: {site.regency_code!r} is not a regency code"
        if (site.kind == "popup") != bool(site.dates) or (site.dates and site.online_booking):
            yield f"{site.code}: a pop-up, and only it, has dates and no online booking"
        if not site.opens_on or any(site.hours_on(day) is None for day in site.dates):
            yield f"{site.code}: no hours for a day on which it is open"
        yield from repeated(f"{site.code}: hours of weekday", (hours.weekday for hours in site.opens_on))
        for hours in site.opens_on:
            edges = [
                hours.opens,
                *(edge for pause in hours.breaks for edge in (pause.starts, pause.ends)),
                hours.closes,
            ]
            in_order = all(earlier < later for earlier, later in pairwise(edges))
            if not (0 <= hours.weekday <= 6 and in_order):
                yield f"{site.code}: impossible hours on weekday {hours.weekday}"


def _offer_problems(agency: Agency) -> Iterator[str]:
    sites = {site.code: site for site in agency.sites}
    services = {service.code: service for service in agency.services}
    offered = {(offer.site, offer.service) for offer in agency.offers}
    served = {(desk.site, code) for desk in agency.counters for code in desk.services}
    yield from (f"no counter serves {code} at {site}" for site, code in sorted(offered - served))
    yield from (
        f"a counter serves {code} at {site}, where it is not offered"
        for site, code in sorted(served - offered)
    )
    yield from _weekday_problems(agency)
    bounded = {quota.site for quota in agency.quotas if quota.channel == "online" and quota.service is None}
    yield from (
        f"a quota at {quota.site} has {quota.places} places" for quota in agency.quotas if quota.places < 0
    )
    for offer in agency.offers:
        if offer.site not in sites or offer.service not in services:
            continue
        bookable = sites[offer.site].online_booking and services[offer.service].online
        if bookable != (offer.places_per_hour_slot > 0) or offer.places_per_hour_slot < 0:
            yield f"{offer.service} at {offer.site}: places and online booking contradict each other"
        if bookable and offer.site not in bounded:
            yield f"{offer.site} is booked online without a daily quota"


def _release_problems(agency: Agency) -> Iterator[str]:
    days = {Horizon.NEXT_WEEK: range(7), Horizon.NEXT_MONTH: range(1, 29)}
    for rule in agency.releases:
        if rule.on not in days[rule.until]:
            yield f"release at {rule.site or 'any site'}: no day {rule.on} for {rule.until}"
        if rule.pace not in range(1, 1_001):
            yield f"release at {rule.site or 'any site'}: a pace of {rule.pace} is none"


def _cap_problems(agency: Agency) -> Iterator[str]:
    for cap in agency.restriction_caps:
        about = f"cap {cap.name} {cap.level}"
        if (cap.places is None) == (cap.percent is None):
            yield f"{about}: either places or a share of them"
        if not 0 <= (cap.percent or 0) <= 100 or (cap.places or 0) < 0:
            yield f"{about}: an impossible number"
        if "|" in cap.name + cap.level:
            yield f"{about}: a vertical bar parts name and level in forms"


def _suspension_problems(agency: Agency) -> Iterator[str]:
    for kind in agency.suspension_kinds:
        if not 1 <= kind.least_months <= kind.most_months:
            yield f"suspension for {kind.code}: {kind.least_months} to {kind.most_months} months are none"


def _lane_problems(agency: Agency) -> Iterator[str]:
    for rule in agency.lane_rules:
        if rule.lane not in LANES_WITH_RULES:
            yield f"a head start is for the unknown lane {rule.lane}"
        if not 0 <= rule.head_start_minutes <= LONGEST_HEAD_START:
            yield f"head start of {rule.lane}: {rule.head_start_minutes} minutes are none"


def _weekday_problems(agency: Agency) -> Iterator[str]:
    chosen = [(offer.site, offer.weekdays) for offer in agency.offers]
    chosen += [(desk.site, desk.weekdays) for desk in agency.counters]
    yield from (
        f"{site}: impossible weekdays {weekdays}"
        for site, weekdays in chosen
        if not weekdays or not set(weekdays) <= set(EVERY_WEEKDAY)
    )
    for offer in agency.offers:
        staffed = {
            day
            for desk in agency.counters
            if desk.site == offer.site and offer.service in desk.services
            for day in desk.weekdays
        }
        if staffed.isdisjoint(offer.weekdays):
            yield f"on no weekday a counter serves {offer.service} at {offer.site}"


def _route_problems(agency: Agency) -> Iterator[str]:
    purposes = {purpose.code for service in agency.services for purpose in service.purposes}
    for route in agency.routes:
        yield from (
            f"a route is for the unknown purpose {code}" for code in route.purposes if code not in purposes
        )
        if not (route.purposes and route.regencies):
            yield f"the route to {route.office.en} is for nobody"
    named = [row.regency for row in agency.coverage]
    named += [code for route in agency.routes for code in route.regencies]
    yield from (f"{code} is no regency that we know" for code in named if code not in REGENCIES)


def _brand_problems(brand: Brand) -> Iterator[str]:
    if not all(fullmatch(r"#[0-9a-f]{6}", colour) for colour in (brand.colour, brand.on_colour)):
        yield "a brand colour is not written as #rrggbb"
        return
    darker, lighter = sorted((_luminance(brand.colour), _luminance(brand.on_colour)))
    if (lighter + 0.05) / (darker + 0.05) < LEAST_CONTRAST:
        yield f"{brand.on_colour} is not readable on {brand.colour}"


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` between 0 and 1, as WCAG 2.2 defines it."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4) for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def repeated(kind: str, keys: Iterable[Hashable]) -> list[str]:
    """A sentence for each key that occurs more than once."""
    return [f"{kind} {key!r} occurs {times} times" for key, times in Tally(keys).items() if times > 1]
