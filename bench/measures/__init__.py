"""The measurements, in the order in which they run. Each takes a Context and returns rows."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.report import Row
from bench.running import Bench, Tell


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a measurement works with.

    `seconds` is how long each load runs, `clients` replaces the number of clients, `outage` is how long the
    broker is away, in seconds.
    """

    bench: Bench
    tell: Tell
    seconds: float
    clients: int | None
    outage: float


Measure = Callable[[Context], list[Row]]
