"""Orders of the centre: written down, looked at, put in force, undone. Supervisors may look."""

from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.directive_shapes import ApplySchema, UndoSchema, directive_schema
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.usecases import directive_runs, directives, views

SEE_OTHER = 303
NO_REFUSAL = {"filled": {}, "error": "", "errors": {}, "refused_form": ""}


class DirectivePages(OfficersForms):
    """Orders as the centre gives them and supervisors see them."""

    @http("GET", "/directives", page=True)
    @at_the_door
    def directives_page(self, request: Request) -> Response:
        """Show the last orders, and the centre a form for a new one."""
        return self._list(request)

    @http("POST", "/directives", page=True)
    @at_the_door
    def directive_form(self, request: Request) -> Response:
        """Write an order down."""
        written: list[str] = []

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            written.append(directives.draft(session, self.office, asked["order"], officer=officer, now=now))

        answer = self.carry_out_form(
            request,
            form="directive",
            schema=directive_schema([service.code for service in self.office.agency.services]),
            run=run,
            show=partial(self._list, request),
            back="/directives",
        )
        # Sent twice, it was written down once; the list shows it.
        return see(f"/directives/{written[0]}") if written and answer.status_code == SEE_OTHER else answer

    @http("GET", "/directives/<directive>", page=True)
    @at_the_door
    def directive_page(self, request: Request, directive: str) -> Response:
        """Show an order with what it would do, or what it did."""
        return self._one(request, directive)

    @http("POST", "/directives/<directive>/apply", page=True)
    @at_the_door
    def apply_form(self, request: Request, directive: str) -> Response:
        """Put an order in force and carry it out; again, go on where it was interrupted."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            directives.put_in_force(
                session,
                self.office,
                directive,
                treatment=asked["treatment"],
                officer=officer,
                now=self.deployment.clock.now(),
            )

        answer = self.carry_out_form(
            request,
            form="apply",
            schema=ApplySchema(),
            run=run,
            show=partial(self._one, request, directive),
            back=f"/directives/{directive}",
        )
        return self._carried_out(directive, answer)

    @http("POST", "/directives/<directive>/undo", page=True)
    @at_the_door
    def undo_form(self, request: Request, directive: str) -> Response:
        """Undo an order and give back what it took."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            directives.begin_undoing(session, directive, why=asked["why"], officer=officer, now=now)

        answer = self.carry_out_form(
            request,
            form="undo",
            schema=UndoSchema(),
            run=run,
            show=partial(self._one, request, directive),
            back=f"/directives/{directive}",
        )
        return self._carried_out(directive, answer)

    def _carried_out(self, directive: str, answer: Response) -> Response:
        """Do what an order says after it was committed: each ticket in a transaction of its own."""
        if answer.status_code == SEE_OTHER:
            now = self.deployment.clock.now()
            directive_runs.carry_out(self.deployment.database, self.office, directive, now=now)
        return answer

    def _list(self, request: Request, **refusal: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_above_officers()
            found = directives.recent(session)
        return self.pages.render(
            request, "directives.html", directives=found, **self._shared(officer), **NO_REFUSAL | refusal
        )

    def _one(self, request: Request, directive: str, **refusal: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.must_be_above_officers()
            now = self.deployment.clock.now()
            story = directives.story(session, self.office, directive, now=now)
        return self.pages.render(
            request, "directive.html", story=story, **self._shared(officer), **NO_REFUSAL | refusal
        )

    def _shared(self, officer: Officer) -> dict[str, Any]:
        sites = self.office.agency.sites
        today = min(self.office.today(site.code, self.deployment.clock.now()) for site in sites)
        return {
            "officer": officer,
            "sites": {site.code: site for site in sites},
            "service_names": {
                service.code: views.both(service.name) for service in self.office.agency.services
            },
            "provinces": sorted({site.regency_code[:2] for site in sites}),
            "regencies": sorted({site.regency_code for site in sites}),
            "today": today.isoformat(),
            "time_zone": sites[0].time_zone,
        }
