"""The counters as an API, with problems as RFC 9457 JSON."""

from typing import Any

from gerai_shared.borders import load
from gerai_shared.http import http, json_body, json_response
from gerai_shared.overseers import Access
from werkzeug.wrappers import Request, Response

from gerai_booking import schemas
from gerai_booking.counter.commands import VERBS, Signed, idempotency_key, split_counter
from gerai_booking.counter.shift_pages import shift_json
from gerai_booking.rules.floor import Outcome
from gerai_booking.rules.lanes import Because
from gerai_booking.usecases import queue, shifts, views
from gerai_booking.usecases.queue import CounterQueue

LISTS = ("waiting", "elsewhere", "parked", "expected", "missed")


class CounterApi(Signed):
    """The verbs as an API, with problems as RFC 9457 JSON."""

    @http("POST", "/api/v1/session", overseers=Access.FREE)
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
        """Answer who is at a counter and who waits for it: `?counter=<site>.<code>`.

        Of each list the first 50, or up to `&most=1000`, and in `counts` how many there are.
        """
        query = load(schemas.QueueQuerySchema(), request.args.to_dict())
        site, counter = split_counter(query["counter"])
        with self.deployment.database.reading() as session:
            officer = self.officer(session, request)
            now = self.deployment.clock.now()
            asked = {"site": site, "counter": counter, "now": now}
            seen = queue.counter_queue(
                session, self.office, officer_id=officer.id, most=query["most"], **asked
            )
            shift = shifts.at_counter(session, self.office, officer=officer, **asked)
        return json_response(
            {
                "current": views.dump(seen.current) if seen.current else None,
                **_lists(seen),
                "next_because": _because(seen.next_because),
                "allowed": sorted(seen.allowed),
                "allowed_at": {verb: at.isoformat() for verb, at in seen.allowed_at.items()},
                "outcomes": [outcome.value for outcome in Outcome],
                "aside_reasons": [reason.code for reason in seen.aside_reasons],
                "served_today": seen.served_today,
                "shift": shift_json(shift),
            }
        )

    @http("POST", "/api/v1/walk-ins")
    def api_walk_in(self, request: Request) -> Response:
        """Give a ticket to somebody without a booking."""
        body = json_body(request)
        return json_response(self.take_walk_in(request, key=idempotency_key(request), body=body), 201)

    @http("POST", "/api/v1/check-ins")
    def api_check_in(self, request: Request) -> Response:
        """Check somebody in by the number or the code on their ticket."""
        body = json_body(request)
        return json_response(self.take_arrival(request, key=idempotency_key(request), body=body))

    @http("POST", f"/api/v1/counters/<counter>/<any({VERBS}):verb>")
    def api_step(self, request: Request, counter: str, verb: str) -> Response:
        """Carry out a verb at the counter `<site>.<code>`."""
        site, code = split_counter(counter)
        key = idempotency_key(request)
        body = json_body(request) if request.content_length else {}
        return json_response(self.carry_out(request, key=key, site=site, counter=code, verb=verb, body=body))


def _lists(seen: CounterQueue) -> dict[str, Any]:
    lists = {name: getattr(seen, name) for name in LISTS}
    shown = {name: [views.dump(ticket) for ticket in each.first] for name, each in lists.items()}
    return {**shown, "counts": {name: each.count for name, each in lists.items()}}


def _because(why: Because | None) -> dict[str, Any] | None:
    return {"code": why.code, "at": why.at.isoformat()} if why else None
