"""From an officer's click to the display: counter, outbox, relay, broker, gateway, server-sent event."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.baselines import bare_messages
from bench.load import percentile
from bench.measures import Context
from bench.report import Row
from bench.running import Bench
from tests.support.errand import SITE, Officer

CLICKS = 200
WARM_UP = 20
COUNTER = f"{SITE}.1"
P50_BELOW, P99_BELOW = 0.025, 0.100
ARRIVES_WITHIN = 5.0


class Display:
    """A television: keeps what it was told and when."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}
        self._news = threading.Condition()

    def told(self, numbers: list[str]) -> None:
        """Note the numbers on the board, now."""
        now = time.perf_counter()
        with self._news:
            for number in numbers:
                self._told.setdefault(number, now)
            self._news.notify_all()

    def when(self, number: str) -> float:
        """Return when a number was first on the board. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: number in self._told, ARRIVES_WITHIN):
                raise TimeoutError(f"{number} was called and never shown")
            return self._told[number]


class Desk:
    """The officer's side, on one connection."""

    def __init__(self, port: int, officer: Officer) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._headers = {"Authorization": f"Bearer {officer.bearer}", "Content-Type": "application/json"}

    def get(self, path: str) -> dict[str, Any]:
        """Read something."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {text!r}"
        found: dict[str, Any] = json.loads(text)
        return found

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        """Carry out one command and return the ticket."""
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        self._connection.request("POST", path, json.dumps(body or {}), headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status not in {200, 201}:
            raise AssertionError(f"{path}: {answer.status} {text!r}")
        ticket: dict[str, Any] = json.loads(text)["ticket"]
        return ticket

    def step(self, verb: str) -> dict[str, Any]:
        """Carry out a verb at the counter."""
        said = {"outcome": "completed"} if verb == "finish" else {}
        return self.post(f"/api/v1/counters/{COUNTER}/{verb}", said)


def measure(context: Context) -> list[Row]:
    """Call people, one after the other, and watch the display."""
    bench = context.bench
    context.tell("display: the bare broker")
    bare_p50, bare_p99 = bare_messages(bench, count=500)
    context.tell(f"display: {CLICKS} calls")
    before = bench.usage()
    with _display(bench) as display:
        desk = Desk(bench.mall.ports.immigration, bench.officer())
        latencies = counted(lambda: _call(desk, display))
    used = bench.usage().since(before)
    bench.settle()
    p50, p99 = percentile(latencies, 0.50), percentile(latencies, 0.99)
    return [
        Row(
            name="officer's click to display",
            parameters=f"{CLICKS} calls, one after the other",
            figure=f"p50 {p50 * 1e3:.1f}, p99 {p99 * 1e3:.1f} ms",
            baseline=f"p50 {bare_p50 * 1e3:.2f}, p99 {bare_p99 * 1e3:.2f} ms bare publish to consume",
            ratio=p50 / bare_p50,
            target=f"p50 < {P50_BELOW * 1e3:.0f}, p99 < {P99_BELOW * 1e3:.0f} ms",
            reached=p50 < P50_BELOW and p99 < P99_BELOW,
            cores=used,
            numbers={"p50": p50, "p99": p99, "longest": latencies[-1], "bare_p50": bare_p50},
        )
    ]


def counted(call: Callable[[], float]) -> list[float]:
    """Return the sorted seconds of CLICKS calls, after WARM_UP others that are not counted."""
    every = [call() for _ in range(WARM_UP + CLICKS)]
    return sorted(every[WARM_UP:])


def _call(desk: Desk, display: Display) -> float:
    """Have one person come, be called, served and let go; return seconds from click to display."""
    desk.post("/api/v1/walk-ins", {"site": SITE, "service": "passport-new"})
    clicked = time.perf_counter()
    number = desk.step("call-next")["number"]
    latency = display.when(number) - clicked
    desk.step("start")
    desk.step("finish")
    return latency


@contextmanager
def _display(bench: Bench) -> Iterator[Display]:
    """Watch the board of the site over server-sent events for as long as the block lasts."""
    display = Display()
    connection = http.client.HTTPConnection("127.0.0.1", bench.mall.ports.gateway, timeout=30)
    connection.request("GET", f"/api/v1/sites/{SITE}/board/stream", headers={"Accept": "text/event-stream"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise AssertionError(f"the display got {answer.status}")

    def watch() -> None:
        try:
            for line in _lines(answer):
                if line.startswith(b"data: ") and b'"calls"' in line:
                    display.told([call["number"] for call in json.loads(line[6:])["calls"]])
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            return  # switched off

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield display
    finally:
        if connection.sock is not None:
            connection.sock.close()
        watcher.join(timeout=2)


def _lines(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while line := answer.readline():
        yield line
