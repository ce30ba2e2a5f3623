"""HTTP: what every process of the mall does with requests, good, bad and too many."""

import errno
import http.client
import json
import socket
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from eventlet import GreenPool, sleep, spawn
from gerai_shared import http as http_module
from gerai_shared import http_connection
from gerai_shared.context import current_deadline
from gerai_shared.deployment import deployment_of
from gerai_shared.http import GeraiWebServer, json_body, json_response
from gerai_shared.http import http as entrypoint
from gerai_shared.operations import Operations
from gerai_shared.refusals import NotFound
from gerai_shared.settings import Settings
from werkzeug.wrappers import Request, Response

from tests.support.servers import free_port
from tests.support.waiting import wait_until


class Service(Operations):
    """Answers."""

    name = "service"

    @entrypoint("GET", "/api/hello/<name>")
    def hello(self, _request: Request, name: str) -> Response:
        """Greet."""
        return json_response({"hello": name})

    @entrypoint("POST", "/api/echo")
    def echo(self, request: Request) -> Response:
        """Answer what was sent."""
        return json_response(json_body(request))

    @entrypoint("POST", "/api/file", body_limit=1 << 20)
    def file(self, request: Request) -> Response:
        """Answer how much was sent, once the test says so."""
        while not self.deployment.extras.get("read_files", True):
            sleep(0.01)
        sizes = [len(each.read()) for each in request.files.values()]
        return json_response({"bytes": len(request.get_data()), "files": sizes})

    @entrypoint("GET", "/api/fail")
    def fail(self, _request: Request) -> Response:
        """Fail with something that must not be told."""
        raise RuntimeError("password=hunter2 at /srv/secret")

    @entrypoint("GET", "/api/refuse")
    def refuse(self, _request: Request) -> Response:
        """Refuse."""
        raise NotFound

    @entrypoint("GET", "/api/slow", seconds=0.3)
    def slow(self, _request: Request) -> Response:
        """Take longer than allowed."""
        sleep(2)
        return json_response({})

    @entrypoint("GET", "/api/deadline", seconds=3)
    def deadline(self, _request: Request) -> Response:
        """Tell until when the asker waits."""
        return json_response({"deadline": current_deadline()})

    @entrypoint("GET", "/api/wait")
    def wait(self, _request: Request) -> Response:
        """Wait until the test says so."""
        while not self.deployment.extras.get("go"):
            sleep(0.01)
        return json_response({"done": True})

    @entrypoint("GET", "/api/stream")
    def stream(self, request: Request) -> Response:
        """Send small pieces, one by one."""
        request.environ["eventlet.minimum_write_chunk_size"] = 1

        def pieces() -> Any:
            for number in range(3):
                yield f"data: {number}\n\n".encode()
                while self.deployment.extras.get("read", -1) < number:
                    sleep(0.01)

        return Response(pieces(), mimetype="text/event-stream")


@pytest.fixture
def service(start):
    """Return a caller of a running service."""
    port = free_port()
    settings = Settings(
        deployment="gateway",
        environment="test",
        http_address=f"127.0.0.1:{port}",
        max_workers=4,
        body_limit=2048,
    )
    deployment = deployment_of(settings)
    runner = start((Service, deployment))

    def call(method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        try:
            return answer.status, json.loads(raw), answer.headers
        except ValueError:
            return answer.status, raw.decode(), answer.headers

    call.deployment, call.runner, call.port = deployment, runner, port  # type: ignore[attr-defined]
    call.server = runner.service_map["gateway-0"].shared_extensions[GeraiWebServer]  # type: ignore[attr-defined]
    return call


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("DELETE", "/api/hello/a", 405, "method_not_allowed"),
        ("GET", "/api/refuse", 404, "not_found"),
        ("GET", "/api/fail", 500, "fault"),
        ("GET", "/api/slow", 504, "took_too_long"),
    ],
)
def test_every_refusal_is_a_problem_with_a_stable_code(service, method, path, status, code) -> None:
    got, problem, headers = service(method, path, Accept_Language="en")
    assert (got, problem["code"], problem["status"]) == (status, code, status)
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["request_id"] == headers["X-Request-ID"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_a_fault_tells_nothing_of_the_inside(service) -> None:
    """Hazard 18: nameko answers with the exception's text."""
    _status, problem, headers = service("GET", "/api/fail")
    told = json.dumps(problem) + str(headers)
    assert "hunter2" not in told
    assert "RuntimeError" not in told
    assert "eventlet" not in told.lower()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "unreadable_body"),
        (b"[]", 400, "unreadable_body"),
        (b'{"a":"' + b"x" * 3000 + b'"}', 413, "body_too_large"),
    ],
)
def test_an_unusable_body_is_refused(service, body, status, code) -> None:
    got, problem, _headers = service("POST", "/api/echo", body, Content_Type="application/json")
    assert (got, problem["code"]) == (status, code)


