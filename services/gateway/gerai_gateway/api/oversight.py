"""Figures of the agencies, and what they do to make their services known."""

from gerai_shared.http import json_response
from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.outreach import outreach
from gerai_gateway.oversight import oversight
from gerai_gateway.schemas.oversight import OutreachSchema, OversightSchema


class OversightApi:
    """Mixin: what anybody may look at who wants to know how the mall does."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/oversight",
        operation=Operation(
            summary="Visits, waiting, orders and outages of the last months, small numbers hidden",
            tag="Oversight",
            answer=OversightSchema,
        ),
    )
    def api_oversight(self, _request: Request) -> Response:
        """Answer the figures of all agencies."""
        return json_response(oversight(self.mall))

    @public(
        "GET",
        "/api/v1/outreach",
        operation=Operation(
            summary="Coming events by which the agencies make their services known",
            tag="Oversight",
            answer=OutreachSchema,
        ),
    )
    def api_outreach(self, _request: Request) -> Response:
        """Answer the coming events of all agencies."""
        return json_response(outreach(self.mall))
