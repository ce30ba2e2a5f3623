"""The sub-command `audit` of `gerai` and of `python -m gerai_complaints`."""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gerai_shared.database import Database
from gerai_shared.logs import redact
from gerai_shared.settings import InvalidSettings, read_settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import ArgumentError, DBAPIError

from gerai_complaints.usecases import audit, verifying

EXIT_FINE, EXIT_BROKEN, EXIT_USAGE = 0, 1, 2
#: So many findings are told; they are counted all.
TOLD = 20


def add(commands: Any) -> None:
    """Add the sub-command to a parser's commands."""
    parser = commands.add_parser("audit", help="the audit of the complaints: is it whole, where does it end")
    parser.add_argument("--database-url", help="the database of complaints (default: $GERAI_DATABASE_URL)")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="check the whole chain, and what it tells of: 0 fine, 1 broken, 2 could not be checked"
    )
    verify.add_argument(
        "--heads",
        type=_heads_of,
        default=[],
        metavar="FILE",
        help="compare with heads kept elsewhere, too: what /api/v1/audit-heads answered once",
    )
    verify.set_defaults(run=run, action=_verify)
    head = actions.add_parser("head", help="print position and hash of the last row")
    head.set_defaults(run=run, action=_head)
    adopt = actions.add_parser(
        "adopt",
        help="after an upgrade: take in what a release without an audit wrote, once none runs any more",
    )
    adopt.set_defaults(run=run, action=_adopt)


def run(options: argparse.Namespace) -> int:
    """Run one of its actions; return the exit code."""
    try:
        url = options.database_url or read_settings("complaints", needs=frozenset({"database"})).database_url
        database = Database(url, pool_size=1)
    except (InvalidSettings, ArgumentError) as problem:
        sys.stderr.write(f"audit: {problem}\n")
        return EXIT_USAGE
    try:
        code: int = options.action(options, database)
    except DBAPIError as error:
        sys.stderr.write(f"audit: the database does not answer as it should: {redact(str(error.orig))}\n")
        return EXIT_USAGE
    finally:
        database.close()
    return code


def _heads_of(path: str) -> list[Any]:
    """Return the heads of a file, in the shape of /api/v1/audit-heads."""
    try:
        told = json.loads(Path(path).read_text())["heads"]
        return [
            SimpleNamespace(
                day=date.fromisoformat(each["day"]), position=int(each["position"]), hash=str(each["hash"])
            )
            for each in told
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"{path} holds no heads ({type(error).__name__})") from error


def _verify(options: argparse.Namespace, database: Database) -> int:
    walk = verifying.Walk()
    with database.reading() as session:
        published = verifying.published(session)
        total = verifying.length(session)
        waiting = audit.unsealed(session)
    # Heads of the same position may say different things: each is compared by itself.
    kept = [*published, *options.heads]
    with _progress() as progress:
        task = progress.add_task("Walking along the chain", total=total)
        seen = total
        while seen:
            with database.reading() as session:
                seen = walk.step(session, heads=kept)
            progress.advance(task, seen)
    walk.end(kept)
    with database.reading() as session:
        walk.findings += verifying.without_rows(session)
    _tell(walk, waiting=waiting, heads=len(kept))
    return EXIT_BROKEN if walk.findings else EXIT_FINE


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _tell(walk: verifying.Walk, *, waiting: int, heads: int) -> None:
    out = sys.stdout.write
    out(
        f"{walk.position} acts in the chain, {waiting} to be chained, compared with {heads} published heads\n"
    )
    out(f"{walk.adopted} adopted from before the audit, {walk.erased} whose contents were erased\n")
    if not walk.findings:
        out(f"The audit is whole. Head: {walk.position} {walk.hash}\n")
        return
    places = [each.position for each in walk.findings if each.position is not None]
    out(f"THE AUDIT IS BROKEN{f', first at position {min(places)}' if places else ''}:\n")
    for each in walk.findings[:TOLD]:
        out(f"  {each.position or '-'}: {each.problem}\n")
    if len(walk.findings) > TOLD:
        out(f"  and {len(walk.findings) - TOLD} more\n")


def _head(_options: argparse.Namespace, database: Database) -> int:
    with database.reading() as session:
        last, waiting = audit.head(session), audit.unsealed(session)
    sys.stdout.write(f"{last.position} {last.hash}\n")
    if waiting:
        sys.stderr.write(f"{waiting} acts are still to be chained\n")
    return EXIT_FINE


def _adopt(_options: argparse.Namespace, database: Database) -> int:
    total = 0
    adopted = 1
    while adopted:
        with database.transaction() as session:
            adopted = verifying.adopt(session, now=datetime.now(UTC))
        total += adopted
    sys.stdout.write(f"{total} acts from before the audit were taken in\n")
    return EXIT_FINE
