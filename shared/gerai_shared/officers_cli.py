"""The sub-command `gerai officers`: accounts of a deployment whose officers sign in."""

import argparse
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from gerai_shared import accounts
from gerai_shared.database import Database
from gerai_shared.refusals import Refused

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
PASSWORD_FILE = "GERAI_OFFICER_PASSWORD_FILE"  # noqa: S105 - the name of a setting
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")

Action = Callable[[Session, argparse.Namespace], str | None]


class NotDone(Exception):
    """Why a command was not carried out, as the operator is told."""


def add(commands: Any, *, database_url: str | None) -> None:
    """Add the sub-command to the parser of `gerai`; `database_url` is what holds without the option."""
    parser = commands.add_parser("officers", help="who may sign in at a deployment's counters or desk")
    parser.add_argument(
        "--database-url",
        default=database_url,
        help="the deployment's database (default: $GERAI_DATABASE_URL)",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the accounts")
    listing.set_defaults(run=_run, action=_list, asks=False)
    adding = actions.add_parser(
        "add", help=f"add an account; its password is asked for, or read from the file ${PASSWORD_FILE} names"
    )
    adding.add_argument("username", help="small letters, digits, and . _ - between them")
    adding.add_argument("--name", required=True, help="the name that colleagues read")
    adding.add_argument("--role", choices=accounts.ROLES, default="officer", help="default: officer")
    adding.set_defaults(run=_run, action=_add, asks=True)
    for name, action, text in (
        (
            "reset-password",
            _reset,
            "give a new password, lift the lock after wrong ones, sign out everywhere",
        ),
        ("deactivate", _deactivate, "let somebody not sign in any more, and sign out everywhere"),
        ("activate", _activate, "take that back"),
    ):
        changing = actions.add_parser(name, help=text)
        changing.add_argument("username")
        changing.set_defaults(run=_run, action=action, asks=name == "reset-password")


def _run(options: argparse.Namespace) -> int:
    if not options.database_url:
        sys.stderr.write("gerai: --database-url or GERAI_DATABASE_URL is needed\n")
        return EXIT_USAGE
    database = Database(options.database_url, pool_size=1)
    try:
        if not inspect(database.engine).has_table(accounts.officers.name):
            raise NotDone(
                "this database has no accounts: migrate it first, or it is not a counter's or desk's"
            )
        # Before the transaction: the database ends one that is idle while somebody types.
        options.password = _password() if options.asks else None
        with database.transaction() as session:
            told = options.action(session, options)
    except (NotDone, Refused) as reason:
        sys.stderr.write(f"gerai: {reason.message if isinstance(reason, Refused) else reason}\n")
        return EXIT_FAILED
    finally:
        database.close()
    if told:
        sys.stdout.write(f"{told}\n")
    return EXIT_OK


def _list(session: Session, _options: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    table = Table("username", "name", "role", "may sign in", "since")
    for account in accounts.list_accounts(session):
        locked = account.locked_until is not None and account.locked_until > now
        state = "no" if not account.active else "locked for some minutes" if locked else "yes"
        table.add_row(account.username, account.name, account.role, state, f"{account.created_at:%Y-%m-%d}")
    Console().print(table)


def _add(session: Session, options: argparse.Namespace) -> str:
    username = options.username.lower()
    if not USERNAME.fullmatch(username):
        raise NotDone("a username has 2 to 40 small letters, digits, and . _ - between them")
    if accounts.exists(session, username):
        raise NotDone(f"there is an account {username} already")
    accounts.create_officer(
        session,
        username=username,
        name=options.name,
        password=options.password,
        role=options.role,
        now=datetime.now(UTC),
    )
    return f"{username} may sign in as {options.role}"


def _reset(session: Session, options: argparse.Namespace) -> str:
    if not accounts.set_password(session, username=options.username, password=options.password):
        raise _unknown(options)
    return f"{options.username} has a new password and is signed out everywhere"


def _deactivate(session: Session, options: argparse.Namespace) -> str:
    if not accounts.set_active(session, username=options.username, active=False):
        raise _unknown(options)
    return f"{options.username} may not sign in any more and is signed out everywhere"


def _activate(session: Session, options: argparse.Namespace) -> str:
    if not accounts.set_active(session, username=options.username, active=True):
        raise _unknown(options)
    return f"{options.username} may sign in"


def _unknown(options: argparse.Namespace) -> NotDone:
    return NotDone(f"there is no account {options.username}")


def _password() -> str:
    """Return the password from its file or from the terminal. Raises NotDone.

    Never from the command line: other people on the machine can read that.
    """
    path = os.environ.get(PASSWORD_FILE)
    if path:
        try:
            return Path(path).read_text().rstrip("\r\n")
        except OSError as error:
            raise NotDone(f"{PASSWORD_FILE}: {error}") from error
    if not sys.stdin.isatty():
        raise NotDone(f"a password is asked for on a terminal; elsewhere {PASSWORD_FILE} has to name a file")
    password = getpass("Password: ")
    if getpass("Again: ") != password:
        raise NotDone("the two passwords differ")
    return password
