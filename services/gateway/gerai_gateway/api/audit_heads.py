"""The published heads of the complaints' audit."""

from gerai_shared.http import json_response
from gerai_shared.refusals import Unavailable
from werkzeug.wrappers import Request, Response

from gerai_gateway.audit_heads import audit_heads
from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.schemas.audit_heads import AuditHeadsSchema


class AuditHeadsApi:
    """Mixin: what anybody may keep to tell later whether the audit was rewritten."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/audit-heads",
        operation=Operation(
            summary="The heads of the complaints' audit, published day by day, for you to keep",
            tag="Oversight",
            answer=AuditHeadsSchema,
            refusals=(Unavailable,),
        ),
    )
    def api_audit_heads(self, _request: Request) -> Response:
        """Answer the heads of the last months."""
        return json_response(audit_heads(self.mall))
