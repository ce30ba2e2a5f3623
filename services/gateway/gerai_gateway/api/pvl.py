"""Where the Ombudsman receives complaints next."""

from gerai_shared.http import json_response
from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.pvl import pvl_events
from gerai_gateway.schemas.pvl import PvlSchema


class PvlApi:
    """Mixin: PVL on the spot."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/pvl",
        operation=Operation(
            summary="Coming events at which the Ombudsman receives consultations and complaints on the spot",
            tag="Complaints",
            answer=PvlSchema,
        ),
    )
    def api_pvl(self, _request: Request) -> Response:
        """Answer the coming events."""
        return json_response(pvl_events(self.mall))
