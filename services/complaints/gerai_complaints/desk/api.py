"""The desk as JSON: the same use cases as the pages."""

from typing import Any

from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.http import http, json_body, json_response
from gerai_shared.overseers import Access
from gerai_shared.refusals import UnreadableBody
from marshmallow import Schema
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import sessions
from gerai_complaints.keyring import keyring_of
from gerai_complaints.schemas.desk import (
    CaseListSchema,
    OfficerSchema,
    ReplySchema,
    TakeSchema,
    dump_case,
)
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.shapes import Order
from gerai_complaints.usecases import desk


class DeskApi:
    """`/api/v1`: errors are application/problem+json; every change takes an Idempotency-Key."""

    deployment: Deployment

    @http("POST", "/api/v1/session", overseers=Access.FREE)
    def api_sign_in(self, request: Request) -> Response:
        """Open a session for {username, password}: its token for the Authorization header, and a cookie."""
        token, officer = sessions.sign_in(self.deployment, _json(request))
        response = json_response({"token": token, "officer": OfficerSchema().dump(officer)}, 201)
        sessions.set_session(response, token, secure=_secure(self.deployment))
        return response

    @http("DELETE", "/api/v1/session", overseers=Access.FREE)
    def api_sign_out(self, request: Request) -> Response:
        """Close the session."""
        sessions.sign_out(self.deployment, request)
        response = Response(status=204)
        sessions.clear_session(response)
        return response

    @http("GET", "/api/v1/cases", overseers=Access.ON_RECORD)
    def api_cases(self, request: Request) -> Response:
        """Answer a page of the cases: `?state=` one of the filters, `?number=` a part of one, `?page=`."""
        officer = sessions.officer_of(self.deployment, request)
        with self.deployment.database.reading() as session:
            found = desk.list_cases(
                session,
                officer=officer,
                wanted=request.args.get("state", desk.OPEN),
                search=request.args.get("number", ""),
                page=request.args.get("page", 1, type=int),
                now=self.deployment.clock.now(),
            )
        return json_response(CaseListSchema().dump(found))

    @http("GET", "/api/v1/cases/<number>", overseers=Access.ON_RECORD)
    def api_case(self, request: Request, number: str) -> Response:
        """Answer one case."""
        officer = sessions.officer_of(self.deployment, request)
        with self.deployment.database.reading() as session:
            case = desk.case(
                session,
                number,
                officer=officer,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        return json_response(dump_case(case))

    @http("POST", "/api/v1/cases/<number>/take")
    def api_take(self, request: Request, number: str) -> Response:
        """Take a case in hand: {revision}."""
        order = self._order(request, number, TakeSchema())
        with self.deployment.database.transaction() as session:
            case = desk.take(
                session, order, keyring=keyring_of(self.deployment), now=self.deployment.clock.now()
            )
        return json_response(dump_case(case))

    @http("POST", "/api/v1/cases/<number>/reply")
    def api_reply(self, request: Request, number: str) -> Response:
        """Answer a case: {revision, text}."""
        order = self._order(request, number, ReplySchema())
        with self.deployment.database.transaction() as session:
            case = desk.reply(
                session, order, keyring=keyring_of(self.deployment), now=self.deployment.clock.now()
            )
        return json_response(dump_case(case))

    def _order(self, request: Request, number: str, schema: Schema) -> Order:
        officer = sessions.officer_of(self.deployment, request)
        wanted = load(schema, _json(request))
        key = checked_key(request.headers.get("Idempotency-Key"))
        return Order(
            number=number, officer=officer, key=key, revision=wanted["revision"], text=wanted.get("text")
        )


def _json(request: Request) -> dict[str, Any]:
    # A page of another origin can send other types without asking first; JSON it cannot.
    if request.mimetype != "application/json":
        raise UnreadableBody
    return json_body(request)


def _secure(deployment: Deployment) -> bool:
    return deployment.settings.public_url.startswith("https://")
