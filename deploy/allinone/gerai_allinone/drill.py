"""`gerai drill cut-off`: rehearse a morning at a site that loses its line to the centre.

Everything happens in databases made for it and thrown away afterwards; nothing of a real mall is touched.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from gerai_booking.models import leases as lease_table
from gerai_booking.usecases import intake, leases
from gerai_shared.accounts import create_officer
from gerai_shared.ticket import Ticket
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import OperationalError

from gerai_allinone.drill_checks import CHECKS, fingerprint
from gerai_allinone.drill_day import CLOSED, ORDINARY, SUPERVISOR, UNSTAFFED, Drill, DrillBroken, at
from gerai_allinone.drill_sides import CHUNK, SITE, Line, sides, two_databases

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
FEWEST_TICKETS, MOST_TICKETS = 40, 2000
console = Console()


def main(arguments: list[str] | None = None) -> int:
    """Run a drill; return 0 when everything held, 1 when something did not, 2 when it could not begin."""
    parser = argparse.ArgumentParser(prog="gerai drill", description="Rehearse what one hopes not to need.")
    _add_drills(parser)
    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


def add(commands: Any) -> None:
    """Add the command `gerai drill`."""
    _add_drills(
        commands.add_parser("drill", help="rehearse a site that is cut off, in databases made for it")
    )


def _add_drills(parser: argparse.ArgumentParser) -> None:
    drills = parser.add_subparsers(dest="drill", required=True, metavar="DRILL")
    cut = drills.add_parser(
        "cut-off",
        help="a site works alone, then merges with the centre",
        description="Make a centre and a site node in temporary databases; lease, cut, work, merge in pieces,"
        " return; then check that nothing is lost, doubled or different. Exit code 0: all held; 1: not all;"
        " 2: the drill could not begin.",
    )
    cut.add_argument(
        "--tickets", type=_count, default=120, help="people of the morning (default: %(default)s)"
    )
    cut.add_argument("--seed", type=int, default=1, help="the same seed is the same morning (default: 1)")
    cut.add_argument(
        "--postgres", metavar="URL", help="postgresql+psycopg2://… of a user who may create databases"
    )
    cut.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        with (
            tempfile.TemporaryDirectory(prefix="gerai-drill-") as folder,
            two_databases(Path(folder), options.postgres) as urls,
        ):
            return cut_off(urls, tickets=options.tickets, seed=options.seed)
    except OperationalError as error:
        sys.stderr.write(f"gerai: the database does not answer: {error.orig}\n")
        return EXIT_USAGE


def _count(text: str) -> int:
    number = int(text)
    if not FEWEST_TICKETS <= number <= MOST_TICKETS:
        raise argparse.ArgumentTypeError(f"between {FEWEST_TICKETS} and {MOST_TICKETS}")
    return number


def cut_off(urls: tuple[str, str], *, tickets: int, seed: int) -> int:
    """Play the morning on two migrated databases and tell what held; return the exit code."""
    began = time.monotonic()
    drill = _opened(urls, tickets, seed)
    try:
        _play(drill, tickets)
        held = _told(drill, seconds=time.monotonic() - began)
    except DrillBroken as error:
        console.print(f"[red]The drill broke off:[/red] {error}")
        return EXIT_FAILED
    finally:
        drill.centre.database.close()
        drill.node.database.close()
    return EXIT_OK if held else EXIT_FAILED


def _opened(urls: tuple[str, str], tickets: int, seed: int) -> Drill:
    centre, node, key = sides(urls, walk_ins=max(tickets // 3, 10))
    line = Line(centre=centre, key=key, now=lambda: drill.now)
    chance = random.Random(seed)  # noqa: S311 - a game, the same for the same seed
    drill = Drill(centre=centre, node=node, line=line, chance=chance, now=at(6, 30))
    with centre.database.transaction() as session:
        secret = "only for this drill"  # noqa: S105 - in a database that is gone in seconds
        create_officer(
            session, username="petugas", name="Petugas", password=secret, role="officer", now=drill.now
        )
    drill.book_some(tickets // 3)
    late = range(13, 16)
    kept = drill.book_some(20, hours=late, services=(*ORDINARY, CLOSED))
    kept += drill.book_some(4, hours=late, services=(UNSTAFFED,))
    drill.kept = {ticket.id for ticket in kept}
    return drill


def _play(drill: Drill, tickets: int) -> None:
    minutes = max(tickets // 4, 10)
    with console.status("The site takes its floor…") as status:
        drill.now = at(7, 50)
        drill.catch_up()
        arriving = _arriving(drill)
        drill.work(minutes // 3, arriving, each_minute=drill.talk)
        drill.catch_up()
        status.update("The line is cut; the floor goes on, and so does booking online…")
        drill.line.is_cut = True
        drill.talk()
        drill.clash(2)
        drill.close_by_order()
        drill.book_some(tickets // 10, hours=range(12, 16))
        drill.work(minutes, arriving)
        status.update("The line comes back, breaks between two pages and loses an answer…")
        for loses_answer in (False, True, True):
            drill.line.is_cut, drill.line.pages_left, drill.line.loses_answer = False, 2, loses_answer
            # The floor does not wait for the merge: it works while a page is on its way.
            drill.line.between = lambda: drill.work(1, arriving)
            drill.talk()
            drill.work(2, arriving)
        drill.line.between = lambda: None
        drill.rounds = drill.catch_up()
        drill.work(minutes // 3, arriving, each_minute=drill.talk)
        drill.catch_up()
        status.update("Merging once more what is merged already…")
        _merge_again(drill)
        status.update("The site gives its floor back…")
        _return(drill)


def _arriving(drill: Drill) -> Iterator[Ticket]:
    """Those who booked, in the order of booking, but for some who do not come; asked anew at each step."""
    for ticket in drill.booked:
        if ticket.id not in drill.kept and drill.chance.random() < 0.85:
            yield ticket


def _merge_again(drill: Drill) -> None:
    """Send all tickets as if the centre had heard of none; keep whether that changed anything."""
    lease: Any = drill.lease()
    before = fingerprint(drill.centre)
    with drill.node.database.reading() as session:
        ids = [ticket for (ticket,) in drill.node.rows("SELECT id FROM tickets ORDER BY id")]
        again = leases.told(session, lease, ids)
    while again:
        drill.line.merge(lease.id, again)
        again = again[CHUNK:]
    drill.is_idempotent = fingerprint(drill.centre) == before


def _return(drill: Drill) -> None:
    with drill.centre.database.transaction() as session:
        lease = lease_table.newest(session, limit=1)[0]
        leases.recall(session, officer=SUPERVISOR, lease_id=lease.id)
    drill.now += timedelta(minutes=1)
    drill.catch_up()
    with drill.centre.database.reading() as session:
        drill.is_returned = lease_table.newest(session, limit=1)[0].state == lease_table.RETURNED


def _serves_again(drill: Drill) -> bool:
    """Tell whether the centre gives numbers at the site again."""
    desk = drill.centre.desk("", drill.now)
    return (
        drill.centre.do(
            intake.over_quota,
            desk,
            supervisor=SUPERVISOR,
            service="passport-new",
            priority=False,
            reason="Latihan",
        )
        is not None
    )


def _told(drill: Drill, *, seconds: float) -> bool:
    """Print what held; tell whether all of it did."""
    found = {name: check(drill) for name, check in CHECKS.items()}
    found["Merging again changed nothing"] = [] if drill.is_idempotent else ["it did"]
    found["The floor is back at the centre, which serves on"] = (
        [] if drill.is_returned and _serves_again(drill) else ["it is not"]
    )
    table = Table("check", "", title="Cut-off drill", title_justify="left")
    for name, wrong in found.items():
        table.add_row(name, "[green]held[/green]" if not wrong else f"[red]{len(wrong)}: {wrong[0]}[/red]")
    console.print(table)
    count = drill.node.rows("SELECT count(*) FROM tickets")[0][0]
    lines = drill.node.rows("SELECT count(*) FROM ticket_history")[0][0]
    console.print(
        f"{count} tickets with {lines} steps at {SITE}, {len(drill.clashes)} conflicts provoked,"
        f" {drill.rounds} rounds to catch up, {seconds:.1f} s."
    )
    return not any(found.values())


if __name__ == "__main__":
    raise SystemExit(main())
