"""The counters of one agency over HTTP: pages for officers and the same verbs as an API.

Needs the agency's database alone. With the bus, the gateway and every other agency down, an officer
takes walk-ins, calls, serves and finishes; the events wait in the outbox.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, unquote

from gerai_shared import accounts, commands
from gerai_shared.borders import load
from gerai_shared.http import http, json_body, json_response
from gerai_shared.ids import new_id
from gerai_shared.operations import Operations
from gerai_shared.pages import Pages, StaticFiles
from gerai_shared.refusals import IdempotencyKeyMissing, InvalidRequest, Refused, SignInRequired
from gerai_shared.ticket import Ticket
from gerai_shared.translations import language_of, translate
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from gerai_booking import schemas
from gerai_booking.refusals import UnknownCounter
from gerai_booking.usecases import arrivals, floor, queue, views
from gerai_booking.usecases.floor import Desk
from gerai_booking.usecases.office import Office

#: What a counter can be told to do, beside `transfer`, `requeue` and `call-next`.
STEPS: dict[str, Callable[..., Ticket]] = {
    "recall": floor.recall,
    "start": floor.start,
    "finish": floor.finish,
    "no-show": floor.no_show,
    "park": floor.park,
}
VERBS = ", ".join(f'"{verb}"' for verb in ("call-next", *STEPS, "requeue", "transfer", "undo"))
LONGEST_KEY = 100
#: Carries a refused form's message to the next page. A cookie: an address could be made up by anybody.
MESSAGE_COOKIE = "refused"
MESSAGE_SECONDS = 60


class Signed:
    """Who asks, and what commands they give; shared by pages and API."""

    deployment: Any

    @property
    def office(self) -> Office:
        """What the use cases work with."""
        office: Office = self.deployment.extras["office"]
        return office

    @property
    def pages(self) -> Pages:
        """The templates."""
        pages: Pages = self.deployment.extras["pages"]
        return pages

    def officer(self, session: Session, request: Request) -> accounts.Officer:
        """Return who is signed in: by cookie, or by `Authorization: Bearer`. Raises SignInRequired."""
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = bearer or request.cookies.get(accounts.SESSION_COOKIE)
        return accounts.officer_of(session, token=token, now=self.deployment.clock.now())

    def sign_in(self, username: str, password: str) -> tuple[str, accounts.Officer]:
        """Return a new session. Raises WrongCredentials, TooManyAttempts."""
        with self.deployment.database.transaction() as session:
            outcome = accounts.sign_in(
                session, username=username, password=password, now=self.deployment.clock.now()
            )
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def with_session_cookie(self, response: Response, token: str) -> Response:
        """Return the answer that signs a browser in."""
        response.set_cookie(
            accounts.SESSION_COOKIE,
            token,
            httponly=True,
            samesite="Strict",
            secure=self.deployment.settings.environment == "production",
            max_age=int(accounts.SESSION_LIFE.total_seconds()),
        )
        return response

    def carry_out(self, request: Request, *, key: str, site: str, counter: str, verb: str, body: Any) -> Any:
        """Carry out one verb at a counter, once for its key; return the ticket as JSON."""
        asked = load(schemas.StepSchema(), body)
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)
            desk = Desk(site=site, counter=counter, officer_id=officer.id, now=now)
            return commands.once(
                session,
                scope=f"counter:{officer.id}",
                key=key,
                body=[site, counter, verb, body],
                now=now,
                run=lambda: {"ticket": views.dump(self._step(session, desk, verb, asked))},
            )

    def _step(self, session: Session, desk: Desk, verb: str, asked: dict[str, Any]) -> Ticket:
        office, revision = self.office, asked["revision"]
        ticket_id = str(asked["ticket_id"]) if asked["ticket_id"] else None
        if verb == "call-next":
            return floor.call_next(session, office, desk)
        if verb == "requeue":
            return floor.requeue(session, office, desk, ticket_id=ticket_id or "", revision=revision)
        place = {"site": desk.site, "counter": desk.counter}
        if verb == "undo":
            queue.require_undoable(
                session, office, **place, now=desk.now, ticket_id=ticket_id, revision=revision
            )
            return floor.undo(session, office, desk)
        if ticket_id is not None:
            queue.require_current(session, office, **place, ticket_id=ticket_id)
        if verb == "transfer":
            return floor.transfer(session, office, desk, service=asked["service"] or "", revision=revision)
        return STEPS[verb](session, office, desk, revision=revision)

    def take_walk_in(self, request: Request, *, key: str, body: Any) -> dict[str, Any]:
        """Give a ticket to somebody without a booking, once for its key."""
        asked = load(schemas.WalkInSchema(), body)
        return self._at_site(
            request,
            key=key,
            site=asked["site"],
            body=["walk-in", body],
            run=lambda session, desk: floor.walk_in(
                session, self.office, desk, service=asked["service"], priority=asked["priority"]
            ),
        )

    def take_arrival(self, request: Request, *, key: str, body: Any) -> dict[str, Any]:
        """Check somebody in by the number on their ticket, once for its key."""
        asked = load(schemas.ArrivalSchema(), body)
        return self._at_site(
            request,
            key=key,
            site=asked["site"],
            body=["check-in", body],
            run=lambda session, desk: arrivals.check_in_by_number(
                session, self.office, desk, number=asked["number"]
            ),
        )

    def _at_site(
        self, request: Request, *, key: str, site: str, body: Any, run: Callable[[Session, Desk], Ticket]
    ) -> dict[str, Any]:
        now = self.deployment.clock.now()
        with self.deployment.database.transaction() as session:
            officer = self.officer(session, request)
            desk = Desk(site=site, counter="", officer_id=officer.id, now=now)
            return commands.once(
                session,
                scope=f"counter:{officer.id}",
                key=key,
                body=body,
                now=now,
                run=lambda: {"ticket": views.dump(run(session, desk))},
            )


def idempotency_key(request: Request) -> str:
    """Return the key of a write. Raises IdempotencyKeyMissing."""
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise IdempotencyKeyMissing
    return key


class CounterApi(Signed):
    """The verbs as an API, with problems as RFC 9457 JSON."""

    @http("POST", "/api/v1/session")
    def api_sign_in(self, request: Request) -> Response:
        """Sign in; answers a bearer token and sets the cookie."""
        asked = load(schemas.SignInSchema(), json_body(request))
        token, officer = self.sign_in(asked["username"], asked["password"])
        body = {
            "token": token,
            "officer": {"username": officer.username, "name": officer.name, "role": officer.role},
        }
        return self.with_session_cookie(json_response(body, 201), token)

    @http("GET", "/api/v1/queue")
    def api_queue(self, request: Request) -> Response:
        """Answer who is at a counter and who waits for it: `?counter=<site>.<code>`."""
        site, counter = split_counter(request.args.get("counter", ""))
        with self.deployment.database.reading() as session:
            self.officer(session, request)
            now = self.deployment.clock.now()
            seen = queue.counter_queue(session, self.office, site=site, counter=counter, now=now)
        return json_response(
            {
                "current": views.dump(seen.current) if seen.current else None,
                "waiting": [views.dump(ticket) for ticket in seen.waiting],
                "parked": [views.dump(ticket) for ticket in seen.parked],
                "expected": [views.dump(ticket) for ticket in seen.expected],
                "missed": [views.dump(ticket) for ticket in seen.missed],
                "allowed": sorted(seen.allowed),
                "served_today": seen.served_today,
            }
        )

    @http("POST", "/api/v1/walk-ins")
    def api_walk_in(self, request: Request) -> Response:
        """Give a ticket to somebody without a booking."""
        body = json_body(request)
        return json_response(self.take_walk_in(request, key=idempotency_key(request), body=body), 201)

    @http("POST", "/api/v1/check-ins")
    def api_check_in(self, request: Request) -> Response:
        """Check somebody in by number."""
        body = json_body(request)
        return json_response(self.take_arrival(request, key=idempotency_key(request), body=body))

    @http("POST", f"/api/v1/counters/<counter>/<any({VERBS}):verb>")
    def api_step(self, request: Request, counter: str, verb: str) -> Response:
        """Carry out a verb at the counter `<site>.<code>`."""
        site, code = split_counter(counter)
        key = idempotency_key(request)
        body = json_body(request) if request.content_length else {}
        return json_response(self.carry_out(request, key=key, site=site, counter=code, verb=verb, body=body))


def at_the_door(page: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a page: whoever is not signed in is led to the door."""

    @wraps(page)
    def led(self: Signed, request: Request, **values: str) -> Response:
        try:
            return page(self, request, **values)
        except SignInRequired:
            return _see("/sign-in")

    return led


