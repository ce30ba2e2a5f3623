"""Officers who click, in a process of its own: `python -m bench.clicking` reads a job, prints what came of it.

Each looks at the screen first, so that connections are there. Then all click at the same moment, and each again some
time after the answer: call next, start, finish.
"""

import asyncio
import json
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle

from bench.load import Client, percentile

CALL = "call-next"


@dataclass(frozen=True, kw_only=True)
class Job:
    """Who clicks where. Times in seconds; `pause` is the time from an answer to the next click, on average.

    `outcome` is told with `finish` where the counters ask for it. Without `tokens`, there are `clients` who ask for
    nothing at all: the bare server.
    """

    port: int
    site: str = ""
    counters: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    outcome: str = ""
    clients: int = 0
    pause: float = 2.0
    seconds: float = 15.0
    host: str = "127.0.0.1"


@dataclass(kw_only=True)
class Clicked:
    """What came of it: seconds of the first click of all at once, and of all later ones; who was called."""

    first_p50: float
    first_p95: float
    p50: float
    p95: float
    counted: int
    statuses: dict[str, int]
    called: list[str]
    broken: int


def requests_of(job: Job, number: int) -> Iterator[tuple[str, bytes]]:
    """Yield (verb, request) of one officer, for ever; the first is a look at the screen."""
    head = f"Host: {job.host}:{job.port}\r\nAccept: application/json\r\n"
    if not job.tokens:
        while True:
            yield "", f"GET / HTTP/1.1\r\n{head}\r\n".encode()
    where = f"{job.site}.{job.counters[number]}"
    bearer = f"Authorization: Bearer {job.tokens[number]}\r\n"
    yield "", f"GET /api/v1/queue?counter={where} HTTP/1.1\r\n{head}{bearer}\r\n".encode()
    finish = json.dumps({"outcome": job.outcome} if job.outcome else {})
    for verb, body in cycle(((CALL, "{}"), ("start", "{}"), ("finish", finish))):
        yield (
            verb,
            (
                f"POST /api/v1/counters/{where}/{verb} HTTP/1.1\r\n{head}{bearer}"
                f"Content-Type: application/json\r\n"
                f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode(),
        )


class Floor:
    """All officers of a job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._chance = random.Random(1)
        self._first: list[float] = []
        self._later: list[float] = []
        self._statuses: Counter[str] = Counter()
        self._called: list[str] = []
        self._broken = 0
        self._until = 0.0
        self._plans: dict[Client, Iterator[tuple[str, bytes]]] = {}
        self._verbs: dict[Client, str] = {}
        self._has_clicked: set[Client] = set()
        self._under_way = 0
        self._done = asyncio.Event()

    async def work(self) -> Clicked:
        """Click until the time is over, and wait for the answers that are still to come."""
        job, loop = self._job, asyncio.get_running_loop()
        for number in range(len(job.tokens) or job.clients):
            _, client = await loop.create_connection(lambda: Client(self._answered), job.host, job.port)
            self._plans[client] = requests_of(job, number)
        clients = list(self._plans)
        await self._all(clients)
        self._first.clear()
        self._has_clicked.clear()
        self._until = time.perf_counter() + job.seconds
        await self._all(clients)
        for client in clients:
            client.transport.abort()
        first, later = sorted(self._first), sorted(self._later)
        return Clicked(
            first_p50=percentile(first, 0.5),
            first_p95=percentile(first, 0.95),
            p50=percentile(later, 0.5),
            p95=percentile(later, 0.95),
            counted=len(later),
            statuses=dict(self._statuses),
            called=self._called,
            broken=self._broken,
        )

    async def _all(self, clients: list[Client]) -> None:
        """Have all of them click now, and wait until the last one has left."""
        there = [client for client in clients if not client.broken]
        if not there:
            return
        self._under_way = len(there)
        self._done.clear()
        for client in there:
            self._click(client)
        await self._done.wait()

    def _click(self, client: Client) -> None:
        self._verbs[client], request = next(self._plans[client])
        client.send(request)

    def _answered(self, client: Client, status: int, _head: bytes, body: bytes) -> None:
        if client.broken:
            self._broken += 1
            self._leave()
            return
        now = time.perf_counter()
        self._statuses[str(status)] += 1
        (self._later if client in self._has_clicked else self._first).append(now - client.began)
        self._has_clicked.add(client)
        if status == 200 and self._verbs[client] == CALL:
            self._called.append(json.loads(body)["ticket"]["id"])
        pause = self._job.pause * self._chance.uniform(0.5, 1.5)
        if now + pause > self._until:
            self._leave()
        else:
            asyncio.get_running_loop().call_later(pause, self._click, client)

    def _leave(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._done.set()


async def _main() -> None:
    job = Job(**json.loads(sys.stdin.read()))
    json.dump(asdict(await Floor(job).work()), sys.stdout)


if __name__ == "__main__":
    asyncio.run(_main())
