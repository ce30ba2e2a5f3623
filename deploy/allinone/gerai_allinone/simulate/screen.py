"""What is seen on the terminal while the day passes: a table that stands, or lines where nobody looks."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from gerai_allinone.simulate.client import Traffic
from gerai_allinone.simulate.day import HOUR, Visit
from gerai_allinone.simulate.house import House
from gerai_allinone.simulate.ledger import AT_COUNTER, WAITING

#: Without a terminal, a line after so many minutes of the simulated day.
LINE_EVERY = 30.0
SERVED = "served"
PROBLEMS_SHOWN = 3


def clock_time(moment: float) -> str:
    """Return minutes since midnight as HH:MM."""
    hour, minute = divmod(int(moment), 60)
    return f"{hour:02d}:{minute:02d}"


class Screen:
    """Shows the house; `__call__` is told what time it is in the simulated day."""

    def __init__(self, console: Console, house: House, traffic: Traffic) -> None:
        self._console, self._house, self._traffic = console, house, traffic
        self._live: Live | None = None
        self._next_line = 0.0

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show during the block."""
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, refresh_per_second=4, transient=True) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def __call__(self, now: float) -> None:
        """Show how it stands."""
        if self._live is not None:
            self._live.update(self.picture(now))
        elif now >= self._next_line:
            self._next_line = now + LINE_EVERY
            self._console.print(self.line(now), highlight=False, markup=False)

    def line(self, now: float) -> str:
        """Return how it stands in one line."""
        parts = [clock_time(now)]
        for agency in self._house.site.counters:
            waiting, busy, served = self._figures(agency)
            parts.append(f"{agency}: {waiting} waiting, {busy} at counters, {served} served")
        parts.append(self._pace(now))
        if self._house.ledger.problems:
            parts.append(f"{len(self._house.ledger.problems)} problems")
        return "  ".join(parts)

    def picture(self, now: float) -> Group:
        """Return the table of agencies, the last calls, and what went wrong."""
        ledger = self._house.ledger
        table = Table(title=f"{self._house.site.code}  {clock_time(now)}", title_justify="left")
        table.add_column("agency")
        for heading in ("still to come", "waiting", "at counters", "aside", "missed", SERVED):
            table.add_column(heading, justify="right")
        for agency in self._house.site.counters:
            states = ledger.states(agency)
            waiting, busy, served = self._figures(agency)
            row = (self._to_come(agency, now), waiting, busy, states["parked"], states["no_show"], served)
            table.add_row(agency, *map(str, row))
        calls = "   ".join(f"{number} → {counter}" for _, number, counter in list(ledger.calls))
        lines = [f"Last calls: {calls or '-'}", self._pace(now)]
        lines += [f"Problem: {text}" for text in ledger.problems[-PROBLEMS_SHOWN:]]
        return Group(table, *(Text(text, overflow="ellipsis", no_wrap=True) for text in lines))

    def _pace(self, now: float) -> str:
        calls = self._house.ledger.calls_since(now - HOUR)
        return f"{calls} calls in the day's last hour, {self._traffic.last_minute()} requests in a minute"

    def _figures(self, agency: str) -> tuple[int, int, int]:
        states = self._house.ledger.states(agency)
        return states[WAITING], sum(states[state] for state in AT_COUNTER), states[SERVED]

    def _to_come(self, agency: str, now: float) -> int:
        def comes(visit: Visit) -> bool:
            return visit.agency == agency and visit.arrives is not None and visit.arrives > now

        return sum(comes(visit) for visit in self._house.day.visits)
