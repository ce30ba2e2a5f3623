"""The published heads of the complaints' audit as a page."""

from werkzeug.wrappers import Request, Response

from gerai_gateway.audit_heads import audit_heads
from gerai_gateway.entrypoints import public
from gerai_gateway.portal.base import PortalPages


class AuditHeadsPages(PortalPages):
    """Mixin: what anybody may keep to tell later whether the audit was rewritten."""

    @public("GET", "/audit-heads", page=True)
    def page_audit_heads(self, request: Request) -> Response:
        """Show the heads, and say what they are good for."""
        return self.page(
            request,
            "audit_heads.html",
            section="oversight",
            found=audit_heads(self.mall),
            zone="Asia/Jakarta",
        )
