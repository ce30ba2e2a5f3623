"""The waiting room's page: a number, an honest place in line, and the way on. It works without scripts."""

from datetime import date
from urllib.parse import urlencode

from gerai_shared.clock import local_date
from gerai_shared.http import client_address
from gerai_shared.refusals import Refused
from gerai_shared.waiting_room import told_number
from werkzeug.wrappers import Request, Response

from gerai_gateway import errands
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import forms, shapes
from gerai_gateway.portal.base import PortalPages, see_other

LONGEST_KEPT_SECONDS = 86_400


class RoomPages(PortalPages):
    """Mixin: the waiting room of a site, for one agency."""

    @public("GET", "/room/<agency>/<site>", page=True)
    def page_room(self, request: Request, agency: str, site: str) -> Response:
        """Show where in line this browser is, or let it draw a number; whose number came up is led on."""
        catalogue = self.mall.catalogues.of(agency)
        catalogue.site(site)
        place = self._place(request, agency, site)
        service = self._service(request, catalogue, site)
        if place is not None and place["admitted"]:
            # Sent back although the number came up: it was of another room, and a new one is drawn.
            if "again" in request.args:
                place = None
            elif service is not None:
                return see_other(_book_url(agency, service, site, request.args.get("day", "")))
        return self._room(request, catalogue, site, service, place=place)

    @public("POST", "/room/<agency>/<site>", page=True)
    def form_room(self, request: Request, agency: str, site: str) -> Response:
        """Draw a number; the browser keeps it."""
        self.pages.check_form(request)
        key = forms.form_key(request)
        catalogue = self.mall.catalogues.of(agency)
        service = self._service(request, catalogue, site)
        try:
            place = errands.enter_room(
                self.mall,
                agency,
                site=site,
                day=self._day(request, catalogue, site),
                address=client_address(request, self.deployment.settings.trusted_proxies),
                holder=self.pages.form_token(request),
                key=key,
            )
        except Refused as refusal:
            return self._room(request, catalogue, site, service, place=None, refusal=refusal)
        response = see_other(room_url(agency, site, service=service, day=request.form.get("day", "")))
        response.set_cookie(
            cookie_of(agency, site),
            place["token"],
            max_age=LONGEST_KEPT_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.scheme == "https" or self.mall.public_url.startswith("https://"),
        )
        return response

    def _place(self, request: Request, agency: str, site: str) -> Json | None:
        token = room_token(request, agency, site)
        number = told_number(token) if token else None
        if token is None or number is None or number.is_over(self.now):
            return None
        try:
            place = errands.place_in_line(self.mall, token)
        except Refused:
            return None
        return place if (place["agency"], place["site"]) == (agency, site) else None

    def _service(self, request: Request, catalogue: Catalogue, site: str) -> str | None:
        """Return the service that somebody comes for, None when it is not said or not booked here."""
        service = str(request.values.get("service", ""))
        try:
            return service if catalogue.is_bookable(site, service) else None
        except Refused:
            return None

    def _day(self, request: Request, catalogue: Catalogue, site: str) -> date:
        """Return the day that was looked at, else the first of the coming release, else today."""
        try:
            return date.fromisoformat(request.values.get("day", ""))
        except ValueError:
            release = shapes.release_at(catalogue, site, now=self.now)
            if release is not None:
                return date.fromisoformat(release["first"])
            return local_date(self.now, catalogue.site(site)["time_zone"])

    def _room(
        self,
        request: Request,
        catalogue: Catalogue,
        site: str,
        service: str | None,
        *,
        place: Json | None,
        refusal: Refused | None = None,
    ) -> Response:
        release = shapes.release_at(catalogue, site, now=self.now)
        day = request.values.get("day", "")
        _, summary = self.errors(request, refusal)
        response = self.page(
            request,
            "room.html",
            section="services",
            catalogues=[catalogue],
            status=refusal.status if refusal else 200,
            agency_slug=catalogue.code,
            agency=catalogue.agency,
            site=catalogue.site(site),
            service=catalogue.service(service) if service else None,
            services=[
                each
                for each in catalogue.services.values()
                if site in {offer["site"] for offer in each["offers"]}
                and catalogue.is_bookable(site, each["code"])
            ],
            day=day,
            place=place,
            release=release,
            is_early=release is not None and place is None and shapes.is_early(release, day, now=self.now),
            here=room_url(catalogue.code, site, service=service, day=day),
            summary=summary,
        )
        if place is not None and not place["admitted"]:
            # In the header, where no script is needed and no element of the page is replaced meanwhile.
            response.headers["Refresh"] = str(place["retry_after"])
        return response


def cookie_of(agency: str, site: str) -> str:
    """Return the name of the cookie that keeps a number of a room."""
    return f"room-{agency}-{site}"


def room_token(request: Request, agency: str, site: str) -> str | None:
    """Return the number that this browser has of a room, whatever has become of it."""
    return request.cookies.get(cookie_of(agency, site))


def room_url(agency: str, site: str, *, service: str | None, day: str, again: bool = False) -> str:
    """Return the address of a room, for who wants a service and a day there."""
    asked = {"service": service, "day": day, "again": "1" if again else ""}
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"/room/{agency}/{site}" + (f"?{given}" if given else "")


def _book_url(agency: str, service: str, site: str, day: str) -> str:
    return f"/book/{agency}/{service}?" + urlencode({"site": site, **({"day": day} if day else {})})
