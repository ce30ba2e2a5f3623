"""Requests between processes, with a deadline, an idempotency key, and refusals that cross.

A request is executed at least once or, after its deadline, not at all; the idempotency key makes a
repeat harmless. nameko's own RPC has no timeout, and one malformed request kills its container.
"""

import json
import time
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from eventlet.event import Event
from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension

from gerai_shared import metrics
from gerai_shared.bus.listener import Listener, Subscription
from gerai_shared.bus.sender import Letter, Sender
from gerai_shared.bus.topology import RPC_EXCHANGE, rpc_queue
from gerai_shared.context import current_context, new_context
from gerai_shared.database import is_outage
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Fault, Refused, Saturated, Unavailable, from_wire, to_wire
from gerai_shared.waiting import wait_at_most

log = get_logger(__name__)

DEFAULT_DEADLINE_SECONDS = 5.0
#: How long an answer may wait in the asker's queue.
REPLY_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as its handler sees it. `deadline` is when the asker stops waiting (aware UTC)."""

    method: str
    payload: dict[str, Any]
    deadline: datetime
    idempotency_key: str | None
    correlation_id: str


class MalformedRequest(Exception):
    """The message is not a request of ours."""


def read_request(message: Any) -> Request:
    """Return the request in a message of the bus. Raises MalformedRequest."""
    properties, headers = message.properties, message.headers or {}
    if not properties.get("reply_to") or not properties.get("correlation_id"):
        raise MalformedRequest("reply_to or correlation_id is missing")
    try:
        body = message.body
        payload = json.loads(bytes(body) if isinstance(body, memoryview) else body)
        deadline = datetime.fromtimestamp(float(headers["deadline"]), UTC)
    except Exception as error:  # whatever a stranger sends, it must not end the process that reads it
        raise MalformedRequest(f"{type(error).__name__}: {error}") from error
    method = headers.get("method")
    if not isinstance(method, str) or not isinstance(payload, dict):
        raise MalformedRequest("method or payload is missing")
    key = headers.get("idempotency_key")
    return Request(
        method=method,
        payload=payload,
        deadline=deadline,
        idempotency_key=str(key) if key else None,
        correlation_id=str(properties["correlation_id"]),
    )


class UnknownMethod(Refused):
    """The service does not know this request: it may be of an older version.

    Please try again in a few minutes.
    """

    code = "unknown_method"
    status = 501


class RpcServer(SharedExtension):
    """Takes the requests of one deployment and hands each to its handler."""

    listener = Listener()
    sender = Sender()

    def __init__(self) -> None:
        self._handlers: dict[str, Rpc] = {}

    def register(self, handler: "Rpc") -> None:
        """Add a handler; called in its `setup`."""
        self._handlers[handler.method_name] = handler
        if len(self._handlers) == 1:
            deployment = self.container.config["gerai"].settings.deployment
            self.listener.subscribe(
                Subscription(
                    queue=Queue(rpc_queue(deployment), no_declare=True),
                    receive=self._receive,
                    prefetch=self.container.max_workers,
                )
            )

    def _receive(self, message: Any) -> None:
        try:
            request = read_request(message)
        except MalformedRequest as error:
            log.warning("request_parked", reason=str(error))
            metrics.PARKED.labels(kind="rpc").inc()
            self.listener.park(message)
            return
        if request.deadline <= datetime.now(UTC):
            # Nobody waits for the answer any more: not executing it is the honest outcome.
            metrics.RPC_LATE.inc()
            self.listener.ack(message)
            return
        handler = self._handlers.get(request.method)
        if handler is None:
            self.reply(message, None, UnknownMethod())
            return
        self.container.spawn_managed_thread(partial(handler.run, request, message), identifier="rpc-request")

    def reply(self, message: Any, result: dict[str, Any] | None, refusal: Refused | None) -> None:
        """Answer a request, then acknowledge it."""
        body = {"result": result} if refusal is None else {"refused": to_wire(refusal)}
        letter = Letter(
            exchange="",
            routing_key=message.properties["reply_to"],
            body=json.dumps(body, separators=(",", ":"), default=str).encode(),
            expires_at=time.monotonic() + REPLY_SECONDS,
            properties={"correlation_id": message.properties["correlation_id"]},
        )
        try:
            self.sender.send(letter)
        except Saturated:
            # The asker runs into its deadline and asks again with the same key.
            log.warning("reply_dropped", method=(message.headers or {}).get("method"))
        self.listener.ack(message)


class Rpc(Entrypoint):
    """Entrypoint: the method takes a Request and returns a JSON object, or raises Refused."""

    server = RpcServer()

    def setup(self) -> None:
        """Join the deployment's server."""
        self.server.register(self)

    def stop(self) -> None:
        """Take no further requests; those under way are finished."""
        self.server.listener.pause()

    def run(self, request: Request, message: Any) -> None:
        """Run the method in a worker, in the asker's context."""
        headers = message.headers or {}
        context = new_context(
            correlation_id=headers.get("correlation_id"), traceparent=headers.get("traceparent")
        )
        try:
            self.container.spawn_worker(
                self,
                (request,),
                {},
                context_data={"context": replace(context, deadline=request.deadline)},
                handle_result=partial(self._answer, request, message, time.monotonic()),
            )
        except ContainerBeingKilled:
            self.server.listener.give_back(message)

    def _answer(
        self, request: Request, message: Any, began: float, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        refusal: Refused | None = None
        outcome = "ok"
        if exc_info is not None:
            refusal, outcome = self._as_refusal(exc_info)
        metrics.RPC_SECONDS.labels(method=request.method, outcome=outcome).observe(time.monotonic() - began)
        self.server.reply(message, result, refusal)
        # The worker is done; a refusal is an answer and no error of the container.
        return result, None

    def _as_refusal(self, exc_info: Any) -> tuple[Refused, str]:
        error = exc_info[1]
        if isinstance(error, Refused):
            return error, error.code
        if is_outage(error):
            return Unavailable(retry_after=5), "outage"
        log.error("request_failed", exc_info=exc_info)
        return Fault(request_id=current_context().correlation_id), "fault"


rpc = Rpc.decorator


class RpcClient(SharedExtension):
    """Sends requests of one process and gives each answer to whom it belongs."""

    listener = Listener()
    sender = Sender()

    def __init__(self) -> None:
        self._waiting: dict[str, Event] = {}
        self._reply_queue = ""

    def setup(self) -> None:
        """Make this process's own reply queue, which vanishes with it."""
        if self._reply_queue:
            return
        deployment = self.container.config["gerai"].settings.deployment
        self._reply_queue = f"reply.{deployment}.{uuid.uuid4()}"
        self.listener.subscribe(
            Subscription(
                queue=Queue(self._reply_queue, exclusive=True, auto_delete=True, durable=False),
                receive=self._receive,
                prefetch=500,
                declare=True,
                # An answer that is lost on its way is asked for again.
                no_ack=True,
                until_stop=True,
            )
        )

    def _receive(self, message: Any) -> None:
        waiting = self._waiting.get(message.properties.get("correlation_id"))
        if waiting is not None and not waiting.ready():
            body = message.body
            waiting.send(bytes(body) if isinstance(body, memoryview) else body)

    def call(
        self, deployment: str, method: str, payload: dict[str, Any], *, deadline: float, key: str | None
    ) -> dict[str, Any]:
        """Ask and wait. Raises the other side's Refused, Unavailable when no answer comes in time."""
        if not self.listener.connected:
            raise Unavailable(retry_after=5)
        context = current_context()
        request_id = str(uuid.uuid4())
        event = self._waiting[request_id] = Event()
        headers = {
            "method": method,
            "deadline": str(time.time() + deadline),
            "correlation_id": context.correlation_id,
            "traceparent": context.traceparent,
        }
        if key:
            headers["idempotency_key"] = key
        try:
            self.sender.send(
                Letter(
                    exchange=RPC_EXCHANGE,
                    routing_key=deployment,
                    body=json.dumps(payload, separators=(",", ":"), default=str).encode(),
                    expires_at=time.monotonic() + deadline,
                    properties={"reply_to": self._reply_queue, "correlation_id": request_id},
                    headers=headers,
                )
            )
            answer = wait_at_most(deadline, event.wait)
        finally:
            del self._waiting[request_id]
        if answer is None:
            metrics.RPC_UNANSWERED.labels(deployment=deployment).inc()
            raise Unavailable(retry_after=5)
        return self._read(answer)

    def _read(self, body: bytes) -> dict[str, Any]:
        answer = json.loads(body)
        if "refused" in answer:
            raise from_wire(answer["refused"])
        result: dict[str, Any] = answer["result"]
        return result


class Rpcs(DependencyProvider):
    """Dependency: `self.rpc.call("booking-immigration", "availability", {...})`."""

    client = RpcClient()

    def get_dependency(self, _worker_ctx: Any) -> "Rpcs":
        """Give the worker this provider itself."""
        return self

    def call(
        self,
        deployment: str,
        method: str,
        payload: dict[str, Any],
        *,
        deadline: float = DEFAULT_DEADLINE_SECONDS,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Ask `deployment` and return its answer, waiting at most `deadline` seconds.

        Raises Refused: the other side's own, or Unavailable.
        """
        return self.client.call(deployment, method, payload, deadline=deadline, key=key)

    @property
    def connected(self) -> bool:
        """Whether answers can arrive."""
        return bool(self.client.listener.connected)
