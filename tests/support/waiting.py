"""Waiting for what is bound to happen, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def wait_until(predicate: Callable[[], Value], timeout: float = 10.0, message: str = "") -> Value:
    """Ask `predicate` every 20 ms until its answer is true, and return that answer.

    Raises AssertionError with `message` after `timeout` seconds. An AssertionError of the predicate counts as
    "not yet"; the last one is shown as the cause. Under eventlet other green threads run in between.
    """
    deadline = time.monotonic() + timeout
    while True:
        cause: AssertionError | None = None
        try:
            if answer := predicate():
                return answer
        except AssertionError as error:
            cause = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {message or predicate}") from cause
        time.sleep(0.02)
