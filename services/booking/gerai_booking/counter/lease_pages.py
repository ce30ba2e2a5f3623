"""Site nodes and what was merged of them, for supervisors."""

from typing import Any

from gerai_shared.http import http
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.commands import Signed
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.usecases import lease_views, leases, views


class LeasePages(Signed):
    """Which floors are with a node, and the tickets that both sides changed apart."""

    @http("GET", "/leases", page=True)
    @at_the_door
    def leases_page(self, request: Request) -> Response:
        """Show leases and conflicts."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            seen = lease_views.overview(session, officer=officer)
        return self.pages.render(
            request,
            "leases.html",
            officer=officer,
            seen=seen,
            site_names={site.code: views.both(site.name) for site in self.office.agency.sites},
            service_names={each.code: views.both(each.name) for each in self.office.agency.services},
            zones={site.code: site.time_zone for site in self.office.agency.sites},
        )

    @http("POST", "/leases/<lease_id>/recall", page=True)
    def recall_form(self, request: Request, lease_id: str) -> Response:
        """Ask a node for its floor."""
        return self._done(request, leases.recall, lease_id=lease_id)

    @http("POST", "/leases/<lease_id>/revoke", page=True)
    def revoke_form(self, request: Request, lease_id: str) -> Response:
        """End the lease of a node that is lost."""
        now = self.deployment.clock.now()
        why = _typed(request, "why-")[:1000]
        return self._done(request, leases.revoke, lease_id=lease_id, why=why, now=now)

    @http("POST", "/leases/conflicts/<conflict_id>", page=True)
    def conflict_form(self, request: Request, conflict_id: str) -> Response:
        """Write down that somebody has looked after a conflict."""
        now = self.deployment.clock.now()
        note = _typed(request, "note-")[:1000]
        return self._done(request, leases.handle_conflict, conflict_id=conflict_id, note=note, now=now)

    def _done(self, request: Request, usecase: Any, **asked: Any) -> Response:
        self.pages.check_form(request)
        with self.deployment.database.transaction() as session:
            usecase(session, officer=self.officer(session, request), **asked)
        return see("/leases")


def _typed(request: Request, prefix: str) -> str:
    """Return what was typed: the field's name ends with the id of what it is about."""
    found = (value for name, value in request.form.items() if name.startswith(prefix))
    return next(found, "").strip()
