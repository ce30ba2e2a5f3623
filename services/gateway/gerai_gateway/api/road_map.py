"""What is to open at a site."""

from gerai_shared.http import json_response
from gerai_shared.refusals import Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownSite
from gerai_gateway.road_map import road_map
from gerai_gateway.schemas.road_map import RoadMapSchema


class RoadMapApi:
    """Mixin: planned counters."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/sites/<site>/road-map",
        operation=Operation(
            summary="Which counters are planned at a site, by when, and every earlier date with its reason",
            tag="Catalogue",
            answer=RoadMapSchema,
            refusals=(UnknownSite, Unavailable),
        ),
    )
    def api_road_map(self, _request: Request, site: str) -> Response:
        """Answer the road map of a site."""
        return json_response(road_map(self.mall, site))
