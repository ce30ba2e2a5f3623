"""Making services known: coming events; of each service a brochure and a text for the radio (S1-2)."""

from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from gerai_gateway import files
from gerai_gateway.catalogues import Catalogue, Json
from gerai_gateway.entrypoints import public
from gerai_gateway.outreach import outreach
from gerai_gateway.portal import shapes
from gerai_gateway.portal.base import PortalPages
from gerai_gateway.rules.announcements import Facts, announcements


class OutreachPages(PortalPages):
    """Mixin: what agencies do to be known, and what others may print or read aloud."""

    @public("GET", "/outreach", page=True)
    def page_outreach(self, request: Request) -> Response:
        """Show coming events, and brochure and radio text of every service."""
        catalogues = self.mall.catalogues.known()
        return self.page(
            request,
            "outreach.html",
            section="outreach",
            catalogues=catalogues,
            found=outreach(self.mall),
            offered=catalogues,
            names={each.code: each.agency["name"] for each in catalogues},
            service_names={
                (each.code, code): service["name"]
                for each in catalogues
                for code, service in each.services.items()
            },
        )

    @public("GET", "/services/<agency>/<service>/brochure", page=True)
    def page_brochure(self, request: Request, agency: str, service: str) -> Response:
        """Show a brochure of a service: one sheet of paper with everything that one has to know."""
        catalogue = self.mall.catalogues.of(agency)
        return self.page(
            request,
            "brochure.html",
            section="services",
            catalogues=[catalogue],
            qr_url=f"/services/{agency}/{service}/brochure.svg",
            link=self._booking_url(catalogue, service).partition("://")[2],
            host=self._host,
            **self._told_of(catalogue, service),
        )

    @public("GET", "/services/<agency>/<service>/brochure.svg")
    def qr_of_brochure(self, _request: Request, agency: str, service: str) -> Response:
        """Answer the QR code that leads from the paper to the choice of a day and an hour."""
        catalogue = self.mall.catalogues.of(agency)
        catalogue.service(service)
        body = files.qr_code(self._booking_url(catalogue, service))
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(body, mimetype=files.SVG_TYPE, headers=headers)

    @public("GET", "/services/<agency>/<service>/announcement", page=True)
    def page_announcement(self, request: Request, agency: str, service: str) -> Response:
        """Show texts about a service for the radio, in Indonesian whatever the page is in."""
        catalogue = self.mall.catalogues.of(agency)
        shown = self._told_of(catalogue, service)
        texts = announcements(
            Facts(
                service=shown["service"],
                agency=catalogue.agency["name"]["id"],
                site=shown["places"][0]["site"],
                host=self._host,
                is_bookable=shown["is_bookable"],
            )
        )
        return self.page(
            request, "announcement.html", section="services", catalogues=[catalogue], texts=texts, **shown
        )

    @property
    def _host(self) -> str:
        """The website's name as it is said and printed."""
        return urlsplit(self.mall.public_url).netloc

    def _booking_url(self, catalogue: Catalogue, service: str) -> str:
        """Return where a service is booked; where it cannot be, its own page."""
        is_bookable = shapes.is_online(catalogue, catalogue.service(service))
        return f"{self.mall.public_url}/{'book' if is_bookable else 'services'}/{catalogue.code}/{service}"

    def _told_of(self, catalogue: Catalogue, code: str) -> dict[str, Any]:
        """Return what both pages show of a service; places with fixed days come first."""
        service = catalogue.service(code)
        places: list[Json] = [
            {"site": catalogue.site(offer["site"]), "offer": offer} for offer in service["offers"]
        ]
        places.sort(key=lambda place: bool(place["site"]["dates"]))
        return {
            "agency_slug": catalogue.code,
            "agency": catalogue.agency,
            "service": service,
            "places": places,
            "is_bookable": shapes.is_online(catalogue, service),
            "site_names": {code: site["name"] for code, site in catalogue.sites.items()},
            "shapes": shapes,
        }
