"""How a site does, as open data."""

from gerai_shared.http import json_response
from gerai_shared.refusals import Unavailable
from gerai_shared.spreadsheets import CSV_TYPE
from werkzeug.wrappers import Request, Response

from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.performance import as_csv, performance
from gerai_gateway.refusals import UnknownSite
from gerai_gateway.schemas.performance import PerformanceSchema

TAG = "Oversight"
#: Seconds for which others may keep it; the figures themselves are kept as long.
KEPT_SECONDS = 300


class PerformanceApi:
    """Mixin: promises kept, complaints, satisfaction and waiting of a site, small numbers hidden."""

    mall: Mall

    @public(
        "GET",
        "/api/v1/sites/<site>/performance.json",
        operation=Operation(
            summary="How a site does: promises kept, complaints, escalations, satisfaction, waiting",
            tag=TAG,
            answer=PerformanceSchema,
            refusals=(UnknownSite, Unavailable),
        ),
    )
    def api_performance(self, _request: Request, site: str) -> Response:
        """Answer the figures of a site."""
        return _kept(json_response(performance(self.mall, site)))

    @public(
        "GET",
        "/api/v1/sites/<site>/performance.csv",
        operation=Operation(
            summary="The same as rows for spreadsheets: semicolons, decimal comma, empty where not told",
            tag=TAG,
            answer_type="text/csv",
            refusals=(UnknownSite, Unavailable),
        ),
    )
    def api_performance_csv(self, _request: Request, site: str) -> Response:
        """Answer the figures of a site as a file."""
        response = Response(as_csv(performance(self.mall, site)), content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="performance-{site}.csv"'
        return _kept(response)


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
