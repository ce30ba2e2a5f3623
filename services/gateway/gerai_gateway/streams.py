"""Server-sent events: a listener gets the newest state, never a queue of old ones.

The body of a stream is produced in the green thread of its connection, so that a slow or vanished
listener holds up nobody: when it can take more, it is given what is true by then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gerai_shared import metrics
from werkzeug.wrappers import Request, Response

from gerai_gateway.boards import Feed

HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 3_000
#: A comment keeps proxies awake; the event lets a page tell a silent mall from a cable pulled out.
HEARTBEAT = b": still here\nevent: alive\ndata: {}\n\n"
HEADERS = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a listener is told. Two messages with the same `id` say the same."""

    name: str
    id: str
    data: bytes

    def encode(self) -> bytes:
        """Return it as the lines of an event."""
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (self.id.encode(), self.name.encode(), self.data)


def listen(
    feed: Feed,
    render: Callable[[], Message | None],
    *,
    is_closing: Callable[[], bool],
    last_id: str,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> Iterator[bytes]:
    """Yield the bytes of a stream: what `render` returns whenever it says something new.

    `last_id` is what the listener knows already. `render` returns None when nothing can be said.
    """
    yield b"retry: %d\n\n" % RETRY_MILLISECONDS
    told = last_id
    while not is_closing():
        # Taken before looking: what changes while we look is not slept through.
        changed = feed.changed
        message = render()
        if message is not None and message.id != told:
            told = message.id
            yield message.encode()
        elif changed.wait(timeout=heartbeat_seconds) is None:
            yield HEARTBEAT


class CountedStream:
    """An iterator over a stream's bytes that gives its seat back however the stream ends."""

    def __init__(self, chunks: Iterator[bytes], *, leave: Callable[[], None]) -> None:
        self._chunks = chunks
        self._leave: Callable[[], None] | None = leave
        metrics.HTTP_STREAMS.inc()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """The connection is done with it."""
        if self._leave is not None:
            self._leave()
            self._leave = None
            metrics.HTTP_STREAMS.dec()


def stream_response(request: Request, chunks: CountedStream) -> Response:
    """Return the answer that sends `chunks` as they come."""
    # Without this eventlet holds back what is shorter than 4 KiB.
    request.environ["eventlet.minimum_write_chunk_size"] = 1
    return Response(chunks, mimetype="text/event-stream", headers=HEADERS, direct_passthrough=True)
