"""`python -m gerai_booking <agency> serve|migrate|seed`: one agency's deployment of the booking engine."""

from gerai_shared.green import make_green

make_green()

import argparse  # noqa: E402 - nothing may be imported before the patch
import sys  # noqa: E402
from datetime import UTC, datetime  # noqa: E402

from gerai_shared import runtime  # noqa: E402
from gerai_shared.deployment import Deployment, deployment_of  # noqa: E402
from gerai_shared.settings import InvalidSettings, read_settings  # noqa: E402

from gerai_booking import agencies, roles  # noqa: E402
from gerai_booking.refusals import UnknownSite  # noqa: E402
from gerai_booking.seeding import seed  # noqa: E402
from gerai_booking.usecases import leases  # noqa: E402
from gerai_booking.usecases.office import Office  # noqa: E402

NEEDS = {
    "serve": frozenset({"database", "secret", "sealing", "identity"}),
    "migrate": frozenset({"database"}),
    "seed": frozenset({"database", "secret", "sealing", "identity"}),
    "node-key": frozenset({"database", "secret", "sealing", "identity"}),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0 when it is done, 1 when it failed, 2 when it cannot begin."""
    options = _parser().parse_args(arguments)
    try:
        settings = read_settings(f"booking-{options.agency}", needs=NEEDS[options.command])
    except InvalidSettings as problems:
        return runtime.exit_with(problems)
    deployment = deployment_of(settings)
    runtime.start_logs(deployment)
    if options.command == "migrate":
        # Here, because Alembic takes megabytes that a serving process has no use for.
        from gerai_shared import migrating

        migrating.upgrade(settings.database_url, "gerai_booking")
        return runtime.EXIT_OK
    agency = agencies.load(options.agency, (datetime.now(UTC) + settings.clock_offset).date())
    if options.command == "seed":
        for line in seed(deployment, roles.office_of(deployment, agency)):
            sys.stdout.write(line + "\n")
        return runtime.EXIT_OK
    if options.command == "node-key":
        return _make_node_key(deployment, roles.office_of(deployment, agency), options.site, options.name)
    runner = runtime.Runner()
    roles.build(deployment, runner, options.role, agency=agency)
    return runtime.serve(runner, drain_seconds=settings.drain_seconds)


def _make_node_key(deployment: Deployment, office: Office, site: str, name: str) -> int:
    try:
        with deployment.database.transaction() as session:
            key = leases.add_node(session, office, site=site, name=name, now=deployment.clock.now())
    except UnknownSite:
        sys.stderr.write(f"gerai: this agency has no site {site}\n")
        return runtime.EXIT_FAILED
    sys.stdout.write(key + "\n")
    return runtime.EXIT_OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gerai_booking", description="Booking and counters of one agency."
    )
    parser.add_argument("agency", choices=agencies.available(), help="which agency this deployment is for")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run a role until told to stop")
    serve.add_argument("--role", choices=roles.ROLES, default="all", help="default: all")
    commands.add_parser("migrate", help="bring the database to the newest revision")
    commands.add_parser(
        "seed", help="write quotas, open the coming days, add demonstration officers outside production"
    )
    node = commands.add_parser(
        "node-key", help="let a site node ask for the floor of its site; prints its key, this once"
    )
    node.add_argument("--site", required=True, help="the site's short name, such as mpp-lebak")
    node.add_argument("--name", required=True, help="what people call the node")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
