"""Outages for officers: write one down, say until when, end it; everybody who is signed in may."""

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.counter.supervision_shapes import ExpectedEndSchema, OutageEndSchema, OutageSchema
from gerai_booking.rules.outages import EVERYWHERE, FAILURES
from gerai_booking.usecases import outages
from gerai_booking.usecases.outages import Report

ALL_SITES = "all"
TYPED = "%Y-%m-%dT%H:%M"


class OutagePages(OfficersForms):
    """What of ours has failed."""

    @http("GET", "/outages", page=True)
    @at_the_door
    def outages_page(self, request: Request) -> Response:
        """Show outages, and the forms."""
        return self._outages(request)

    @http("POST", "/outages", page=True)
    @at_the_door
    def outage_form(self, request: Request) -> Response:
        """Write one down."""

        def run(session: Session, report: Report, asked: dict[str, Any]) -> None:
            everywhere = asked["site"] == ALL_SITES
            zone = self._zone(None if everywhere else asked["site"])
            ends = asked["expected_end_at"]
            outages.record(
                session,
                self.office,
                report,
                site=EVERYWHERE if everywhere else asked["site"],
                failed=asked["failed"],
                started_at=asked["started_at"].replace(tzinfo=zone),
                expected_end_at=ends.replace(tzinfo=zone) if ends else None,
                reference=asked["reference"],
            )

        return self._report(request, "outage", OutageSchema(), run)

    @http("POST", "/outages/expect", page=True)
    @at_the_door
    def expected_end_form(self, request: Request) -> Response:
        """Say anew until when one lasts."""

        def run(session: Session, report: Report, asked: dict[str, Any]) -> None:
            moment = self._moment(session, asked["outage"], asked["expected_end_at"])
            outages.expect(session, self.office, report, outage_id=asked["outage"], expected_end_at=moment)

        return self._report(request, "expect", ExpectedEndSchema(), run)

    @http("POST", "/outages/end", page=True)
    @at_the_door
    def outage_end_form(self, request: Request) -> Response:
        """Let one end."""

        def run(session: Session, report: Report, asked: dict[str, Any]) -> None:
            moment = self._moment(session, asked["outage"], asked["ended_at"])
            outages.end(session, self.office, report, outage_id=asked["outage"], ended_at=moment)

        return self._report(request, "end", OutageEndSchema(), run)

    def _report(self, request: Request, form: str, schema: Schema, run: Any) -> Response:
        def report(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            now = self.deployment.clock.now()
            run(session, Report(officer=officer, why=asked["why"], now=now), asked)

        show = partial(self._outages, request)
        return self.carry_out_form(request, form=form, schema=schema, run=report, show=show, back="/outages")

    def _zone(self, site: str | None) -> ZoneInfo:
        """Return the zone in which an officer types times: of the site, of all sites that of the first."""
        place = self.office.site(site) if site else self.office.agency.sites[0]
        return ZoneInfo(place.time_zone)

    def _moment(self, session: Session, outage_id: str, typed: datetime) -> datetime:
        return typed.replace(tzinfo=self._zone(outages.site_of(session, outage_id)))

    def _outages(self, request: Request, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            found = outages.overview(session)
        sites = self.office.agency.sites
        return self.pages.render(
            request,
            "outages.html",
            officer=officer,
            found=found,
            sites={site.code: site for site in sites},
            zones={**{site.code: site.time_zone for site in sites}, EVERYWHERE: sites[0].time_zone},
            failures=FAILURES,
            time_zone=sites[0].time_zone,
            typed_now=now.astimezone(self._zone(None)).strftime(TYPED),
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )
