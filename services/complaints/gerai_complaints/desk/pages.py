"""The desk as pages: plain forms, POST, redirect, GET."""

import re
from urllib.parse import urlencode

from gerai_shared.accounts import Officer
from gerai_shared.http import http
from gerai_shared.overseers import Access
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.translations import language_of, translate
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk import acts, sessions
from gerai_complaints.desk.attachment_pages import AttachmentPages
from gerai_complaints.desk.base import see_other
from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.case import ConfidentialCase
from gerai_complaints.rules.clock import LONGEST_EXTENSION
from gerai_complaints.rules.maladministration import Maladministration
from gerai_complaints.rules.refusal import Ground
from gerai_complaints.rules.verification import FORMAL, MATERIAL
from gerai_complaints.schemas.fields import LONGEST_TEXT
from gerai_complaints.usecases import case_view, desk, desk_staff, similar, templates
from gerai_complaints.usecases.places import THE_MALL, names

#: Where somebody who signs in may be sent on to: our own pages alone.
OWN_PAGE = re.compile(r"/(?!sign-)[A-Za-z0-9][A-Za-z0-9/_-]{0,200}")
FIRST_PAGE = "/cases"
CONFLICT, FORBIDDEN = 409, 403
#: What there is to choose from on the page of a case.
CHOICES = {
    "formal": FORMAL,
    "material": MATERIAL,
    "grounds": tuple(Ground),
    "categories": tuple(Maladministration),
    "longest_extension": LONGEST_EXTENSION,
}
#: What a page says after something else than an act, by the query that the redirect carries.
FILES_ADDED = "files_added"


class DeskPages(AttachmentPages):
    """Sign in, list of cases, one case with its answer form."""

    @http("GET", "/", page=True, overseers=Access.FREE)
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

    @http("GET", "/cases", page=True, overseers=Access.ON_RECORD)
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
            is_forwarded=request.args.get("done") == "forward",
            page_url=lambda page: (
                "/cases?"
                + urlencode({"number": number, "page": page} if number else {"state": wanted, "page": page})
            ),
        )

    @http("GET", "/cases/<number>", page=True, overseers=Access.ON_RECORD)
    def case(self, request: Request, number: str) -> Response:
        """Show one case."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        done = request.args.get("done", "")
        return self._case(request, number, officer, done=done if done in (*acts.ACTS, FILES_ADDED) else "")

    @http("POST", "/cases/<number>/<act>", page=True)
    def act(self, request: Request, number: str, act: str) -> Response:
        """Do something with a case: desk.acts says what, and with which words."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        form = request.form.to_dict()
        try:
            case = acts.carry_out(
                self.deployment,
                act,
                number=number,
                officer=officer,
                said=acts.said_on_form(act, form),
                key=form.get("idempotency_key"),
            )
        except Refused as refusal:
            if refusal.status not in (CONFLICT, FORBIDDEN, InvalidRequest.status):
                raise
            return self._case(request, number, officer, act=act, refusal=refusal, typed=form)
        return see_other(f"/cases/{number}?done={act}" if case else "/cases?done=forward")

    def _case(
        self,
        request: Request,
        number: str,
        officer: Officer,
        *,
        done: str = "",
        act: str = "",
        refusal: Refused | None = None,
        typed: dict[str, str] | None = None,
    ) -> Response:
        wished = request.args.get("template", type=int)
        try:
            with self.deployment.database.reading() as session:
                case = case_view.case(
                    session,
                    number,
                    officer=officer,
                    keyring=keyring_of(self.deployment),
                    now=self.deployment.clock.now(),
                )
                likely = similar.similar_cases(session, case, officer=officer)
                texts = templates.templates_for(session, case)
                staff = desk_staff.names(session) if officer.is_supervisor else []
                known = names(session)
                files = self._files_of(session, number, officer)
        except ConfidentialCase as confidential:
            return self._sealed(request, number, officer, confidential)
        codes = (*self.deployment.settings.agencies, THE_MALL.code)
        return self._render(
            request,
            "case.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            case=case,
            done=done,
            act=act,
            typed=typed or {},
            beginning=next((each for each in texts if each.id == wished), None),
            texts=texts,
            similar=likely,
            staff=staff,
            agencies=[known.agency(code) for code in codes if code != case.summary.agency.code],
            longest_text=LONGEST_TEXT,
            **CHOICES,
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
