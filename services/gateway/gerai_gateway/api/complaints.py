"""Complaints."""

from gerai_shared.borders import load
from gerai_shared.http import json_body, json_response
from gerai_shared.refusals import IdempotencyKeyReused, InvalidRequest, Unavailable
from gerai_shared.ticket import TransitionNotAllowed
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownAgency, UnknownComplaint, UnknownService, UnknownSite
from gerai_gateway.schemas import taken
from gerai_gateway.schemas.complaints import ComplaintViewSchema, FiledSchema

TAG = "Complaints"
_complaint = taken.ComplaintSchema()
_decision = taken.DecisionSchema()


def _deciding(summary: str) -> Operation:
    return Operation(
        summary=summary,
        tag=TAG,
        body=taken.DecisionSchema,
        is_body_optional=True,
        answer=ComplaintViewSchema,
        refusals=(
            UnknownComplaint,
            InvalidRequest,
            IdempotencyKeyReused,
            TransitionNotAllowed,
            Unavailable,
        ),
    )


class ComplaintsApi:
    """Mixin: file a complaint, follow it, answer to the answer."""

    mall: Mall

    @public(
        "POST",
        "/api/v1/complaints",
        operation=Operation(
            summary="File a complaint; the receipt names the day by which it is answered",
            tag=TAG,
            status=201,
            body=taken.ComplaintSchema,
            answer=FiledSchema,
            refusals=(
                UnknownAgency,
                UnknownSite,
                UnknownService,
                InvalidRequest,
                IdempotencyKeyReused,
                Unavailable,
            ),
        ),
    )
    def api_file_complaint(self, request: Request) -> Response:
        """File a complaint."""
        key = idempotency_key(request)
        body = load(_complaint, json_body(request))
        receipt = errands.file_complaint(self.mall, body, key=key)
        return json_response({**receipt, "url": f"{self.mall.public_url}/c/{receipt['token']}"}, 201)

    @public(
        "GET",
        "/api/v1/complaints/<token>",
        operation=Operation(
            summary="A complaint as its sender sees it",
            tag=TAG,
            answer=ComplaintViewSchema,
            refusals=(UnknownComplaint, Unavailable),
        ),
    )
    def api_complaint(self, _request: Request, token: str) -> Response:
        """Answer a complaint."""
        return json_response(errands.complaint(self.mall, token))

    @public(
        "POST",
        "/api/v1/complaints/<token>/accept",
        operation=_deciding("Accept the answer; the complaint is closed"),
    )
    def api_accept(self, request: Request, token: str) -> Response:
        """Accept the answer."""
        return self._decide(request, token, "accept")

    @public(
        "POST",
        "/api/v1/complaints/<token>/dispute",
        operation=_deciding("Dispute the answer; work on the complaint goes on"),
    )
    def api_dispute(self, request: Request, token: str) -> Response:
        """Dispute the answer."""
        return self._decide(request, token, "dispute")

    @public(
        "POST",
        "/api/v1/complaints/<token>/complete",
        operation=_deciding("Write what was asked for; the time to answer goes on"),
    )
    def api_complete(self, request: Request, token: str) -> Response:
        """Complete it."""
        return self._decide(request, token, "complete")

    @public(
        "POST",
        "/api/v1/complaints/<token>/withdraw",
        operation=_deciding("Withdraw a complaint"),
    )
    def api_withdraw(self, request: Request, token: str) -> Response:
        """Withdraw it."""
        return self._decide(request, token, "withdraw")

    @public(
        "POST",
        "/api/v1/complaints/<token>/reopen",
        operation=_deciding("Object to a refusal, or open a complaint again that is over"),
    )
    def api_reopen(self, request: Request, token: str) -> Response:
        """Open it again."""
        return self._decide(request, token, "reopen")

    @public(
        "POST",
        "/api/v1/complaints/<token>/unpublish",
        operation=Operation(
            summary="Take back that everybody may read the complaint",
            tag=TAG,
            answer=ComplaintViewSchema,
            refusals=(UnknownComplaint, Unavailable),
        ),
    )
    def api_unpublish(self, request: Request, token: str) -> Response:
        """Let the public read it no more; a second time is nothing, with whatever key."""
        idempotency_key(request)
        return json_response(errands.unpublish(self.mall, token))

    def _decide(self, request: Request, token: str, decision: str) -> Response:
        key = idempotency_key(request)
        errands.check_complaint_token(token)
        body = load(_decision, json_body(request) if request.get_data(cache=True) else {})
        return json_response(errands.decide(self.mall, token, decision, body.get("text"), key=key))
