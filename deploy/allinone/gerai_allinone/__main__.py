"""`python -m gerai_allinone`: the whole mall in one process, on SQLite and the embedded bus."""

from gerai_shared.green import make_green

make_green()

import argparse  # noqa: E402 - nothing may be imported before the patch
import os  # noqa: E402
import socket  # noqa: E402
from collections.abc import Callable  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402

from gerai_booking import agencies  # noqa: E402
from gerai_booking import roles as booking  # noqa: E402
from gerai_booking.rules.catalogue import Agency  # noqa: E402
from gerai_booking.seeding import seed as seed_booking  # noqa: E402
from gerai_complaints import roles as complaints  # noqa: E402
from gerai_complaints.seeding import seed as seed_complaints  # noqa: E402
from gerai_complaints.storage.settings import StorageSettings  # noqa: E402
from gerai_gateway import roles as gateway  # noqa: E402
from gerai_notifications import roles as notifications  # noqa: E402
from gerai_shared import migrating, runtime  # noqa: E402
from gerai_shared.bus import topology  # noqa: E402
from gerai_shared.bus.connection import connection_to  # noqa: E402
from gerai_shared.deployment import Deployment, deployment_of  # noqa: E402
from gerai_shared.settings import Settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from gerai_allinone.plan import AGENCIES, MALL_ZONE, Ports, Secrets, clock_offset  # noqa: E402

BUS = "embedded://mall"
console = Console()


def main(arguments: list[str] | None = None) -> int:
    """Run the mall until Ctrl-C; return the exit code."""
    options = _parser().parse_args(arguments)
    folder: Path = options.data_folder
    folder.mkdir(parents=True, exist_ok=True)
    taken = [port for port in vars(options.ports).values() if _is_taken(port)]
    if taken:
        console.print(f"[red]Port {taken[0]} is in use already; choose others with --ports.[/red]")
        return runtime.EXIT_FAILED
    kept = Secrets.of(folder)
    os.environ["GERAI_DEMO_PASSWORD"] = kept.demo_password
    now = datetime.now(UTC)
    offset = options.clock - now if options.clock else clock_offset(folder, now=now)
    mall = _deployments(folder, options.ports, kept, offset)
    runtime.start_logs(mall["gateway"])
    today = mall["gateway"].clock.now().date()
    catalogues = {agency: agencies.load(agency, today) for agency in AGENCIES}
    _prepare(mall, catalogues, kept.demo_password)
    topology.apply(topology.describe(AGENCIES), connection_to(BUS))
    runner = runtime.Runner()
    for agency in AGENCIES:
        booking.build(mall[agency], runner, "all", agency=catalogues[agency])
    complaints.build(mall["complaints"], runner, "all")
    notifications.build(mall["notifications"], runner, "all")
    gateway.build(mall["gateway"], runner, "all")
    return runtime.serve(
        runner,
        drain_seconds=5,
        announce=lambda: _announce(options.ports, kept, mall["gateway"]),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gerai_allinone", description="The whole mall in one process."
    )
    parser.add_argument("--data-folder", type=Path, default=Path(".run/mall"), help="default: %(default)s")
    parser.add_argument(
        "--ports",
        type=Ports.parse,
        default=Ports(),
        help="gateway,immigration,legal,complaints,notifications (default: 8000,8101,8102,8103,8104)",
    )
    parser.add_argument(
        "--clock", type=_moment, help="start at this moment instead, such as 2026-12-01T09:05+07:00"
    )
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("needs a time zone, such as +07:00")
    return moment


def _is_taken(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _deployments(folder: Path, ports: Ports, kept: Secrets, offset: timedelta) -> dict[str, Deployment]:
    def made(name: str, port: int, *, database: bool = True) -> Deployment:
        return deployment_of(
            Settings(
                deployment=name,
                environment="demo",
                bus_url=BUS,
                database_url=f"sqlite:///{(folder / f'{name}.sqlite').resolve()}" if database else "",
                http_address=f"127.0.0.1:{port}",
                public_url=f"http://127.0.0.1:{ports.gateway}",
                secret_key=kept.secret_key,
                sealing_keys=(kept.sealing_key,),
                identity_key=kept.identity_key,
                agencies=AGENCIES,
                smtp_url="mailbox://local",
                log_level=os.environ.get("GERAI_LOG_LEVEL", "WARNING"),
                clock_offset=offset,
                max_workers=128 if name == "gateway" else 32,
            )
        )

    desk = made("complaints", ports.complaints)
    desk.extras["storage"] = StorageSettings(url=f"file://{(folder / 'attachments').resolve()}")
    return {
        "immigration": made("booking-immigration", ports.immigration),
        "legal": made("booking-legal", ports.legal),
        "complaints": desk,
        "notifications": made("notifications", ports.notifications),
        "gateway": made("gateway", ports.gateway, database=False),
    }


def _prepare(mall: dict[str, Deployment], catalogues: dict[str, Agency], password: str) -> None:
    """Bring every database up to date and fill in what a first day needs."""
    steps: list[tuple[str, Callable[[], object]]] = []
    for name, package in [
        *((agency, "gerai_booking") for agency in AGENCIES),
        ("complaints", "gerai_complaints"),
        ("notifications", "gerai_notifications"),
    ]:
        url = mall[name].settings.database_url
        if not migrating.is_current(url, package):
            steps.append((f"tables of {name}", partial(migrating.upgrade, url, package)))
    for agency in AGENCIES:
        office = booking.office_of(mall[agency], catalogues[agency])
        steps.append((f"days of {agency}", partial(seed_booking, mall[agency], office)))
    steps.append(("the complaints desk", lambda: seed_complaints(mall["complaints"], password=password)))
    with console.status("Opening the mall…") as status:
        for name, run in steps:
            status.update(f"Preparing {name}…")
            run()


def _announce(ports: Ports, kept: Secrets, deployment: Deployment) -> None:
    now = deployment.clock.now().astimezone(MALL_ZONE)
    table = Table(title="Gerai is open", title_justify="left", show_header=False)
    table.add_row("Portal", f"http://127.0.0.1:{ports.gateway}/")
    table.add_row("Display of MPP Lebak", f"http://127.0.0.1:{ports.gateway}/display/mpp-lebak")
    table.add_row(
        "Counters of immigration",
        f"http://127.0.0.1:{ports.immigration}/   petugas, penyelia, pusat or ombudsman",
    )
    table.add_row(
        "Counters of legal", f"http://127.0.0.1:{ports.legal}/   petugas, penyelia, pusat or ombudsman"
    )
    table.add_row(
        "Complaints desk", f"http://127.0.0.1:{ports.complaints}/   pengaduan, pengawas or ombudsman"
    )
    table.add_row("Mailbox of all citizens", f"http://127.0.0.1:{ports.notifications}/")
    table.add_row("Password of them all", kept.demo_password)
    table.add_row("The mall's clock", f"{now:%A, %d %B %Y, %H:%M} WIB")
    console.print(table)
    console.print("Ctrl-C ends it; the data stays.")


if __name__ == "__main__":
    raise SystemExit(main())