def test_a_body_that_grows_beyond_the_limit_without_saying_so_is_refused(service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        raw.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        raw.sendall(b"fff\r\n" + b"x" * 0xFFF + b"\r\n0\r\n\r\n")
        assert status_of(raw) == 413


def test_a_body_in_chunks_is_read_whole_and_its_connection_serves_on(service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        for _ in range(2):
            raw.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            raw.sendall(b'4\r\n{"a"\r\n4\r\n: 1}\r\n0\r\n\r\n')
            answer = http.client.HTTPResponse(raw)
            answer.begin()
            assert (answer.status, json.loads(answer.read())) == (200, {"a": 1})


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /api/hello/a HTTP/1.1\r\nHost: x\r\n",
        b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n",
        b"POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n",
        b"POST /api/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n",
    ],
)
def test_who_sends_too_slowly_is_sent_away_and_the_others_are_served(service, monkeypatch, beginning) -> None:
    """Its worker would read on while eventlet throws the rest away: two readers end the process."""
    monkeypatch.setattr(http_connection, "RECEIVE_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        raw.sendall(beginning)
        trickle = spawn(send_for_ever, raw)
        assert service("POST", "/api/echo", b'{"a": 1}')[:2] == (200, {"a": 1})
        began = time.monotonic()
        assert status_of(raw) == 408
        assert time.monotonic() - began < 2.0
        trickle.kill()
        while raw.recv(4096):
            pass
    assert service("GET", "/api/hello/a")[0] == 200


def test_a_slow_body_takes_no_worker(service) -> None:
    with ExitStack() as stack:
        for _ in range(8):
            raw = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=5))
            raw.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n")
        wait_until(lambda: service.server.under_way == 8)
        assert service("GET", "/api/hello/a")[0] == 200


