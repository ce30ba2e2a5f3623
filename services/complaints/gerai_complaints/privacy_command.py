"""The sub-command `privacy` of `python -m gerai_complaints`: for operators, when nobody else can."""

import argparse
import json
import sys
from typing import Any

from gerai_shared.deployment import deployment_of
from gerai_shared.settings import read_settings
from sqlalchemy.exc import NoResultFound

from gerai_complaints.keyring import keyring_of
from gerai_complaints.privacy_settings import read_retention
from gerai_complaints.usecases import privacy

EXIT_FINE, EXIT_UNKNOWN = 0, 1
NEEDS = frozenset({"database", "secret", "sealing"})


def add(commands: Any) -> None:
    """Add the sub-command to a parser's commands."""
    parser = commands.add_parser("privacy", help="what is kept of who brought a complaint: show or erase it")
    parser.add_argument("action", choices=("access", "erase"))
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("--why", required=True, help="who asked, and how: it stands in the audit")


def run(options: argparse.Namespace) -> int:
    """Print what is kept as JSON, or what was erased when; return the exit code."""
    deployment = deployment_of(read_settings("complaints", needs=NEEDS))
    keyring, now = keyring_of(deployment), deployment.clock.now()
    try:
        with deployment.database.transaction() as session:
            if options.action == "access":
                told = privacy.access_of_number(
                    session,
                    options.number,
                    why=options.why,
                    retention=read_retention(),
                    keyring=keyring,
                    now=now,
                )
            else:
                erased = privacy.erase_of_number(
                    session, options.number, why=options.why[:300], keyring=keyring, now=now
                )
                told = {name: str(at) if at else None for name, at in vars(erased).items()}
    except NoResultFound:
        sys.stderr.write(f"privacy: there is no complaint {options.number}\n")
        return EXIT_UNKNOWN
    finally:
        deployment.database.close()
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return EXIT_FINE
