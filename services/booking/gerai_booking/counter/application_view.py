"""What the pages of applications show."""

from typing import Any

from gerai_booking.rules.catalogue import Service, Site
from gerai_booking.rules.catalogue.stages import CLOSED, SIDE_STAGES, WAITING, stage_name
from gerai_booking.usecases.application_views import FILTERS, Detail
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.views import both


def list_context(office: Office, services: list[Service], site: Site, wanted: str) -> dict[str, Any]:
    """Return the variables of applications.html beside the applications; `services` have every stage."""
    return {
        "site": site,
        "sites": office.agency.sites,
        "wanted": wanted,
        "filters": FILTERS,
        "stage_names": {
            (service.code, code): stage_name(service.stages, code)
            for service in services
            for code in [*(stage.code for stage in service.stages), *SIDE_STAGES]
        },
        "service_names": {service.code: both(service.name) for service in office.agency.services},
        "time_zone": site.time_zone,
    }


def application_context(office: Office, site: Site, seen: Detail) -> dict[str, Any]:
    """Return the variables of application.html."""
    aside = {WAITING, *CLOSED}
    known = {step.from_stage for step in seen.steps} | {step.to_stage for step in seen.steps}
    codes = {*known, *seen.next_stages, *(stage.code for stage in seen.service.stages)} - {None}
    purposes = {purpose.code: purpose.label for purpose in seen.service.purposes}
    requirements = {each.code: each.text for each in seen.service.requirements}
    return {
        "site": site,
        "seen": seen,
        "application": seen.application,
        "service": seen.service,
        "intake": office.site(seen.application.site),
        "collection": office.site(seen.application.collection_site),
        "stage_names": {code: stage_name(seen.service.stages, code) for code in codes},
        "counts_from": stage_name(seen.service.stages, seen.application.terms.counts_from)
        if seen.application.terms
        else None,
        "onward": [code for code in seen.next_stages if code not in aside],
        "aside": [code for code in seen.next_stages if code in aside],
        "purpose": purposes.get(seen.application.purpose or ""),
        "absences": [
            (requirements[code], reason)
            for code, reason in seen.application.checklist.get("absences", {}).items()
            if code in requirements
        ],
        "time_zone": site.time_zone,
    }
