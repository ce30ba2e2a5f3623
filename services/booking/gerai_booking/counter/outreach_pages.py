"""The register of outreach for supervisors: what is planned and was held, how many it reached, the target."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import outreach_shapes as shapes
from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.outreach import CHANNELS
from gerai_booking.rules.regions import REGENCIES
from gerai_booking.usecases import outreach, views
from gerai_booking.usecases.plan import Change

Work = Callable[[Session, Change, dict[str, Any]], object]


class OutreachPages(OfficersForms):
    """How the agency makes its services known."""

    @http("GET", "/outreach", page=True)
    @at_the_door
    def outreach_page(self, request: Request) -> Response:
        """Show the register, and its forms."""
        return self._outreach(request)

    @http("POST", "/outreach/events", page=True)
    @at_the_door
    def outreach_event_form(self, request: Request) -> Response:
        """Write an event down."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            topics = tuple(asked.pop("topics"))
            outreach.record_event(session, self.office, change, topics=topics, **asked)

        return self._change_outreach(request, "event", shapes.EventSchema(), run)

    @http("POST", "/outreach/reports", page=True)
    @at_the_door
    def outreach_report_form(self, request: Request) -> Response:
        """Write down what became of an event."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            event_id = asked.pop("event")
            outreach.report_event(session, self.office, change, event_id=event_id, **asked)

        return self._change_outreach(request, "report", shapes.ReportSchema(), run)

    @http("POST", "/outreach/targets", page=True)
    @at_the_door
    def outreach_target_form(self, request: Request) -> Response:
        """Set how many events a year should have."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            outreach.set_target(session, self.office, change, **asked)

        return self._change_outreach(request, "target", shapes.TargetSchema(), run)

    def _change_outreach(self, request: Request, form: str, schema: Schema, run: Work) -> Response:
        def change(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            why, now = asked.pop("why", ""), self.deployment.clock.now()
            run(session, Change(officer=officer, why=why, now=now), asked)

        show = partial(self._outreach, request)
        return self.carry_out_form(request, form=form, schema=schema, run=change, show=show, back="/outreach")

    def _outreach(self, request: Request, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = outreach.overview(session, self.office, now=now)
        agency = self.office.agency
        return self.pages.render(
            request,
            "outreach.html",
            officer=officer,
            seen=seen,
            channels=CHANNELS,
            regencies=self._regencies_of_interest(),
            regency_names=REGENCIES,
            service_names={service.code: views.both(service.name) for service in agency.services},
            today=outreach.today_of(self.office, now).isoformat(),
            time_zone=agency.sites[0].time_zone,
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )

    def _regencies_of_interest(self) -> list[tuple[str, str]]:
        """Return the regencies of the provinces where the agency has a site, with their codes."""
        provinces = {site.regency_code[:2] for site in self.office.agency.sites}
        return [(code, name) for code, name in REGENCIES.items() if code[:2] in provinces]
