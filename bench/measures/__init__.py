"""The measurements, in the order in which they run. Each takes a Context and returns rows."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.report import Row
from bench.running import Bench, Tell


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a measurement works with.

    `seconds` is how long each load runs, `clients` replaces the number of clients, `outage` is how long the
    broker is away, in seconds, `tickets` how many a full database has, `waiting` how many people wait for one
    counter of it, `listeners` how many screens and phones listen to one gateway, `cases` how
    many complaints a full database has.
    """

    bench: Bench
    tell: Tell
    seconds: float
    clients: int | None
    outage: float
    tickets: int
    waiting: int
    listeners: int
    cases: int


Measure = Callable[[Context], list[Row]]
