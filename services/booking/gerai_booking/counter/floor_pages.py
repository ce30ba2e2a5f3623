"""The whole floor of a site, for its supervisor."""

from typing import Any

from gerai_shared.http import http
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door
from gerai_booking.usecases import devices, signs, views, whole_floor


class FloorPages(Signed):
    """Every counter of a site, and everybody who waits there."""

    @http("GET", "/floor/<site>", page=True)
    @at_the_door
    def floor_page(self, request: Request, site: str) -> Response:
        """Show the floor."""
        return self.pages.render(request, "floor.html", **self._floor(request, site))

    @http("GET", "/floor/<site>/panel", page=True)
    def floor_panel(self, request: Request, site: str) -> Response:
        """Answer the moving part of the page."""
        body = self.pages.fragment(request, "floor_panel.html", **self._floor(request, site))
        return Response(body, mimetype="text/html", headers={"Cache-Control": "no-store"})

    def _floor(self, request: Request, site: str) -> dict[str, Any]:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            seen = whole_floor.whole_floor(session, self.office, officer=officer, site=site, now=now)
            troubled = devices.troubled(session, site=site, now=now)
            told = signs.signs(session, self.office, site=site, now=now)
        place = self.office.site(site)
        return {
            "officer": officer,
            "site": place,
            "sites": [each for each in self.office.agency.sites if self.office.counters_at(each.code)],
            "floor": seen,
            "troubled": troubled,
            "signs": told,
            "service_names": {each.code: views.both(each.name) for each in self.office.agency.services},
            "now": now,
            "time_zone": place.time_zone,
        }
