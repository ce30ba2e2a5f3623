"""What is kept of whoever brought a complaint: read by them, and erased at their wish."""

from gerai_shared.http import json_response
from gerai_shared.refusals import IdempotencyKeyReused, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands
from gerai_gateway.api.complaints import TAG
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownComplaint
from gerai_gateway.schemas.complaints import ComplaintViewSchema
from gerai_gateway.schemas.privacy import PersonalDataSchema


class PrivacyApi:
    """Mixin: personal data."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/complaints/<token>/personal-data",
        operation=Operation(
            summary="Everything that is kept of whoever brought a complaint; that it was given is recorded",
            tag=TAG,
            answer=PersonalDataSchema,
            refusals=(UnknownComplaint, Unavailable),
        ),
    )
    def api_personal_data(self, _request: Request, token: str) -> Response:
        """Answer it, and let no cache keep it."""
        response = json_response(errands.personal_data(self.mall, token))
        response.headers["Cache-Control"] = "no-store"
        return response

    @public(
        "POST",
        "/api/v1/complaints/<token>/erasure",
        operation=Operation(
            summary="Erase who brought a complaint: at once, or as soon as it is over",
            tag=TAG,
            answer=ComplaintViewSchema,
            refusals=(UnknownComplaint, IdempotencyKeyReused, Unavailable),
        ),
    )
    def api_erase(self, request: Request, token: str) -> Response:
        """Erase it; a second time is nothing more."""
        return json_response(errands.erase(self.mall, token, key=idempotency_key(request)))
