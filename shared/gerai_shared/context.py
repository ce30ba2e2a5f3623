"""What a piece of work carries along: request, correlation and trace identifiers, language.

Held in context variables, which every green thread has for itself. Travels in HTTP headers, RPC
headers and event attributes, and stands in every log line.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from gerai_shared.ids import new_id

# Identifiers of zeros alone are invalid (W3C Trace Context).
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(frozen=True, kw_only=True)
class Context:
    """Identifiers of one piece of work. `trace_id` 32 and `span_id` 16 hexadecimal digits (W3C).

    `deadline` (aware UTC) is when whoever asked for it stops waiting; None when nobody waits. It does not
    travel with the identifiers: what the work causes has its own time.
    """

    correlation_id: str
    trace_id: str
    span_id: str
    deadline: datetime | None = None

    @property
    def traceparent(self) -> str:
        """The W3C header value for work that this work starts."""
        return f"00-{self.trace_id}-{self.span_id}-01"


def new_context(*, correlation_id: object = None, traceparent: object = None) -> Context:
    """Return a context that continues the given one; what is malformed, or no text, is replaced."""
    match = TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
    if not isinstance(correlation_id, str) or not CORRELATION.fullmatch(correlation_id):
        correlation_id = new_id()
    return Context(
        correlation_id=correlation_id,
        trace_id=match.group(1) if match else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
    )


_current: ContextVar[Context | None] = ContextVar("gerai_context", default=None)


def current_context() -> Context:
    """Return this work's context; work that began without one gets a new one each time."""
    return _current.get() or new_context()


def current_deadline() -> datetime | None:
    """Return when whoever asked for this work stops waiting, None when nobody waits."""
    context = _current.get()
    return context.deadline if context is not None else None


def has_context() -> bool:
    """Tell whether this work was given a context."""
    return _current.get() is not None


@contextmanager
def working_in(context: Context) -> Iterator[Context]:
    """Run the block in `context`."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def enter(context: Context) -> None:
    """Work in `context` for as long as this green thread lives."""
    _current.set(context)
