"""`python -m bench`: measure the real topology on this machine, and print a table of ratios and targets."""

import argparse
import json
import traceback
from pathlib import Path

from rich.console import Console

from bench import machine
from bench.measures import (
    Context,
    Measure,
    availability,
    bookings,
    call_next,
    cases,
    clicks,
    display,
    drain,
    estimates,
    life_cycles,
    listeners,
    reads,
    roles,
    rush,
    spike,
)
from bench.report import Row, as_json, show
from bench.running import Bench, Tell, running_mall, wait_for_quiet

#: In this order: the first find a mall that has done nothing yet, the roles are asked when all is done.
MEASURES: dict[str, Measure] = {
    "display": display.measure,
    "reads": reads.measure,
    "rush": rush.measure,
    "bookings": bookings.measure,
    "drain": drain.measure,
    "availability": availability.measure,
    "call_next": call_next.measure,
    "clicks": clicks.measure,
    "listeners": listeners.measure,
    "estimates": estimates.measure,
    "cases": cases.measure,
    "life_cycles": life_cycles.measure,
    "spike": spike.measure,
    "roles": roles.measure_roles,
    "mall": roles.measure_one_process,
}
WIDE = 200
EXIT_OK, EXIT_MISSED, EXIT_BROKEN = 0, 1, 2


class _Status(Tell):
    """Tells it on the terminal; where nobody looks, a line each."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")
        self._last = ""

    def __enter__(self) -> "_Status":
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, text: str) -> None:
        self._status.update(text)
        if not self._console.is_terminal and text != self._last:
            self._console.print(f"  {text}", highlight=False)
        self._last = text


def main(arguments: list[str] | None = None) -> int:
    """Measure; return 0 when every target was reached, 1 when one was missed, 2 when a measurement failed."""
    options = _parser().parse_args(arguments)
    names = options.only.split(",") if options.only else list(MEASURES)
    unknown = set(names) - MEASURES.keys()
    if unknown:
        _parser().error(f"unknown: {', '.join(sorted(unknown))}")
    console = _console()
    rows: list[Row] = []
    failures = 0
    with _Status(console) as tell, running_mall(tell) as bench:
        found = _machine(bench)
        context = Context(
            bench=bench,
            tell=tell,
            seconds=options.seconds,
            clients=options.clients,
            outage=options.outage,
            tickets=options.tickets,
            waiting=options.waiting,
            listeners=options.listeners,
            cases=options.cases,
        )
        for name in [name for name in MEASURES if name in names]:
            wait_for_quiet(bench, tell, seconds=options.wait_for_quiet)
            try:
                done = MEASURES[name](context)
            except Exception:  # noqa: BLE001 - the other measurements are worth having
                failures += 1
                console.print(f"[red]{name} failed[/red]\n{traceback.format_exc()}", highlight=False)
                continue
            for row in done:
                console.print(f"[bold]{row.name}[/bold] ({row.parameters}): {row.figure}", highlight=False)
                if options.cores and row.cores:
                    console.print(f"    cores: {_cores(row.cores)}", highlight=False)
            rows += done
    show(console, found, rows)
    if options.json:
        options.json.write_text(json.dumps(as_json(found, rows), indent=2) + "\n")
    if failures:
        return EXIT_BROKEN
    return EXIT_OK if all(row.reached is not False for row in rows) else EXIT_MISSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure the real topology on this machine."
    )
    parser.add_argument("--only", metavar="NAMES", help=f"some of {','.join(MEASURES)}")
    parser.add_argument(
        "--seconds", type=float, default=15.0, help="how long each load runs (default: %(default)s)"
    )
    parser.add_argument(
        "--clients", type=int, help="clients of bookings, reads and clicks (default: 200 and 8; 16; 200)"
    )
    parser.add_argument(
        "--outage", type=float, default=60.0, help="seconds without broker (default: %(default)s)"
    )
    parser.add_argument(
        "--tickets",
        type=int,
        default=1_000_000,
        metavar="COUNT",
        help="tickets in the full database of availability and call_next (default: %(default)s)",
    )
    parser.add_argument(
        "--waiting",
        type=int,
        default=5_000,
        metavar="COUNT",
        help="people who wait for the counter of call_next (default: %(default)s)",
    )
    parser.add_argument(
        "--listeners",
        type=int,
        default=1_000,
        metavar="COUNT",
        help="screens and phones, half of each, that listen to the gateway (default: %(default)s)",
    )
    parser.add_argument(
        "--cases",
        type=int,
        default=1_000_000,
        metavar="COUNT",
        help="complaints in the full database of cases, life_cycles and spike (default: %(default)s)",
    )
    parser.add_argument(
        "--wait-for-quiet",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="before each measurement wait that long for others to leave the machine alone (default: 0)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    parser.add_argument("--cores", action="store_true", help="show how many cores each process kept busy")
    return parser


def _console() -> Console:
    """Return the terminal; what goes into a file is not squeezed into 80 columns."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)


def _machine(bench: Bench) -> machine.Machine:
    version = bench.mall.rabbit.evaluate(
        "proplists:get_value(rabbit, [{A, V} || {A, _, V} <- application:which_applications()])"
    )
    return machine.describe(
        postgresql=machine.postgres_version(bench.mall.postgres.sql("SHOW server_version")),
        rabbitmq=version.strip('"'),
    )


def _cores(used: dict[str, float]) -> str:
    ordered = sorted(used.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{name} {value:.2f}" for name, value in ordered if value >= 0.01)


if __name__ == "__main__":
    raise SystemExit(main())
