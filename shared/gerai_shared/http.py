"""HTTP: nameko's entrypoint with the manners a public service needs.

nameko's own answers with the text of an exception, has no limit on size or time, and queues
without bound. Ours answers RFC 9457 problems (or a page), refuses when saturated, carries request
and trace ids, sets security headers, and drains on stop.
"""

import json
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import IO, Any

from eventlet import sleep, wsgi
from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.web.handlers import HttpRequestHandler
from nameko.web.server import WebServer
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import ClosingIterator

from gerai_shared import metrics
from gerai_shared.context import current_context, new_context, working_in
from gerai_shared.database import is_outage
from gerai_shared.deployment import service_of
from gerai_shared.http_connection import CONNECTION, IDLE_SECONDS, Connection, receive
from gerai_shared.logs import get_logger
from gerai_shared.overseers import Access
from gerai_shared.refusals import (
    BodyTooLarge,
    Fault,
    MethodNotAllowed,
    NotFound,
    Refused,
    Saturated,
    TookTooLong,
    Unavailable,
    UnreadableBody,
)
from gerai_shared.translations import details_in, language_of, translate
from gerai_shared.waiting import wait_at_most

log = get_logger("gerai.access")

REQUEST_SECONDS = 15.0
#: What a large body may take to arrive beyond the time of every request: files, over a slow line.
LARGE_BODY_SECONDS = 60.0
#: Bodies beyond the common limit are in memory whole: all of them in a process, together, take so much.
LARGE_BODIES_BYTES = 192 << 20
#: How long no connection is taken after the system had none to give, such as for want of descriptors.
ACCEPT_AGAIN_SECONDS = 0.1
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; media-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class BodyInMemory(Request):
    """A request whose files are read from the body that is here already: none is put on a disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()


def problem(refusal: Refused, *, language: str, request_id: str) -> Response:
    """Return `refusal` as application/problem+json (RFC 9457) in `language`."""
    body = {
        "type": f"urn:gerai:problem:{refusal.code}",
        "title": translate(refusal, language),
        "status": refusal.status,
        "code": refusal.code,
        "request_id": request_id,
        **({"details": details_in(refusal, language)} if refusal.details else {}),
    }
    response = Response(
        json.dumps(body, ensure_ascii=False, default=str),
        status=refusal.status,
        mimetype="application/problem+json",
        headers={"Content-Language": language, "Cache-Control": "no-store"},
    )
    if "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer that is not cached."""
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str),
        status=status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object in a request. Raises UnreadableBody, BodyTooLarge."""
    try:
        body = json.loads(request.get_data(cache=True))
    except ValueError:
        raise UnreadableBody from None
    if not isinstance(body, dict):
        raise UnreadableBody
    return body


def client_address(request: Request, trusted_proxies: int) -> str:
    """Return who asks: the peer, or what the nearest `trusted_proxies` proxies say of it."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if trusted_proxies and len(hops) >= trusted_proxies:
        return hops[-trusted_proxies]
    return request.remote_addr or ""


class GeraiWebServer(WebServer):
    """The web server of one container."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = 0
        self.large_bytes = 0
        self.closing = False

    def get_wsgi_app(self) -> Any:
        """Return the application."""
        return Application(self)

    def get_wsgi_server(self, sock: Any, wsgi_app: Any, protocol: Any = Connection, **_: Any) -> Any:
        """Return eventlet's server: no line a request on standard error, idle sockets are closed."""
        return wsgi.Server(
            sock,
            sock.getsockname(),
            wsgi_app,
            protocol=protocol,
            debug=False,
            log_output=False,
            socket_timeout=IDLE_SECONDS,
            url_length_limit=4096,
        )

    def run(self) -> None:
        """Take connections; one that cannot be had now is no reason to end."""
        while self._is_accepting:
            try:
                sock, address = self._sock.accept()
            except OSError as error:
                log.warning("no_connection_taken", reason=f"{type(error).__name__}: {error}")
                sleep(ACCEPT_AGAIN_SECONDS)
                continue
            sock.settimeout(self._serv.socket_timeout)
            self.container.spawn_managed_thread(partial(self.process_request, sock, address))

    def process_request(self, sock: Any, address: Any) -> None:
        """Serve one connection; whatever goes wrong on it, the process and all others live on."""
        try:
            # Else the end of every answer waits some 40 ms for the client to confirm its beginning.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().process_request(sock, address)
        except OSError as error:
            log.debug("client_gone", reason=type(error).__name__)
        except Exception:
            log.exception("connection_failed")
        finally:
            sock.close()

    def stop_accepting(self) -> None:
        """Take no further connections; streams are told to end."""
        self.closing = True
        self._is_accepting = False
        if self._gt is not None:
            self._gt.kill()

    def stop(self) -> None:
        """Wait until every answer is out, then close."""
        self.stop_accepting()
        while self.under_way:
            sleep(0.02)
        if self._sock is not None:
            self._sock.close()


