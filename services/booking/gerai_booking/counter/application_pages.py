"""Applications for officers: the gate of completeness, the list, and each with what may come next."""

from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import application_shapes as shapes
from gerai_booking.counter.application_view import application_context, list_context
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.application import MoveNotAllowed
from gerai_booking.rules.catalogue import Service
from gerai_booking.rules.lanes import GROUNDS
from gerai_booking.rules.quota import EMERGENCY, OVER_QUOTA
from gerai_booking.usecases import application_views, applications, files, handing_over, intake, rulebook
from gerai_booking.usecases.applicants import Applicant, applicant_of
from gerai_booking.usecases.desk import Desk
from gerai_booking.usecases.views import both

NOT_REFUSED = {"filled": {}, "error": "", "errors": {}, "refused_form": ""}


class ApplicationPages(OfficersForms):
    """From a ticket that was served to a result that was handed over."""

    @http("GET", "/applications", page=True)
    @at_the_door
    def applications_start(self, request: Request) -> Response:
        """Lead to the applications of the first site."""
        with self.deployment.database.reading() as session:
            self.officer(session, request)
        return see(f"/applications/{self.office.agency.sites[0].code}")

    @http("GET", "/applications/<site>", page=True)
    @at_the_door
    def applications_page(self, request: Request, site: str) -> Response:
        """Show the applications of a site."""
        place, now = self.office.site(site), self.deployment.clock.now()
        wanted = request.args.get("show", "open")
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            listed = application_views.listing(session, self.office, site=site, wanted=wanted, now=now)
            waiting = application_views.without_file(session, self.office, site=site, now=now)
            services = rulebook.services_with_every_stage(session, self.office)
            stages = application_views.stage_filters(session, self.office, site=site)
        return self.pages.render(
            request,
            "applications.html",
            officer=officer,
            listed=listed,
            without_file=waiting,
            stages=stages,
            **list_context(self.office, services, place, wanted),
        )

    @http("GET", "/counters/<site>/<counter>/gate/<service>", page=True)
    @at_the_door
    def gate_page(self, request: Request, site: str, counter: str, service: str) -> Response:
        """Show the checklist before a number is given."""
        return self._gate(request, site, counter, service)

    @http("POST", "/counters/<site>/<counter>/gate/<service>", page=True)
    @at_the_door
    def gate_form(self, request: Request, site: str, counter: str, service: str) -> Response:
        """Give a number for a complete file, or write down that it was handed back."""
        self.office.counter(site, counter)
        asked_for = self.office.service(service)
        back = f"/counters/{site}/{counter}/arrivals"
        leads_to: list[str] = []

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            if asked["act"] == shapes.TURN_AWAY:
                leads_to.append(self._turn_away(session, officer, site, asked_for, None, asked))
                return
            desk = Desk(site=site, counter="", officer_id=officer.id, now=self.deployment.clock.now())
            leads_to.append(f"{back}?number={self._give(session, desk, officer, asked_for, asked)}")

        show = partial(self._gate, request, site, counter, service)
        schema = shapes.checklist_schema(asked_for, act=shapes.GIVE)
        return self._application_carried_out(request, "gate", schema, run, show, back, leads_to)

    def _give(
        self, session: Session, desk: Desk, officer: Officer, service: Service, asked: dict[str, Any]
    ) -> str:
        """Return the number that was given."""
        given: dict[str, Any] = {
            "service": service.code,
            "checklist": shapes.read_checklist(service, asked),
        }
        beyond = {"supervisor": officer, "reason": asked["reason"]}
        if (way := shapes.beyond_of(asked)) == EMERGENCY:
            return intake.emergency(session, self.office, desk, **given, **beyond).number
        ground = asked["ground"]
        given["priority"] = bool(asked["priority"] or ground)
        given["ground"] = ground if ground in GROUNDS else None
        if way == OVER_QUOTA:
            return intake.over_quota(session, self.office, desk, **given, **beyond).number
        return intake.walk_in(session, self.office, desk, **given).number

    def _gate(self, request: Request, site: str, counter: str, service: str, **refusal: Any) -> Response:
        desk, asked_for = self.office.counter(site, counter), self.office.service(service)
        self.office.offer(site, service)
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
        return self.pages.render(
            request,
            "gate.html",
            officer=officer,
            site=self.office.site(site),
            counter=desk,
            service=asked_for,
            **NOT_REFUSED | refusal,
        )

    @http("GET", "/applications/<site>/new/<ticket_id>", page=True)
    @at_the_door
    def new_application_page(self, request: Request, site: str, ticket_id: str) -> Response:
        """Show the checklist with which a file is opened; of one that is open already, the file."""
        with self.deployment.database.reading() as session:
            self.officer(session, request)
            opened = application_views.opened_from(session, ticket_id, site=site)
        return see(f"/applications/{site}/{opened}") if opened else self._new(request, site, ticket_id)

    @http("POST", "/applications/<site>/new/<ticket_id>", page=True)
    @at_the_door
    def new_application_form(self, request: Request, site: str, ticket_id: str) -> Response:
        """Open the file, or write down that it was handed back."""
        with self.deployment.database.reading() as session:
            self.officer(session, request)
            if opened := application_views.opened_from(session, ticket_id, site=site):
                # Sent twice, or by two officers: there is one file.
                return see(f"/applications/{site}/{opened}")
            now = self.deployment.clock.now()
            ticket, _person = files.to_open(session, self.office, site=site, ticket_id=ticket_id, now=now)
        service = self.office.service(ticket.service)
        leads_to: list[str] = []

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            if asked["act"] == shapes.TURN_AWAY:
                leads_to.append(self._turn_away(session, officer, site, service, ticket_id, asked))
                return
            made = files.open_file(
                session,
                self.office,
                officer=officer,
                site=site,
                ticket_id=ticket_id,
                checklist=shapes.read_checklist(service, asked),
                purpose=asked["purpose"],
                applicant=self._applicant(asked),
                now=self.deployment.clock.now(),
            )
            leads_to.append(f"/applications/{site}/{made.id}")

        show = partial(self._new, request, site, ticket_id)
        schema = shapes.checklist_schema(service, act=shapes.OPEN)
        return self._application_carried_out(
            request, "open", schema, run, show, f"/applications/{site}", leads_to
        )

    def _applicant(self, asked: dict[str, Any]) -> Applicant | None:
        person = shapes.read_person(asked)
        if person is None:
            return None
        rest = {"language": "id", "priority": False, "precondition_met": True, "purpose": asked["purpose"]}
        return applicant_of({"person": person, **rest}, self.office)

    def _new(self, request: Request, site: str, ticket_id: str, **refusal: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            now = self.deployment.clock.now()
            ticket, person = files.to_open(session, self.office, site=site, ticket_id=ticket_id, now=now)
        return self.pages.render(
            request,
            "application_new.html",
            officer=officer,
            site=self.office.site(site),
            ticket=ticket,
            person=person,
            service=self.office.service(ticket.service),
            **NOT_REFUSED | refusal,
        )

    def _turn_away(
        self,
        session: Session,
        officer: Officer,
        site: str,
        service: Service,
        ticket_id: str | None,
        asked: dict[str, Any],
    ) -> str:
        """Write down that a file was handed back; return the page with the list for its owner."""
        record = files.turn_away(
            session,
            self.office,
            officer=officer,
            site=site,
            service=service.code,
            ticket_id=ticket_id,
            checklist=shapes.read_checklist(service, asked),
            why=shapes.why_handed_back(asked),
            now=self.deployment.clock.now(),
        )
        return f"/applications/{site}/incomplete/{record}"

    def _application_carried_out(
        self,
        request: Request,
        form: str,
        schema: Schema,
        run: Any,
        show: Any,
        back: str,
        leads_to: list[str],
    ) -> Response:
        """Carry out a form and lead to what it made; a form that was sent twice leads back to the list."""
        answer = self.carry_out_form(request, form=form, schema=schema, run=run, show=show, back=back)
        if answer.status_code == 303 and leads_to:
            answer.headers["Location"] = leads_to[-1]
        return answer

    @http("GET", "/applications/<site>/incomplete/<record_id>", page=True)
    @at_the_door
    def incomplete_page(self, request: Request, site: str, record_id: str) -> Response:
        """Show what lacked in a file that was handed back, for printing."""
        place = self.office.site(site)
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            found = application_views.handed_back(session, self.office, site=site, record_id=record_id)
        return self.pages.render(
            request,
            "incomplete.html",
            officer=officer,
            site=place,
            service=found.service,
            row=found.row,
            missing=found.missing,
            time_zone=place.time_zone,
        )

    @http("GET", "/applications/<site>/<application_id>", page=True)
    @at_the_door
    def application_page(self, request: Request, site: str, application_id: str) -> Response:
        """Show one application."""
        return self._application(request, site, application_id)

    @http("POST", '/applications/<site>/<application_id>/<any("step", "aside"):form>', page=True)
    @at_the_door
    def step_of_application_form(
        self, request: Request, site: str, application_id: str, form: str
    ) -> Response:
        """Move an application on, or aside: let it wait for its owner, end it."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            applications.advance(
                session,
                self.office,
                officer=officer,
                site=site,
                application_id=application_id,
                now=self.deployment.clock.now(),
                **asked,
            )

        return self._act(request, site, application_id, form, shapes.StepSchema(), run)

    @http("POST", '/applications/<site>/<application_id>/<any("correct", "cancel"):form>', page=True)
    @at_the_door
    def application_end_form(self, request: Request, site: str, application_id: str, form: str) -> Response:
        """Take a wrong step back, or cancel what nobody collected."""
        decide = applications.correct if form == "correct" else applications.cancel_uncollected

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            decide(
                session,
                self.office,
                officer=officer,
                site=site,
                application_id=application_id,
                now=self.deployment.clock.now(),
                **asked,
            )

        return self._act(request, site, application_id, form, shapes.ReasonSchema(), run)

    @http("POST", "/applications/<site>/<application_id>/handover", page=True)
    @at_the_door
    def handover_form(self, request: Request, site: str, application_id: str) -> Response:
        """Hand a result over."""
        with self.deployment.database.reading() as session:
            self.officer(session, request)
            now = self.deployment.clock.now()
            seen = application_views.detail(
                session, self.office, site=site, application_id=application_id, now=now
            )
        if (rule := seen.rule) is None:
            raise MoveNotAllowed

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            handing_over.hand_over(
                session,
                self.office,
                officer=officer,
                site=site,
                application_id=application_id,
                collected=shapes.read_handover(asked),
                revision=asked["revision"],
                now=self.deployment.clock.now(),
            )

        return self._act(request, site, application_id, "handover", shapes.handover_schema(rule), run)

    def _act(
        self, request: Request, site: str, application_id: str, form: str, schema: Schema, run: Any
    ) -> Response:
        show = partial(self._application, request, site, application_id)
        back = f"/applications/{site}/{application_id}"
        return self.carry_out_form(request, form=form, schema=schema, run=run, show=show, back=back)

    def _application(self, request: Request, site: str, application_id: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            seen = application_views.detail(
                session, self.office, site=site, application_id=application_id, now=now
            )
        token = self.office.token(seen.application.ticket_id)
        return self.pages.render(
            request,
            "application.html",
            officer=officer,
            service_name=both(seen.service.name),
            citizens_page=f"{self.deployment.settings.public_url.rstrip('/')}/t/{token}",
            **application_context(self.office, self.office.site(site), seen),
            **NOT_REFUSED | refusal,
        )
