"""The road map of a site, put together from what each of its agencies tells."""

from typing import Any

from gerai_shared.refusals import Refused

from gerai_gateway.catalogues import Json
from gerai_gateway.errands import PART_SECONDS
from gerai_gateway.mall import Mall


def road_map(mall: Mall, site: str) -> Json:
    """Return the parts of those agencies that answer, and who is missing. Raises UnknownSite, Unavailable."""
    _place, present = mall.catalogues.site(site)
    agencies: list[dict[str, Any]] = []
    missing = mall.catalogues.unknown()
    for catalogue in present:
        try:
            told = mall.ask(f"booking-{catalogue.code}", "road_map", {"site": site}, deadline=PART_SECONDS)
        except Refused:
            # Whatever it says no with, an older version of it included: the others' parts are shown.
            missing.append(catalogue.code)
            continue
        agencies.append(
            {"agency": catalogue.code, "name": catalogue.agency["name"], "entries": told["entries"]}
        )
    return {"site": site, "agencies": agencies, "missing": missing}
