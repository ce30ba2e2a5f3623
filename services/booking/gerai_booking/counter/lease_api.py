"""What site nodes ask of the centre: a lease, what changed, to merge, to take the floor back."""

from collections.abc import Callable
from typing import Any

from gerai_shared.borders import load
from gerai_shared.http import http, json_body, json_response
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.lease_shapes import ChangesSchema, MergeSchema
from gerai_booking.usecases import leases
from gerai_booking.usecases.merging import Change, merge_page

#: A page of a merge, with the histories of its tickets.
PAGE_LIMIT = 8 * 1024 * 1024


class LeaseApi(Signed):
    """For nodes, which show their key as `Authorization: Bearer`. Everything may be asked again."""

    @http("POST", "/api/v1/leases")
    def api_lease(self, request: Request) -> Response:
        """Grant today's floor of the node's site: see usecases.leases.grant."""
        return self._for_node(request, leases.grant, status=201)

    @http("POST", "/api/v1/leases/<lease_id>/changes")
    def api_lease_changes(self, request: Request, lease_id: str) -> Response:
        """Answer what the node does not have: see usecases.leases.changes."""
        asked = load(ChangesSchema(), json_body(request))
        return self._for_node(request, leases.changes, lease_id=lease_id, **asked)

    @http("POST", "/api/v1/leases/<lease_id>/merge", body_limit=PAGE_LIMIT)
    def api_merge(self, request: Request, lease_id: str) -> Response:
        """Merge a page of the node's tickets: see usecases.merging.merge_page."""
        asked = load(MergeSchema(), json_body(request))
        changes = [Change(**ticket) for ticket in asked["tickets"]]
        return self._for_node(request, _merge, lease_id=lease_id, changes=changes)

    @http("POST", "/api/v1/leases/<lease_id>/return")
    def api_return(self, request: Request, lease_id: str) -> Response:
        """Take the floor back: see usecases.leases.give_back."""
        return self._for_node(request, leases.give_back, lease_id=lease_id)

    def _for_node(
        self, request: Request, usecase: Callable[..., Any], *, status: int = 200, **asked: Any
    ) -> Response:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            node = leases.node_of(session, key)
            answer = usecase(session, self.office, node, now=now, **asked)
        return json_response(answer, status)


def _merge(*given: Any, **asked: Any) -> dict[str, Any]:
    return {"tickets": merge_page(*given, **asked)}
