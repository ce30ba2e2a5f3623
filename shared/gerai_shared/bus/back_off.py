"""Waits between attempts to reach what is away."""

import random


class BackOff:
    """Gives waits that double from `first` to `longest` seconds; what lasted that long begins anew."""

    def __init__(self, *, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def after(self, lasted: float) -> float:
        """Return how long to wait after an attempt whose success `lasted` so many seconds."""
        if lasted > self._longest:
            self._next = self._first
        wait = self._next
        self._next = min(wait * 2, self._longest)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - spreads attempts, guards nothing
