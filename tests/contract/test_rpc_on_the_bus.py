"""Requests: answered, refused or too late, and never fatal to who takes them."""

import time
from typing import Any

import pytest
from eventlet import GreenPool, sleep
from gerai_complaints.rules.attachments import MOST_BYTES_KEPT
from gerai_shared.bus.rpc import Request, Rpcs, rpc
from gerai_shared.context import current_context, new_context, working_in
from gerai_shared.deployment import Resources
from gerai_shared.http import http, json_response
from gerai_shared.refusals import Fault, NotFound, Refused, Unavailable

from tests.contract.conftest import as_json
from tests.support.waiting import wait_until


class Server:
    """Takes requests; `extras["calls"]` records them."""

    name = "server"
    deployment = Resources()

    @rpc
    def echo(self, request: Request) -> dict[str, Any]:
        """Answer what was sent, the key and the correlation."""
        self.deployment.extras.setdefault("calls", []).append(request.payload)
        context = current_context()
        return {
            "payload": request.payload,
            "key": request.idempotency_key,
            "correlation_id": context.correlation_id,
            "trace_id": context.trace_id,
        }

    @rpc
    def slow(self, request: Request) -> dict[str, Any]:
        """Answer after a while."""
        sleep(request.payload["seconds"])
        return {}

    @rpc
    def write(self, request: Request) -> dict[str, Any]:
        """Write, after a while."""
        sleep(request.payload["seconds"])
        with self.deployment.database.transaction():
            self.deployment.extras.setdefault("written", []).append(request.payload)
        return {}

    @rpc
    def refuse(self, _request: Request) -> dict[str, Any]:
        """Refuse."""
        raise NotFound

    @rpc
    def fail(self, _request: Request) -> dict[str, Any]:
        """Fail with something that must not be told."""
        raise RuntimeError("password=hunter2")


class Client:
    """Sends requests; the test calls through `extras["call"]`."""

    name = "client"
    deployment = Resources()
    rpc = Rpcs()

    @http("GET", "/connected")
    def connected(self, _request: Any) -> Any:
        """Tell whether answers can arrive."""
        return json_response({"connected": self.rpc.connected})


@pytest.fixture
def call(deployed, start):
    """Return a caller of the server and the server's deployment."""
    serving, asking = deployed("booking-immigration"), deployed("gateway", database_url="sqlite://")
    runner = start((Server, serving), (Client, asking))
    client = next(
        d
        for c in runner.containers
        if c.service_cls.__name__ == "Client"
        for d in c.dependencies
        if isinstance(d, Rpcs)
    )
    wait_until(lambda: client.connected)

    def ask(
        method: str, payload: dict[str, Any] | None = None, *, deadline: float = 5.0, key: str | None = None
    ) -> Any:
        return client.call("booking-immigration", method, payload or {}, deadline=deadline, key=key)

    ask.serving = serving  # type: ignore[attr-defined]
    return ask


def test_the_largest_file_crosses_both_ways_and_others_meanwhile(call) -> None:
    content = "0123456789abcdef" * (MOST_BYTES_KEPT * 4 // 3 // 16)
    pool = GreenPool()
    large = [pool.spawn(call, "echo", {"content": content}, deadline=20.0) for _ in range(2)]
    small = pool.spawn(call, "echo", {"n": 1}, deadline=20.0)
    assert small.wait()["payload"] == {"n": 1}
    assert all(each.wait()["payload"]["content"] == content for each in large)


def test_a_request_is_answered_in_its_asker_s_context(call) -> None:
    context = new_context(correlation_id="errand-0001")
    with working_in(context):
        answer = call("echo", {"a": [1, "é"]}, key="key-00000001")
    assert answer == {
        "payload": {"a": [1, "é"]},
        "key": "key-00000001",
        "correlation_id": "errand-0001",
        "trace_id": context.trace_id,
    }


def test_a_refusal_crosses_with_code_status_and_text(call) -> None:
    with pytest.raises(Refused) as refusal:
        call("refuse")
    assert (refusal.value.code, refusal.value.status) == ("not_found", 404)
    assert refusal.value.template == NotFound().template


def test_a_fault_crosses_without_what_went_wrong(call) -> None:
    with pytest.raises(Refused) as refusal:
        call("fail")
    assert refusal.value.code == Fault.code
    assert "hunter2" not in str(refusal.value)


def test_an_unknown_method_is_refused(call) -> None:
    with pytest.raises(Refused) as refusal:
        call("no_such_method")
    assert refusal.value.code == "unknown_method"


def test_nobody_waits_longer_than_the_deadline(call) -> None:
    """Hazard 7: nameko's callers wait for ever."""
    began = time.monotonic()
    with pytest.raises(Unavailable):
        call("slow", {"seconds": 3}, deadline=0.3)
    assert time.monotonic() - began < 1.5


def test_a_request_that_nobody_waits_for_any_more_is_not_executed(call, publish_raw) -> None:
    headers = {"method": "echo", "deadline": str(time.time() - 1)}
    publish_raw(
        "rpc.booking-immigration", as_json({"late": True}), reply_to="x", correlation_id="c", headers=headers
    )
    assert call("echo", {"late": False})["payload"] == {"late": False}
    assert call.serving.extras["calls"] == [{"late": False}]


def test_what_begins_to_write_after_the_deadline_writes_nothing(call) -> None:
    """Its asker was told that nothing had happened."""
    with pytest.raises(Unavailable):
        call("write", {"seconds": 0.6}, deadline=0.3)
    call("write", {"seconds": 0.6}, deadline=5)
    assert call.serving.extras["written"] == [{"seconds": 0.6}]


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        (b"{}", {}),
        (b"{}", {"correlation_id": "c"}),
        (
            b"\xff\xfe",
            {"reply_to": "x", "correlation_id": "c", "headers": {"method": "echo", "deadline": "9e9"}},
        ),
        (b"[]", {"reply_to": "x", "correlation_id": "c", "headers": {"method": "echo", "deadline": "9e9"}}),
        (b"{}", {"reply_to": "x", "correlation_id": "c", "headers": {"method": "echo"}}),
        (b"{}", {"reply_to": "x", "correlation_id": "c", "headers": {"deadline": "soon", "method": "echo"}}),
    ],
)
def test_a_malformed_request_is_parked_and_the_service_lives(
    call, publish_raw, parked_on_broker, body, properties
) -> None:
    """Hazard 6: in nameko one such message kills the container, and the next one that takes it."""
    publish_raw("rpc.booking-immigration", body, **properties)
    wait_until(lambda: parked_on_broker() == [body])
    assert call("echo", {"a": 1})["payload"] == {"a": 1}


def test_slow_requests_do_not_hold_up_quick_ones(call) -> None:
    """Hazard 8, within the bounds of one process: waiting work leaves workers for others."""
    pool = GreenPool()
    slow = [pool.spawn(call, "slow", {"seconds": 1.0}) for _ in range(10)]
    began = time.monotonic()
    assert call("echo", {"a": 1})["payload"] == {"a": 1}
    assert time.monotonic() - began < 0.8
    for each in slow:
        each.wait()


def test_many_at_once_each_get_their_own_answer(call) -> None:
    pool = GreenPool(50)
    answers = list(pool.imap(lambda n: call("echo", {"n": n})["payload"]["n"], range(200)))
    assert answers == list(range(200))
