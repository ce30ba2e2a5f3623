"""The desk as pages: plain forms, POST, redirect, GET."""

import re
from urllib.parse import urlencode

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.overseers import Access
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import sessions
from gerai_complaints.desk.attachment_pages import AttachmentPages
from gerai_complaints.desk.base import see_other
from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.case import ConfidentialCase
from gerai_complaints.schemas.desk import ReplySchema, TakeSchema
from gerai_complaints.schemas.fields import LONGEST_TEXT, checked_key
from gerai_complaints.shapes import Order
from gerai_complaints.usecases import desk

#: Where somebody who signs in may be sent on to: our own pages alone.
OWN_PAGE = re.compile(r"/(?!sign-)[A-Za-z0-9][A-Za-z0-9/_-]{0,200}")
FIRST_PAGE = "/cases"
#: What a page says after a change, by the query that the redirect carries.
DONE = ("taken", "answered", "files_added")
CONFLICT = 409


class DeskPages(AttachmentPages):
    """Sign in, list of cases, one case with its answer form."""

    @http("GET", "/", page=True)
    def home(self, _request: Request) -> Response:
        """Lead to the list."""
        return see_other(FIRST_PAGE)

    @http("GET", "/sign-in", page=True, overseers=Access.FREE)
    def sign_in_page(self, request: Request) -> Response:
        """Show the form to sign in."""
        return self._sign_in_form(request, request.args.get("next", ""))

    @http("POST", "/sign-in", page=True, overseers=Access.FREE)
    def sign_in(self, request: Request) -> Response:
        """Sign an officer in and send them to where they wanted to go."""
        self._pages.check_form(request)
        wish = request.form.get("next", "")
        given = {name: request.form.get(name, "") for name in ("username", "password")}
        try:
            token, _ = sessions.sign_in(self.deployment, given)
        except Refused as refusal:
            return self._sign_in_form(request, wish, username=given["username"], refusal=refusal)
        response = see_other(wish if OWN_PAGE.fullmatch(wish) else FIRST_PAGE)
        sessions.set_session(
            response, token, secure=self.deployment.settings.public_url.startswith("https://")
        )
        return response

    @http("POST", "/sign-out", page=True, overseers=Access.FREE)
    def sign_out(self, request: Request) -> Response:
        """Sign the officer out."""
        self._pages.check_form(request)
        sessions.sign_out(self.deployment, request)
        response = see_other("/sign-in")
        sessions.clear_session(response)
        return response

    @http("GET", "/cases", page=True)
    def cases(self, request: Request) -> Response:
        """Show the cases, what is due first on top."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        wanted, number = request.args.get("state", desk.OPEN), request.args.get("number", "").strip()
        with self.deployment.database.reading() as session:
            found = desk.list_cases(
                session,
                officer=officer,
                wanted=desk.ALL if number else wanted,
                search=number,
                page=request.args.get("page", 1, type=int),
                now=self.deployment.clock.now(),
            )
        return self._render(
            request,
            "cases.html",
            officer=officer,
            found=found,
            wanted="" if number else wanted,
            number=number,
            page_url=lambda page: (
                "/cases?"
                + urlencode({"number": number, "page": page} if number else {"state": wanted, "page": page})
            ),
        )

    @http("GET", "/cases/<number>", page=True)
    def case(self, request: Request, number: str) -> Response:
        """Show one case."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        done = request.args.get("done", "")
        return self._case(request, number, officer, done=done if done in DONE else "")

    @http("POST", "/cases/<number>/take", page=True)
    def take(self, request: Request, number: str) -> Response:
        """Take a case in hand."""
        return self._change(request, number, "taken")

    @http("POST", "/cases/<number>/reply", page=True)
    def reply(self, request: Request, number: str) -> Response:
        """Answer a case."""
        return self._change(request, number, "answered")

    def _change(self, request: Request, number: str, done: str) -> Response:
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        use_case, schema = (desk.take, TakeSchema()) if done == "taken" else (desk.reply, ReplySchema())
        given = {name: request.form.get(name, "") for name in schema.fields}
        try:
            order = Order(
                number=number,
                officer=officer,
                key=checked_key(request.form.get("idempotency_key")),
                **load(schema, given),
            )
            with self.deployment.database.transaction() as session:
                use_case(session, order, keyring=keyring_of(self.deployment), now=self.deployment.clock.now())
        except Refused as refusal:
            if refusal.status not in (CONFLICT, InvalidRequest.status):
                raise
            return self._case(request, number, officer, refusal=refusal, text=given.get("text", ""))
        return see_other(f"/cases/{number}?done={done}")

    def _case(
        self,
        request: Request,
        number: str,
        officer: Officer,
        *,
        done: str = "",
        refusal: Refused | None = None,
        text: str = "",
    ) -> Response:
        try:
            with self.deployment.database.reading() as session:
                case = desk.case(
                    session,
                    number,
                    officer=officer,
                    keyring=keyring_of(self.deployment),
                    now=self.deployment.clock.now(),
                )
                files = self._files_of(session, number, officer)
        except ConfidentialCase as confidential:
            return self._sealed(request, number, officer, confidential)
        return self._render(
            request,
            "case.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            case=case,
            done=done,
            text=text,
            longest_text=LONGEST_TEXT,
            **files,
            **self._told(request, refusal),
        )

    def _sealed(self, request: Request, number: str, officer: Officer, refusal: ConfidentialCase) -> Response:
        """Show that there is a case, and the way to read it for who may take it in hand."""
        return self._render(
            request,
            "sealed.html",
            status=refusal.status,
            officer=officer,
            number=number,
            message=translate(refusal, language_of(request)),
            revision=refusal.details["revision"],
            may_take=refusal.details["may_take"],
        )

    def _sign_in_form(
        self, request: Request, wish: str, *, username: str = "", refusal: Refused | None = None
    ) -> Response:
        return self._render(
            request,
            "sign_in.html",
            status=refusal.status if refusal else 200,
            wish=wish if OWN_PAGE.fullmatch(wish) else "",
            username=username,
            problem=translate(refusal, language_of(request)) if refusal else "",
        )
