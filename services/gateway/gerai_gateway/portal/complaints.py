"""Filing a complaint and following it."""

from collections.abc import Sequence

from gerai_shared.borders import load
from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.tokens import realm_of
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, uploads
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import see_other
from gerai_gateway.portal.complaint_files import ComplaintFilePages
from gerai_gateway.schemas import taken
from gerai_gateway.uploads import KeptFile

_complaint = taken.ComplaintSchema()
_decision = taken.DecisionSchema()
MALL_ZONE = "Asia/Jakarta"
DECISIONS = ("accept", "dispute", "complete", "withdraw", "reopen")


class ComplaintPages(ComplaintFilePages):
    """Mixin: complaints."""

    @public("GET", "/c/new", page=True)
    def page_new_complaint(self, request: Request) -> Response:
        """Show the form; `?ticket=` names the visit it is about."""
        started = {name: request.args.get(name, "") for name in ("ticket", "agency", "site")}
        started["agency"] = started["agency"] or realm_of(forms.token_in(started["ticket"]))
        return self._form(request, form=started)

    @public("POST", "/c/new", page=True, body_limit=uploads.FORM_BYTES, seconds=uploads.FORM_SECONDS)
    def form_complaint(self, request: Request) -> Response:
        """File the complaint."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        form = request.form.to_dict()
        kept: list[KeptFile] = []
        try:
            self.keep_files(request, kept, key=key)
            references = [each.reference for each in kept]
            body = forms.complaint_body(form, language=language_of(request), attachments=references)
            receipt = errands.file_complaint(self.mall, load(_complaint, body), key=key)
        except Refused as refusal:
            return self._form(request, form=form, refusal=refusal, kept=kept)
        return see_other(f"/c/{receipt['token']}?new=1")

    @public("GET", "/c/<token>", page=True)
    def page_complaint(self, request: Request, token: str) -> Response:
        """Show a complaint with its conversation and its due date."""
        return self._complaint(request, token, errands.complaint(self.mall, token))

    @public("POST", "/c/<token>/decision", page=True)
    def form_decision(self, request: Request, token: str) -> Response:
        """Carry out what the holder decides."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        decision = request.form.get("decision", "")
        decision = decision if decision in DECISIONS else "dispute"
        text = request.form.get("text", "").strip().replace("\r\n", "\n")
        try:
            load(_decision, {"text": text})
            errands.decide(self.mall, token, decision, text, key=key)
        except Refused as refusal:
            tracked = errands.complaint(self.mall, token)
            return self._complaint(request, token, tracked, form=request.form.to_dict(), refusal=refusal)
        return see_other(f"/c/{token}")

    @public("POST", "/c/<token>/erasure", page=True)
    def form_erasure(self, request: Request, token: str) -> Response:
        """Erase who brought it, if they say once more that they want it."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        if request.form.get("confirmed") != "yes":
            refusal = InvalidRequest(fields={"confirmed": ["Please confirm that you want this."]})
            tracked = errands.complaint(self.mall, token)
            return self._complaint(request, token, tracked, refusal=refusal)
        errands.erase(self.mall, token, key=key)
        return see_other(f"/c/{token}")

    @public("POST", "/c/<token>/unpublish", page=True)
    def form_unpublish(self, request: Request, token: str) -> Response:
        """Let the public read it no more; doing so twice is doing so once."""
        self.pages.check_form(request)
        errands.unpublish(self.mall, token)
        return see_other(f"/c/{token}")

    def _form(
        self,
        request: Request,
        *,
        form: dict[str, str],
        refusal: Refused | None = None,
        kept: Sequence[KeptFile] = (),
    ) -> Response:
        by_field, summary = self.errors(request, refusal)
        catalogues = self.mall.catalogues
        known = {catalogue.code: catalogue.agency["name"] for catalogue in catalogues.known()}
        return self.page(
            request,
            "complaint_new.html",
            section="complaint",
            status=refusal.status if refusal else 200,
            form=form,
            kept=kept,
            errors=by_field,
            summary=summary,
            key=forms.key_to_keep(form, refusal),
            # An agency that is silent now may be complained about all the same, by its short name.
            agencies=[(code, known.get(code)) for code in catalogues.agencies],
            the_mall=errands.THE_MALL,
            sites=[present[0].sites[code] for code, present in catalogues.sites().items()],
        )

    def _complaint(
        self,
        request: Request,
        token: str,
        tracked: Json,
        *,
        form: dict[str, str] | None = None,
        refusal: Refused | None = None,
        kept: list[KeptFile] | None = None,
    ) -> Response:
        by_field, summary = self.errors(request, refusal)
        typed = form or {}
        known = {catalogue.code: catalogue.agency["name"] for catalogue in self.mall.catalogues.known()}
        present = self.mall.catalogues.sites().get(tracked["site"] or "")
        site = present[0].sites[tracked["site"]] if present else None
        return self.page(
            request,
            "complaint.html",
            section="complaint",
            status=refusal.status if refusal else 200,
            token=token,
            tracked=tracked,
            agency=known.get(tracked["agency"]),
            is_about_mall=tracked["agency"] == errands.THE_MALL,
            site=site,
            time_zone=site["time_zone"] if site else MALL_ZONE,
            page_url=f"{self.mall.public_url}/c/{token}",
            typed=forms.typed(typed, "text"),
            errors=by_field,
            summary=summary,
            key=forms.key_to_keep(typed, refusal),
            is_new="new" in request.args,
            kept=kept or [],
            has_added="added" in request.args,
        )
