"""The agency's catalogue as it is told to the portal, with the rules that hold today."""

from datetime import date
from typing import Any

from gerai_booking.rules.catalogue import (
    Fee,
    Promise,
    Requirement,
    Route,
    Service,
    Site,
    Text,
    ValidityRule,
    fees_on,
    period_on,
    validities_on,
)
from gerai_booking.rules.regions import PROVINCES, REGENCIES
from gerai_booking.rules.routing import covered_on
from gerai_booking.rules.rulebook import Rules
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import both

#: Of a pop-up, the next days are told; what is further away may still change.
DATES_TOLD = 3


def catalogue(office: Office, rules: Rules, *, today: date) -> dict[str, Any]:
    """Return agency, sites and services as JSON; rules, fees and promises are those of `today`."""
    agency = office.agency
    period = period_on(agency.history, today)
    return {
        "agency": {
            "code": agency.code,
            "name": both(agency.name),
            "official_name": both(period.name),
            "parent": both(period.parent),
            "brand": {"colour": agency.brand.colour, "on_colour": agency.brand.on_colour},
        },
        "sites": [_site(office, site, today) for site in agency.sites],
        "services": [_service(office, service, today) for service in agency.services],
        "regencies": [_regency(code) for code in REGENCIES],
        "coverage": [
            {**_regency(regency), "sites": sites}
            for regency, sites in sorted(covered_on(rules.coverage, today).items())
        ],
        "routes": [_route(route) for route in rules.routes if route.holds_on(today)],
    }


def _regency(code: str) -> dict[str, str]:
    return {"code": code, "name": REGENCIES.get(code, code), "province": PROVINCES.get(code[:2], code[:2])}


def _route(route: Route) -> dict[str, Any]:
    return {
        "purposes": list(route.purposes),
        "regencies": [_regency(code) for code in route.regencies],
        "office": both(route.office),
        "site": route.site,
        "why": both(route.why),
        "basis": route.basis,
        "valid_from": route.valid_from.isoformat(),
        "valid_to": route.valid_to.isoformat() if route.valid_to else None,
    }


def _site(office: Office, site: Site, today: date) -> dict[str, Any]:
    return {
        "code": site.code,
        "name": both(site.name),
        "kind": site.kind,
        "address": both(site.address),
        "regency_code": site.regency_code,
        "time_zone": site.time_zone,
        "online_booking": site.online_booking,
        "notes": _all(site.notes),
        "hours": [
            {
                "weekday": hours.weekday,
                "opens": f"{hours.opens:%H:%M}",
                "closes": f"{hours.closes:%H:%M}",
                "breaks": [{"starts": f"{b.starts:%H:%M}", "ends": f"{b.ends:%H:%M}"} for b in hours.breaks],
            }
            for hours in site.opens_on
        ],
        "dates": [day.isoformat() for day in site.dates if day >= today][:DATES_TOLD],
        "counters": [{"code": c.code, "name": both(c.name)} for c in office.counters_at(site.code)],
    }


def _service(office: Office, service: Service, today: date) -> dict[str, Any]:
    return {
        "code": service.code,
        "prefix": service.prefix,
        "group": both(service.group),
        "name": both(service.name),
        "summary": both(service.summary),
        "who": both(service.who),
        "steps": _all(service.steps),
        "requirements": [_requirement(requirement) for requirement in service.requirements],
        "purposes": [{"code": purpose.code, "label": both(purpose.label)} for purpose in service.purposes],
        "duration_minutes": service.duration_minutes,
        "citizenship": sorted(service.citizenship),
        "fees": [_fee(fee) for fee in fees_on(service, today)],
        "validities": [_validity(rule) for rule in validities_on(service, today)],
        "fee_note": both(service.fee_note),
        "promises": [_promise(promise) for promise in service.promises if promise.holds_on(today)],
        "promise_note": both(service.promise_note),
        "precondition": both(service.precondition),
        "ages": service.ages,
        "police_report": service.police_report,
        "warnings": _all(service.warnings),
        "notes": _all(service.notes),
        "online": service.online,
        "legal_basis": list(service.legal_basis),
        "offers": [
            {
                "site": offer.site,
                "places_per_hour_slot": offer.places_per_hour_slot,
                "complete_files_only": offer.complete_files_only,
                "collection": both(offer.collection),
                "weekdays": sorted(office.weekdays_of(offer.site, service.code)),
            }
            for offer in office.agency.offers
            if offer.service == service.code
        ],
    }


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "code": requirement.code,
        "text": both(requirement.text),
        "note": both(requirement.note),
        "only_for": both(requirement.only_for),
        "one_of": _all(requirement.one_of),
        "basis": requirement.basis,
    }


def _fee(fee: Fee) -> dict[str, Any]:
    return {
        "code": fee.code,
        "label": both(fee.label),
        "amount_rupiah": fee.amount_rupiah,
        "basis": fee.basis,
        "valid_from": fee.valid_from.isoformat(),
        "valid_to": fee.valid_to.isoformat() if fee.valid_to else None,
        "additional": fee.additional,
        "only_for": both(fee.only_for),
    }


def _validity(rule: ValidityRule) -> dict[str, Any]:
    return {
        "years": rule.years,
        "ages": rule.ages,
        "only_for": both(rule.only_for),
        "basis": rule.basis,
        "valid_from": rule.valid_from.isoformat(),
    }


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "working_days": promise.working_days,
        "counts_from": both(promise.counts_from),
        "basis": promise.basis,
        "site": promise.site,
        "exclusions": _all(promise.exclusions),
    }


def _all(texts: tuple[Text, ...]) -> list[dict[str, str] | None]:
    return [both(text) for text in texts]
