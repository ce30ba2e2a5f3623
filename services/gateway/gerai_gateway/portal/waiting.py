"""The waiting list: a form for who finds the days full, and the page behind its token."""

from collections.abc import Mapping

from gerai_shared.borders import load
from gerai_shared.refusals import Refused
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import waiting
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.portal.booking import day_of
from gerai_gateway.refusals import NotBookable
from gerai_gateway.schemas import taken

_join = taken.JoinSchema()


class WaitingPages(PortalPages):
    """Mixin: from a full day to a place that is kept."""

    @public("GET", "/book/<agency>/<service>/wait", page=True)
    def page_join(self, request: Request, agency: str, service: str) -> Response:
        """Show the form; the days are those that were found full."""
        days = {"first_day": day_of(request.args.get("from")), "last_day": day_of(request.args.get("to"))}
        form = {name: day.isoformat() for name, day in days.items() if day is not None}
        return self._join(request, agency, service, form=form)

    @public("POST", "/book/<agency>/<service>/wait", page=True)
    def form_join(self, request: Request, agency: str, service: str) -> Response:
        """Put somebody on the list; refused, nothing that was typed is lost."""
        self.pages.check_form(request)
        form = request.form.to_dict()
        body = join_body(form, service=service, language=language_of(request))
        try:
            key = forms.form_key(request)
            load(_join, body)
            entry = waiting.join(self.mall, agency, body, key=key)
        except Refused as refusal:
            return self._join(request, agency, service, form=form, refusal=refusal)
        return see_other(f"/w/{entry['token']}?new=1")

    @public("GET", "/w/<token>", page=True)
    def page_entry(self, request: Request, token: str) -> Response:
        """Show somebody how many are before them, or the place that is kept."""
        return self._entry(request, waiting.entry(self.mall, token))

    @public("POST", "/w/<token>/leave", page=True)
    def form_leave(self, request: Request, token: str) -> Response:
        """Take somebody from the list."""
        self.pages.check_form(request)
        left = waiting.leave(self.mall, token, key=forms.form_key(request))
        self.mall.availability.outdate(left["agency"], left["site"])
        return see_other(f"/w/{token}")

    def _join(
        self,
        request: Request,
        agency: str,
        service: str,
        *,
        form: dict[str, str],
        refusal: Refused | None = None,
    ) -> Response:
        catalogue = self.mall.catalogues.of(agency)
        found = catalogue.service(service)
        bookable = [
            offer["site"] for offer in found["offers"] if catalogue.is_bookable(offer["site"], service)
        ]
        if not bookable:
            raise NotBookable
        site = request.values.get("site") or bookable[0]
        by_field, summary = self.errors(request, refusal)
        return self.page(
            request,
            "waiting_join.html",
            section="services",
            catalogues=[catalogue],
            status=refusal.status if refusal else 200,
            agency_slug=agency,
            agency=catalogue.agency,
            service=found,
            sites=[catalogue.site(code) for code in bookable],
            site_code=site if site in bookable else bookable[0],
            form=form,
            errors=by_field,
            summary=summary,
            key=forms.key_to_keep(form, refusal),
        )

    def _entry(self, request: Request, entry: Json) -> Response:
        return self.page(
            request,
            "waiting.html",
            section="ticket",
            agency_slug=entry["agency"],
            entry=entry,
            is_new="new" in request.args,
        )


def join_body(form: Mapping[str, str], *, service: str, language: str) -> Json:
    """Return the interface's wish to wait in a form."""
    person = {name: forms.typed(form, name) for name in ("name", "email", "phone")}
    person["nik"] = forms.without_separators(form.get("nik", ""))
    person["passport_number"] = forms.without_separators(form.get("passport_number", "")).upper()
    days = {name: forms.typed(form, name) for name in ("first_day", "last_day")}
    return {
        "site": forms.typed(form, "site"),
        "service": service,
        **{name: day for name, day in days.items() if day},
        "language": language,
        "person": {name: value for name, value in person.items() if value},
    }
