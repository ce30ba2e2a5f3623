"""Where the Ombudsman receives complaints next."""

from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import public
from gerai_gateway.portal.base import PortalPages
from gerai_gateway.pvl import pvl_events


class PvlPages(PortalPages):
    """Mixin: PVL on the spot."""

    @public("GET", "/pvl", page=True)
    def page_pvl(self, request: Request) -> Response:
        """Show where one may come to the Ombudsman, and what to bring."""
        return self.page(request, "pvl.html", section="complaint", found=pvl_events(self.mall))
