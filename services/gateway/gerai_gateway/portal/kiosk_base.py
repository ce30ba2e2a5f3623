"""What all pages of a kiosk share: its key, how it looks, what it says when something is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from gerai_shared.refusals import Refused
from gerai_shared.translations import DEFAULT_LANGUAGE, LANGUAGE_COOKIE
from werkzeug.wrappers import Request, Response

from gerai_gateway import devices
from gerai_gateway.catalogues import Json
from gerai_gateway.portal import kiosk_kept, kiosk_voice
from gerai_gateway.portal.base import PortalPages, see_other
from gerai_gateway.refusals import KioskBeganAnew, UnknownDevice

VIEW_COOKIE = "kiosk_view"
#: What somebody may have chosen for reading.
VIEWS = ("contrast", "large")
#: To a number for somebody new, and to one errand more with the number that somebody has.
NUMBER, MORE = "number", "more"
WAYS = f'any("{NUMBER}", "{MORE}")'
#: Refusals after which another service or another day is what helps.
ELSEWHERE = frozenset(
    {
        "walk_in_full",
        "site_closed_today",
        "closed_for_today",
        "closed_by_order",
        "not_on_this_weekday",
        "incomplete_files",
        "unavailable",
    }
)

KioskPage = Callable[..., Response]


class AtKiosk(PortalPages):
    """Mixin: pages of a kiosk."""

    def kiosk_page(
        self, request: Request, device: Json, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        """Return a page of a kiosk."""
        views = views_of(request)
        site = device["site"]
        place, _ = self.mall.catalogues.site(site)
        response = self.page(
            request,
            template,
            status=status,
            device=device,
            kiosk=f"/kiosk/{site}",
            place=place,
            views=views,
            view_links={view: f"/kiosk/{site}/view?set={view}&back={request.path}" for view in VIEWS},
            **context,
        )
        return kiosk_voice.with_voice(self.mall, request, response, site=site)

    def refused_at_kiosk(self, request: Request, device: Json, refusal: Refused) -> Response:
        """Say no, and what else is possible; whoever has a number keeps it, and the way to other errands."""
        home = f"/kiosk/{device['site']}"
        kept = kiosk_kept.kept_in(self.mall, request)
        response = self.kiosk_page(
            request,
            device,
            "kiosk_refused.html",
            status=refusal.status,
            said=self.said(request, refusal),
            elsewhere=refusal.code in ELSEWHERE,
            way=f"{home}/{MORE if kept is not None and kept.may_add else NUMBER}",
            back=home if kept is None else f"{home}/ticket",
            asks_for_code=refusal.code == KioskBeganAnew.code,
            portal=self.mall.public_url,
        )
        return response if kept is None else kiosk_kept.keep(self.mall, response, kept)


def at_kiosk(page: KioskPage) -> KioskPage:
    """Decorate a page: it is given the kiosk's device; without a valid key it says what to do instead."""

    @wraps(page)
    def shown(self: AtKiosk, request: Request, site: str, **values: str) -> Response:
        try:
            device = devices.kiosk(self.mall, devices.key_of(request), site)
        except Refused as refusal:
            is_away = refusal.code != UnknownDevice.code
            return self.page(request, "kiosk_key.html", status=refusal.status, site=site, is_away=is_away)
        try:
            return page(self, request, device, **values)
        except Refused as refusal:
            return self.refused_at_kiosk(request, device, refusal)

    return shown


def views_of(request: Request) -> list[str]:
    """Return what was chosen for reading."""
    chosen = request.cookies.get(VIEW_COOKIE, "").split(".")
    return [view for view in VIEWS if view in chosen]


def begin_again(site: str) -> Response:
    """Return the answer that leaves nothing of whoever was here."""
    response = see_other(f"/kiosk/{site}")
    response.set_cookie(LANGUAGE_COOKIE, DEFAULT_LANGUAGE, samesite="Lax")
    for cookie in (VIEW_COOKIE, kiosk_kept.COOKIE):
        response.delete_cookie(cookie, path="/kiosk")
    return response


def for_an_errand(page: KioskPage) -> KioskPage:
    """Decorate a page on one of the WAYS to a number: it is given None for somebody new, and for one errand
    more what is kept of whoever has a number.

    Who may add nothing, or has this already, is led back to the number. Raises KioskBeganAnew.
    """

    @wraps(page)
    def shown(self: AtKiosk, request: Request, device: Json, way: str, **values: str) -> Response:
        if way == NUMBER:
            return page(self, request, device, None, **values)
        kept = kiosk_kept.kept_in(self.mall, request)
        if kept is None:
            raise KioskBeganAnew
        if not kept.may_add or kept.has(values.get("agency", ""), values.get("service", "")):
            return see_other(f"/kiosk/{device['site']}/ticket")
        return page(self, request, device, kept, **values)

    return shown
