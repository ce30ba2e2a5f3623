"""The desk as pages: plain forms, POST, redirect, GET."""

import re
from typing import Any
from urllib.parse import urlencode

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.deployment import Deployment
from gerai_shared.http import http
from gerai_shared.overseers import Access
from gerai_shared.pages import Pages
from gerai_shared.refusals import InvalidRequest, Refused, SignInRequired
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import sessions
from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.case import ConfidentialCase
from gerai_complaints.schemas import LONGEST_TEXT, ReplySchema, TakeSchema, checked_key
from gerai_complaints.shapes import Order
from gerai_complaints.usecases import desk

#: Where somebody who signs in may be sent on to: our own pages alone.
OWN_PAGE = re.compile(r"/cases(/P-[0-9]{4}-[0-9]{6,12})?")
FIRST_PAGE = "/cases"
#: What a page says after a change, by the query that the redirect carries.
DONE = ("taken", "answered")
CONFLICT = 409


class DeskPages:
    """Sign in, list of cases, one case with its answer form."""

    deployment: Deployment

    @http("GET", "/", page=True)
    def home(self, _request: Request) -> Response:
        """Lead to the list."""
        return _see_other(FIRST_PAGE)

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
        response = _see_other(wish if OWN_PAGE.fullmatch(wish) else FIRST_PAGE)
        sessions.set_session(
            response, token, secure=self.deployment.settings.public_url.startswith("https://")
        )
        return response

    @http("POST", "/sign-out", page=True, overseers=Access.FREE)
    def sign_out(self, request: Request) -> Response:
        """Sign the officer out."""
        self._pages.check_form(request)
        sessions.sign_out(self.deployment, request)
        response = _see_other("/sign-in")
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
        return _see_other(f"/cases/{number}?done={done}")

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

    def _told(self, request: Request, refusal: Refused | None) -> dict[str, Any]:
        """Return the `problem` above the form and the `errors` at its fields."""
        if refusal is None:
            return {"problem": "", "errors": {}}
        fields: dict[str, list[str]] = refusal.details.get("fields", {})
        errors = {name: self._pages.text(request, texts[0]) for name, texts in fields.items()}
        return {"problem": "" if errors else translate(refusal, language_of(request)), "errors": errors}

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

    def _officer(self, request: Request) -> Officer | None:
        try:
            return sessions.officer_of(self.deployment, request)
        except SignInRequired:
            return None

    def _to_sign_in(self, request: Request) -> Response:
        # After a change that came too late, the case itself is the page to return to.
        wish = request.path.removesuffix("/take").removesuffix("/reply")
        return _see_other("/sign-in?" + urlencode({"next": wish}))

    def _render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
        pages = self._pages
        context.setdefault("officer", None)
        return pages.render(
            request, template, status=status, site_name=pages.text(request, "Complaints desk"), **context
        )

    @property
    def _pages(self) -> Pages:
        pages: Pages = self.deployment.extras["pages"]
        return pages


def _see_other(address: str) -> Response:
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
