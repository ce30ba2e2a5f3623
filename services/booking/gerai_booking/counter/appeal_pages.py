"""Appeals against missed visits for supervisors: who waits for an answer, and the answer."""

from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.supervision_shapes import DecisionSchema
from gerai_booking.usecases import appeals, views


class AppealPages(OfficersForms):
    """What holders of missed tickets say, and what is decided about it."""

    @http("GET", "/appeals", page=True)
    @at_the_door
    def appeals_page(self, request: Request) -> Response:
        """Show who waits for an answer, the longest first."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            found = appeals.overview(session, officer=officer)
        return self.pages.render(request, "appeals.html", officer=officer, found=found, **self._names())

    @http("GET", "/appeals/<ticket>", page=True)
    @at_the_door
    def appeal_page(self, request: Request, ticket: str) -> Response:
        """Show one appeal."""
        return self._appeal(request, ticket)

    @http("POST", "/appeals/<ticket>", page=True)
    @at_the_door
    def appeal_decision_form(self, request: Request, ticket: str) -> Response:
        """Decide about one."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            appeals.decide(
                session,
                self.office,
                officer=officer,
                ticket_id=ticket,
                accepted=asked["decision"] == "accept",
                reason=asked["why"],
                now=self.deployment.clock.now(),
            )

        return self.carry_out_form(
            request,
            form="decision",
            schema=DecisionSchema(),
            run=run,
            show=partial(self._appeal, request, ticket),
            back="/appeals",
        )

    def _appeal(self, request: Request, ticket: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            found = appeals.appeal(session, self.office, officer=officer, ticket_id=ticket, now=now)
        return self.pages.render(
            request,
            "appeal.html",
            officer=officer,
            found=found,
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | self._names() | refusal,
        )

    def _names(self) -> dict[str, Any]:
        agency = self.office.agency
        return {
            "service_names": {each.code: views.both(each.name) for each in agency.services},
            "sites": {each.code: each for each in agency.sites},
            "time_zone": agency.sites[0].time_zone,
        }
