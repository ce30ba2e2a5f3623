"""The display of a site, for a television on the wall."""

from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view, devices
from gerai_gateway.entrypoints import public
from gerai_gateway.portal.base import PortalPages, see_other


class DisplayPages(PortalPages):
    """Mixin: the display."""

    @public("GET", "/display/<site>", page=True)
    def page_display(self, request: Request, site: str) -> Response:
        """Show the calls of all agencies at a site; `?key=` makes it a device that is missed when silent."""
        if "key" in request.args:
            return devices.signed_in(self.mall, request, see_other(devices.address_without_key(request)))
        board = board_view.board(self.mall, site, language=language_of(request), now=self.now)
        return self.page(request, "display.html", board=board)
