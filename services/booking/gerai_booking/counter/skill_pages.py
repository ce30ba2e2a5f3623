"""A counter as its supervisor changes it: what it serves, its pause, its end; and what officers may serve."""

from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.shift_shapes import (
    TODAY,
    CounterActSchema,
    CounterPauseSchema,
    OfficerServicesSchema,
    ServicesSchema,
)
from gerai_booking.rules.shifts import REASONS
from gerai_booking.usecases import shifts, skills, views, whole_floor
from gerai_booking.usecases.desk import Desk

NOTHING_REFUSED: dict[str, Any] = {"filled": {}, "error": "", "errors": {}, "refused_form": ""}


class SkillPages(OfficersForms):
    """Who serves what."""

    @http("GET", "/floor/<site>/counters/<counter>", page=True)
    @at_the_door
    def floor_counter_page(self, request: Request, site: str, counter: str) -> Response:
        """Show a counter and what can be changed there."""
        return self._counter_of_floor(request, site, counter)

    @http("POST", "/floor/<site>/counters/<counter>/services", page=True)
    @at_the_door
    def services_form(self, request: Request, site: str, counter: str) -> Response:
        """Let a counter serve something else."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            skills.set_services(
                session,
                self.office,
                officer=officer,
                site=site,
                counter=counter,
                services=asked["services"],
                until=self.office.today(site, now) if asked["until"] == TODAY else None,
                why=asked["why"],
                anyway=asked["anyway"],
                now=now,
            )

        return self._change_counter(request, site, counter, "services", ServicesSchema(), run)

    @http("POST", "/floor/<site>/counters/<counter>/reset", page=True)
    @at_the_door
    def reset_form(self, request: Request, site: str, counter: str) -> Response:
        """Let a counter serve what the catalogue says."""

        def run(session: Session, officer: Officer, _asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            skills.reset_services(session, self.office, officer=officer, site=site, counter=counter, now=now)

        return self._change_counter(request, site, counter, "reset", CounterActSchema(), run)

    @http("POST", "/floor/<site>/counters/<counter>/pause", page=True)
    @at_the_door
    def floor_pause_form(self, request: Request, site: str, counter: str) -> Response:
        """Let a counter pause."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            self._must_be_supervisor(officer)
            shifts.pause(
                session,
                self.office,
                self._desk_of(officer, site, counter),
                officer=officer,
                reason=asked["reason"],
                minutes=REASONS[asked["reason"]],
                shift_id=_text(asked["shift_id"]),
            )

        return self._change_counter(request, site, counter, "pause", CounterPauseSchema(), run)

    @http("POST", '/floor/<site>/counters/<counter>/<any("resume", "close"):verb>', page=True)
    @at_the_door
    def floor_shift_form(self, request: Request, site: str, counter: str, verb: str) -> Response:
        """Let a counter go on, or close it."""
        step = shifts.resume if verb == "resume" else shifts.close

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            self._must_be_supervisor(officer)
            step(
                session,
                self.office,
                self._desk_of(officer, site, counter),
                officer=officer,
                shift_id=_text(asked["shift_id"]),
            )

        return self._change_counter(request, site, counter, verb, CounterActSchema(), run)

    @http("GET", "/floor/<site>/officers", page=True)
    @at_the_door
    def officers_page(self, request: Request, site: str) -> Response:
        """Show what officers may serve."""
        return self._officers(request, site)

    @http("POST", "/floor/<site>/officers", page=True)
    @at_the_door
    def officers_form(self, request: Request, site: str) -> Response:
        """Say what an officer may serve."""

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            skills.set_officer_services(
                session,
                self.office,
                officer=officer,
                officer_id=asked["officer"],
                services=asked["services"],
                now=self.deployment.clock.now(),
            )

        return self.carry_out_form(
            request,
            form="skills",
            schema=OfficerServicesSchema(),
            run=run,
            show=lambda **refusal: self._officers(request, site, **refusal),
            back=f"/floor/{site}/officers",
        )

    def _change_counter(
        self, request: Request, site: str, counter: str, form: str, schema: Schema, run: Any
    ) -> Response:
        return self.carry_out_form(
            request,
            form=form,
            schema=schema,
            run=run,
            show=lambda **refusal: self._counter_of_floor(request, site, counter, **refusal),
            back=f"/floor/{site}",
        )

    @staticmethod
    def _must_be_supervisor(officer: Officer) -> None:
        """On these pages nobody else acts, even at their own counter. Raises Forbidden."""
        officer.must_be_supervisor()

    def _desk_of(self, officer: Officer, site: str, counter: str) -> Desk:
        now = self.deployment.clock.now()
        return Desk(site=site, counter=counter, officer_id=officer.id, now=now)

    def _counter_of_floor(self, request: Request, site: str, counter: str, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            seen = whole_floor.counter_seen(
                session, self.office, officer=officer, site=site, counter=counter, now=now
            )
            changes = skills.changes_at(session, officer=officer, site=site, counter=counter)
        place = self.office.site(site)
        return self.pages.render(
            request,
            "floor_counter.html",
            officer=officer,
            site=place,
            seen=seen,
            changes=changes,
            offered=[offer.service for offer in self.office.agency.offers if offer.site == site],
            service_names=self._names_of_services(),
            now=now,
            time_zone=place.time_zone,
            **NOTHING_REFUSED | refusal,
        )

    def _officers(self, request: Request, site: str, **refusal: Any) -> Response:
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            found = skills.officers_with_skills(session, officer=officer)
        return self.pages.render(
            request,
            "floor_officers.html",
            officer=officer,
            site=self.office.site(site),
            officers=found,
            chosen=request.args.get("officer", ""),
            # What officers may serve holds wherever they work.
            services=[each.code for each in self.office.agency.services],
            service_names=self._names_of_services(),
            **NOTHING_REFUSED | refusal,
        )

    def _names_of_services(self) -> dict[str, dict[str, str] | None]:
        return {each.code: views.both(each.name) for each in self.office.agency.services}


def _text(value: Any) -> str | None:
    return str(value) if value else None
