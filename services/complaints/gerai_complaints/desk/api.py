"""The desk as JSON: the same use cases as the pages."""

from typing import Any

from gerai_shared.deployment import Deployment
from gerai_shared.http import http, json_body, json_response
from gerai_shared.overseers import Access
from gerai_shared.refusals import UnreadableBody
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import acts, sessions
from gerai_complaints.keyring import keyring_of
from gerai_complaints.schemas.desk import (
    CaseListSchema,
    OfficerSchema,
    dump_case,
)
from gerai_complaints.usecases import desk
from gerai_complaints.usecases.case_view import case

# Made once: a schema copies all of its fields as it is made.
_CASES = CaseListSchema()


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
        return json_response(_CASES.dump(found))

    @http("GET", "/api/v1/cases/<number>", overseers=Access.ON_RECORD)
    def api_case(self, request: Request, number: str) -> Response:
        """Answer one case."""
        officer = sessions.officer_of(self.deployment, request)
        with self.deployment.database.reading() as session:
            found = case(
                session,
                number,
                officer=officer,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        return json_response(dump_case(found))

    @http("POST", "/api/v1/cases/<number>/<act>")
    def api_act(self, request: Request, number: str, act: str) -> Response:
        """Do something with a case: see desk.acts. 204 when it is no business of the officer any more."""
        officer = sessions.officer_of(self.deployment, request)
        changed = acts.carry_out(
            self.deployment,
            act,
            number=number,
            officer=officer,
            said=_json(request),
            key=request.headers.get("Idempotency-Key"),
        )
        return json_response(dump_case(changed)) if changed else Response(status=204)


def _json(request: Request) -> dict[str, Any]:
    # A page of another origin can send other types without asking first; JSON it cannot.
    if request.mimetype != "application/json":
        raise UnreadableBody
    return json_body(request)


def _secure(deployment: Deployment) -> bool:
    return deployment.settings.public_url.startswith("https://")
