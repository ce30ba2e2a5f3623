"""The sub-commands `import-national` and `export-national`: files of the platform SP4N-LAPOR!."""

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import IO, Any

from gerai_shared.deployment import Deployment, deployment_of
from gerai_shared.refusals import Refused
from gerai_shared.settings import read_settings
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_complaints.keyring import keyring_of
from gerai_complaints.rules.national import (
    COLUMNS,
    CONTACTS,
    NEEDED,
    OWN,
    BadCell,
    column_of,
    guarded,
    unguarded,
)
from gerai_complaints.usecases import national
from gerai_complaints.usecases.national import Outcome

NEEDS = frozenset({"database", "secret", "sealing"})
REFUSED_COLUMNS = ("baris", "alasan")
#: So many bad lines are shown; all of them are in the file.
SHOWN = 20
LONGEST_CELL = 200_000
EXIT_SOME_REFUSED, EXIT_UNREADABLE = 1, 2


class _Undone(Exception):
    """Ends a transaction that was only tried."""


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-commands."""
    importing = commands.add_parser("import-national", help="file the reports of a CSV of SP4N-LAPOR!")
    importing.add_argument("file", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
    importing.add_argument(
        "--agency",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=CODE",
        help="what the platform calls an agency of the mall; may be repeated",
    )
    importing.add_argument(
        "--refused", type=Path, help="where the lines that cannot be used go (default: FILE.refused.csv)"
    )
    exporting = commands.add_parser("export-national", help="write cases in the columns of SP4N-LAPOR!")
    exporting.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    exporting.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    exporting.add_argument("-o", "--output", type=Path, help="a file (default: standard output)")
    exporting.add_argument(
        "--with-contacts", action="store_true", help="add names and addresses, except of anonymous ones"
    )
    exporting.add_argument("--with-confidential", action="store_true", help="add confidential cases")


def _pair(text: str) -> tuple[str, str]:
    name, sign, code = text.rpartition("=")
    if not (sign and name.strip() and code.strip()):
        raise argparse.ArgumentTypeError("NAME=CODE, please")
    return name.strip(), code.strip()


def run_import(options: argparse.Namespace) -> int:
    """Import a file; return 0, or 1 when some lines were refused, or 2 when the file cannot be read."""
    deployment = deployment_of(read_settings("complaints", needs=NEEDS))
    console = Console(stderr=True)
    csv.field_size_limit(LONGEST_CELL)
    try:
        text = options.file.read_text(encoding="utf-8-sig")
        header, lines = _lines(text)
    except (OSError, UnicodeDecodeError, csv.Error, BadCell) as problem:
        console.print(f"{options.file} cannot be read: {problem}", style="red", markup=False)
        return EXIT_UNREADABLE
    refused: list[tuple[int, str, list[str]]] = []
    outcomes: Counter[str] = Counter()
    with deployment.database.reading() as session:
        codes = national.agency_codes(
            session, agencies=deployment.settings.agencies, mapping=dict(options.agency)
        )
    with Progress(console=console, transient=True) as progress:
        for number, cells in progress.track(lines, description="Lines"):
            try:
                outcomes[_bring_in(deployment, header, cells, codes, dry_run=options.dry_run)] += 1
            except BadCell as bad:
                refused.append((number, str(bad), cells))
    if refused and not options.dry_run:
        target = options.refused or options.file.with_suffix(".refused.csv")
        with _private(target) as file:
            _write(file, (*REFUSED_COLUMNS, *header), _refused_rows(refused))
        console.print(f"Refused lines, with reasons: {target}", markup=False)
    _report(console, outcomes, refused, dry_run=options.dry_run)
    return EXIT_SOME_REFUSED if refused else 0


def _refused_rows(refused: list[tuple[int, str, list[str]]]) -> Iterator[list[str]]:
    for number, why, cells in refused:
        yield [str(number), why, *(guarded(unguarded(cell)) for cell in cells)]


def _lines(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the columns, and each line's number in the file with its cells as they stand there."""
    # In this country spreadsheets write semicolons.
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    header = [column_of(cell) for cell in next(reader, [])]
    if lacking := [column for column in NEEDED if column not in header]:
        raise BadCell(", ".join(lacking), "this column is missing")
    found, begins = [], reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            found.append((begins, cells))
        begins = reader.line_num + 1
    return header, found


