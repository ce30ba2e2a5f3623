"""`python -m gerai_notifications serve [--role all|bus|mailbox]`, `... migrate` and `... webhooks`."""

from gerai_shared.green import make_green

make_green()

import argparse  # noqa: E402 - only after the standard library is patched
import os  # noqa: E402
import sys  # noqa: E402
from contextlib import suppress  # noqa: E402
from pathlib import Path  # noqa: E402

from gerai_shared.deployment import deployment_of  # noqa: E402
from gerai_shared.runtime import EXIT_OK, Runner, exit_with, serve, start_logs  # noqa: E402
from gerai_shared.settings import InvalidSettings, read_settings  # noqa: E402

from gerai_notifications.roles import NEEDS, PACKAGE, ROLES, build  # noqa: E402
from gerai_notifications.webhooks import commands as webhooks  # noqa: E402

DEPLOYMENT = "notifications"
NICENESS = 10


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(prog="gerai_notifications", description="Tells citizens what happens.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="run a process of this service until SIGTERM")
    serving.add_argument("--role", choices=ROLES, default="all")
    commands.add_parser("migrate", help="bring the database to the newest form")
    webhooks.add(commands.add_parser("webhooks", help="which other systems are told of what happens"))
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "webhooks":
            return webhooks.run(deployment_of(read_settings(DEPLOYMENT, needs=webhooks.NEEDS)), chosen)
        return _serve(chosen.role) if chosen.command == "serve" else _migrate()
    except InvalidSettings as problem:
        return exit_with(problem)


def _serve(role: str) -> int:
    settings = read_settings(DEPLOYMENT, needs=NEEDS[role])
    deployment = deployment_of(settings)
    runner = Runner()
    start_logs(deployment)
    _let_others_go_first()
    build(deployment, runner, role)
    return serve(runner, drain_seconds=settings.drain_seconds)


def _let_others_go_first() -> None:
    """Take the processor after everybody else: while it is scarce bookings go first, mails can wait."""
    with suppress(AttributeError, OSError):
        os.nice(NICENESS)
        if os.getsid(0) == os.getpid():
            # Linux shares the processor out between sessions; niceness alone counts only within one.
            Path("/proc/self/autogroup").write_text(str(NICENESS))


def _migrate() -> int:
    settings = read_settings(DEPLOYMENT, needs=frozenset({"database"}))
    # Here, because Alembic takes megabytes that a serving process has no use for.
    from gerai_shared import migrating

    migrating.upgrade(settings.database_url, PACKAGE)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
