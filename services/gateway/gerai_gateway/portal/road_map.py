"""The road map of a site for everybody."""

from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import public
from gerai_gateway.portal.base import PortalPages
from gerai_gateway.road_map import road_map


class RoadMapPages(PortalPages):
    """Mixin: which counters open when."""

    @public("GET", "/sites/<site>/road-map", page=True)
    def page_road_map(self, request: Request, site: str) -> Response:
        """Show what is planned at a place."""
        place, present = self.mall.catalogues.site(site)
        names = {catalogue.code: catalogue.agency["name"] for catalogue in present}
        return self.page(
            request,
            "road_map.html",
            section="sites",
            catalogues=present,
            site=place,
            found=road_map(self.mall, site),
            names=names,
        )
