"""Citizens and officers who lead complaints through their lives over HTTP: `python -m bench.complainants` reads a job.

They file and accept at the gateway, take and answer at the desk. Either so many go on without a pause, or as many come
as a rate says, however many still wait: a spike does not wait for anybody. Who is asked to come back does, with the same
key.
"""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from bench.case_houses import AGENCY, SITE, TEXT
from bench.load import Client

STEPS = ("file", "take", "answer", "accept")
OK = {"file": 201, "take": 200, "answer": 200, "accept": 200}
AT_LEAST, NO_HINT = 0.05, 1.0


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to do. With `clients`, so many go on for `seconds`; else `phases` are (lives a second, seconds).

    `title` is that of every complaint, `patience` the seconds after which one is given up.
    """

    gateway: int
    desk: int
    bearer: str
    title: str
    clients: int = 0
    seconds: float = 0.0
    phases: list[tuple[float, float]] = field(default_factory=list)
    patience: float = 90.0
    host: str = "127.0.0.1"


@dataclass(kw_only=True)
class Lives:
    """What came of it: (step, begin, seconds) of each request that was carried out, from its first attempt, times since
    the beginning; the numbers of complaints that were accepted; how often somebody was asked to come back (503) or lost
    the connection; what else went wrong.
    """

    seconds: float = 0.0
    requests: list[tuple[str, float, float]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    begun: int = 0
    came_back: int = 0
    broken: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    late: float = 0.0


class _Line(Client):
    """A connection on which one at a time asks and waits."""

    def __init__(self) -> None:
        super().__init__(self._tell)
        self._answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None

    async def ask(self, request: bytes, patience: float) -> tuple[int, bytes, bytes]:
        """Return status (0: the connection is lost), head and body."""
        self._answer = asyncio.get_running_loop().create_future()
        self.send(request)
        try:
            return await asyncio.wait_for(self._answer, patience)
        except TimeoutError:
            self.broken = True
            return 0, b"", b""

    def _tell(self, _client: Client, status: int, head: bytes, body: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, head, body))


class Town:
    """All who complain, and the officers."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._lines: dict[int, deque[_Line]] = {job.gateway: deque(), job.desk: deque()}
        self._lives = Lives()
        self._failed: Counter[str] = Counter()
        self._began = 0.0

    async def run(self) -> Lives:
        """Do the job; wait for those who are under way."""
        self._began = time.perf_counter()
        if self._job.clients:
            await asyncio.gather(*(self._go_on() for _ in range(self._job.clients)))
        else:
            await self._come()
        self._lives.seconds = self._job.seconds or self._now()
        self._lives.failed = dict(self._failed)
        for lines in self._lines.values():
            for line in lines:
                line.transport.abort()
        return self._lives

    def _now(self) -> float:
        return time.perf_counter() - self._began

    async def _go_on(self) -> None:
        while self._now() < self._job.seconds:
            await self._life()

    async def _come(self) -> None:
        under_way, at = set(), 0.0
        for rate, seconds in self._job.phases:
            until = at + seconds
            while at < until:
                await asyncio.sleep(max(at - self._now(), 0.0))
                # A generator that is late itself would measure too little: it says so.
                self._lives.late = max(self._lives.late, self._now() - at)
                task = asyncio.create_task(self._life())
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                at += 1 / rate
        if under_way:
            await asyncio.wait(under_way)

    async def _life(self) -> None:
        self._lives.begun += 1
        job = self._job
        filed = await self._step("file", job.gateway, "/api/v1/complaints", _complaint(job.title))
        if filed is None:
            return
        case = f"/api/v1/cases/{filed['number']}"
        taken = await self._step("take", job.desk, f"{case}/take", {"revision": 1})
        if taken is None:
            return
        words = {"revision": taken["revision"], "text": TEXT}
        if await self._step("answer", job.desk, f"{case}/reply", words) is None:
            return
        if (
            await self._step("accept", job.gateway, f"/api/v1/complaints/{filed['token']}/accept", {})
            is not None
        ):
            self._lives.accepted.append(filed["number"])

    async def _step(
        self, step: str, port: int, path: str, body: Mapping[str, object]
    ) -> dict[str, str] | None:
        """Return the answer, None when it failed."""
        request, began = self._request(port, path, body), self._now()
        while True:
            status, head, answer = await self._ask(port, request)
            if status == OK[step]:
                self._lives.requests.append((step, began, self._now() - began))
                told: dict[str, str] = json.loads(answer)
                return told
            if status not in (0, 503) or self._now() - began > self._job.patience:
                self._failed[f"{step} {status} {_code(answer)}"] += 1
                return None
            if status == 0:
                self._lives.broken += 1
            else:
                self._lives.came_back += 1
            await asyncio.sleep(_hint(head))

    async def _ask(self, port: int, request: bytes) -> tuple[int, bytes, bytes]:
        spare = self._lines[port]
        try:
            if spare:
                line = spare.pop()
            else:
                _, line = await asyncio.get_running_loop().create_connection(_Line, self._job.host, port)
        except OSError:
            return 0, b"", b""
        answer = await line.ask(request, self._job.patience)
        if line.broken:
            line.transport.abort()
        else:
            spare.append(line)
        return answer

    def _request(self, port: int, path: str, body: Mapping[str, object]) -> bytes:
        job, text = self._job, json.dumps(body)
        bearer = f"Authorization: Bearer {job.bearer}\r\n" if port == job.desk else ""
        return (
            f"POST {path} HTTP/1.1\r\nHost: {job.host}:{port}\r\nAccept: application/json\r\n{bearer}"
            f"Content-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}"
        ).encode()


def _complaint(title: str) -> dict[str, object]:
    return {
        "classification": "complaint",
        "title": title,
        "text": TEXT * 3,
        "agency": AGENCY,
        "site": SITE,
        "service": "passport-new",
        "person": {"name": "Warga Uji", "email": "warga@example.org"},
    }


def _hint(head: bytes) -> float:
    at = head.find(b"retry-after:")
    return max(float(head[at + 12 :].split(b"\r\n", 1)[0]), AT_LEAST) if at >= 0 else NO_HINT


def _code(body: bytes) -> str:
    try:
        return str(json.loads(body or b"{}").get("code"))
    except ValueError:
        return "no JSON"


async def _main() -> None:
    job = Job(**json.loads(sys.stdin.read()))
    json.dump(asdict(await Town(job).run()), sys.stdout)


if __name__ == "__main__":
    asyncio.run(_main())
