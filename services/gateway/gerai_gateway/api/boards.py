"""Boards of sites."""

from gerai_shared.deployment import Deployment
from gerai_shared.http import client_address, json_response
from gerai_shared.refusals import Saturated, TooManyRequests, Unavailable
from gerai_shared.translations import language_of
from werkzeug.wrappers import Request, Response

from gerai_gateway import board_view
from gerai_gateway.entrypoints import Operation, public
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import UnknownSite
from gerai_gateway.schemas import taken
from gerai_gateway.schemas.boards import BoardSchema
from gerai_gateway.schemas.wait_estimates import WaitingTimesSchema
from gerai_gateway.streams import CountedStream, listen, stream_response

TAG = "Boards"


class BoardsApi:
    """Mixin: who is called where."""

    mall: Mall
    deployment: Deployment

    @public(
        "GET",
        "/api/v1/sites/<site>/board",
        operation=Operation(
            summary="The board of a site: the newest calls, who is next",
            tag=TAG,
            query=taken.LanguageQuerySchema,
            answer=BoardSchema,
            refusals=(UnknownSite, Unavailable),
        ),
    )
    def api_board(self, request: Request, site: str) -> Response:
        """Answer a site's board."""
        now = self.deployment.clock.now()
        return json_response(board_view.board(self.mall, site, language=language_of(request), now=now))

    @public(
        "GET",
        "/api/v1/sites/<site>/waiting-times",
        operation=Operation(
            summary="How long somebody would wait at a site who came now, by service",
            tag=TAG,
            answer=WaitingTimesSchema,
            refusals=(UnknownSite, Unavailable),
        ),
    )
    def api_waiting_times(self, _request: Request, site: str) -> Response:
        """Answer a site's waiting times."""
        _, present = self.mall.catalogues.site(site)
        services, missing = [], []
        for catalogue in present:
            told = self.mall.wait_estimates.of(catalogue.code, site)
            if told is None:
                missing.append(catalogue.code)
                continue
            for service, wait in told["services"].items():
                services.append({"agency": catalogue.code, "service": service, **wait})
        return json_response({"site": site, "services": services, "missing": missing})

    @public(
        "GET",
        "/api/v1/sites/<site>/board/stream",
        operation=Operation(
            summary="The board of a site, live: events `board` with a whole Board each, and `alive`",
            tag=TAG,
            query=taken.LanguageQuerySchema,
            answer=BoardSchema,
            answer_type="text/event-stream",
            refusals=(UnknownSite, Saturated, TooManyRequests, Unavailable),
        ),
    )
    def api_board_stream(self, request: Request, site: str) -> Response:
        """Answer the live board of a site."""
        mall, clock, language = self.mall, self.deployment.clock, language_of(request)
        mall.catalogues.site(site)
        leave = mall.seats.take(client_address(request, self.deployment.settings.trusted_proxies))
        chunks = listen(
            mall.boards.feed(site),
            lambda: board_view.board_message(mall, site, language=language, now=clock.now()),
            is_closing=mall.is_closing,
            last_id=request.headers.get("Last-Event-ID", ""),
        )
        return stream_response(request, CountedStream(chunks, leave=leave))
