"""The road map of a site for supervisors: planned counters, and how many events the agency has a year."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import road_map_shapes as shapes
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.road_map import STATES
from gerai_booking.usecases import road_map
from gerai_booking.usecases.plan import Change

Work = Callable[[Session, Change, dict[str, Any]], object]


class RoadMapPages(OfficersForms):
    """What is to open when, as supervisors plan it."""

    @http("GET", "/road-map", page=True)
    @at_the_door
    def road_map_start(self, request: Request) -> Response:
        """Lead to the road map of the first site."""
        with self.deployment.database.reading() as session:
            self.officer(session, request).must_be_supervisor()
        return see(f"/road-map/{self.office.agency.sites[0].code}")

    @http("GET", "/road-map/<site>", page=True)
    @at_the_door
    def road_map_page(self, request: Request, site: str) -> Response:
        """Show the road map of a site."""
        return self._show_road_map(request, site)

    @http("POST", "/road-map/<site>/counters", page=True)
    @at_the_door
    def road_map_counter_form(self, request: Request, site: str) -> Response:
        """Put a counter on the road map."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            road_map.plan_counter(session, self.office, change, site=site, **asked)

        return self._change_road_map(request, site, "counter", shapes.CounterSchema(), run)

    @http("POST", "/road-map/<site>/revisions", page=True)
    @at_the_door
    def road_map_revision_form(self, request: Request, site: str) -> Response:
        """Change an entry of the road map."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            counter_id = asked.pop("entry")
            road_map.revise_counter(session, self.office, change, site=site, counter_id=counter_id, **asked)

        return self._change_road_map(request, site, "revision", shapes.RevisionSchema(), run)

    def _change_road_map(self, request: Request, site: str, form: str, schema: Schema, run: Work) -> Response:
        def change(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            why, now = asked.pop("why", ""), self.deployment.clock.now()
            run(session, Change(officer=officer, why=why, now=now), asked)

        show = partial(self._show_road_map, request, site)
        return self.carry_out_form(
            request, form=form, schema=schema, run=change, show=show, back=f"/road-map/{site}"
        )

    def _show_road_map(self, request: Request, site: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = road_map.overview(session, self.office, site=site, now=now)
        return self.pages.render(
            request,
            "road_map.html",
            officer=officer,
            site=self.office.site(site),
            sites=self.office.agency.sites,
            seen=seen,
            states=STATES,
            groups=list(road_map.groups_of(self.office).values()),
            today=self.office.today(site, now).isoformat(),
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )
