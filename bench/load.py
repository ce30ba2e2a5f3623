"""The load generator, a process of its own: `python -m bench.load` reads a job, prints its outcome.

Keep-alive connections on one selector loop, and no more work for each answer than finding its end: on a
small machine a comfortable client would take the processor from what is measured.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.support.errand import person

BACKOFF_AT_LEAST = 0.05


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to do. Times in seconds.

    With `seconds` every client asks again as soon as it was answered, until the time is over; what ends in
    the first `warm_up` seconds is not counted. With `people` each of them makes one booking, on a connection
    of their own if `clients` is 0, and comes back after the time the server names when it is too busy.
    `paths` are read, or, with `slots`, booked at: `first_person` is the number of the first applicant.
    """

    host: str
    port: int
    path: str
    clients: int = 0
    seconds: float = 0.0
    warm_up: float = 0.0
    people: int = 0
    slots: list[str] = field(default_factory=list)
    purpose: str = ""
    first_person: int = 0
    patience: float = 60.0


@dataclass(kw_only=True)
class Outcome:
    """What came of it; latencies in seconds, `rate` in answers a second, `statuses` by HTTP status.

    `codes` counts the reasons of refusals, `sold_out_after` is when the last booking was confirmed.
    """

    rate: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    counted: int = 0
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    sold_out_after: float = 0.0
    broken: int = 0
    cpu_seconds: float = 0.0


def percentile(ordered: list[float], share: float) -> float:
    """Return the value below which `share` of the sorted values lie; 0 for none."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Requests:
    """Makes the bytes of requests."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._number = job.first_person
        self._head = f"Host: {job.host}:{job.port}\r\nAccept: application/json\r\n"

    def make(self) -> bytes:
        """Return the next request: a read, or a booking by somebody new."""
        job = self._job
        if not job.slots:
            return f"GET {job.path} HTTP/1.1\r\n{self._head}\r\n".encode()
        number, self._number = self._number, self._number + 1
        body = json.dumps(
            {
                "slot_id": job.slots[number % len(job.slots)],
                "purpose": job.purpose,
                "language": "id",
                "person": person(number),
            }
        )
        return (
            f"POST {job.path} HTTP/1.1\r\n{self._head}Content-Type: application/json\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


class Client(asyncio.Protocol):
    """One connection: writes a request, waits for the whole answer, tells, and goes on."""

    def __init__(self, answered: Callable[["Client", int, bytes, bytes], None]) -> None:
        self._answered = answered
        self._buffer = b""
        self._needed = -1
        self._status = 0
        self._head = b""
        self.transport: Any = None
        self.request = b""
        self.began = 0.0
        self.waits = False
        self.broken = False

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        self.transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        """An answer that was under way will not come any more."""
        if self.waits:
            self.waits = False
            self.broken = True
            self._answered(self, 0, b"", b"")

    def send(self, request: bytes) -> None:
        """Begin a request."""
        self.request, self.began, self.waits = request, time.perf_counter(), True
        self.transport.write(request)

    def again(self) -> None:
        """Repeat the request; its time goes on counting from the first attempt."""
        self.waits = True
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Collect an answer."""
        self._buffer += data
        if self._needed < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head = self._buffer[:end].lower()
            self._status = int(self._head[9:12])
            at = self._head.find(b"content-length:")
            length = int(self._head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self._needed = end + 4 + length
        if len(self._buffer) < self._needed:
            return
        body = self._buffer[self._head.__len__() + 4 : self._needed]
        self._buffer, self._needed, self.waits = self._buffer[self._needed :], -1, False
        self._answered(self, self._status, self._head, body)


class Run:
    """One job under way."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._requests = Requests(job)
        self._left = job.people
        self._spare: deque[Client] = deque()
        self._under_way = 0
        self._until = 0.0
        self._count_from = 0.0
        self._began = 0.0
        self._latencies: list[float] = []
        self._statuses: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._last_sold = 0.0
        self._broken = 0
        self._done = asyncio.Event()

    async def run(self) -> Outcome:
        """Do the job."""
        job = self._job
        loop = asyncio.get_running_loop()
        count = job.clients or job.people
        clients = []
        for start in range(0, count, 40):
            made = [
                loop.create_connection(lambda: Client(self._answered), job.host, job.port)
                for _ in range(min(40, count - start))
            ]
            clients += [client for _transport, client in await asyncio.gather(*made)]
        cpu = time.process_time()
        self._began = time.perf_counter()
        self._count_from = self._began + job.warm_up
        self._until = self._began + job.warm_up + (job.seconds or job.patience)
        for client in clients:
            self._next(client)
        try:
            await asyncio.wait_for(self._done.wait(), self._until - self._began + job.patience)
        except TimeoutError:
            self._broken += self._under_way
        ended = time.perf_counter()
        for client in clients:
            client.transport.abort()
        return self._outcome(ended, time.process_time() - cpu)

    def _next(self, client: Client) -> None:
        """Have a client go on, unless everything is done."""
        if self._job.seconds:
            goes_on = time.perf_counter() < self._until
        else:
            goes_on = self._left > 0
            self._left -= 1
        if goes_on and not client.broken:
            self._under_way += 1
            client.send(self._requests.make())
        elif self._under_way == 0:
            self._done.set()

    def _answered(self, client: Client, status: int, head: bytes, body: bytes) -> None:
        now = time.perf_counter()
        if status == 503 and self._job.people and now < self._until:
            at = head.find(b"retry-after:")
            wait = float(head[at + 12 :].split(b"\r\n", 1)[0]) if at >= 0 else 1.0
            self._codes["come back later"] += 1
            asyncio.get_running_loop().call_later(max(wait, BACKOFF_AT_LEAST), client.again)
            return
        self._under_way -= 1
        if status == 0:
            self._broken += 1
        elif now >= self._count_from and (not self._job.seconds or now <= self._until):
            self._latencies.append(now - client.began)
            self._statuses[str(status)] += 1
            if status == 201:
                self._last_sold = now
            elif status >= 400:
                self._codes[str(json.loads(body or b"{}").get("code"))] += 1
        self._next(client)

    def _outcome(self, ended: float, cpu: float) -> Outcome:
        ordered = sorted(self._latencies)
        seconds = self._job.seconds or ended - self._began
        return Outcome(
            rate=len(ordered) / seconds,
            p50=percentile(ordered, 0.50),
            p95=percentile(ordered, 0.95),
            p99=percentile(ordered, 0.99),
            longest=ordered[-1] if ordered else 0.0,
            counted=len(ordered),
            seconds=seconds,
            statuses=dict(self._statuses),
            codes=dict(self._codes),
            sold_out_after=max(self._last_sold - self._began, 0.0),
            broken=self._broken,
            cpu_seconds=cpu,
        )


async def _main() -> None:
    job = Job(**json.loads(sys.stdin.read()))
    json.dump(asdict(await Run(job).run()), sys.stdout)


if __name__ == "__main__":
    asyncio.run(_main())
