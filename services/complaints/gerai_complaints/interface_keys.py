"""The sub-command `open311-keys`: which programs may report through the Open311 interface."""

import argparse
import secrets
import sys

from gerai_shared.database import Database
from gerai_shared.deployment import deployment_of
from gerai_shared.settings import read_settings
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import IntegrityError

from gerai_complaints.usecases import public_reports

KEY_BYTES = 24
LONGEST_NAME = 100


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = commands.add_parser("open311-keys", help="which programs may report through Open311")
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="let a program report; its api_key is printed this once")
    adding.add_argument("name", type=_name, help="who runs it, such as 'Aplikasi Warga Lebak'")
    actions.add_parser("list", help="list the programs")
    revoking = actions.add_parser("revoke", help="let a program report no more")
    revoking.add_argument("name", type=_name)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"1 to {LONGEST_NAME} characters, please")
    return name


def run(options: argparse.Namespace) -> int:
    """Carry it out; return the exit code."""
    deployment = deployment_of(read_settings("complaints", needs=frozenset({"database"})))
    database, now = deployment.database, deployment.clock.now()
    if options.action == "list":
        return _list(database)
    if options.action == "revoke":
        with database.transaction() as session:
            done = public_reports.revoke_client(session, options.name, now=now)
        if not done:
            sys.stderr.write(f"no program called {options.name!r} may report\n")
        return 0 if done else 1
    key = secrets.token_urlsafe(KEY_BYTES)
    try:
        with database.transaction() as session:
            public_reports.add_client(session, name=options.name, key=key, now=now)
    except IntegrityError:
        sys.stderr.write(f"there is a program called {options.name!r} already; choose another name\n")
        return 1
    sys.stdout.write(f"{key}\n")
    return 0


def _list(database: Database) -> int:
    table = Table("name", "since", "may report")
    with database.reading() as session:
        for client in public_reports.clients(session):
            ended = client.revoked_at
            table.add_row(
                client.name, f"{client.created_at:%Y-%m-%d}", f"until {ended:%Y-%m-%d}" if ended else "yes"
            )
    Console().print(table)
    return 0
