"""One visit over several agencies."""

from gerai_shared.borders import load
from gerai_shared.http import json_body, json_response
from gerai_shared.refusals import InvalidRequest, Unavailable, from_wire
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_gateway import files, visits
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import (
    ErrandsDoNotFit,
    ErrandsOverlap,
    NotBookable,
    UnknownAgency,
    UnknownService,
    UnknownSite,
    UnknownVisit,
)
from gerai_gateway.schemas import taken
from gerai_gateway.schemas.visits import ProposalSchema, VisitBookedSchema, VisitViewSchema

TAG = "Visits over several agencies"
_booking = taken.VisitBookingSchema()
_proposal = taken.ProposalQuerySchema()


class VisitsApi:
    """Mixin: several errands at one site, proposed, booked and shown as one visit."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/sites/<site>/visit-proposal",
        operation=Operation(
            summary="In which order and at which free hours several errands fit on a day",
            tag=TAG,
            query=taken.ProposalQuerySchema,
            answer=ProposalSchema,
            refusals=(
                UnknownAgency,
                UnknownSite,
                UnknownService,
                NotBookable,
                ErrandsDoNotFit,
                InvalidRequest,
                Unavailable,
            ),
        ),
    )
    def api_propose_visit(self, request: Request, site: str) -> Response:
        """Answer a proposal."""
        asked = load(_proposal, request.args.to_dict())
        wanted = [tuple(errand.split(".", 1)) for errand in asked["errands"].split(",")]
        steps = visits.proposal(self.mall, site, asked["day"], wanted)
        if steps is None:
            raise ErrandsDoNotFit
        return json_response({"site": site, "day": asked["day"].isoformat(), "steps": steps})

    @public(
        "POST",
        "/api/v1/visits",
        operation=Operation(
            summary="Book several errands as one visit with one number; a refused one stops no other",
            tag=TAG,
            status=201,
            body=taken.VisitBookingSchema,
            answer=VisitBookedSchema,
            refusals=(
                UnknownAgency,
                UnknownSite,
                UnknownService,
                ErrandsOverlap,
                InvalidRequest,
                Unavailable,
            ),
            codes=(
                (409, "slot_full"),
                (409, "day_full"),
                (409, "open_ticket_exists"),
                (428, "proof_required"),
            ),
        ),
    )
    def api_book_visit(self, request: Request) -> Response:
        """Book."""
        key = idempotency_key(request)
        body = json_body(request)
        load(_booking, body)
        booked = visits.book(self.mall, body, key=key)
        language = language_of(request)
        for step in booked["steps"]:
            if step["problem"]:
                refusal = from_wire(step["problem"])
                step["problem"] = {"code": refusal.code, "title": translate(refusal, language)}
        return json_response({**booked, "url": f"{self.mall.public_url}/visits/{booked['token']}"}, 201)

    @public(
        "GET",
        "/api/v1/visits/<token>",
        operation=Operation(
            summary="A visit: its tickets at all agencies, and which agency does not answer now",
            tag=TAG,
            answer=VisitViewSchema,
            refusals=(UnknownVisit, Unavailable),
        ),
    )
    def api_visit(self, _request: Request, token: str) -> Response:
        """Answer a visit."""
        return json_response(visits.view(self.mall, token))

    @public(
        "POST",
        "/api/v1/visits/<token>/check-in",
        operation=Operation(
            summary="Tell that the visit's holder is there: every step whose check-in is open waits now",
            tag=TAG,
            answer=VisitViewSchema,
            refusals=(UnknownVisit, Unavailable),
        ),
    )
    def api_check_in_visit(self, request: Request, token: str) -> Response:
        """Check in."""
        idempotency_key(request)
        return json_response(visits.check_in(self.mall, token))

    @public(
        "GET",
        "/api/v1/visits/<token>/qr.svg",
        operation=Operation(
            summary="A QR code that holds the address of the visit's page",
            tag=TAG,
            answer_type=files.SVG_TYPE,
            refusals=(UnknownVisit,),
        ),
    )
    def api_qr_code_of_visit(self, _request: Request, token: str) -> Response:
        """Answer the QR code."""
        visits.visit_id_of(self.mall, token)
        body = files.qr_code(f"{self.mall.public_url}/visits/{token}")
        return Response(body, mimetype=files.SVG_TYPE, headers={"Cache-Control": "private, max-age=3600"})
