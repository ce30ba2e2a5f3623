"""The gateway's own HTTP entrypoint: counts who asks, and carries the description of each operation."""

import re
from dataclasses import dataclass
from typing import Any

from gerai_shared.http import REQUEST_SECONDS, Http, client_address
from gerai_shared.refusals import IdempotencyKeyMissing, Refused
from marshmallow import Schema
from werkzeug.wrappers import Request, Response

from gerai_gateway.refusals import InvalidIdempotencyKey

KEY = re.compile(r"[A-Za-z0-9._-]{8,100}")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What the interface's document says of one entrypoint.

    `query` and `body` are schemas of what is taken, `body_types` the media types of a file that is; `answer`
    is the schema of what is given as JSON, or `answer_type` the media type of another answer. Without
    `is_keyed` a write takes no key: repeating it does no harm.
    `refusals` are those of its own, beside what every one may give.
    """

    summary: str
    tag: str
    status: int = 200
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    body_types: tuple[str, ...] = ()
    is_body_optional: bool = False
    answer: type[Schema] | None = None
    answer_type: str = "application/json"
    refusals: tuple[type[Refused], ...] = ()
    codes: tuple[tuple[int, str], ...] = ()
    is_keyed: bool = True


class Public(Http):
    """Entrypoint: as Http, for everybody. Refuses who asks too often before a worker is spent on him."""

    def __init__(
        self,
        method: str,
        url: str,
        *,
        page: bool = False,
        seconds: float = REQUEST_SECONDS,
        body_limit: int | None = None,
        operation: Operation | None = None,
    ) -> None:
        super().__init__(method, url, page=page, seconds=seconds, body_limit=body_limit)
        self.operation = operation

    def handle_request(self, request: Request) -> Response:
        """Count the request, then serve it."""
        deployment = self.container.config["gerai"]
        try:
            deployment.extras["mall"].limiter.admit(
                address=client_address(request, deployment.settings.trusted_proxies),
                writes=request.method not in READING,
            )
        except Refused as refusal:
            return self._refused(request, refusal)
        return super().handle_request(request)


public = Public.decorator


def idempotency_key(request: Request) -> str:
    """Return the key of a write. Raises IdempotencyKeyMissing, InvalidIdempotencyKey."""
    key: str | None = request.headers.get("Idempotency-Key")
    if not key:
        raise IdempotencyKeyMissing
    if not KEY.fullmatch(key):
        raise InvalidIdempotencyKey
    return key


def operations(service: type) -> list[tuple["Public", Any]]:
    """Return the entrypoints of a service class that are described, with their functions, by path."""
    found = [
        (entrypoint, function)
        for function in (getattr(service, name) for name in dir(service))
        for entrypoint in getattr(function, "nameko_entrypoints", ())
        if isinstance(entrypoint, Public) and entrypoint.operation is not None
    ]
    return sorted(found, key=lambda pair: (pair[0].url, pair[0].method))
