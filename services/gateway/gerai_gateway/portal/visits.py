"""Several errands at one site: chosen, proposed in an order, booked as one visit, and its page."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from gerai_shared.borders import load
from gerai_shared.clock import local_date
from gerai_shared.refusals import InvalidRequest, Refused, from_wire
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view, errands, visits
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.portal.booking import CHOOSE_A_PURPOSE, CONFIRM, day_of
from gerai_gateway.portal.tickets import STATUS_KINDS
from gerai_gateway.refusals import ErrandsDoNotFit
from gerai_gateway.rules.board import entry_of
from gerai_gateway.rules.visit_order import LEAST_ERRANDS, MOST_ERRANDS
from gerai_gateway.schemas import taken
from gerai_gateway.words import say

_booking = taken.VisitBookingSchema()
DAYS_AHEAD = 30
#: Days on which every service has places, yet none at hours that fit, are rare: so many are tried.
DAYS_TRIED = 5


class VisitPages(PortalPages):
    """Mixin: one visit over several agencies."""

    @public("GET", "/sites/<site>/visit", page=True)
    def page_plan_visit(self, request: Request, site: str) -> Response:
        """Let services be chosen; of at least two, show in which order and at which hours they fit."""
        chosen = list(dict.fromkeys(request.args.getlist("errand")))
        if not chosen:
            return self._visit_choose(request, site, chosen)
        try:
            wanted = self._visit_wanted(site, chosen)
            return self._visit_details(
                request, site, self._visit_planned(site, wanted, request.args.get("day")), form={}
            )
        except (InvalidRequest, ErrandsDoNotFit) as refusal:
            return self._visit_choose(request, site, chosen, refusal=refusal)

    @public("POST", "/sites/<site>/visit", page=True)
    def form_book_visit(self, request: Request, site: str) -> Response:
        """Book what was proposed; whatever goes wrong, nothing that was typed is lost."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        form = request.form.to_dict()
        plan = self._visit_sent(site, form)
        body = _body(form, plan["steps"], language=language_of(request))
        try:
            self._visit_check(body, plan["steps"])
            booked = visits.book(self.mall, body, key=key)
        except Refused as refusal:
            return self._visit_details(request, site, plan, form=form, refusal=refusal)
        refused = [given for given in booked["steps"] if given["problem"]]
        if refused:
            # Shown at once, with why: sent again, the same form books nothing twice.
            unbooked = [self._visit_unbooked(request, given) for given in refused]
            return self._visit_page(request, visits.view(self.mall, booked["token"]), unbooked=unbooked)
        return see_other(f"/visits/{booked['token']}?new=1")

    @public("GET", "/visits/<token>", page=True)
    def page_visit(self, request: Request, token: str) -> Response:
        """Show a visit: its number, its steps, and which agency cannot be seen at the moment."""
        return self._visit_page(request, visits.view(self.mall, token))

    @public("POST", "/visits/<token>/check-in", page=True)
    def form_check_in_visit(self, request: Request, token: str) -> Response:
        """Check in."""
        self.pages.check_form(request)
        forms.form_key(request)
        visits.check_in(self.mall, token)
        return see_other(f"/visits/{token}")

    def _visit_wanted(self, site: str, chosen: list[str]) -> list[tuple[str, str]]:
        """Return (agency, service) of each choice. Raises InvalidRequest, UnknownAgency, UnknownService."""
        pairs = [tuple(text.split(".", 1)) for text in chosen]
        known = [(pair[0], pair[1]) for pair in pairs if len(pair) == len(("agency", "service"))]
        if len(known) < len(pairs) or not LEAST_ERRANDS <= len(known) <= MOST_ERRANDS:
            raise InvalidRequest(fields={"errand": [taken.CHOOSE_ERRANDS]})
        for agency, service in known:
            self.mall.catalogues.of(agency).offer(site, service)
        return known

    def _visit_planned(self, site: str, wanted: list[tuple[str, str]], day: str | None) -> dict[str, Any]:
        """Return the errands as they fit on a day, or else on the first day on which they do.

        Raises ErrandsDoNotFit.
        """
        days = self._visit_days(site, wanted)
        asked = day_of(day)
        tried = [asked] if asked is not None else days[:DAYS_TRIED]
        for each in tried:
            steps = visits.proposal(self.mall, site, each, wanted)
            if steps is not None:
                return {"day": each.isoformat(), "days": days, "steps": self._visit_named(steps)}
        raise ErrandsDoNotFit

    def _visit_days(self, site: str, wanted: list[tuple[str, str]]) -> list[date]:
        """Return the days on which each of the services has a place."""
        place, _present = self.mall.catalogues.site(site)
        today = local_date(self.now, place["time_zone"])
        found = errands.free_days(self.mall, site, first=today, last=today + timedelta(days=DAYS_AHEAD))
        open_on = {
            (part["agency"], each["service"]): {
                day["day"] for day in each["days"] if day["open"] and day["places"] > 0
            }
            for part in found["agencies"]
            for each in part["services"]
        }
        shared = set.intersection(*(open_on.get(errand, set()) for errand in wanted))
        return [date.fromisoformat(day) for day in sorted(shared)]

    def _visit_named(self, steps: list[Json]) -> list[dict[str, Any]]:
        """Add to each step what its page says of it."""
        named = []
        for place, step in enumerate(steps):
            catalogue = self.mall.catalogues.of(step["agency"])
            service = catalogue.service(step["service"])
            more = {"place": place, "name": service["name"], "agency_name": catalogue.agency["name"]}
            named.append({**step, **more, "offered": service})
        return named

    def _visit_sent(self, site: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the plan that a form was made for. Raises InvalidRequest, UnknownAgency, UnknownService."""
        steps = []
        for place in range(MOST_ERRANDS):
            if f"slot_{place}" in form:
                slot_id = form[f"slot_{place}"]
                service = slot_id.split(".")[1] if slot_id.startswith(f"{site}.") else ""
                starts_at = form.get(f"starts_{place}", "")
                given = {"agency": form.get(f"agency_{place}", ""), "service": service, "slot_id": slot_id}
                steps.append({**given, "starts_at": starts_at, "ends_at": form.get(f"ends_{place}", "")})
        if len(steps) < LEAST_ERRANDS:
            raise InvalidRequest(fields={"errand": [taken.CHOOSE_ERRANDS]})
        return {"day": form.get("day", ""), "days": [], "steps": self._visit_named(steps)}

    def _visit_check(self, body: Json, steps: list[dict[str, Any]]) -> None:
        """Refuse with everything that is wrong at once. Raises InvalidRequest."""
        problems: dict[str, list[str]] = {}
        try:
            load(_booking, body)
        except InvalidRequest as refusal:
            problems = refusal.details["fields"]
        for step, errand in zip(steps, body["errands"], strict=True):
            if step["offered"]["purposes"] and not errand.get("purpose"):
                problems[f"purpose_{step['place']}"] = [CHOOSE_A_PURPOSE]
            if step["offered"]["precondition"] and not errand["precondition_met"]:
                problems[f"precondition_{step['place']}"] = [CONFIRM]
        if any(_asks_age(step["offered"]) for step in steps) and "birth_date" not in body["person"]:
            problems["person.birth_date"] = [taken.EMPTY]
        if problems:
            raise InvalidRequest(fields=problems)

    def _visit_choose(
        self, request: Request, site: str, chosen: list[str], *, refusal: Refused | None = None
    ) -> Response:
        place, present = self.mall.catalogues.site(site)
        by_field, summary = self.errors(request, refusal)
        if isinstance(refusal, ErrandsDoNotFit):
            by_field = {"errand": self.said(request, refusal)}
        for error in summary:
            error.update(field="errand", label="")
        groups = [
            {
                "catalogue": catalogue,
                "services": [
                    service
                    for service in catalogue.services.values()
                    if any(offer["site"] == site for offer in service["offers"])
                    and catalogue.is_bookable(site, service["code"])
                    and not service.get("police_report")
                ],
            }
            for catalogue in present
        ]
        return self.page(
            request,
            "visit_choose.html",
            section="services",
            catalogues=present,
            status=refusal.status if refusal else 200,
            site=place,
            groups=[group for group in groups if group["services"]],
            chosen=chosen,
            errors=by_field,
            summary=summary,
        )

    def _visit_details(
        self,
        request: Request,
        site: str,
        plan: dict[str, Any],
        *,
        form: dict[str, str],
        refusal: Refused | None = None,
    ) -> Response:
        place, present = self.mall.catalogues.site(site)
        by_field, summary = self.errors(request, refusal)
        names = {str(step["place"]): step["name"][language_of(request)] for step in plan["steps"]}
        for error in summary:
            # What is asked once for each errand has the errand's place behind its name.
            name, _, number = error["label"].rpartition("_")
            if name in {"purpose", "precondition"} and number in names:
                label = forms.LABELS["purpose" if name == "purpose" else "precondition_met"]
                told = f"{names[number]}, {say(language_of(request), label)}"
                error.update(field=error["label"], label=told)
        summary.sort(key=lambda error: error["field"].startswith(("purpose_", "precondition_")))
        return self.page(
            request,
            "visit_details.html",
            section="services",
            catalogues=present,
            status=refusal.status if refusal else 200,
            site=place,
            plan=plan,
            citizenship={each for step in plan["steps"] for each in step["offered"]["citizenship"]},
            asks_age=any(_asks_age(step["offered"]) for step in plan["steps"]),
            form=form,
            errors=by_field,
            summary=summary,
            key=forms.key_to_keep(form, refusal),
        )

    def _visit_page(
        self, request: Request, view: Json, *, unbooked: list[dict[str, Any]] | None = None
    ) -> Response:
        language = language_of(request)
        steps = [
            {
                "view": step,
                "live": board_view.ticket_state(self.mall, entry_of(step["ticket"]), language=language),
                "kind": STATUS_KINDS.get(step["ticket"]["state"], "neutral"),
                "agency": self._visit_name(step["ticket"]["agency"]),
            }
            for step in view["steps"]
        ]
        return self.page(
            request,
            "visit.html",
            section="ticket",
            visit=view,
            steps=steps,
            missing=[self._visit_name(agency) for agency in view["missing"]],
            unbooked=unbooked or [],
            may_check_in=any(step["can"]["check_in"] for step in view["steps"]),
            is_new="new" in request.args or unbooked is not None,
        )

    def _visit_name(self, agency: str) -> Json:
        try:
            name: Json = self.mall.catalogues.of(agency).agency["name"]
        except Refused:
            name = {"id": agency, "en": agency}
        return name

    def _visit_unbooked(self, request: Request, step: Json) -> dict[str, Any]:
        """Return what a page says of an errand that was not booked."""
        service = step["slot_id"].split(".")[1]
        return {
            "name": self.mall.catalogues.of(step["agency"]).service(service)["name"],
            "why": self.said(request, from_wire(step["problem"])),
            "href": f"/services/{step['agency']}/{service}",
        }


def _asks_age(service: Json) -> bool:
    return bool(service.get("ages", "any") != "any")


def _body(form: dict[str, str], steps: list[dict[str, Any]], *, language: str) -> Json:
    """Return the interface's booking of a visit in a form."""
    shared = forms.booking_body(form, hold_token="", language=language)
    return {
        "errands": [
            {
                "agency": step["agency"],
                "slot_id": step["slot_id"],
                "precondition_met": bool(form.get(f"precondition_{step['place']}")),
                **({"purpose": purpose} if (purpose := form.get(f"purpose_{step['place']}")) else {}),
            }
            for step in steps
        ],
        "priority": shared["priority"],
        "language": language,
        "person": shared["person"],
    }
