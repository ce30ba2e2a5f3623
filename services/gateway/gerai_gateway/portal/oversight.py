"""How the mall does, for everybody: figures of the last months by agency and place (S0-8)."""

from gerai_shared.refusals import NotFound
from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import public
from gerai_gateway.oversight import TABLES, oversight, shown, site_names, table_of
from gerai_gateway.portal.base import PortalPages

#: Minutes for which browsers may keep a file; the figures themselves are kept as long.
FILE_SECONDS = 300


class OversightPages(PortalPages):
    """Mixin: figures that anybody may look at, and take along."""

    @public("GET", "/oversight", page=True)
    def page_oversight(self, request: Request) -> Response:
        """Show the figures."""
        catalogues = self.mall.catalogues.known()
        return self.page(
            request,
            "oversight.html",
            section="oversight",
            found=oversight(self.mall),
            names={each.code: each.agency["name"] for each in catalogues},
            site_names=site_names(catalogues),
            zones={code: site["time_zone"] for each in catalogues for code, site in each.sites.items()},
            service_names={
                (each.code, code): service["name"]
                for each in catalogues
                for code, service in each.services.items()
            },
            shown=shown,
        )

    @public("GET", "/oversight/<table>.csv", page=True)
    def file_oversight(self, _request: Request, table: str) -> Response:
        """Give one of the tables as a file for spreadsheets."""
        if table not in TABLES:
            raise NotFound
        headers = {
            "Content-Disposition": f'attachment; filename="oversight-{table}-{self.now:%Y-%m-%d}.csv"',
            "Cache-Control": f"public, max-age={FILE_SECONDS}",
        }
        return Response(table_of(oversight(self.mall), table), mimetype="text/csv", headers=headers)
