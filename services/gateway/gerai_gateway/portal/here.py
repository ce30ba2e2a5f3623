"""Checking in on one's own phone, from the code at the entrance of a place."""

from gerai_shared.refusals import Refused
from gerai_shared.tokens import VISIT_REALM, realm_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, visits
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import PortalPages, see_other


class HerePages(PortalPages):
    """Mixin: the page to which the code at an entrance leads."""

    @public("GET", "/here/<site>", page=True)
    def page_here(self, request: Request, site: str) -> Response:
        """Ask for the ticket."""
        return self._here(request, site)

    @public("POST", "/here/<site>", page=True)
    def form_here(self, request: Request, site: str) -> Response:
        """Check in, and show the ticket; a ticket of another place is shown as it is."""
        self.pages.check_form(request)
        shown = request.form.get("ticket", "").strip()[:300]
        token = forms.token_in(shown)
        try:
            if realm_of(token) == VISIT_REALM:
                visits.check_in(self.mall, token)
                return see_other(f"/visits/{token}")
            ticket = errands.ticket(self.mall, token)["ticket"]
            if ticket["site"] == site:
                errands.change_ticket(self.mall, token, "check_in", {}, key=forms.form_key(request))
        except Refused as refusal:
            return self._here(request, site, shown=shown, refusal=refusal)
        return see_other(f"/t/{token}")

    def _here(
        self, request: Request, site: str, *, shown: str = "", refusal: Refused | None = None
    ) -> Response:
        place, _ = self.mall.catalogues.site(site)
        return self.page(
            request,
            "here.html",
            section="ticket",
            status=refusal.status if refusal else 200,
            place=place,
            shown=shown,
            error=self.said(request, refusal) if refusal else "",
        )
