"""Sites, agencies, services, free places."""

from gerai_shared.borders import load
from gerai_shared.http import json_response
from gerai_shared.refusals import InvalidRequest, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import RangeTooLong, UnknownAgency, UnknownService, UnknownSite
from gerai_gateway.schemas import taken
from gerai_gateway.schemas.advice import CoverageSchema
from gerai_gateway.schemas.availability import AvailabilitySchema, FreeDaysSchema
from gerai_gateway.schemas.catalogue import AgenciesSchema, ServicesSchema, SitesSchema

TAG = "Catalogue"
_query = taken.AvailabilityQuerySchema()
_days = taken.DaysQuerySchema()


class CatalogueApi:
    """Mixin: what the mall offers."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/sites",
        operation=Operation(summary="Every place of the mall", tag=TAG, answer=SitesSchema),
    )
    def api_sites(self, _request: Request) -> Response:
        """Answer every site with the agencies there."""
        catalogues = self.mall.catalogues
        sites = [_site(code, present) for code, present in catalogues.sites().items()]
        return json_response({"sites": sites, "silent": catalogues.unknown()})

    @public(
        "GET",
        "/api/v1/agencies",
        operation=Operation(summary="Every agency of the mall", tag=TAG, answer=AgenciesSchema),
    )
    def api_agencies(self, _request: Request) -> Response:
        """Answer every agency that has told its catalogue."""
        catalogues = self.mall.catalogues
        agencies = [
            {
                **catalogue.agency,
                "sites": list(catalogue.sites),
                "outages": catalogue.contents.get("outages") or [],
                **_age(catalogue),
            }
            for catalogue in catalogues.known()
        ]
        return json_response({"agencies": agencies, "silent": catalogues.unknown()})

    @public(
        "GET",
        "/api/v1/agencies/<agency>/services",
        operation=Operation(
            summary="An agency's services: what to bring, what it costs, how long it takes",
            tag=TAG,
            answer=ServicesSchema,
            refusals=(UnknownAgency, Unavailable),
        ),
    )
    def api_services(self, _request: Request, agency: str) -> Response:
        """Answer an agency's services as it last told them."""
        catalogue = self.mall.catalogues.of(agency)
        return json_response(
            {
                "agency": agency,
                **_age(catalogue),
                "services": list(catalogue.services.values()),
                "next_releases": catalogue.releases,
            }
        )

    @public(
        "GET",
        "/api/v1/agencies/<agency>/coverage",
        operation=Operation(
            summary="Which office is there for which regency, and who is advised to go to another one",
            tag=TAG,
            answer=CoverageSchema,
            refusals=(UnknownAgency, Unavailable),
        ),
    )
    def api_coverage(self, _request: Request, agency: str) -> Response:
        """Answer an agency's coverage as it last told it."""
        catalogue = self.mall.catalogues.of(agency)
        return json_response(
            {
                "agency": agency,
                **_age(catalogue),
                "coverage": catalogue.contents.get("coverage", []),
                "routes": catalogue.contents.get("routes", []),
            }
        )

    @public(
        "GET",
        "/api/v1/agencies/<agency>/availability",
        operation=Operation(
            summary="Free places of a service at a site, day by day and hour by hour",
            tag=TAG,
            query=taken.AvailabilityQuerySchema,
            answer=AvailabilitySchema,
            refusals=(
                UnknownAgency,
                UnknownSite,
                UnknownService,
                InvalidRequest,
                RangeTooLong,
                Unavailable,
            ),
        ),
    )
    def api_availability(self, request: Request, agency: str) -> Response:
        """Answer the free places."""
        asked = load(_query, request.args.to_dict())
        answer = errands.availability(self.mall, agency, **asked)
        return Response(answer.body, mimetype="application/json", headers={"Cache-Control": "no-store"})

    @public(
        "GET",
        "/api/v1/sites/<site>/availability",
        operation=Operation(
            summary="On which days each service of a site has free places, of all agencies there",
            tag=TAG,
            query=taken.DaysQuerySchema,
            answer=FreeDaysSchema,
            refusals=(UnknownSite, InvalidRequest, RangeTooLong, Unavailable),
        ),
    )
    def api_free_days(self, request: Request, site: str) -> Response:
        """Answer the free days of a site."""
        asked = load(_days, request.args.to_dict())
        return json_response(errands.free_days(self.mall, site, **asked))


def _site(code: str, present: list[Catalogue]) -> Json:
    """Return a site as its agencies describe it together."""
    counters = [
        {**counter, "agency": catalogue.code}
        for catalogue in present
        for counter in catalogue.sites[code]["counters"]
    ]
    agencies = [catalogue.code for catalogue in present]
    return {**present[0].sites[code], "counters": counters, "agencies": agencies}


def _age(catalogue: Catalogue) -> Json:
    return {"told_at": catalogue.told_at.isoformat(), "is_old": catalogue.is_old}
