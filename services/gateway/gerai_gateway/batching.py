"""Bookings travel together under load.

While a call to an agency is under way, the bookings that arrive for it are collected; the next call
takes them all. There is no timer: an idle system sends each booking at once.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from eventlet import spawn_n
from eventlet.event import Event
from gerai_shared.context import Context, current_context, new_context, working_in
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Fault, Refused, Unavailable, from_wire, to_wire

log = get_logger(__name__)

MOST_IN_ONE_CALL = 200
MOST_CALLS = 2
#: A citizen waits this long for an answer, in line and under way together.
PATIENCE_SECONDS = 5.0
#: With less time than this left, a booking is no longer sent: the answer would come too late.
SHORTEST_CALL_SECONDS = 0.1
RETRY_SECONDS = 5


class BatchCall(Protocol):
    """Asks an agency for several bookings at once; `deadline` in seconds."""

    def __call__(
        self, deployment: str, method: str, payload: dict[str, Any], *, deadline: float
    ) -> dict[str, Any]: ...


@dataclass(kw_only=True)
class _Booking:
    request: dict[str, Any]
    context: Context
    until: float
    answer: Event = field(default_factory=Event)


@dataclass(kw_only=True)
class _Line:
    """The bookings for one agency that no call has taken yet."""

    waiting: deque[_Booking] = field(default_factory=deque)
    calls: int = 0


class Batcher:
    """Collects bookings and sends them; each one gets its own answer."""

    def __init__(
        self,
        call: BatchCall,
        *,
        patience: float = PATIENCE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._call = call
        self._patience = patience
        self._monotonic = monotonic
        self._lines: dict[str, _Line] = {}

    def book(self, agency: str, *, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one booking: {"ticket", "token"}.

        Raises the agency's own Refused, or Unavailable when no answer came in time: the booking may
        have happened then, and asking again with the same key tells.
        """
        context = current_context()
        booking = _Booking(
            request={
                "key": key,
                "body": body,
                "correlation_id": context.correlation_id,
                "traceparent": context.traceparent,
            },
            context=context,
            until=self._monotonic() + self._patience,
        )
        line = self._lines.setdefault(agency, _Line())
        line.waiting.append(booking)
        if line.calls < MOST_CALLS:
            line.calls += 1
            spawn_n(self._send, agency, line)
        answer = booking.answer.wait(timeout=self._patience)
        if answer is None:
            raise Unavailable(retry_after=RETRY_SECONDS)
        return _read(answer)

    def _send(self, agency: str, line: _Line) -> None:
        """Make calls until nobody waits."""
        try:
            while batch := self._next_batch(line):
                # A call for one citizen goes on in that citizen's context; a call for many has its own.
                with working_in(batch[0].context if len(batch) == 1 else new_context()):
                    self._make_call(agency, batch)
        finally:
            line.calls -= 1

    def _next_batch(self, line: _Line) -> list[_Booking]:
        batch: list[_Booking] = []
        still_useful = self._monotonic() + SHORTEST_CALL_SECONDS
        while line.waiting and len(batch) < MOST_IN_ONE_CALL:
            booking = line.waiting.popleft()
            # Whoever waited too long has been told to try again; what is not sent cannot surprise him.
            if booking.until > still_useful:
                batch.append(booking)
        return batch

    def _make_call(self, agency: str, batch: list[_Booking]) -> None:
        deadline = max(booking.until for booking in batch) - self._monotonic()
        try:
            answers = self._call(
                f"booking-{agency}",
                "book_batch",
                {"requests": [booking.request for booking in batch]},
                deadline=deadline,
            )["answers"]
            for booking, answer in zip(batch, answers, strict=True):
                booking.answer.send(answer)
        except Refused as refusal:
            _answer_rest(batch, refusal)
        except Exception:
            log.exception("batch_failed", agency=agency, bookings=len(batch))
            _answer_rest(batch, Fault(request_id=current_context().correlation_id))


def _answer_rest(batch: list[_Booking], refusal: Refused) -> None:
    for booking in batch:
        if not booking.answer.ready():
            booking.answer.send({"refused": to_wire(refusal)})


def _read(answer: dict[str, Any]) -> dict[str, Any]:
    if "refused" in answer:
        raise from_wire(answer["refused"])
    result: dict[str, Any] = answer["result"]
    return result
