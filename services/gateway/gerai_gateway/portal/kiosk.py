"""The kiosk: from the first touch to a number, and to one for another errand of the same visit.

Forms and links lead through it; scripts are kindness.
"""

from datetime import date
from typing import Any

from gerai_shared.clock import local_date
from gerai_shared.refusals import NotFound
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import devices
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms, kiosk_voice, opening
from gerai_gateway.portal.base import see_other
from gerai_gateway.portal.kiosk_base import (
    MORE,
    NUMBER,
    VIEW_COOKIE,
    VIEWS,
    WAYS,
    AtKiosk,
    at_kiosk,
    begin_again,
    for_an_errand,
    views_of,
)
from gerai_gateway.portal.kiosk_kept import Errand, Kept, keep
from gerai_gateway.refusals import UnknownService
from gerai_gateway.rules.board import WAITING

#: What somebody may say of themselves; whoever needs it goes before others (S1-7).
NEEDS = ("none", "elderly", "pregnant", "disabled", "small_child")


class KioskPages(AtKiosk):
    """Mixin: a kiosk's start, and numbers for who comes without a booking."""

    @public("GET", "/kiosk/<site>", page=True)
    def page_kiosk(self, request: Request, site: str) -> Response:
        """Show the start; `?key=` signs the kiosk in, in Indonesian whatever its browser speaks."""
        if "key" in request.args:
            return devices.signed_in(self.mall, request, see_other(f"/kiosk/{site}/over"))
        return self._kiosk_start(request, site)

    @at_kiosk
    def _kiosk_start(self, request: Request, device: Json) -> Response:
        _, present = self.mall.catalogues.site(device["site"])
        today = opening.today_at(present, device["site"], now=self.now)
        return self.kiosk_page(request, device, "kiosk.html", today=today)

    @public("GET", "/kiosk/<site>/over", page=True)
    def page_kiosk_over(self, _request: Request, site: str) -> Response:
        """Begin again for the next person: language, looks and number are forgotten."""
        return begin_again(site)

    @public("GET", "/kiosk/<site>/view", page=True)
    def page_kiosk_view(self, request: Request, site: str) -> Response:
        """Change how the kiosk looks for whoever is here, and go back."""
        chosen = set(views_of(request)) ^ ({request.args.get("set", "")} & set(VIEWS))
        back = request.args.get("back", "")
        home = f"/kiosk/{site}"
        response = see_other(back if back == home or back.startswith(f"{home}/") else home)
        response.set_cookie(
            VIEW_COOKIE, ".".join(sorted(chosen)), path="/kiosk", httponly=True, samesite="Strict"
        )
        return response

    @public("GET", "/kiosk/<site>/speech/<signed>.wav", page=True)
    @at_kiosk
    def sound_of_kiosk(self, request: Request, device: Json, signed: str) -> Response:
        """Answer what a page says of itself."""
        return kiosk_voice.sound_of(self.mall, request, site=device["site"], signed=signed)

    @public("GET", f"/kiosk/<site>/<{WAYS}:way>", page=True)
    @at_kiosk
    @for_an_errand
    def page_kiosk_agencies(self, request: Request, device: Json, kept: Kept | None) -> Response:
        """Show the agencies of the place."""
        _, present = self.mall.catalogues.site(device["site"])
        waiting = self._kiosk_waiting(device["site"])
        choices = [
            {
                "catalogue": each,
                "today": opening.today_at([each], device["site"], now=self.now),
                "waiting": sum(waiting.get((each.code, code), 0) for code in each.services),
            }
            for each in present
            if offered_at(each, device["site"])
        ]
        return self._kiosk_choice(request, device, "kiosk_agencies.html", kept, choices=choices)

    @public("GET", f"/kiosk/<site>/<{WAYS}:way>/<agency>", page=True)
    @at_kiosk
    @for_an_errand
    def page_kiosk_services(self, request: Request, device: Json, kept: Kept | None, agency: str) -> Response:
        """Show what an agency offers there, and how many wait for it."""
        catalogue = self.mall.catalogues.of(agency)
        site = device["site"]
        day = local_date(self.now, catalogue.site(site)["time_zone"])
        waiting = self._kiosk_waiting(site)
        choices = [
            {
                "service": service,
                "waiting": waiting.get((agency, service["code"]), 0),
                "closed": "given"
                if kept is not None and kept.has(agency, service["code"])
                else closed_for(catalogue.offer(site, service["code"]), day),
                "days": catalogue.offer(site, service["code"])["weekdays"],
            }
            for service in offered_at(catalogue, site)
        ]
        today = opening.today_at([catalogue], site, now=self.now)
        context = {"catalogue": catalogue, "choices": choices, "today": today}
        return self._kiosk_choice(request, device, "kiosk_services.html", kept, **context)

    @public("GET", f"/kiosk/<site>/<{WAYS}:way>/<agency>/<service>", page=True)
    @at_kiosk
    @for_an_errand
    def page_kiosk_need(
        self, request: Request, device: Json, kept: Kept | None, agency: str, service: str
    ) -> Response:
        """Ask kindly whether somebody needs to go before others; whoever has said so only confirms."""
        catalogue = self.mall.catalogues.of(agency)
        catalogue.offer(device["site"], service)
        context = {"catalogue": catalogue, "service": catalogue.service(service)}
        return self._kiosk_choice(request, device, "kiosk_need.html", kept, **context)

    @public("POST", f"/kiosk/<site>/<{WAYS}:way>/<agency>/<service>", page=True)
    @at_kiosk
    @for_an_errand
    def form_kiosk_number(
        self, request: Request, device: Json, kept: Kept | None, agency: str, service: str
    ) -> Response:
        """Give a number, or let whoever has one wait for this, too; once for the form."""
        self.pages.check_form(request)
        need = request.form.get("need", "none")
        if kept is not None and kept.need is not None:
            need = kept.need
        if need not in NEEDS:
            raise NotFound
        self.mall.catalogues.of(agency).offer(device["site"], service)
        given = self.mall.ask(
            f"booking-{agency}",
            "kiosk_walk_in",
            {
                "site": device["site"],
                "service": service,
                "need": need,
                "language": language_of(request),
                "device": device["id"],
                "printer": device["printer"],
                "visit": kept.visit if kept is not None else None,
            },
            key=forms.form_key(request),
        )
        errand = Errand(agency=agency, service=service, code=given["code"], token=given["token"])
        if kept is None:
            kept = Kept(errands=(errand,), visit=given["visit"], need=need)
        else:
            kept = kept.with_one_more(errand, need=need)
        return keep(self.mall, see_other(f"/kiosk/{device['site']}/ticket"), kept)

    def _kiosk_choice(
        self, request: Request, device: Json, template: str, kept: Kept | None, **context: Any
    ) -> Response:
        """Return a page on the way to a number; whoever has one keeps it for as long as they choose."""
        home = f"/kiosk/{device['site']}"
        way, back = (NUMBER, home) if kept is None else (MORE, f"{home}/ticket")
        response = self.kiosk_page(
            request, device, template, way=f"{home}/{way}", back=back, kept=kept, **context
        )
        return response if kept is None else keep(self.mall, response, kept)

    def _kiosk_waiting(self, site: str) -> dict[tuple[str, str], int]:
        """Return how many wait, by (agency, service), as far as the boards know."""
        found: dict[tuple[str, str], int] = {}
        for board in self.mall.boards.at(site):
            for entry in board.entries:
                if entry.state == WAITING:
                    of = (entry.agency, entry.service)
                    found[of] = found.get(of, 0) + 1
        return found


def offered_at(catalogue: Catalogue, site: str) -> list[Json]:
    """Return the services of an agency at a site, in the order of its catalogue."""
    found = []
    for code, service in catalogue.services.items():
        try:
            catalogue.offer(site, code)
        except UnknownService:
            continue
        found.append(service)
    return found


def closed_for(offer: Json, day: date) -> str:
    """Return why a kiosk gives no number for a service today; '' when it does."""
    if offer["complete_files_only"]:
        return "files"
    return "" if day.weekday() in offer["weekdays"] else "weekday"
