"""Where supervisors and the centre find everything that they decide."""

from gerai_shared.http import http
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door


class ManagePages(Signed):
    """The way to the pages of supervisors and of the centre."""

    @http("GET", "/manage", page=True)
    @at_the_door
    def manage_page(self, request: Request) -> Response:
        """Show what can be decided."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_above_officers()
        staffed = (site.code for site in self.office.agency.sites if self.office.counters_at(site.code))
        return self.pages.render(
            request, "manage.html", officer=officer, agency=self.office.agency, site=next(staffed, None)
        )
