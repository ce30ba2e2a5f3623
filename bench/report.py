"""What a measurement comes to, and the table of all of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.machine import Machine


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table.

    `figure` and `baseline` are ready to be read; `ratio` is figure to baseline, None without one. `reached`
    is None where nothing was aimed at. `cores` says how many cores each part kept busy meanwhile, `others`
    among them: everything on the machine that was not ours. `numbers` holds the bare values.
    """

    name: str
    parameters: str
    figure: str
    target: str
    reached: bool | None
    baseline: str = ""
    ratio: float | None = None
    cores: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)


def table_of(rows: Sequence[Row]) -> Table:
    """Return the rows as a table for the terminal."""
    table = Table(title="Speed of the mall", title_justify="left")
    for heading in ("what", "parameters", "figure", "baseline of this run", "ratio", "target", "reached"):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    table.add_column("cores others used", justify="right")
    for row in rows:
        reached = {True: "[green]yes[/green]", False: "[red]no[/red]", None: "-"}[row.reached]
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        others = f"{row.cores['others']:.2f}" if row.cores else ""
        table.add_row(row.name, row.parameters, row.figure, row.baseline, ratio, row.target, reached, others)
    return table


def show(console: Console, machine: Machine, rows: Sequence[Row]) -> None:
    """Print the machine and the table."""
    console.print(f"[bold]Machine:[/bold] {machine}", highlight=False)
    console.print(table_of(rows))


def as_json(machine: Machine, rows: Sequence[Row]) -> dict[str, Any]:
    """Return everything as JSON."""
    return {"machine": asdict(machine), "rows": [asdict(row) for row in rows]}
