"""The waiting room, and the public check of tickets."""

from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.http import client_address, json_body, json_response
from gerai_shared.refusals import IdempotencyKeyReused, InvalidRequest, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, files
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownAgency, UnknownCheckCode, UnknownNumber, UnknownSite
from gerai_gateway.schemas import rush, taken

TAG = "Waiting room"
_room = taken.RoomSchema()


class RushApi:
    """Mixin: who comes when many come, and what anybody may know of a ticket."""

    mall: Mall
    deployment: Deployment

    @public(
        "POST",
        "/api/v1/agencies/<agency>/waiting-room",
        operation=Operation(
            summary="Draw a number for days that many want: before a release, or instead of solving a task",
            tag=TAG,
            status=201,
            body=taken.RoomSchema,
            answer=rush.PlaceInLineSchema,
            refusals=(UnknownAgency, UnknownSite, InvalidRequest, IdempotencyKeyReused, Unavailable),
            codes=((409, "room_not_open"), (429, "too_many_numbers")),
        ),
    )
    def api_enter_room(self, request: Request, agency: str) -> Response:
        """Draw a number."""
        key = idempotency_key(request)
        errands.deployment_of_agency(self.mall, agency)
        body = load(_room, json_body(request))
        address = client_address(request, self.deployment.settings.trusted_proxies)
        return json_response(errands.enter_room(self.mall, agency, **body, address=address, key=key), 201)

    @public(
        "GET",
        "/api/v1/waiting-room/<token>",
        operation=Operation(
            summary="Where in line a number is",
            tag=TAG,
            answer=rush.PlaceInLineSchema,
            refusals=(UnknownNumber, Unavailable),
        ),
    )
    def api_place_in_line(self, _request: Request, token: str) -> Response:
        """Answer where in line a number is."""
        return json_response(errands.place_in_line(self.mall, token))

    @public(
        "GET",
        "/api/v1/checks/<code>",
        operation=Operation(
            summary="Whether a ticket is genuine, by the check code printed on it",
            tag="Tickets",
            answer=rush.CheckSchema,
            refusals=(UnknownCheckCode, Unavailable),
        ),
    )
    def api_check(self, _request: Request, code: str) -> Response:
        """Answer what is known of a ticket."""
        return json_response(errands.check(self.mall, code))

    @public(
        "GET",
        "/api/v1/checks/<code>/qr.svg",
        operation=Operation(
            summary="A QR code that holds the address of the check of a ticket",
            tag="Tickets",
            answer_type=files.SVG_TYPE,
            refusals=(UnknownCheckCode,),
        ),
    )
    def api_check_qr_code(self, _request: Request, code: str) -> Response:
        """Answer the QR code; it says nothing about whether there is such a ticket."""
        errands.agency_of_check(self.mall, code)
        body = files.qr_code(f"{self.mall.public_url}/check/{code}")
        return Response(body, mimetype=files.SVG_TYPE, headers={"Cache-Control": "private, max-age=3600"})
