"""Commands of the complaints service: `python -m gerai_complaints --help` names them."""

import argparse
import os
import sys
from pathlib import Path

from gerai_shared.green import make_green

make_green()

DEPLOYMENT = "complaints"
PACKAGE = "gerai_complaints"
NEEDS = {
    "all": frozenset({"database", "secret", "sealing"}),
    "bus": frozenset({"database", "secret", "sealing"}),
    "desk": frozenset({"database", "secret", "sealing"}),
    "relay": frozenset({"database"}),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    from gerai_shared.runtime import exit_with
    from gerai_shared.settings import InvalidSettings

    from gerai_complaints import interface_keys, national_files, privacy_command

    options = _parser().parse_args(arguments)
    commands = {
        "serve": _serve,
        "migrate": _migrate,
        "seed": _seed,
        "audit": _audit,
        "receive-mail": _receive_mail,
        "open311-keys": interface_keys.run,
        "import-national": national_files.run_import,
        "export-national": national_files.run_export,
        "dossier": _verify_dossier,
        "privacy": privacy_command.run,
    }
    try:
        return commands[options.command](options)
    except InvalidSettings as problem:
        return exit_with(problem)


def _parser() -> argparse.ArgumentParser:
    from gerai_complaints import audit_command, interface_keys, national_files, privacy_command

    parser = argparse.ArgumentParser(prog="python -m gerai_complaints", description="The complaints service.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="answer requests until SIGTERM")
    serve.add_argument("--role", choices=sorted(NEEDS), default="all")
    commands.add_parser("migrate", help="bring the database to the newest revision")
    commands.add_parser("seed", help="add three demonstration officers where they are missing")
    audit_command.add(commands)
    commands.add_parser("receive-mail", help="take one mail from standard input, for a mail server")
    interface_keys.add_parser(commands)
    national_files.add_parsers(commands)
    dossier = commands.add_parser("dossier", help="work with dossiers for the Ombudsman")
    verify = dossier.add_subparsers(dest="dossier_command", required=True).add_parser(
        "verify", help="say whether files are those of the record"
    )
    verify.add_argument("json", type=Path, help="dossier.json")
    verify.add_argument("pdf", type=Path, help="dossier.pdf")
    verify.add_argument("others", type=Path, nargs="*", help="further parts")
    verify.add_argument("--hash", help="hash over all parts; without it, the database is asked for it")
    privacy_command.add(commands)
    return parser


def _verify_dossier(options: argparse.Namespace) -> int:
    from gerai_complaints.verifying import verify

    return verify(options.json, options.pdf, options.others, expected=options.hash)


def _serve(options: argparse.Namespace) -> int:
    from gerai_shared.deployment import deployment_of
    from gerai_shared.runtime import Runner, serve, start_logs
    from gerai_shared.settings import read_settings

    from gerai_complaints.roles import build

    deployment = deployment_of(read_settings(DEPLOYMENT, needs=NEEDS[options.role]))
    start_logs(deployment)
    runner = Runner()
    build(deployment, runner, options.role)
    return serve(runner, drain_seconds=deployment.settings.drain_seconds)


def _migrate(_options: argparse.Namespace) -> int:
    from gerai_shared.migrating import upgrade
    from gerai_shared.settings import read_settings

    upgrade(read_settings(DEPLOYMENT, needs=frozenset({"database"})).database_url, PACKAGE)
    return 0


def _seed(_options: argparse.Namespace) -> int:
    from gerai_shared.deployment import deployment_of
    from gerai_shared.refusals import Refused
    from gerai_shared.settings import read_settings

    from gerai_complaints.seeding import seed

    deployment = deployment_of(read_settings(DEPLOYMENT, needs=frozenset({"database"})))
    try:
        added = seed(deployment, password=_demo_password())
    except Refused as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    for username, password in added.items():
        print(f"{username}: {password}")
    return 0


def _audit(options: argparse.Namespace) -> int:
    code: int = options.run(options)
    return code


def _receive_mail(_options: argparse.Namespace) -> int:
    from gerai_shared.deployment import deployment_of
    from gerai_shared.runtime import exit_with, start_logs
    from gerai_shared.settings import InvalidSettings, read_settings

    from gerai_complaints.receiving import EXIT_LATER, receive_mail

    try:
        deployment = deployment_of(read_settings(DEPLOYMENT, needs=NEEDS["bus"]))
    except InvalidSettings as problem:
        # Other codes would send the mail back to a citizen who can do nothing about it.
        exit_with(problem)
        return EXIT_LATER
    start_logs(deployment)
    return receive_mail(deployment, sys.stdin.buffer)


def _demo_password() -> str | None:
    """Return the demonstration password that somebody chose, None when one is to be made."""
    path = os.environ.get("GERAI_DEMO_PASSWORD_FILE")
    return Path(path).read_text().strip() if path else os.environ.get("GERAI_DEMO_PASSWORD") or None


if __name__ == "__main__":
    sys.exit(main())
