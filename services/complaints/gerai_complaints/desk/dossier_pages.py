"""Dossiers for the Ombudsman: supervisors look after them, overseers take them."""

from gerai_shared.accounts import Officer
from gerai_shared.borders import load
from gerai_shared.http import http
from gerai_shared.overseers import Access
from gerai_shared.refusals import InvalidRequest, Refused
from werkzeug.wrappers import Request, Response

from gerai_complaints.desk.base import DeskBase, see_other
from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.dossier import DossierUpToDate
from gerai_complaints.schemas.dossier import AskForDossierSchema, OmbudsmanNumberSchema
from gerai_complaints.usecases import dossiers

#: What was done, as the page says it.
DONE = ("asked", "number")


class DossierPages(DeskBase):
    """Mixin: the list, the versions of one case, their files."""

    @http("GET", "/dossiers", page=True, overseers=Access.ON_RECORD)
    def dossiers_page(self, request: Request) -> Response:
        """Show which cases have a dossier: danger to life first, then what waits longest."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        wanted = request.args.get("state", dossiers.WAITING)
        wanted = wanted if wanted in dossiers.FILTERS else dossiers.WAITING
        with self.deployment.database.reading() as session:
            found = dossiers.list_cases(
                session, officer=officer, wanted=wanted, page=request.args.get("page", 1, type=int)
            )
        return self._render(request, "dossiers.html", officer=officer, found=found, wanted=wanted)

    @http("GET", "/cases/<number>/dossier", page=True, overseers=Access.ON_RECORD)
    def dossier_page(self, request: Request, number: str) -> Response:
        """Show the versions of a case's dossier."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        return self._dossier(request, number, officer, done=request.args.get("done", ""))

    @http("GET", "/cases/<number>/dossier/<int:version>/<part>", page=True, overseers=Access.ON_RECORD)
    def dossier_file(self, request: Request, number: str, version: int, part: str) -> Response:
        """Give a file of a dossier, and write down who took it."""
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        with self.deployment.database.transaction() as session:
            media_type, content = dossiers.take(
                session,
                number,
                version,
                part,
                officer=officer,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
        # Always a file to keep, never a page of ours: parts come from whoever complained.
        headers = {
            "Content-Disposition": f'attachment; filename="{number}-v{version}-{part}"',
            "Cache-Control": "no-store",
        }
        return Response(content, content_type=media_type, headers=headers)

    @http("POST", "/cases/<number>/dossier", page=True)
    def ask_for_dossier(self, request: Request, number: str) -> Response:
        """Ask for a new version."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        wanted = load(
            AskForDossierSchema(),
            {name: name in request.form for name in ("has_notes", "names_complainant")},
        )
        try:
            with self.deployment.database.transaction() as session:
                dossiers.ask(session, number, officer=officer, now=self.deployment.clock.now(), **wanted)
        except DossierUpToDate as refusal:
            return self._dossier(request, number, officer, refusal=refusal)
        return see_other(f"/cases/{number}/dossier?done=asked")

    @http("POST", "/cases/<number>/dossier/number", page=True)
    def keep_ombudsman_number(self, request: Request, number: str) -> Response:
        """Keep the Ombudsman's own number."""
        self._pages.check_form(request)
        officer = self._officer(request)
        if officer is None:
            return self._to_sign_in(request)
        typed = request.form.get("ombudsman_number", "")
        try:
            wanted = load(OmbudsmanNumberSchema(), {"ombudsman_number": typed})
            with self.deployment.database.transaction() as session:
                dossiers.set_number(
                    session,
                    number,
                    officer=officer,
                    ombudsman_number=wanted["number"],
                    now=self.deployment.clock.now(),
                )
        except InvalidRequest as refusal:
            return self._dossier(request, number, officer, typed=typed, refusal=refusal)
        return see_other(f"/cases/{number}/dossier?done=number")

    def _dossier(
        self,
        request: Request,
        number: str,
        officer: Officer,
        *,
        done: str = "",
        typed: str | None = None,
        refusal: Refused | None = None,
    ) -> Response:
        with self.deployment.database.reading() as session:
            case = dossiers.of_case(session, number, officer=officer)
        return self._render(
            request,
            "dossier.html",
            status=refusal.status if refusal else 200,
            officer=officer,
            case=case,
            done=done if done in DONE else "",
            typed=typed,
            **self._told(request, refusal),
        )
