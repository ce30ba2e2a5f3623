"""The register of handovers of a day, on the screen and for printing."""

from datetime import date

from gerai_shared.http import http
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door
from gerai_booking.usecases import handing_over
from gerai_booking.usecases.views import both


class HandoverPages(Signed):
    """Who collected what on a day."""

    @http("GET", "/handovers/<site>", page=True)
    @at_the_door
    def handovers_page(self, request: Request, site: str) -> Response:
        """Show the register of a site's day, today's without `day`."""
        place = self.office.site(site)
        today = self.office.today(site, self.deployment.clock.now())
        try:
            day = date.fromisoformat(request.args.get("day", ""))
        except ValueError:
            day = today
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            entries = handing_over.register(session, self.office, site=site, day=day)
        return self.pages.render(
            request,
            "handovers.html",
            officer=officer,
            site=place,
            sites=self.office.agency.sites,
            day=day,
            entries=entries,
            service_names={service.code: both(service.name) for service in self.office.agency.services},
            time_zone=place.time_zone,
        )
