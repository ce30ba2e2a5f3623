"""The counters for a browser, with and without scripts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from gerai_shared import accounts
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.ids import new_id
from gerai_shared.overseers import Access
from gerai_shared.refusals import InvalidRequest, Refused, SignInRequired
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_booking import schemas
from gerai_booking.counter.commands import VERBS, WORDS_OF_A_STEP, Signed
from gerai_booking.counter.doors import at_the_door, see
from gerai_booking.rules.floor import NEEDS_REASON, Outcome
from gerai_booking.rules.weekdays import names_of
from gerai_booking.usecases import queue, rulebook, shifts, signs, views, visits

#: Carries a refused form's message to the next page. A cookie: an address could be made up by anybody.
MESSAGE_COOKIE = "refused"
MESSAGE_SECONDS = 60


class CounterPages(Signed):
    """The same for a browser, with and without scripts."""

    @http("GET", "/", page=True, overseers=Access.FREE)
    def home(self, request: Request) -> Response:
        """Send to the choice of counters, overseers to what they read, or to the door."""
        try:
            with self.deployment.database.reading() as session:
                return see(_first_page(self.officer(session, request)))
        except SignInRequired:
            return see("/sign-in")

    @http("GET", "/sign-in", page=True, overseers=Access.FREE)
    def sign_in_page(self, request: Request) -> Response:
        """Show the door."""
        return self.pages.render(request, "sign_in.html", error="", username="")

    @http("POST", "/sign-in", page=True, overseers=Access.FREE)
    def sign_in_form(self, request: Request) -> Response:
        """Take user name and password."""
        self.pages.check_form(request)
        fields = {"username": request.form.get("username", ""), "password": request.form.get("password", "")}
        try:
            asked = load(schemas.SignInSchema(), fields)
            token, officer = self.sign_in(asked["username"], asked["password"])
        except Refused as refusal:
            told = self._told(request, refusal)
            return self.pages.render(
                request, "sign_in.html", status=refusal.status, error=told, username=fields["username"]
            )
        return self.with_session_cookie(see(_first_page(officer)), token)

    @http("POST", "/sign-out", page=True, overseers=Access.FREE)
    def sign_out_form(self, request: Request) -> Response:
        """End the session."""
        self.pages.check_form(request)
        with self.deployment.database.transaction() as session:
            accounts.sign_out(session, token=request.cookies.get(self.session_cookie, ""))
        response = see("/sign-in")
        response.delete_cookie(self.session_cookie)
        return response

    @http("GET", "/counters", page=True)
    @at_the_door
    def counters_page(self, request: Request) -> Response:
        """Show the agency's counters by site."""
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            sites = [
                (site, shifts.counters_of(session, self.office, site=site.code, now=now))
                for site in self.office.agency.sites
            ]
        return self.pages.render(
            request,
            "counters.html",
            officer=officer,
            sites=sites,
            service_names=self._service_names(),
            names_of_weekdays=names_of,
        )

    @http("GET", "/counters/<site>/<counter>", page=True)
    @at_the_door
    def counter_page(self, request: Request, site: str, counter: str) -> Response:
        """Show one counter with its queue."""
        return self._page(request, "counter.html", **self._panel(request, site, counter))

    @http("GET", "/counters/<site>/<counter>/panel", page=True)
    def counter_panel(self, request: Request, site: str, counter: str) -> Response:
        """Answer the moving part of the counter's page."""
        context = self._panel(request, site, counter)
        body = self.pages.fragment(request, "counter_panel.html", **context)
        return Response(body, mimetype="text/html", headers={"Cache-Control": "no-store"})

    @http("GET", "/counters/<site>/<counter>/referral/<ticket_id>", page=True)
    @at_the_door
    def referral_page(self, request: Request, site: str, counter: str, ticket_id: str) -> Response:
        """Show the letter about the NIK of whoever is at the counter; once they have left, the counter."""
        context = self._panel(request, site, counter)
        current, person = context["queue"].current, context["queue"].person
        if current is None or current.id != ticket_id or person is None or person.identity_note is None:
            return see(f"/counters/{site}/{counter}")
        return self.pages.render(request, "referral.html", **context)

    def _panel(self, request: Request, site: str, counter: str) -> dict[str, Any]:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            asked = {"site": site, "counter": counter, "now": now}
            seen = queue.counter_queue(session, self.office, officer_id=officer.id, **asked)
            shift = shifts.at_counter(session, self.office, officer=officer, **asked)
            staff = accounts.staff(session)
            services = rulebook.services_on(session, self.office, self.office.today(site, now))
            told = signs.signs(session, self.office, site=site, now=now)
            others = visits.seen_at(session, self.office, queue=seen, **asked)
        holder = shift.shift
        if holder is not None and holder.officer_id != officer.id and not officer.is_supervisor:
            # Refused anyhow, until they take the counter over.
            seen = replace(seen, allowed=frozenset())
        place = self.office.site(site)
        offered = [offer.service for offer in self.office.agency.offers if offer.site == site]
        return {
            "officer": officer,
            "site": place,
            "counter": self.office.counter(site, counter),
            "queue": seen,
            "visits": others,
            "shift": shift,
            "signs": told,
            "service_names": self._service_names(),
            "offered": offered,
            "outcomes": [(outcome.value, outcome in NEEDS_REASON) for outcome in Outcome],
            "other_counters": [each for each in self.office.counters_at(site) if each.code != counter],
            "staff": staff,
            "staff_names": {each.id: each.name for each in staff},
            "counter_names": {
                each.code: each.name.in_language(language_of(request))
                for each in self.office.counters_at(site)
            },
            "followed": {service.code for service in services if service.stages},
            "complete_only": {code for code in offered if self.office.offer(site, code).complete_files_only},
            "now": now,
            "time_zone": place.time_zone,
        }

    def _service_names(self) -> dict[str, dict[str, str] | None]:
        return {service.code: views.both(service.name) for service in self.office.agency.services}

    @http("POST", f"/counters/<site>/<counter>/<any({VERBS}):verb>", page=True)
    def step_form(self, request: Request, site: str, counter: str, verb: str) -> Response:
        """Carry out a verb from a form, then show the counter again."""
        self.pages.check_form(request)
        body: dict[str, Any] = {
            name: request.form[name] for name in WORDS_OF_A_STEP if request.form.get(name)
        }
        key = request.form.get("idempotency_key") or new_id()
        return self._back(
            request,
            f"/counters/{site}/{counter}",
            lambda: self.carry_out(request, key=key, site=site, counter=counter, verb=verb, body=body),
        )

    @http("GET", "/counters/<site>/<counter>/arrivals", page=True)
    @at_the_door
    def arrivals_page(self, request: Request, site: str, counter: str) -> Response:
        """Show the forms for walk-ins and check-ins."""
        context = self._panel(request, site, counter)
        number = request.args.get("number", "")
        with self.deployment.database.reading() as session:
            arrived = queue.waiting_with_number(
                session, self.office, site=site, number=number, now=context["now"]
            )
        return self._page(request, "arrivals.html", arrived=arrived, **context)

    @http("POST", "/counters/<site>/<counter>/arrivals", page=True)
    def arrivals_form(self, request: Request, site: str, counter: str) -> Response:
        """Take a walk-in or a check-in from a form."""
        self.pages.check_form(request)
        key = request.form.get("idempotency_key") or new_id()
        address = f"/counters/{site}/{counter}/arrivals"
        if "number" in request.form:
            body: dict[str, Any] = {"site": site, "number": request.form["number"]}
            return self._back(request, address, lambda: self.take_arrival(request, key=key, body=body))
        body = {
            "site": site,
            "service": request.form.get("service", ""),
            "priority": "priority" in request.form,
            **{name: request.form[name] for name in ("beyond", "reason", "ground") if request.form.get(name)},
        }
        return self._back(request, address, lambda: self.take_walk_in(request, key=key, body=body))

    def _back(self, request: Request, address: str, run: Callable[[], dict[str, Any]]) -> Response:
        try:
            answer = run()
        except SignInRequired:
            return see("/sign-in")
        except Refused as refusal:
            response = see(address)
            response.set_cookie(
                MESSAGE_COOKIE,
                quote(self._told(request, refusal)),
                httponly=True,
                samesite="Strict",
                secure=self.deployment.settings.environment == "production",
                max_age=MESSAGE_SECONDS,
            )
            return response
        number = answer["ticket"]["number"] if address.endswith("/arrivals") else ""
        return see(f"{address}?number={number}" if number else address)

    def _page(self, request: Request, template: str, **context: Any) -> Response:
        """Render a page of a counter, with what a form before it was refused for; it is told once."""
        error = unquote(request.cookies.get(MESSAGE_COOKIE, ""))
        response = self.pages.render(request, template, error=error, **context)
        if error:
            response.delete_cookie(MESSAGE_COOKIE)
        return response

    def _told(self, request: Request, refusal: Refused) -> str:
        """Return what to say of a refusal: of fields that cannot be used, what is wrong with them."""
        if not isinstance(refusal, InvalidRequest):
            return translate(refusal, language_of(request))
        messages = [message for texts in refusal.details["fields"].values() for message in texts]
        return " ".join(self.pages.text(request, message) for message in dict.fromkeys(messages))


def _first_page(officer: accounts.Officer) -> str:
    """Return where somebody's work begins."""
    return "/oversight" if officer.is_overseer else "/counters"