def test_an_idle_connection_is_closed_even_one_that_sends_a_little(service, monkeypatch) -> None:
    monkeypatch.setattr(http_connection, "IDLE_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        trickle = spawn(send_for_ever, raw)
        assert closes(raw)
        trickle.kill()


def test_a_client_that_leaves_half_way_harms_nobody(service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        raw.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
        wait_until(lambda: service.server.under_way == 1)
    wait_until(lambda: service.server.under_way == 0)
    assert service("GET", "/api/hello/a")[0] == 200


def test_files_take_more_bytes_and_only_so_much_memory_together(service, monkeypatch) -> None:
    monkeypatch.setattr(http_module, "LARGE_BODIES_BYTES", 250_000)
    service.deployment.extras["read_files"] = False
    first = spawn(service, "POST", "/api/file", b"x" * 200_000)
    wait_until(lambda: service.server.large_bytes == 200_000)
    status, problem, _headers = service("POST", "/api/file", b"x" * 200_000)
    assert (status, problem["code"]) == (503, "saturated")
    # What is no larger than all take is served meanwhile, and so is a smaller file.
    assert service("POST", "/api/echo", b"{}", Content_Type="application/json")[0] == 200
    second = spawn(service, "POST", "/api/file", b"x" * 40_000)
    wait_until(lambda: service.server.large_bytes == 240_000)
    service.deployment.extras["read_files"] = True
    assert (first.wait()[1]["bytes"], second.wait()[1]["bytes"]) == (200_000, 40_000)
    assert service.server.large_bytes == 0
    assert service("POST", "/api/file", b"x" * ((1 << 20) + 1))[0] == 413
    assert service("POST", "/api/echo", b"x" * 200_000)[0] == 413


def test_files_of_a_form_are_put_on_no_disk(service, monkeypatch) -> None:
    def no_disk(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was put on the disk")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_disk)
    form = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"x" * 700_000
    kind = "multipart/form-data; boundary=b"
    answer = service("POST", "/api/file", form + b"\r\n--b--\r\n", Content_Type=kind)
    assert (answer[0], answer[1]["files"]) == (200, [700_000])


def test_a_large_body_has_longer_to_arrive(service, monkeypatch) -> None:
    monkeypatch.setattr(http_connection, "RECEIVE_SECONDS", 0.2)

    def sent_slowly(path: str, length: int) -> bytes:
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
            connection.sendall(
                f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode()
            )
            sleep(0.5)
            with suppress(OSError):
                connection.sendall(b"x" * length)
            return connection.recv(12)

    assert sent_slowly("/api/file", 100_000) == b"HTTP/1.1 200"
    assert sent_slowly("/api/file", 1_000) == b"HTTP/1.1 408"


def test_who_still_sends_what_is_too_large_sees_the_refusal(service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        size = 4 << 20
        raw.sendall(b"POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
        raw.sendall(bytes(size))
        assert status_of(raw) == 413


def test_an_error_on_one_connection_ends_no_process(service, monkeypatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("reentrant call")

    with monkeypatch.context() as patch:
        patch.setattr(http_connection.Connection, "handle", fail)
        with pytest.raises(OSError):  # noqa: PT011 - closed, in the words of the platform
            service("GET", "/api/hello/a")
    assert service("GET", "/api/hello/a")[0] == 200


def test_a_process_that_cannot_take_a_connection_now_takes_the_next_ones(service, monkeypatch) -> None:
    """Too many open files: nameko's server ends the whole process."""
    listening = service.server._sock
    refused: list[bool] = []

    def accept() -> Any:
        if not refused:
            refused.append(True)
            raise OSError(errno.EMFILE, "Too many open files")
        return type(listening).accept(listening)

    monkeypatch.setattr(listening, "accept", accept)
    assert service("GET", "/api/hello/a")[0] == 200  # taken by the call to accept that was under way
    assert service("GET", "/api/hello/a")[0] == 200
    assert refused


def send_for_ever(raw: socket.socket) -> None:
    with suppress(OSError):
        while True:
            raw.sendall(b"1")
            sleep(0.05)


def status_of(raw: socket.socket) -> int:
    return int(raw.recv(4096).split(b"\r\n")[0].split()[1])


def closes(raw: socket.socket) -> bool:
    try:
        return raw.recv(4096) == b""
    except ConnectionResetError:
        return True


def test_the_answer_is_in_the_readers_language(service) -> None:
    assert service("GET", "/api/refuse", Accept_Language="en")[1]["title"] == NotFound().template
    indonesian = service("GET", "/api/refuse", Accept_Language="id")[1]["title"]
    assert indonesian != NotFound().template


def test_request_and_trace_identifiers_are_kept(service) -> None:
    _status, _body, headers = service("GET", "/api/hello/a", X_Request_ID="errand-0001")
    assert headers["X-Request-ID"] == "errand-0001"
    _status, _body, headers = service("GET", "/api/hello/a", X_Request_ID="<script>")
    assert headers["X-Request-ID"] != "<script>"


def test_work_knows_how_long_its_asker_waits(service) -> None:
    _status, body, _headers = service("GET", "/api/deadline")
    left = datetime.fromisoformat(body["deadline"]) - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(seconds=3)


def test_a_full_house_says_so_at_once(service) -> None:
    """Hazard 8: nameko queues without bound."""
    pool = GreenPool()
    waiting = [pool.spawn(service, "GET", "/api/wait") for _ in range(4)]
    wait_until(lambda: service.runner.service_map["gateway-0"]._worker_pool.free() == 0)
    status, problem, headers = service("GET", "/api/hello/a")
    assert (status, problem["code"], headers["Retry-After"]) == (503, "saturated", "2")
    # It lives all the same, and can be watched: who ends a busy process makes the others busier.
    assert service("GET", "/healthz")[:2] == (200, {"status": "ok"})
    assert "gerai_http_request_seconds" in service("GET", "/metrics")[1]
    service.deployment.extras["go"] = True
    assert [each.wait()[0] for each in waiting] == [200] * 4
    assert service("GET", "/api/hello/a")[0] == 200


def test_stopping_answers_what_is_under_way(service) -> None:
    answer = spawn(service, "GET", "/api/wait")
    wait_until(lambda: service.runner.service_map["gateway-0"]._worker_pool.free() == 3)
    stopping = spawn(service.runner.stop)
    sleep(0.05)
    assert not stopping.dead
    service.deployment.extras["go"] = True
    assert answer.wait()[1] == {"done": True}
    stopping.wait()
    with pytest.raises(OSError):  # noqa: PT011 - refused, in the words of the platform
        service("GET", "/api/hello/a")


def test_pieces_of_a_stream_arrive_one_by_one(service) -> None:
    """Hazard 27: eventlet holds back what is smaller than 4 KiB."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as raw:
        raw.sendall(b"GET /api/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        for number in range(3):
            seen = b""
            while f"data: {number}".encode() not in seen:
                piece = raw.recv(4096)
                assert piece, "the stream ended early"
                seen += piece
            assert f"data: {number + 1}".encode() not in seen
            service.deployment.extras["read"] = number


def test_health_readiness_and_measurements_are_told(service) -> None:
    assert service("GET", "/healthz")[:2] == (200, {"status": "ok"})
    assert service("GET", "/readyz")[0] == 200
    assert "gerai_http_request_seconds" in service("GET", "/metrics")[1]
