"""Suspensions for supervisors: look somebody up, write an order down, lift it."""

from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.refusals import Refused
from gerai_shared.translations import language_of, translate
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.supervision_shapes import IdentitySchema, SuspensionSchema, WhySchema
from gerai_booking.usecases import sanctions, views
from gerai_booking.usecases.sanctions import Identity

PRIVATE = frozenset({"number"})
NOT_REFUSED: dict[str, Any] = {"filled": {}, "error": "", "errors": {}, "refused_form": ""}


class SanctionPages(OfficersForms):
    """The record of suspensions."""

    @http("GET", "/sanctions", page=True)
    @at_the_door
    def sanctions_page(self, request: Request) -> Response:
        """Show the suspensions written down last, and the forms."""
        return self._sanctions(request)

    @http("POST", "/sanctions/look-up", page=True)
    @at_the_door
    def look_up_form(self, request: Request) -> Response:
        """Show what stands against one person; the number goes no further than this request."""
        self.pages.check_form(request)
        filled = {name: request.form.get(f"look_up_{name}", "") for name in IdentitySchema().fields}
        try:
            asked = load(IdentitySchema(), filled)
            with self.deployment.database.transaction() as session:
                officer = self.officer(session, request)
                identity = Identity(citizenship=asked["citizenship"], number=asked["number"])
                found = sanctions.look_up(
                    session,
                    self.office,
                    officer=officer,
                    identity=identity,
                    why=asked["why"],
                    now=self.deployment.clock.now(),
                )
        except Refused as refused:
            return self._sanctions(
                request,
                status=refused.status,
                refused_form="look_up",
                filled=filled,
                error=translate(refused, language_of(request)),
                errors=self._errors(request, "look_up", IdentitySchema(), refused),
            )
        return self._sanctions(request, looked_up=found)

    @http("POST", "/sanctions", page=True)
    @at_the_door
    def suspension_form(self, request: Request) -> Response:
        """Write an order down."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            order = {key: value for key, value in asked.items() if key not in ("citizenship", "number")}
            identity = Identity(citizenship=asked["citizenship"], number=asked["number"])
            now = self.deployment.clock.now()
            sanctions.suspend(session, self.office, officer=officer, identity=identity, now=now, **order)

        return self.carry_out_form(
            request,
            form="suspension",
            schema=SuspensionSchema(),
            run=run,
            show=partial(self._sanctions, request),
            back="/sanctions",
            private=PRIVATE,
        )

    @http("GET", "/sanctions/<suspension>", page=True)
    @at_the_door
    def suspension_page(self, request: Request, suspension: str) -> Response:
        """Open one suspension."""
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)
            now = self.deployment.clock.now()
            found = sanctions.opened(session, self.office, officer=officer, suspension_id=suspension, now=now)
        return self._suspension(request, officer, found)

    @http("POST", "/sanctions/<suspension>/lift", page=True)
    @at_the_door
    def lift_suspension_form(self, request: Request, suspension: str) -> Response:
        """Lift a suspension."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            sanctions.lift(session, officer=officer, suspension_id=suspension, why=asked["why"], now=now)

        def show(**refusal: Any) -> Response:
            with self.deployment.database.reading() as session:
                officer = self.officer(session, request)
                found = sanctions.seen(session, self.office, officer=officer, suspension_id=suspension)
            return self._suspension(request, officer, found, **refusal)

        return self.carry_out_form(
            request, form="lift", schema=WhySchema(), run=run, show=show, back=f"/sanctions/{suspension}"
        )

    def _suspension(
        self, request: Request, officer: Officer, found: sanctions.Suspension, **refusal: Any
    ) -> Response:
        return self.pages.render(
            request,
            "sanction.html",
            officer=officer,
            found=found,
            kind_names=found.kind_names,
            service_names={each.code: views.both(each.name) for each in self.office.agency.services},
            site_names={each.code: each.name for each in self.office.agency.sites},
            **NOT_REFUSED | self._days() | refusal,
        )

    def _sanctions(self, request: Request, **more: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            now = self.deployment.clock.now()
            record = sanctions.record(session, self.office, officer=officer, now=now)
        return self.pages.render(
            request,
            "sanctions.html",
            officer=officer,
            record=record,
            kind_names=record.kind_names,
            **NOT_REFUSED | {"looked_up": None} | self._days() | more,
        )

    def _days(self) -> dict[str, Any]:
        site = self.office.agency.sites[0]
        today = self.office.today(site.code, self.deployment.clock.now())
        return {"today": today, "time_zone": site.time_zone}
