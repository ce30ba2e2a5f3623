"""PVL on the spot at the desk: events of a year, one event, its form, and which places come next."""

from typing import Any

from gerai_shared import accounts
from gerai_shared.accounts import Officer
from gerai_shared.clock import local_date
from gerai_shared.http import http
from gerai_shared.refusals import Refused
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.forms import DeskForms
from gerai_complaints.keyring import keyring_of
from gerai_complaints.models import PlaceName
from gerai_complaints.pvl_shapes import EventPlan
from gerai_complaints.rules.pvl import TeamRole
from gerai_complaints.schemas.pvl import EventSchema, EventStateSchema, PlanSchema
from gerai_complaints.shapes import Named
from gerai_complaints.usecases import agreements, pvl_events, pvl_intakes, pvl_places
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE, SITE, Names, names


class PvlPages(DeskForms):
    """Events and places."""

    @http("GET", "/pvl", page=True)
    def pvl_page(self, request: Request) -> Response:
        """Show the events of a year (`?year=`) against its plan."""
        officer = self._officer(request)
        return self._events(request, officer) if officer else self._to_sign_in(request)

    @http("POST", "/pvl/plan", page=True)
    def pvl_plan_form(self, request: Request) -> Response:
        """Set how many events a year should have."""

        def run(session: Session, officer: Officer, asked: dict[str, Any], _key: str) -> str:
            pvl_events.set_plan(session, officer=officer, **asked)
            return f"/pvl?year={asked['year']}"

        def show(officer: Officer, refusal: Refused, typed: dict[str, Any]) -> Response:
            return self._events(request, officer, refusal=refusal, typed=typed)

        return self._carry_out(request, PlanSchema(), run, show)

    @http("GET", "/pvl/places", page=True)
    def pvl_places_page(self, request: Request) -> Response:
        """Show which places to visit next, and why."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        with self.deployment.database.reading() as session:
            found = pvl_places.ranked(session, officer=officer, now=self.deployment.clock.now())
        return self._render(request, "pvl_places.html", officer=officer, found=found)

    @http("GET", "/pvl/new", page=True)
    def pvl_new_page(self, request: Request) -> Response:
        """Show the form of a new event; `?agency=` and `?site=` come from the ranking."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        started = {name: request.args.get(name, "")[:60] for name in ("agency", "site")}
        return self._event_form(request, officer, event_id=None, typed=started)

    @http("POST", "/pvl/new", page=True)
    def pvl_new_form(self, request: Request) -> Response:
        """Write an event down."""
        return self._save(request, None)

    @http("GET", "/pvl/<event_id>", page=True)
    def pvl_event_page(self, request: Request, event_id: str) -> Response:
        """Show one event and who was received there."""
        officer = self._officer(request)
        return self._event(request, event_id, officer) if officer else self._to_sign_in(request)

    @http("GET", "/pvl/<event_id>/edit", page=True)
    def pvl_edit_page(self, request: Request, event_id: str) -> Response:
        """Show the form of an event."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        return self._event_form(request, officer, event_id=event_id)

    @http("POST", "/pvl/<event_id>/edit", page=True)
    def pvl_edit_form(self, request: Request, event_id: str) -> Response:
        """Change an event."""
        return self._save(request, event_id)

    @http("POST", "/pvl/<event_id>/state", page=True)
    def pvl_state_form(self, request: Request, event_id: str) -> Response:
        """Write down what became of an event."""

        def run(session: Session, officer: Officer, asked: dict[str, Any], _key: str) -> str:
            now = self.deployment.clock.now()
            to, reason = asked["state"], asked["reason"]
            pvl_events.set_state(session, event_id, to=to, reason=reason, officer=officer, now=now)
            return f"/pvl/{event_id}"

        def show(officer: Officer, refusal: Refused, typed: dict[str, Any]) -> Response:
            return self._event(request, event_id, officer, refusal=refusal, typed=typed)

        return self._carry_out(request, EventStateSchema(), run, show)

    def _save(self, request: Request, event_id: str | None) -> Response:
        def run(session: Session, officer: Officer, plan: EventPlan, key: str) -> str:
            saved = pvl_events.save(
                session,
                plan,
                event_id=event_id,
                officer=officer,
                agencies=self.deployment.settings.agencies,
                key=key,
                now=self.deployment.clock.now(),
            )
            return f"/pvl/{saved}"

        def show(officer: Officer, refusal: Refused, typed: dict[str, Any]) -> Response:
            return self._event_form(request, officer, event_id=event_id, refusal=refusal, typed=typed)

        return self._carry_out(request, EventSchema(), run, show)

    def _events(
        self,
        request: Request,
        officer: Officer,
        *,
        refusal: Refused | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            found = pvl_events.list_year(
                session, year=request.args.get("year", type=int), officer=officer, now=now
            )
            reminded = agreements.ending_soon(session, now=now)
        return self._render(
            request,
            "pvl.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            found=found,
            reminded=reminded,
            this_year=local_date(now, DEFAULT_TIME_ZONE).year,
            typed=typed or {},
            **self._told(request, refusal),
        )

    def _event(
        self,
        request: Request,
        event_id: str,
        officer: Officer,
        *,
        refusal: Refused | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            seen = pvl_intakes.view(session, event_id, officer=officer, keyring=keyring_of(self.deployment))
        return self._render(
            request,
            "pvl_event.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            seen=seen,
            today=local_date(now, seen.time_zone),
            typed=typed or {},
            **self._told(request, refusal),
        )

    def _event_form(
        self,
        request: Request,
        officer: Officer,
        *,
        event_id: str | None,
        refusal: Refused | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Response:
        officer.must_be_supervisor()
        with self.deployment.database.reading() as session:
            known = names(session)
            stands = _written(session, event_id, officer) if event_id else {}
            written = typed if refusal else {**stands, **(typed or {})}
            agencies, sites = self._agencies(session, known), _sites(session, known)
            staff = accounts.staff(session)
        return self._render(
            request,
            "pvl_form.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            event_id=event_id,
            typed=written or {},
            agencies=agencies,
            sites=sites,
            staff=staff,
            **self._told(request, refusal),
        )


def _sites(session: Session, known: Names) -> list[Named]:
    """Return every site that an agency has told of, by name."""
    rows = session.execute(select(PlaceName.code, PlaceName.agency).where(PlaceName.kind == SITE))
    found = {code: known.site(agency, code) for code, agency in rows}
    return sorted(found.values(), key=lambda each: each.called("id"))


def _written(session: Session, event_id: str, officer: Officer) -> dict[str, Any]:
    """Return what stands in an event as its form has it."""
    event = pvl_events.find(session, event_id, officer=officer)
    team = pvl_events.team_of(session, event_id)
    values = {name: getattr(event, name) or "" for name in ("agency", "site", "place", "regency")}
    return {
        **values,
        "first_day": event.first_day.isoformat(),
        "last_day": event.last_day.isoformat(),
        "head": next((each.officer_id for each in team if each.role == TeamRole.HEAD), ""),
        "assistants": [each.officer_id for each in team if each.role == TeamRole.ASSISTANT],
    }