class Application:
    """The WSGI application: finds the entrypoint, and dresses every answer."""

    def __init__(self, server: GeraiWebServer) -> None:
        self._server = server
        self._url_map = server.make_url_map()
        self._settings = server.container.config["gerai"].settings

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = BodyInMemory(environ)
        request.max_form_parts = 200
        context = new_context(
            correlation_id=request.headers.get("X-Request-ID"), traceparent=request.headers.get("traceparent")
        )
        began = time.monotonic()
        self._server.under_way += 1
        try:
            with working_in(context), self._room_for(request) as has_room:
                name, response = self._answer(request) if has_room else self._no_room(request)
                response.headers.setdefault("X-Request-ID", context.correlation_id)
                for header, value in SECURITY_HEADERS.items():
                    response.headers.setdefault(header, value)
                if self._settings.public_url.startswith("https://"):
                    response.headers.setdefault(
                        "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
                    )
                if self._server.closing:
                    response.headers["Connection"] = "close"
                self._tell(request, name, response.status_code, time.monotonic() - began)
            body = response(environ, start_response)
        except BaseException:
            self._done()
            raise
        # Counted until its last byte is out, so that a stop cuts no answer short.
        return ClosingIterator(body, [self._done])

    def _done(self) -> None:
        self._server.under_way -= 1

    @contextmanager
    def _room_for(self, request: Request) -> Iterator[bool]:
        """Keep room in memory for a large body during the block; False when there is none now.

        A body in chunks, which does not say how long it is, is never taken beyond the common limit.
        """
        length = request.content_length or 0
        wanted = length if self._settings.body_limit < length <= self._body_limit(request) else 0
        if wanted and self._server.large_bytes + wanted > LARGE_BODIES_BYTES:
            yield False
            return
        self._server.large_bytes += wanted
        try:
            yield True
        finally:
            self._server.large_bytes -= wanted

    def _no_room(self, request: Request) -> tuple[str, Response]:
        connection = request.environ.get(CONNECTION)
        if connection is not None:
            connection.close_connection = connection.has_unread = True
        return "none", self._refuse(request, Saturated(retry_after=10))

    def _answer(self, request: Request) -> tuple[str, Response]:
        try:
            limit = request.max_content_length = self._body_limit(request)
            is_large = (request.content_length or 0) > self._settings.body_limit
            receive(request.environ, limit=limit, more_seconds=LARGE_BODY_SECONDS if is_large else 0.0)
            provider, values = self._url_map.bind_to_environ(request.environ).match()
        except RequestRedirect as redirect:
            return "redirect", Response(status=308, headers={"Location": redirect.new_url})
        except HTTPException as error:
            refusal: Refused = MethodNotAllowed() if error.code == MethodNotAllowed.status else NotFound()
            response = self._refuse(request, refusal)
            if allowed := getattr(error, "valid_methods", None):
                response.headers["Allow"] = ", ".join(sorted(allowed))
            return "none", response
        except Refused as refusal:
            return "none", self._refuse(request, refusal)
        request.path_values = values  # type: ignore[attr-defined]
        return provider.method_name, provider.handle_request(request)

    def _body_limit(self, request: Request) -> int:
        """How much is taken: what is said for all, or more where the entrypoint itself takes more."""
        limit: int = self._settings.body_limit
        if (request.content_length or 0) <= limit:
            return limit
        try:
            provider, _values = self._url_map.bind_to_environ(request.environ).match()
        except HTTPException:
            return limit
        own: int | None = provider.body_limit
        return max(limit, own or 0)

    def _refuse(self, request: Request, refusal: Refused) -> Response:
        pages = self._server.container.config["gerai"].extras.get("pages")
        if pages is not None and not request.path.startswith("/api/"):
            response: Response = pages.problem(request, refusal)
            return response
        return problem(refusal, language=language_of(request), request_id=current_context().correlation_id)

    def _tell(self, request: Request, name: str, status: int, seconds: float) -> None:
        metrics.HTTP_SECONDS.labels(entrypoint=name, status=str(status)).observe(seconds)
        if status >= Fault.status or seconds > 1.0:
            # Path without query: the query may hold what people typed. Tokens are redacted.
            log.warning(
                "request", method=request.method, path=request.path, status=status, seconds=round(seconds, 3)
            )
        else:
            log.debug("request", method=request.method, path=request.path, status=status)


