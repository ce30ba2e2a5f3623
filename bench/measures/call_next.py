"""Call next, at a counter for whose services thousands wait in a database of three years, against a new one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.houses import SERVICES, House, opened, timed
from bench.load import percentile
from bench.measures import Context
from bench.report import Row

CALLS, WARM_UP = 300, 20
BELOW, RATIO = 0.020, 1.2


@dataclass(kw_only=True)
class Calls:
    """Calls at one database: seconds of the whole transaction, and of its statements alone."""

    whole: list[float] = field(default_factory=list)
    statements: list[float] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def add(self, house: House, *, counts: bool) -> None:
        """Call one person and let them go; the transaction of the call alone is measured."""
        whole = 0.0

        def call() -> None:
            nonlocal whole
            whole = timed(lambda: self.called.append(house.call_next()))

        statements = house.database_seconds(call)
        house.let_go(self.called[-1])
        if counts:
            self.whole.append(whole)
            self.statements.append(statements)


def measure(context: Context) -> list[Row]:
    """Call people at a new database and at a full one, in turns: noise meets both."""
    with opened(context, tickets=0) as empty, opened(context, tickets=context.tickets) as full:
        # The new one has no more people than are called, and so no table to speak of.
        empty.let_wait(CALLS + WARM_UP)
        full.let_wait(max(context.waiting, CALLS + WARM_UP))
        for house in (empty, full):
            house.analyse()
        context.tell("call next: calling in turns")
        bare, ours = in_turns(empty, full, calls=CALLS)
    return [row(bare, ours, parameters=f"{context.waiting:,} wait, {context.tickets:,} other tickets")]


def in_turns(empty: House, full: House, *, calls: int) -> tuple[Calls, Calls]:
    """Return the calls at both. Raises AssertionError when anybody was called twice."""
    bare, ours = Calls(), Calls()
    for count in range(calls + WARM_UP):
        for house, made in ((empty, bare), (full, ours)):
            made.add(house, counts=count >= WARM_UP)
    for made in (bare, ours):
        assert len(set(made.called)) == len(made.called), "somebody was called twice"
    return bare, ours


def row(bare: Calls, ours: Calls, *, parameters: str) -> Row:
    """Return what it came to: the median with all that belongs to a call, the slowest of the statements."""
    usual, at_new = _at(0.5)(ours.whole), _at(0.5)(bare.whole)
    statements, worst = _at(0.5)(ours.statements), _at(0.99)(ours.statements)
    ratio = usual / at_new
    return Row(
        name="call next",
        parameters=f"{parameters}, {SERVICES} services, {len(ours.whole)} calls in turns",
        figure=(
            f"p50 {usual * 1e3:.1f}, p99 {_at(0.99)(ours.whole) * 1e3:.1f} ms; "
            f"its statements p50 {statements * 1e3:.1f}, p99 {worst * 1e3:.1f} ms"
        ),
        baseline=f"p50 {at_new * 1e3:.1f} ms at a new database",
        ratio=ratio,
        target=f"p50 < {BELOW * 1e3:.0f} ms, p99 of its statements < {BELOW * 1e3:.0f} ms, ratio ≤ {RATIO}",
        reached=usual < BELOW and worst < BELOW and ratio <= RATIO,
        numbers={
            "p50": usual,
            "p99": _at(0.99)(ours.whole),
            "statements_p50": statements,
            "statements_p99": worst,
            "empty": at_new,
        },
    )


def _at(share: float) -> Callable[[list[float]], float]:
    return lambda seconds: percentile(sorted(seconds), share)