def _bring_in(
    deployment: Deployment, header: list[str], cells: list[str], codes: Mapping[str, str], *, dry_run: bool
) -> Outcome:
    if len(cells) != len(header):
        raise BadCell("baris", f"{len(header)} cells are needed, there are {len(cells)}")
    row = {column: unguarded(cell) for column, cell in zip(header, cells, strict=True)}
    outcome: Outcome | None = None
    try:
        # A transaction a line: a bad one takes nothing with it.
        with deployment.database.transaction() as session:
            outcome = national.bring_in(
                session,
                row,
                codes=codes,
                agencies=deployment.settings.agencies,
                keyring=keyring_of(deployment),
                now=deployment.clock.now(),
            )
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    except IntegrityError:
        # Another import of the same file was faster.
        return Outcome.KNOWN
    except Refused as refusal:
        raise BadCell("baris", refusal.message) from refusal
    if outcome is None:
        raise LookupError("a line came to nothing")
    return outcome


def _report(
    console: Console, outcomes: Counter[str], refused: list[tuple[int, str, list[str]]], *, dry_run: bool
) -> None:
    table = Table("what", "lines", title="Would happen" if dry_run else None)
    for outcome, words in (
        (Outcome.IMPORTED, "imported"),
        (Outcome.KNOWN, "known already, left as they are"),
        (Outcome.FINISHED, "finished on the platform, not imported"),
    ):
        table.add_row(words, str(outcomes[outcome]))
    table.add_row("refused", str(len(refused)), style="red" if refused else None)
    console.print(table)
    for number, why, _cells in refused[:SHOWN]:
        console.print(f"line {number}: {why}", markup=False)
    if len(refused) > SHOWN:
        console.print(f"and {len(refused) - SHOWN} more")


def run_export(options: argparse.Namespace) -> int:
    """Write the cases of some days; return 0, or 2 when it cannot be written."""
    deployment = deployment_of(read_settings("complaints", needs=NEEDS))
    console = Console(stderr=True)
    columns = (*COLUMNS, *OWN, *(CONTACTS if options.with_contacts else ()))
    left_out: Counter[str] = Counter()
    try:
        with deployment.database.reading() as session, _target(options.output) as file:
            rows = _rows(session, deployment, options, columns, left_out)
            with Progress(console=console, transient=True) as progress:
                _write(file, columns, progress.track(rows, description="Cases", total=None))
    except OSError as problem:
        console.print(f"{options.output} cannot be written: {problem}", style="red", markup=False)
        return EXIT_UNREADABLE
    if left_out["confidential"]:
        console.print(f"{left_out['confidential']} confidential cases are left out")
    return 0


def _rows(
    session: Session,
    deployment: Deployment,
    options: argparse.Namespace,
    columns: Iterable[str],
    left_out: Counter[str],
) -> Iterator[list[str]]:
    found = national.bring_out(
        session,
        first=options.first,
        last=options.last,
        contacts=options.with_contacts,
        keyring=keyring_of(deployment),
    )
    for each in found:
        if each.confidential and not options.with_confidential:
            left_out["confidential"] += 1
            continue
        yield [guarded(each.cells.get(column, "")) for column in columns]


def _write(file: IO[str], columns: Iterable[str], rows: Iterable[list[str]]) -> None:
    writer: Any = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)


@contextmanager
def _target(path: Path | None) -> Iterator[IO[str]]:
    if path is None:
        sys.stdout.reconfigure(newline="", encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
    else:
        with _private(path) as file:
            yield file


@contextmanager
def _private(path: Path) -> Iterator[IO[str]]:
    """Open a file for its owner alone: citizens wrote what is in it. Spreadsheets see UTF-8 by its mark."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        yield file
