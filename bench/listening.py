"""Screens and phones, in a process of their own: `python -m bench.listening` reads a job, says when all listen, and
what each was told when its input ends.

Times are those of `time.perf_counter`, which all processes of a machine share on Linux.
"""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial

#: The gateway has so many seats for one address: the listeners come from several.
SEATS_AN_ADDRESS = 400
NUMBER = re.compile(rb'"number":"([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Job:
    """`screens` show the board of `site`; each of `phones` (tokens) follows its own ticket."""

    port: int
    site: str
    screens: int
    phones: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Heard:
    """When a number was first on each screen, and when each phone was told that its number is called."""

    screens: dict[str, list[float]]
    phones: dict[str, float]
    broken: int


@lru_cache(maxsize=512)
def numbers_called(board: bytes) -> tuple[str, ...]:
    """Return the numbers among the calls of a board, as it is sent; all screens are sent the same bytes."""
    calls = board.partition(b'"calls":[')[2].partition(b'"next":[')[0]
    return tuple(number.decode() for number in NUMBER.findall(calls))


class Listener(asyncio.Protocol):
    """One stream of server-sent events."""

    def __init__(self, path: str, heard: Heard) -> None:
        self._path, self._heard = path, heard
        self._buffer = b""
        self._known: set[str] = set()
        self.first = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream; the old version of HTTP has no chunks to be put together."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(f"GET {self._path} HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n".encode())

    def connection_lost(self, _error: Exception | None) -> None:
        """Nobody should hang up."""
        self._heard.broken += 1
        if not self.first.done():
            self.first.set_exception(ConnectionError(self._buffer[:200].decode(errors="replace")))

    def data_received(self, data: bytes) -> None:
        """Take in what is whole."""
        now = time.perf_counter()
        *events, self._buffer = (self._buffer + data).split(b"\n\n")
        for event in events:
            name, _, told = event.partition(b"\ndata: ")
            if name.endswith(b"event: board"):
                self._board(told, now)
            elif name.endswith(b"event: ticket"):
                self._ticket(told, now)
            else:
                continue
            if not self.first.done():
                self.first.set_result(None)

    def _board(self, told: bytes, now: float) -> None:
        for number in numbers_called(told):
            if number not in self._known:
                self._known.add(number)
                self._heard.screens[number].append(now)

    def _ticket(self, told: bytes, now: float) -> None:
        ticket = json.loads(told)
        if ticket["state"] == "called":
            self._heard.phones.setdefault(ticket["number"], now)


async def listen(job: Job) -> Heard:
    """Open all streams, say that they are, and wait for the end of the input."""
    loop = asyncio.get_running_loop()
    heard = Heard(screens=defaultdict(list), phones={}, broken=0)
    board = f"/api/v1/sites/{job.site}/board/stream"
    paths = [board] * job.screens + [f"/api/v1/tickets/{token}/stream" for token in job.phones]
    transports = []
    for count, path in enumerate(paths):
        source = f"127.0.0.{2 + count // SEATS_AN_ADDRESS}"
        make = partial(Listener, path, heard)
        transport, listener = await loop.create_connection(
            make, "127.0.0.1", job.port, local_addr=(source, 0)
        )
        await listener.first
        transports.append(transport)
    sys.stdout.write("all listen\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    found = Heard(screens=dict(heard.screens), phones=heard.phones, broken=heard.broken)
    for transport in transports:
        transport.abort()
    return found


def main() -> None:
    """Do the job in the first line of the input."""
    job = Job(**json.loads(sys.stdin.readline()))
    json.dump(asdict(asyncio.run(listen(job))), sys.stdout)


if __name__ == "__main__":
    main()
