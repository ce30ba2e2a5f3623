"""What a day came to: who was served, how long they waited, and whether anything was lost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gerai_allinone.simulate.house import House
from gerai_allinone.simulate.ledger import Wait, called_twice, lost

SERVED = "served"
#: A minute late is what a thread takes; more says that the speed asked too much.
KEEPS_PACE = 1.0


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found wrong, one sentence each; `skipped` says why something could not be checked."""

    wrong: tuple[str, ...]
    skipped: str = ""


def check(house: House, *, left: Sequence[str] = ()) -> Checked:
    """Compare what was told with what the counters say now; `left` are counters at which people serve.

    Raises Unexpected, Unreachable.
    """
    if left:
        return unchecked(house, f"people serve at {', '.join(left)}, whom nobody asked")
    return Checked(wrong=(*called_twice(house.ledger.steps), *lost(house.ledger, house.listed())))


def unchecked(house: House, why: str) -> Checked:
    """Return what can be said without asking the counters, and `why` they are not asked."""
    return Checked(wrong=tuple(called_twice(house.ledger.steps)), skipped=f"whether anybody is lost: {why}")


def part(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of the sorted values lies; 0 for none."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0


def waits_table(waits: Sequence[Wait]) -> Table:
    """Return the waits of each lane, in the day's minutes and as the mall's own clock has them."""
    table = Table(title="From coming to the first call", title_justify="left")
    for heading in ("lane", "people", "median, day", "p90, day", "median, mall's clock", "p90, mall's clock"):
        table.add_column(heading, justify="left" if heading == "lane" else "right")
    for lane in sorted({each.lane for each in waits}):
        minutes = sorted(each.minutes for each in waits if each.lane == lane)
        seconds = sorted(each.seconds for each in waits if each.lane == lane)
        figures = [f"{part(minutes, share):.1f} min" for share in (0.5, 0.9)]
        figures += [f"{part(seconds, share):.1f} s" for share in (0.5, 0.9)]
        table.add_row(lane, str(len(minutes)), *figures)
    return table


def show(console: Console, house: House, checked: Checked, *, is_whole: bool, requests: int) -> None:
    """Print everything."""
    ledger = house.ledger
    console.print(waits_table(ledger.waits))
    for agency in house.site.counters:
        states = ", ".join(f"{count} {state}" for state, count in sorted(ledger.states(agency).items()))
        console.print(f"{agency}: {states or 'nobody came'}", highlight=False)
    happened = ", ".join(f"{what} {count}" for what, count in sorted(ledger.counts.items()))
    console.print(f"{requests} requests. {happened}", highlight=False, markup=False)
    if not is_whole:
        console.print("The day was not over: whoever waits still waits.")
    if house.stage.latest > KEEPS_PACE:
        late = f"Up to {house.stage.latest:.0f} minutes of the day late: this speed is too much here."
        console.print(late, highlight=False)
    if checked.skipped:
        console.print(f"Not checked: {checked.skipped}.", highlight=False)
    for text in (*ledger.problems, *checked.wrong):
        console.print(f"[red]{escape(text)}[/red]", highlight=False)
    if not checked.wrong:
        console.print("Nobody was called twice" + ("." if checked.skipped else ", nobody is lost."))
