"""Waiting no longer than one can afford."""

from collections.abc import Callable
from typing import TypeVar

from eventlet.timeout import Timeout

Value = TypeVar("Value")


def wait_at_most(seconds: float, wait: Callable[[], Value]) -> Value | None:
    """Return what `wait` returns, or None when that takes longer than `seconds`."""
    result: Value | None = None
    with Timeout(seconds, False):
        result = wait()
    return result  # noqa: RET504 - the block may have been left early
