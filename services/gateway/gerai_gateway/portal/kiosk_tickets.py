"""The kiosk: checking in, and the number that somebody was given."""

import re

from gerai_shared.refusals import Refused, Unavailable
from gerai_shared.ticket import TransitionNotAllowed
from gerai_shared.tokens import VISIT_REALM, realm_of
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands, visits
from gerai_gateway.catalogues import Json
from gerai_gateway.entrypoints import public
from gerai_gateway.errands import TOKEN, deployment_of_ticket
from gerai_gateway.portal import forms
from gerai_gateway.portal.base import see_other
from gerai_gateway.portal.kiosk_base import AtKiosk, at_kiosk
from gerai_gateway.portal.kiosk_kept import Errand, Kept, keep, kept_in
from gerai_gateway.refusals import NothingShown, UnknownTicket, UnknownVisit

NUMBER = re.compile(r"([A-Za-z])[\s-]*0*(\d{1,5})")


#: Which step of a visit a kiosk tells of: the one in the first of these states.
MOST_TOLD = ("called", "serving", "checked_in", "parked", "booked")


class KioskTicketPages(AtKiosk):
    """Mixin: what happens with a ticket at a kiosk."""

    @public("GET", "/kiosk/<site>/check-in", page=True)
    @at_kiosk
    def page_kiosk_check_in(self, request: Request, device: Json) -> Response:
        """Ask for the code or the number."""
        return self.kiosk_page(request, device, "kiosk_check_in.html", shown="", error="")

    @public("POST", "/kiosk/<site>/check-in", page=True)
    @at_kiosk
    def form_kiosk_check_in(self, request: Request, device: Json) -> Response:
        """Check in; what cannot be read may be typed again."""
        self.pages.check_form(request)
        shown = request.form.get("shown", "").strip()[:300]
        key = forms.form_key(request)
        try:
            kept = self._kiosk_checked_in(device, shown, key=key)
        except (NothingShown, UnknownTicket, UnknownVisit) as refusal:
            return self._kiosk_asks_again(request, device, shown, refusal)
        except Refused as refusal:
            if refusal.code == UnknownTicket.code:
                return self._kiosk_asks_again(request, device, shown, refusal)
            raise
        return keep(self.mall, see_other(f"/kiosk/{device['site']}/ticket"), kept)

    @public("GET", "/kiosk/<site>/ticket", page=True)
    @at_kiosk
    def page_kiosk_ticket(self, request: Request, device: Json) -> Response:
        """Show the number."""
        return self._kiosk_ticket(request, device, "kiosk_ticket.html")

    @public("GET", "/kiosk/<site>/ticket/panel", page=True)
    @at_kiosk
    def kiosk_ticket_panel(self, request: Request, device: Json) -> Response:
        """Answer the moving part of the page: what the printer does, and whether somebody is called."""
        return self._kiosk_ticket(request, device, "kiosk_ticket_panel.html")

    @public("GET", "/kiosk/<site>/ticket/print", page=True)
    def page_kiosk_print(self, _request: Request, site: str) -> Response:
        """Lead back to the number: where a refused form leaves the browser."""
        return see_other(f"/kiosk/{site}/ticket")

    @public("POST", "/kiosk/<site>/ticket/print", page=True)
    @at_kiosk
    def form_kiosk_print(self, request: Request, device: Json) -> Response:
        """Print the number, or a copy."""
        self.pages.check_form(request)
        kept = kept_in(self.mall, request)
        if kept is not None and device["printer"] is not None:
            asked = {
                "code": kept.newest.code,
                "token": kept.newest.token or None,
                "language": language_of(request),
                "device": device["id"],
                "printer": device["printer"],
            }
            self.mall.ask(f"booking-{kept.newest.agency}", "kiosk_print", asked, key=forms.form_key(request))
        return see_other(f"/kiosk/{device['site']}/ticket")

    def _kiosk_ticket(self, request: Request, device: Json, template: str) -> Response:
        kept = kept_in(self.mall, request)
        if kept is None:
            return see_other(f"/kiosk/{device['site']}")
        steps = self._kiosk_steps(kept)
        view = steps[-1]
        return self.kiosk_page(
            request,
            device,
            template,
            number=view["ticket"]["number"] if view["ticket"] else kept.visit["number"],
            view=view,
            steps=steps,
            token=kept.newest.token,
            code_url=self._kiosk_code_url(kept),
            may_add=kept.may_add,
        )

    def _kiosk_steps(self, kept: Kept) -> list[Json]:
        """Return what is shown of each errand: of one whose agency is silent its name, and no ticket."""
        found: list[Json] = []
        silent: set[str] = set()
        for errand in kept.errands:
            try:
                if errand.agency in silent:
                    raise Unavailable(retry_after=5)
                asked = {"code": errand.code}
                view = self.mall.ask(
                    f"booking-{errand.agency}", "kiosk_ticket", asked, deadline=errands.PART_SECONDS
                )
            except Refused as refusal:
                if refusal.code not in visits.UNANSWERED:
                    raise
                silent.add(errand.agency)
                view = {**self._kiosk_named(errand), "code": errand.code, "ticket": None}
            found.append(view)
        return found

    def _kiosk_named(self, errand: Errand) -> Json:
        catalogue = self.mall.catalogues.of(errand.agency)
        service = catalogue.services.get(errand.service)
        return {
            "agency_name": catalogue.agency["name"],
            "service_name": service["name"] if service else None,
        }

    def _kiosk_code_url(self, kept: Kept) -> str:
        """Return the address of the picture that a phone scans: of the ticket, or of the whole visit."""
        if not kept.newest.token:
            return ""
        if len(kept.errands) == 1:
            return f"/api/v1/tickets/{kept.newest.token}/qr.svg"
        return f"/api/v1/visits/{visits.token_of(self.mall, kept.visit['id'])}/qr.svg"

    def _kiosk_checked_in(self, device: Json, shown: str, *, key: str) -> Kept:
        """Check in whoever shows this; the token is kept with the number if it was shown."""
        asked = {"site": device["site"], "device": device["id"]}
        token = forms.token_in(shown)
        if TOKEN.fullmatch(token):
            if realm_of(token) == VISIT_REALM:
                token = self._checked_in_visit(device, token)
            deployment = deployment_of_ticket(self.mall, token)
            answer = self.mall.ask(deployment, "kiosk_check_in", {**asked, "number": token}, key=key)
            return _kept(realm_of(token), answer, token)
        found = NUMBER.fullmatch(shown)
        if found is None:
            raise NothingShown
        # The letter says whose number it is; a visit carries it to other agencies. Whoever has nothing but
        # the number gets no code for the page.
        over: Refused | None = None
        for agency in self._kiosk_agencies(device["site"], found.group(1).upper()):
            try:
                answer = self.mall.ask(
                    f"booking-{agency}", "kiosk_check_in", {**asked, "number": shown}, key=key
                )
            except Refused as refusal:
                if refusal.code not in {UnknownTicket.code, TransitionNotAllowed.code}:
                    raise
                over = over or (refusal if refusal.code == TransitionNotAllowed.code else None)
            else:
                return _kept(agency, answer, "")
        raise over or UnknownTicket

    def _checked_in_visit(self, device: Json, token: str) -> str:
        """Check in every step of a visit that is due; return the token of the one that is told of."""
        steps = visits.check_in(self.mall, token)["steps"]
        here = [step for step in steps if step["ticket"]["site"] == device["site"]] or steps
        if not here:
            raise UnknownTicket
        states = [step["ticket"]["state"] for step in here]
        first = next((state for state in MOST_TOLD if state in states), states[0])
        return str(here[states.index(first)]["token"])

    def _kiosk_agencies(self, site: str, letter: str) -> list[str]:
        _, present = self.mall.catalogues.site(site)
        own = [
            each.code
            for each in present
            if any(service["prefix"] == letter for service in each.services.values())
        ]
        return own + [each.code for each in present if each.code not in own]

    def _kiosk_asks_again(self, request: Request, device: Json, shown: str, refusal: Refused) -> Response:
        return self.kiosk_page(
            request,
            device,
            "kiosk_check_in.html",
            status=refusal.status,
            shown=shown,
            error=self.said(request, refusal),
        )


def _kept(agency: str, answer: Json, token: str) -> Kept:
    errand = Errand(agency=agency, service=answer["service"], code=answer["code"], token=token)
    return Kept(errands=(errand,), visit=answer["visit"])
