"""The waiting list."""

from gerai_shared.borders import load
from gerai_shared.http import json_body, json_response
from gerai_shared.refusals import IdempotencyKeyReused, InvalidRequest, Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway import waiting
from gerai_gateway.entrypoints import Operation, idempotency_key, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownAgency, UnknownEntry, UnknownService, UnknownSite
from gerai_gateway.schemas import taken
from gerai_gateway.schemas.waiting import WaitingEntrySchema

TAG = "Waiting list"
_join = taken.JoinSchema()


class WaitingApi:
    """Mixin: waiting for a place of full days, until one is kept for whoever waits."""

    mall: Mall

    @public(
        "POST",
        "/api/v1/agencies/<agency>/waiting-list",
        operation=Operation(
            summary="Wait for a place of days that are full",
            tag=TAG,
            status=201,
            body=taken.JoinSchema,
            answer=WaitingEntrySchema,
            refusals=(
                UnknownAgency,
                UnknownSite,
                UnknownService,
                InvalidRequest,
                IdempotencyKeyReused,
                Unavailable,
            ),
            codes=(
                (403, "suspended"),
                (409, "already_waiting"),
                (409, "open_ticket_exists"),
                (409, "places_free"),
                (409, "too_many_entries"),
                (422, "wait_too_long"),
                (422, "waiting_over"),
                (422, "wrong_citizenship"),
            ),
        ),
    )
    def api_join_waiting_list(self, request: Request, agency: str) -> Response:
        """Put somebody on the list."""
        key = idempotency_key(request)
        body = json_body(request)
        load(_join, body)
        return json_response(waiting.join(self.mall, agency, body, key=key), 201)

    @public(
        "GET",
        "/api/v1/waiting-list/<token>",
        operation=Operation(
            summary="A place in the waiting list: how many are before it, and the offer when there is one",
            tag=TAG,
            answer=WaitingEntrySchema,
            refusals=(UnknownEntry, Unavailable),
        ),
    )
    def api_waiting_list_entry(self, _request: Request, token: str) -> Response:
        """Answer a place in the list."""
        return json_response(waiting.entry(self.mall, token))

    @public(
        "POST",
        "/api/v1/waiting-list/<token>/leave",
        operation=Operation(
            summary="Leave the waiting list; a place that is kept goes to the next one",
            tag=TAG,
            answer=WaitingEntrySchema,
            refusals=(UnknownEntry, IdempotencyKeyReused, Unavailable),
        ),
    )
    def api_leave_waiting_list(self, request: Request, token: str) -> Response:
        """Take somebody from the list."""
        return json_response(waiting.leave(self.mall, token, key=idempotency_key(request)))