class CounterPages(Signed):
    """The same for a browser, with and without scripts."""

    @http("GET", "/", page=True)
    def home(self, request: Request) -> Response:
        """Send to the choice of counters, or to the door."""
        signed_in = accounts.SESSION_COOKIE in request.cookies
        return _see("/counters" if signed_in else "/sign-in")

    @http("GET", "/sign-in", page=True)
    def sign_in_page(self, request: Request) -> Response:
        """Show the door."""
        return self.pages.render(request, "sign_in.html", error="", username="")

    @http("POST", "/sign-in", page=True)
    def sign_in_form(self, request: Request) -> Response:
        """Take user name and password."""
        self.pages.check_form(request)
        fields = {"username": request.form.get("username", ""), "password": request.form.get("password", "")}
        try:
            asked = load(schemas.SignInSchema(), fields)
            token, _officer = self.sign_in(asked["username"], asked["password"])
        except Refused as refusal:
            told = self._told(request, refusal)
            return self.pages.render(
                request, "sign_in.html", status=refusal.status, error=told, username=fields["username"]
            )
        return self.with_session_cookie(_see("/counters"), token)

    @http("POST", "/sign-out", page=True)
    def sign_out_form(self, request: Request) -> Response:
        """End the session."""
        self.pages.check_form(request)
        with self.deployment.database.transaction() as session:
            accounts.sign_out(session, token=request.cookies.get(accounts.SESSION_COOKIE, ""))
        response = _see("/sign-in")
        response.delete_cookie(accounts.SESSION_COOKIE)
        return response

    @http("GET", "/counters", page=True)
    @at_the_door
    def counters_page(self, request: Request) -> Response:
        """Show the agency's counters by site."""
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
        sites = [(site, self.office.counters_at(site.code)) for site in self.office.agency.sites]
        return self.pages.render(
            request, "counters.html", officer=officer, sites=sites, service_names=self._service_names()
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

    def _panel(self, request: Request, site: str, counter: str) -> dict[str, Any]:
        now = self.deployment.clock.now()
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            seen = queue.counter_queue(session, self.office, site=site, counter=counter, now=now)
        place = self.office.site(site)
        offered = [offer.service for offer in self.office.agency.offers if offer.site == site]
        return {
            "officer": officer,
            "site": place,
            "counter": self.office.counter(site, counter),
            "queue": seen,
            "service_names": self._service_names(),
            "offered": offered,
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
            name: request.form[name]
            for name in ("revision", "ticket_id", "service")
            if request.form.get(name)
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
        }
        return self._back(request, address, lambda: self.take_walk_in(request, key=key, body=body))

    def _back(self, request: Request, address: str, run: Callable[[], dict[str, Any]]) -> Response:
        try:
            answer = run()
        except SignInRequired:
            return _see("/sign-in")
        except Refused as refusal:
            response = _see(address)
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
        return _see(f"{address}?number={number}" if number else address)

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


class CounterService(CounterApi, CounterPages, StaticFiles, Operations):
    """One agency's counters."""

    name = "counter"


def split_counter(counter: str) -> tuple[str, str]:
    """Return (site, code) of `<site>.<code>`. Raises UnknownCounter."""
    site, dot, code = counter.rpartition(".")
    if not dot or not site or not code:
        raise UnknownCounter
    return site, code


def _see(address: str) -> Response:
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
