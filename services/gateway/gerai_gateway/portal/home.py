"""Finding a service: home, service, site."""

from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view
from gerai_gateway.entrypoints import public
from gerai_gateway.portal import opening, outages, shapes
from gerai_gateway.portal.base import PortalPages

LONGEST_QUERY = 100


class HomePages(PortalPages):
    """Mixin: pages that lead to a service."""

    @public("GET", "/", page=True)
    def page_home(self, request: Request) -> Response:
        """Show what the mall offers; `?q=` looks for services."""
        query = request.args.get("q", "").strip()[:LONGEST_QUERY]
        catalogues = self.mall.catalogues
        language = language_of(request)
        sites = [(present[0].sites[code], present) for code, present in catalogues.sites().items()]
        today = [
            {
                "site": site,
                "now": opening.today_at(present, site["code"], now=self.now),
                "waiting": board_view.board(self.mall, site["code"], language=language, now=self.now)[
                    "waiting"
                ],
            }
            for site, present in sites
            if site["kind"] == "mall"
        ]
        return self.page(
            request,
            "home.html",
            section="services",
            catalogues=catalogues.known(),
            query=query,
            offered=shapes.found(catalogues, query),
            silent=catalogues.unknown(),
            sites=sites,
            today=today,
            outages=outages.shown(catalogues.known()),
            shapes=shapes,
            moment=self.now,
        )

    @public("GET", "/services/<agency>/<service>", page=True)
    def page_service(self, request: Request, agency: str, service: str) -> Response:
        """Show exactly what a service needs, costs and promises."""
        catalogue = self.mall.catalogues.of(agency)
        found = catalogue.service(service)
        offers = [
            {
                "site": catalogue.site(offer["site"]),
                "offer": offer,
                "is_bookable": catalogue.is_bookable(offer["site"], service),
                "release": shapes.release_at(catalogue, offer["site"], now=self.now),
            }
            for offer in found["offers"]
        ]
        return self.page(
            request,
            "service.html",
            section="services",
            catalogues=[catalogue],
            agency_slug=agency,
            agency=catalogue.agency,
            service=found,
            offers=offers,
            bookable=[offer for offer in offers if offer["is_bookable"]],
            site_names={code: site["name"] for code, site in catalogue.sites.items()},
            shapes=shapes,
        )

    @public("GET", "/sites/<site>", page=True)
    def page_site(self, request: Request, site: str) -> Response:
        """Show a place: address, hours, agencies, the numbers called just now."""
        place, present = self.mall.catalogues.site(site)
        language = language_of(request)
        return self.page(
            request,
            "site.html",
            section="sites",
            catalogues=present,
            site=place,
            present=present,
            outages=outages.shown(present, site=site),
            board=board_view.board(self.mall, site, language=language, now=self.now),
            today=opening.today_at(present, site, now=self.now),
            waits={each.code: self.mall.wait_estimates.of_services(each.code, site) for each in present},
            shapes=shapes,
        )

    @public("GET", "/coverage", page=True)
    def page_coverage(self, request: Request) -> Response:
        """Show which office is there for which regency, and who is advised to go to another one."""
        catalogues = self.mall.catalogues.known()
        return self.page(
            request,
            "coverage.html",
            section="coverage",
            catalogues=catalogues,
            covering=[catalogue for catalogue in catalogues if catalogue.contents.get("coverage")],
            open_to_all=[catalogue for catalogue in catalogues if not catalogue.contents.get("coverage")],
            silent=self.mall.catalogues.unknown(),
            shapes=shapes,
        )

    @public("GET", "/robots.txt")
    def robots(self, _request: Request) -> Response:
        """Tell search engines what they may look at: never tickets, complaints and the waiting list."""
        closed = [f"Disallow: /{path}/" for path in ("t", "c", "w", "visits", "book", "room", "check", "api")]
        lines = ["User-agent: *", *closed, ""]
        return Response(
            "\n".join(lines), mimetype="text/plain", headers={"Cache-Control": "public, max-age=86400"}
        )
