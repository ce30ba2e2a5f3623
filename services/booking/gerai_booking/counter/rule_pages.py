"""Rules that supervisors write down, by kind: releases, caps, coverage, routes, limits, grades, stages."""

import json
from functools import partial
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from gerai_shared.overseers import Access
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking.counter import rule_shapes
from gerai_booking.counter.doors import at_the_door
from gerai_booking.counter.forms import OfficersForms
from gerai_booking.rules.catalogue.lane_rules import LANES_WITH_RULES
from gerai_booking.rules.quota import CHANNELS, OVER_QUOTA
from gerai_booking.rules.regions import REGENCIES
from gerai_booking.rules.weekdays import NAMES
from gerai_booking.usecases import offer_runs, ruling, views
from gerai_booking.usecases.plan import Change
from gerai_booking.usecases.rule_kinds import CAPS, KINDS, Kind
from gerai_booking.usecases.ruling import Known


class RulePages(OfficersForms):
    """What holds, since when and on what basis; and the forms by which it is changed."""

    @http("GET", "/rules", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def rules_page(self, request: Request) -> Response:
        """Show the kinds of rules."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            officer.may_oversee()
        return self.pages.render(request, "rules.html", officer=officer, kinds=list(KINDS))

    @http("GET", "/rules/<kind>", page=True, overseers=Access.ON_RECORD)
    @at_the_door
    def rule_page(self, request: Request, kind: str) -> Response:
        """Show the rules of a kind; with `like` the form says what one of them says."""
        return self._rules(request, ruling.kind_of(kind))

    @http("POST", "/rules/<kind>", page=True)
    @at_the_door
    def rule_form(self, request: Request, kind: str) -> Response:
        """Write a rule down."""
        about = ruling.kind_of(kind)

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            ruling.write_down(
                session,
                self.office,
                Change(officer=officer, why=asked["why"], now=self.deployment.clock.now()),
                kind=about,
                body=rule_shapes.body_in(asked),
                basis=asked["basis"],
                valid_from=asked["valid_from"],
                valid_to=asked["valid_to"],
            )

        response = self.carry_out_form(
            request,
            form="rule",
            schema=rule_shapes.SCHEMAS[kind](),
            run=run,
            show=partial(self._rules, request, about),
            back=f"/rules/{kind}",
        )
        self._offer_added_places(about)
        return response

    @http("POST", "/rules/<kind>/end", page=True)
    @at_the_door
    def end_rule_form(self, request: Request, kind: str) -> Response:
        """Let a rule end."""
        about = ruling.kind_of(kind)

        def run(session: Session, officer: Officer, asked: dict[str, Any]) -> None:
            change = Change(officer=officer, why=asked["why"], now=self.deployment.clock.now())
            which = {name: asked[name] for name in ("subject", "valid_from")}
            ruling.end(session, self.office, change, kind=about, **which)

        response = self.carry_out_form(
            request,
            form="end",
            schema=rule_shapes.EndRuleSchema(),
            run=run,
            show=partial(self._rules, request, about),
            back=f"/rules/{kind}",
        )
        self._offer_added_places(about)
        return response

    def _offer_added_places(self, kind: Kind) -> None:
        """Offer places that a change added to who waits for them: not under the locks of all days."""
        if kind.code == CAPS:
            offer_runs.make_offers(self.deployment.database, self.office, now=self.deployment.clock.now())

    def _rules(self, request: Request, kind: Kind, **refusal: Any) -> Response:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            seen = ruling.overview(session, self.office, officer=officer, kind=kind, now=now)
        site = self.office.agency.sites[0]
        asked_for = request.args.get("like", "")
        like = next((each for each in seen.rules if _key(each) == asked_for), None)
        return self.pages.render(
            request,
            "rule.html",
            officer=officer,
            kind=kind.code,
            for_new_only=kind.for_new_only,
            rules=[(_key(each), each) for each in seen.rules],
            changes=[(row, json.loads(row.after)) for row in seen.changes],
            start=rule_shapes.form_of(like.body) if like else {},
            start_basis=like.row.basis if like else "",
            today=self.office.today(site.code, now).isoformat(),
            time_zone=site.time_zone,
            **self._names_of_rules(),
            **{"filled": {}, "error": "", "errors": {}, "refused_form": ""} | refusal,
        )

    def _names_of_rules(self) -> dict[str, Any]:
        agency = self.office.agency
        purposes = {each.code: each.label for service in agency.services for each in service.purposes}
        return {
            "sites": {site.code: site.name for site in agency.sites},
            "services": {service.code: views.both(service.name) for service in agency.services},
            "purposes": purposes,
            "regencies": REGENCIES,
            "channels": [each for each in CHANNELS if each != OVER_QUOTA],
            "weekdays": NAMES,
            "releases_on": rule_shapes.RELEASES_ON,
            "lanes": LANES_WITH_RULES,
            "stage_rows": range(1, rule_shapes.MOST_STAGES + 1),
        }


def _key(known: Known) -> str:
    """Return how a form names a rule."""
    return f"{known.row.valid_from.isoformat()}:{known.subject}"
