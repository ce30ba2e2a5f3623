"""The public check of a ticket: for who is shown one, and for who is offered one for money."""

from gerai_shared.refusals import Refused
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view, errands
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.refusals import UnknownCheckCode


class CheckPages(PortalPages):
    """Mixin: whether a ticket is genuine."""

    @public("GET", "/check", page=True)
    def page_check_form(self, request: Request) -> Response:
        """Ask for a code; one that was typed or pasted leads to its answer."""
        text = request.args.get("code", "").strip()
        if not text:
            return self.page(request, "check.html", section="", ticket=None, is_answer=False, code="")
        code = forms.token_in(text)
        if errands.TOKEN.fullmatch(code):
            return see_other(f"/check/{code}")
        return self._fake(request, text)

    @public("GET", "/check/<code>", page=True)
    def page_check(self, request: Request, code: str) -> Response:
        """Show whether a ticket is genuine, and what is known of it."""
        try:
            ticket = errands.check(self.mall, code)
        except Refused as refusal:
            if refusal.code != UnknownCheckCode.code:
                raise
            return self._fake(request, code)
        return self.page(
            request,
            "check.html",
            section="",
            agency_slug=ticket["agency"],
            ticket=ticket,
            is_answer=True,
            code=code,
            state_text=board_view.STATE_TEXTS.get(ticket["state"], ticket["state"]),
        )

    def _fake(self, request: Request, text: str) -> Response:
        return self.page(
            request, "check.html", section="", status=404, ticket=None, is_answer=True, code=text[:120]
        )
