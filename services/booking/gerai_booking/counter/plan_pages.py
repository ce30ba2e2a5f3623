"""The plan of a site for supervisors: what is left, who gave more, and what is to change."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking import schemas
from gerai_booking.counter import plan_view
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.quota import Bound
from gerai_booking.usecases import offer_runs, plan, slot_quotas
from gerai_booking.usecases.plan import Change

DAYS_SHOWN = 14

ChangeOfPlan = Callable[[Session, Change, dict[str, Any]], None]


class PlanPages(OfficersForms):
    """Quotas, restrictions and grants, as supervisors see and change them."""

    @http("GET", "/plan", page=True)
    @at_the_door
    def plan_start(self, request: Request) -> Response:
        """Lead to the plan of the first site."""
        with self.deployment.database.reading() as session:
            self.officer(session, request).must_be_supervisor()
        return see(f"/plan/{self.office.agency.sites[0].code}")

    @http("GET", "/plan/<site>", page=True)
    @at_the_door
    def plan_page(self, request: Request, site: str) -> Response:
        """Show the plan of a site."""
        return self._plan(request, site)

    @http("POST", "/plan/<site>/quotas", page=True)
    @at_the_door
    def quota_form(self, request: Request, site: str) -> Response:
        """Put a dated quota into the plan."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            plan.set_quota(
                session,
                self.office,
                change,
                site=site,
                bound=Bound(asked["service"], asked["channel"]),
                places_a_day=asked["places"],
                valid_from=asked["valid_from"],
                valid_to=asked["valid_to"],
                basis=asked["basis"],
            )

        return self._change(request, site, "quota", schemas.QuotaSchema(), run)

    @http("POST", "/plan/<site>/end", page=True)
    @at_the_door
    def end_quota_form(self, request: Request, site: str) -> Response:
        """Let a dated quota end."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            plan.end_quota(
                session,
                self.office,
                change,
                site=site,
                bound=Bound(asked["service"], asked["channel"]),
                valid_from=asked["valid_from"],
            )

        return self._change(request, site, "end", schemas.EndQuotaSchema(), run)

    @http("POST", "/plan/<site>/restrictions", page=True)
    @at_the_door
    def restriction_form(self, request: Request, site: str) -> Response:
        """Put a regime in force."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            given = {name: value for name, value in asked.items() if name != "why"}
            plan.restrict(session, self.office, change, **given)

        return self._change(request, site, "restriction", schemas.RestrictionSchema(), run)

    @http("POST", "/plan/<site>/lift", page=True)
    @at_the_door
    def lift_form(self, request: Request, site: str) -> Response:
        """Let a restriction end."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            plan.lift(session, self.office, change, restriction_id=asked["restriction"])

        return self._change(request, site, "lift", schemas.LiftSchema(), run)

    @http("POST", "/plan/<site>/hours", page=True)
    @at_the_door
    def places_of_hours_form(self, request: Request, site: str) -> Response:
        """Put dated places of an hour into the plan."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            slot_quotas.set_places(
                session,
                self.office,
                change,
                site=site,
                service=asked["service"],
                places_an_hour=asked["places"],
                valid_from=asked["valid_from"],
                valid_to=asked["valid_to"],
                basis=asked["basis"],
            )

        return self._change(request, site, "hours", schemas.QuotaSchema(exclude=("channel",)), run)

    def _change(self, request: Request, site: str, form: str, schema: Schema, run: ChangeOfPlan) -> Response:
        """Carry out a change of the plan."""

        def change(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            run(session, Change(officer=officer, why=asked["why"], now=now), asked)

        show = partial(self._plan, request, site)
        response = self.carry_out_form(
            request, form=form, schema=schema, run=change, show=show, back=f"/plan/{site}"
        )
        # Who waits is offered new places before anybody else finds them; not under the locks of all days.
        offer_runs.make_offers(self.deployment.database, self.office, now=self.deployment.clock.now())
        return response

    def _plan(self, request: Request, site: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_supervisor()
            seen = plan.overview(session, self.office, site=site, days=DAYS_SHOWN, now=now)
        return self.pages.render(
            request,
            "plan.html",
            officer=officer,
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
            **plan_view.context(self.office, site, seen, now=now),
        )
