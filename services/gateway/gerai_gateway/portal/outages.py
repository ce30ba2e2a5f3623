"""Disturbances of the agencies' own systems, as the portal shows them."""

from collections.abc import Iterable
from typing import Any

from gerai_gateway.catalogues import Catalogue


def shown(catalogues: Iterable[Catalogue], *, site: str | None = None) -> list[dict[str, Any]]:
    """Return what goes on at the agencies, at one site or at any: with names and the zone of its times."""
    found = []
    for catalogue in catalogues:
        for outage in catalogue.contents.get("outages") or []:
            code = outage["site"]
            if site is not None and code not in {None, site}:
                continue
            place = catalogue.sites.get(code or site or next(iter(catalogue.sites)))
            if place is not None:
                name = place["name"] if code else None
                found.append(
                    {
                        **outage,
                        "agency_name": catalogue.agency["name"],
                        "site_name": name,
                        "time_zone": place["time_zone"],
                    }
                )
    return found
