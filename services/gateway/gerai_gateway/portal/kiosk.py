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
    VIEW_COOKIE,
    VIEWS,
    AtKiosk,
    adds_errand,
    at_kiosk,
    begin_again,
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

    @public("GET", "/kiosk/<site>/number", page=True)
    @at_kiosk
    def page_kiosk_agencies(self, request: Request, device: Json) -> Response:
        """Show the agencies of the place."""
        return self._kiosk_agencies_page(request, device, None)

    @public("GET", "/kiosk/<site>/number/<agency>", page=True)
    @at_kiosk
    def page_kiosk_services(self, request: Request, device: Json, agency: str) -> Response:
        """Show what an agency offers there, and how many wait for it."""
        return self._kiosk_services_page(request, device, None, agency)

    @public("GET", "/kiosk/<site>/number/<agency>/<service>", page=True)
    @at_kiosk
    def page_kiosk_need(self, request: Request, device: Json, agency: str, service: str) -> Response:
        """Ask kindly whether somebody needs to go before others."""
        return self._kiosk_need_page(request, device, None, agency, service)

    @public("POST", "/kiosk/<site>/number/<agency>/<service>", page=True)
    @at_kiosk
    def form_kiosk_number(self, request: Request, device: Json, agency: str, service: str) -> Response:
        """Give a number, once for the form."""
        return self._kiosk_given(request, device, None, agency, service)

    @public("GET", "/kiosk/<site>/more", page=True)
    @at_kiosk
    @adds_errand
    def page_kiosk_more_agencies(self, request: Request, device: Json, kept: Kept) -> Response:
        """Show the agencies for another errand of whoever has a number."""
        return self._kiosk_agencies_page(request, device, kept)

    @public("GET", "/kiosk/<site>/more/<agency>", page=True)
    @at_kiosk
    @adds_errand
    def page_kiosk_more_services(self, request: Request, device: Json, kept: Kept, agency: str) -> Response:
        """Show what an agency offers for another errand."""
        return self._kiosk_services_page(request, device, kept, agency)

    @public("GET", "/kiosk/<site>/more/<agency>/<service>", page=True)
    @at_kiosk
    @adds_errand
    def page_kiosk_more_need(
        self, request: Request, device: Json, kept: Kept, agency: str, service: str
    ) -> Response:
        """Say that the number stays, and ask what is not known yet."""
        return self._kiosk_need_page(request, device, kept, agency, service)

    @public("POST", "/kiosk/<site>/more/<agency>/<service>", page=True)
    @at_kiosk
    @adds_errand
    def form_kiosk_more(
        self, request: Request, device: Json, kept: Kept, agency: str, service: str
    ) -> Response:
        """Let somebody wait for another errand, too, with the number that they have."""
        return self._kiosk_given(request, device, kept, agency, service)

    def _kiosk_choice(
        self, request: Request, device: Json, template: str, kept: Kept | None, **context: Any
    ) -> Response:
        """Return a page on the way to a number; whoever has one keeps it for as long as they choose."""
        home = f"/kiosk/{device['site']}"
        way = f"{home}/number" if kept is None else f"{home}/more"
        back = home if kept is None else f"{home}/ticket"
        response = self.kiosk_page(request, device, template, way=way, back=back, kept=kept, **context)
        return response if kept is None else keep(self.mall, response, kept)

    def _kiosk_agencies_page(self, request: Request, device: Json, kept: Kept | None) -> Response:
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

    def _kiosk_services_page(
        self, request: Request, device: Json, kept: Kept | None, agency: str
    ) -> Response:
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

    def _kiosk_need_page(
        self, request: Request, device: Json, kept: Kept | None, agency: str, service: str
    ) -> Response:
        catalogue = self.mall.catalogues.of(agency)
        catalogue.offer(device["site"], service)
        context = {"catalogue": catalogue, "service": catalogue.service(service)}
        return self._kiosk_choice(request, device, "kiosk_need.html", kept, **context)

    def _kiosk_given(
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