class Http(HttpRequestHandler):
    """Entrypoint: `@http("GET", "/path/<name>")`; the method takes the request and the path's values,
    returns a werkzeug Response, and raises Refused.

    `page` says that refusals are shown as a page rather than as problem+json. `in_worker=False` answers
    also while every worker is busy: for what never waits for anybody but the database. `body_limit` lets it
    take more bytes than the setting of that name, for files. `overseers` says what it is for accounts that
    only read; the deployment's extra `door` keeps to it.
    """

    server = GeraiWebServer()

    def __init__(
        self,
        method: str,
        url: str,
        *,
        page: bool = False,
        seconds: float = REQUEST_SECONDS,
        in_worker: bool = True,
        body_limit: int | None = None,
        overseers: Access = Access.REFUSED,
    ) -> None:
        super().__init__(method, url)
        self.overseers = overseers
        self.body_limit = body_limit
        self.page = page
        self.seconds = seconds
        self.in_worker = in_worker

    def stop(self) -> None:
        """Take no further requests; those under way are answered."""
        self.server.stop_accepting()
        super().stop()

    def handle_request(self, request: Request) -> Response:
        """Run the method in a worker and wait for its answer within the entrypoint's time."""
        if self.in_worker and self.container._worker_pool.free() < 1:
            return self._refused(request, Saturated(retry_after=2))
        if (door := self.container.config["gerai"].extras.get("door")) is not None:
            try:
                door(request, self.overseers)
            except Exception:  # noqa: BLE001 - answered and logged as a worker's is
                return self._response(request, None, sys.exc_info())
        if not self.in_worker:
            return self._answer_here(request)
        event = Event()
        until = datetime.now(UTC) + timedelta(seconds=self.seconds)
        try:
            self.container.spawn_worker(
                self,
                (request,),
                request.path_values,  # type: ignore[attr-defined]
                context_data={"context": replace(current_context(), deadline=until)},
                handle_result=partial(self._finish, event),
            )
        except ContainerBeingKilled:
            return self._refused(request, Unavailable(retry_after=5))
        outcome = wait_at_most(self.seconds, event.wait)
        if outcome is None:
            return self._refused(request, TookTooLong())
        return self._response(request, *outcome)

    def _answer_here(self, request: Request) -> Response:
        method = getattr(service_of(self.container), self.method_name)
        try:
            result = method(request, **request.path_values)  # type: ignore[attr-defined]
        except Exception:  # noqa: BLE001 - answered and logged as a worker's is
            return self._response(request, None, sys.exc_info())
        return self._response(request, result, None)

    def _finish(self, event: Event, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        event.send((result, exc_info))
        # A refusal is an answer; what else went wrong is logged where it is answered.
        return result, None

    def _response(self, request: Request, result: Any, exc_info: Any) -> Response:
        if exc_info is None:
            if not isinstance(result, Response):
                raise TypeError(f"{self.method_name} returned {type(result).__name__}")
            return result
        error = exc_info[1]
        if isinstance(error, Refused):
            return self._refused(request, error)
        if isinstance(error, RequestEntityTooLarge):
            return self._refused(request, BodyTooLarge(limit=request.max_content_length))
        if is_outage(error):
            log.warning("database_away", reason=type(error).__name__)
            return self._refused(request, Unavailable(retry_after=5))
        log.error("request_failed", entrypoint=self.method_name, exc_info=exc_info)
        return self._refused(request, Fault(request_id=current_context().correlation_id))

    def _refused(self, request: Request, refusal: Refused) -> Response:
        pages = self.container.config["gerai"].extras.get("pages")
        if self.page and pages is not None:
            response: Response = pages.problem(request, refusal)
            return response
        return problem(refusal, language=language_of(request), request_id=current_context().correlation_id)


http = Http.decorator
