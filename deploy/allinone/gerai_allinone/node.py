"""`python -m gerai_allinone.node`: a site node, which carries the floor of one site in one process.

Counters of each agency, the portal's display and check-in, on SQLite and the embedded bus. It takes the
floor from the agencies' centres in the morning and gives it back at night; between them it needs no line.
"""

from gerai_shared.green import make_green

make_green()

import argparse  # noqa: E402 - nothing may be imported before the patch
import json  # noqa: E402
import os  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402

from gerai_booking import agencies  # noqa: E402
from gerai_booking import roles as booking  # noqa: E402
from gerai_gateway import roles as gateway  # noqa: E402
from gerai_shared import migrating, runtime  # noqa: E402
from gerai_shared.bus import topology  # noqa: E402
from gerai_shared.bus.connection import connection_to  # noqa: E402
from gerai_shared.deployment import Deployment, deployment_of  # noqa: E402
from gerai_shared.settings import InvalidSettings, Settings, read_settings  # noqa: E402
from rich.console import Console  # noqa: E402

BUS = "embedded://node"
FIRST_COUNTER_PORT = 8201
GATEWAY_PORT = 8200
console = Console()


def main(arguments: list[str] | None = None) -> int:
    """Run the node until Ctrl-C; return the exit code."""
    options = _parser().parse_args(arguments)
    options.data_folder.mkdir(parents=True, exist_ok=True)
    try:
        node = {
            name: _deployment(options, place, *given) for place, (name, *given) in enumerate(options.agency)
        }
    except InvalidSettings as problems:
        return runtime.exit_with(problems)
    front = _front(options, tuple(node))
    runtime.start_logs(front)
    topology.apply(topology.describe(tuple(node)), connection_to(BUS))
    runner = runtime.Runner()
    for name, deployment in node.items():
        migrating.upgrade(deployment.settings.database_url, "gerai_booking")
        catalogue = agencies.load(name, deployment.clock.now().date())
        booking.build(deployment, runner, "all", agency=catalogue)
    gateway.build(front, runner, "all")
    return runtime.serve(runner, drain_seconds=5, announce=lambda: _announce(options.site, front, node))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gerai_allinone.node", description="A site node.")
    parser.add_argument("--site", required=True, help="the site's short name, such as mpp-lebak")
    parser.add_argument(
        "--agency",
        nargs=3,
        action="append",
        required=True,
        metavar=("AGENCY", "CENTRE", "KEY_FILE"),
        help="an agency, the address of its counters at the centre, and a file with this node's key there;"
        " once for each agency",
    )
    parser.add_argument("--data-folder", type=Path, default=Path(".run/node"), help="default: %(default)s")
    parser.add_argument(
        "--secrets",
        type=Path,
        help="secrets.json of a mall whose node this is, instead of GERAI_SECRET_KEY, GERAI_SEALING_KEYS,"
        " GERAI_IDENTITY_KEY",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where it answers (default: %(default)s)")
    return parser


def _deployment(options: argparse.Namespace, place: int, centre: str, key_file: str) -> Deployment:
    """Return the deployment of the agency at `place`. Raises InvalidSettings."""
    name = options.agency[place][0]
    if options.secrets is not None:
        kept = json.loads(options.secrets.read_text())
        os.environ |= {
            "GERAI_SECRET_KEY": kept["secret_key"],
            "GERAI_SEALING_KEYS": kept["sealing_key"],
            "GERAI_IDENTITY_KEY": kept["identity_key"],
        }
    os.environ |= {
        "GERAI_NODE_OF": options.site,
        "GERAI_CENTRE_URL": centre,
        "GERAI_NODE_KEY": Path(key_file).read_text().strip(),
        "GERAI_DATABASE_URL": f"sqlite:///{(options.data_folder / f'booking-{name}.sqlite').resolve()}",
        "GERAI_BUS_URL": BUS,
        "GERAI_HTTP_ADDRESS": f"{options.host}:{FIRST_COUNTER_PORT + place}",
        "GERAI_PUBLIC_URL": f"http://{options.host}:{GATEWAY_PORT}",
    }
    needs = frozenset({"database", "secret", "sealing", "identity"})
    return deployment_of(read_settings(f"booking-{name}", needs=needs))


def _front(options: argparse.Namespace, names: tuple[str, ...]) -> Deployment:
    return deployment_of(
        Settings(
            deployment="gateway",
            environment=os.environ.get("GERAI_ENVIRONMENT", "production"),
            bus_url=BUS,
            http_address=f"{options.host}:{GATEWAY_PORT}",
            public_url=f"http://{options.host}:{GATEWAY_PORT}",
            secret_key=os.environ.get("GERAI_SECRET_KEY", ""),
            agencies=names,
            clock_offset=timedelta(seconds=float(os.environ.get("GERAI_CLOCK_OFFSET", "0"))),
            max_workers=64,
        )
    )


def _announce(site: str, front: Deployment, node: dict[str, Deployment]) -> None:
    console.print(
        f"The node of {site}, {datetime.now(UTC) + front.settings.clock_offset:%d %B %Y, %H:%M} UTC"
    )
    console.print(f"Display: {front.settings.public_url}/display/{site}")
    for name, deployment in node.items():
        console.print(
            f"Counters of {name}: http://{deployment.settings.http_address}/,"
            f" centre: {deployment.settings.centre_url}"
        )
    console.print("Ctrl-C ends it; the data stays.")


if __name__ == "__main__":
    raise SystemExit(main())
