"""Requests of the simulation: to this machine alone, once for each command, and again when nobody answered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from gerai_allinone.simulate.client import (
    Door,
    NotLoopback,
    Traffic,
    Unexpected,
    Unreachable,
    expect,
    loopback,
)


class Handler(BaseHTTPRequestHandler):
    """Answers what `answers` says, in turn; None hangs up."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, bytes, dict[str, str]] | None]
    asked: list[tuple[str, str, dict[str, str]]]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers)))
        told = self.answers.pop(0)
        if told is None:
            self.close_connection = True
            return
        status, body, headers = told
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815 - the names are the standard library's

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(*answers: tuple[int, bytes, dict[str, str]] | None) -> Iterator[tuple[Door, type[Handler]]]:
    handler = type("Asked", (Handler,), {"answers": list(answers), "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    door = Door(f"http://127.0.0.1:{server.server_port}", patience=5)
    try:
        yield door, handler
    finally:
        door.close()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_command_whose_answer_was_lost_is_sent_again_as_the_same_command() -> None:
    with serving(None, (200, b'{"ticket": 1}', {})) as (door, handler):
        answer = door.post("/api/v1/walk-ins", {"site": "mpp-lebak"}, bearer="token")
    assert (answer.status, answer.body, answer.code) == (200, {"ticket": 1}, "")
    first, second = (headers for _, _, headers in handler.asked)
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert second["Authorization"] == "Bearer token"


def test_two_commands_are_two() -> None:
    with serving((200, b"{}", {}), (200, b"{}", {})) as (door, handler):
        door.post("/a")
        door.post("/a")
    first, second = (headers for _, _, headers in handler.asked)
    assert first["Idempotency-Key"] != second["Idempotency-Key"]


def test_who_is_asked_to_come_back_does_so() -> None:
    with serving((503, b'{"code": "unavailable"}', {"Retry-After": "0"}), (200, b"[]", {})) as (
        door,
        handler,
    ):
        assert door.get("/a").body == []
    assert len(handler.asked) == 2


def test_a_refusal_is_an_answer_and_text_is_text() -> None:
    with serving((409, b'{"code": "nobody_waits"}', {}), (500, b"oops", {})) as (door, _):
        refused, broken = door.post("/a"), door.get("/a")
    assert (refused.status, refused.code) == (409, "nobody_waits")
    assert (broken.status, broken.body, broken.code) == (500, "oops", "")
    with pytest.raises(Unexpected, match="the queue: 500 oops"):
        expect(broken, 200, what="the queue")
    assert expect(refused, 200, 409, what="a call") == {"code": "nobody_waits"}


def test_nobody_who_answers_is_found_out() -> None:
    with serving() as (door, _):
        address = f"http://{door.host}:{door.port}"
    with pytest.raises(Unreachable, match="refused"):
        Door(address, patience=0).get("/readyz")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost:8000", "http://127.0.0.2:8000/"]
)
def test_addresses_of_this_machine_are_taken(address: str) -> None:
    assert loopback(address)[1] == 8000
    assert loopback(address)[0].startswith("127.")


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.7:8000",
        "http://mall.example.id",
        "http://127.0.0.1.example.id:8000",
        "https://127.0.0.1:8000",
        "http://localhost@192.0.2.7:8000",
        "http://127.0.0.1:99999",
        "127.0.0.1:8000",
        "",
    ],
)
def test_all_others_are_refused_outright(address: str) -> None:
    with pytest.raises(NotLoopback):
        loopback(address)


def test_requests_of_the_last_minute_are_counted() -> None:
    now = 0.0
    traffic = Traffic(now=lambda: now)
    traffic.count()
    now = 50.0
    traffic.count()
    assert traffic.last_minute() == 2
    now = 61.0
    assert traffic.last_minute() == 1
    assert traffic.requests == 2
