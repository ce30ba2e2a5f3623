"""The register of establishments for supervisors: requests, checklist, minutes, demand, and the report."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.refusals import InvalidRequest
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import establishment_shapes as shapes
from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules import demand as demand_rules
from gerai_booking.rules import establishment as rules
from gerai_booking.rules.regions import REGENCIES, district_name, regency_name
from gerai_booking.usecases import demand, establishment, views
from gerai_booking.usecases.plan import Change

Work = Callable[[Session, Change, dict[str, Any]], object]
NOTHING_REFUSED: dict[str, Any] = {"filled": {}, "error": "", "errors": {}, "refused_form": ""}
MONTHS_SHOWN = 12


class EstablishmentPages(OfficersForms):
    """Requests to establish a service point; only where the agency keeps such a register."""

    @http("GET", "/establishment", page=True)
    @at_the_door
    def establishment_register(self, request: Request) -> Response:
        """Show all requests, and what is late of all of them."""
        return self._show_establishments(request)

    @http("POST", "/establishment/requests", page=True)
    @at_the_door
    def establishment_request_form(self, request: Request) -> Response:
        """Record a request."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            establishment.submit(
                session,
                self.office,
                change,
                kind=asked["kind"],
                regency_code=asked["regency"],
                place=asked["place"],
                submitted_on=asked["submitted_on"],
            )

        return self._carry_out_establishment(
            request, "request", shapes.RequestSchema(), run, self._show_establishments, "/establishment"
        )

    @http("GET", "/establishment/demand", page=True)
    @at_the_door
    def establishment_demand(self, request: Request) -> Response:
        """Show demand by district."""
        today = establishment.today_of(self.office, self.deployment.clock.now())
        asked = {
            "regency": self.office.agency.sites[0].regency_code,
            **_last_months(today),
            "site": "all",
            "service": "all",
            **request.args.to_dict(),
        }
        asked.pop("lang", None)
        errors: dict[str, str] = {}
        found = None
        with self.deployment.database.reading() as session:
            officer = self._establishing_supervisor(session, request)
            try:
                found = demand.by_district(
                    session, self.office, demand.Question(**load(shapes.DemandSchema(), asked))
                )
            except InvalidRequest as refused:
                wrong = refused.details["fields"]
                errors = {name: self.pages.text(request, texts[0]) for name, texts in wrong.items()}
        return self.pages.render(
            request,
            "establishment_demand.html",
            status=422 if errors else 200,
            officer=officer,
            asked=asked,
            errors=errors,
            regencies=sorted(REGENCIES.items()),
            sites=self.office.agency.sites,
            services=[(each.code, views.both(each.name)) for each in self.office.agency.services],
            today=today,
            **_demand_context(found, asked["regency"]),
        )

    @http("GET", "/establishment/<request_id>", page=True)
    @at_the_door
    def establishment_page(self, request: Request, request_id: str) -> Response:
        """Show a request."""
        return self._show_establishment(request, request_id)

    @http("GET", "/establishment/<request_id>/report", page=True)
    @at_the_door
    def establishment_report(self, request: Request, request_id: str) -> Response:
        """Show everything about a request on paper, for who is to be reported to (S4-8)."""
        return self._show_establishment(request, request_id, template="establishment_report.html")

    @http("POST", "/establishment/<request_id>/stage", page=True)
    @at_the_door
    def establishment_stage_form(self, request: Request, request_id: str) -> Response:
        """Take a request to another stage."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            establishment.move(
                session, self.office, change, request_id=request_id, stage=asked["stage"], on=asked["on"]
            )

        return self._change_establishment(request, request_id, "stage", shapes.StageSchema(), run)

    @http("POST", "/establishment/<request_id>/items", page=True)
    @at_the_door
    def establishment_item_form(self, request: Request, request_id: str) -> Response:
        """Write down what became of an item of the checklist."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            establishment.set_item(
                session,
                self.office,
                change,
                request_id=request_id,
                item=asked["item"],
                state=asked["state"],
                document=_document(asked) if asked["number"] else None,
                immigration_staff=asked["immigration_staff"],
                regional_staff=asked["regional_staff"],
            )

        return self._change_establishment(request, request_id, "item", shapes.ItemSchema(), run)

    @http("POST", "/establishment/<request_id>/documents", page=True)
    @at_the_door
    def establishment_document_form(self, request: Request, request_id: str) -> Response:
        """Put a document into the register."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            establishment.add_document(
                session, self.office, change, request_id=request_id, document=_document(asked)
            )

        return self._change_establishment(request, request_id, "document", shapes.DocumentSchema(), run)

    @http("POST", "/establishment/<request_id>/minutes", page=True)
    @at_the_door
    def establishment_minutes_form(self, request: Request, request_id: str) -> Response:
        """Write down a meeting."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            establishment.add_minutes(session, self.office, change, request_id=request_id, **asked)

        return self._change_establishment(request, request_id, "minutes", shapes.MinutesSchema(), run)

    @http("POST", "/establishment/<request_id>/actions", page=True)
    @at_the_door
    def establishment_action_form(self, request: Request, request_id: str) -> Response:
        """Write down what somebody is to do."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            minutes_id = asked.pop("minutes")
            establishment.add_action(
                session, self.office, change, request_id=request_id, minutes_id=minutes_id, **asked
            )

        return self._change_establishment(request, request_id, "action", shapes.ActionSchema(), run)

    @http("POST", "/establishment/<request_id>/done", page=True)
    @at_the_door
    def establishment_done_form(self, request: Request, request_id: str) -> Response:
        """Write down that something was done."""

        def run(session: Session, change: Change, asked: dict[str, Any]) -> None:
            establishment.finish_action(
                session, self.office, change, request_id=request_id, action_id=asked["action"]
            )

        return self._change_establishment(request, request_id, "done", shapes.DoneSchema(), run)

    def _change_establishment(
        self, request: Request, request_id: str, form: str, schema: Schema, run: Work
    ) -> Response:
        show = partial(self._show_establishment, request_id=request_id)
        return self._carry_out_establishment(request, form, schema, run, show, f"/establishment/{request_id}")

    def _carry_out_establishment(
        self,
        request: Request,
        form: str,
        schema: Schema,
        run: Work,
        show: Callable[..., Response],
        back: str,
    ) -> Response:
        """Carry out a form of the register."""

        def change(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            why, now = asked.pop("why", ""), self.deployment.clock.now()
            run(session, Change(officer=officer, why=why, now=now), asked)

        return self.carry_out_form(
            request, form=form, schema=schema, run=change, show=partial(show, request), back=back
        )

    def _establishing_supervisor(self, session: Session, request: Request) -> Officer:
        officer = self.officer(session, request)
        officer.must_be_supervisor()
        establishment.must_establish(self.office)
        return officer

    def _show_establishments(self, request: Request, **refusal: Any) -> Response:
        today = establishment.today_of(self.office, self.deployment.clock.now())
        with self.deployment.database.reading() as session:
            officer = self._establishing_supervisor(session, request)
            found = establishment.register(session, self.office, today=today)
        return self.pages.render(
            request,
            "establishment.html",
            officer=officer,
            found=found,
            late={each.id for each in found.requests if establishment.is_late(each, today=today)},
            kinds=rules.KINDS,
            regencies=sorted(REGENCIES.items()),
            today=today.isoformat(),
            **NOTHING_REFUSED | refusal,
        )

    def _show_establishment(
        self,
        request: Request,
        request_id: str,
        *,
        template: str = "establishment_request.html",
        **refusal: Any,
    ) -> Response:
        today = establishment.today_of(self.office, self.deployment.clock.now())
        with self.deployment.database.reading() as session:
            officer = self._establishing_supervisor(session, request)
            found = establishment.dossier(session, self.office, request_id=request_id, today=today)
            period = _last_months(today) | {"regency": found.request.regency_code}
            question = demand.Question(**load(shapes.DemandSchema(), period))
            seen = demand.by_district(session, self.office, question)
        return self.pages.render(
            request,
            template,
            officer=officer,
            found=found,
            steps=[(row, json.loads(row.after)) for row in found.changes],
            item_states=rules.ITEM_STATES,
            way=rules.WAY,
            period=period,
            today=today,
            time_zone=self.office.agency.sites[0].time_zone,
            **_demand_context(seen, found.request.regency_code),
            **NOTHING_REFUSED | refusal,
        )


def _document(asked: dict[str, Any]) -> establishment.Document:
    return establishment.Document(**{name: asked[name] for name in ("number", "dated", "title", "kept_at")})


def _last_months(today: date) -> dict[str, str]:
    """Return the months up to this one, as the form of demand asks for them."""
    earlier = today.year * 12 + today.month - MONTHS_SHOWN
    first = date(earlier // 12, earlier % 12 + 1, 1)
    return {"first": f"{first:%Y-%m}", "last": f"{today:%Y-%m}"}


def _demand_context(found: demand_rules.Demand | None, regency: str) -> dict[str, Any]:
    return {
        "demand": found,
        "regency_name": regency_name(regency),
        "district_name": district_name,
        "least_shown": demand_rules.LEAST_SHOWN,
    }
