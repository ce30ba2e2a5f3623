"""A mall that runs as `make run` runs it, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.errand import Citizen, Officer, ask
from tests.support.servers import free_ports
from tests.support.waiting import wait_until

#: A Tuesday, five past nine in Jakarta, when the process starts.
CLOCK = "2026-12-01T09:05+07:00"
TODAY, TOMORROW = "2026-12-01", "2026-12-02"


@dataclass(frozen=True, kw_only=True)
class Mall:
    """Where the parts of a running mall answer."""

    portal: str
    immigration: str
    legal: str
    complaints: str
    notifications: str
    password: str
    folder: Path

    @property
    def citizen(self) -> Citizen:
        """Somebody with a phone and no browser."""
        return Citizen(portal=self.portal)

    def officer(self) -> Officer:
        """Somebody at the counters of immigration."""
        return Officer.sign_in(self.immigration, self.password)


def is_ready(address: str) -> bool:
    """Tell whether a part of the mall says that it is ready."""
    try:
        return ask("GET", f"{address}/readyz", timeout=2).status == 200
    except OSError:
        return False


@contextmanager
def running_mall(
    folder: Path, *, ports: list[int] | None = None, clock: str = CLOCK, **settings: str
) -> Iterator[Mall]:
    """Run a mall with its data in `folder` and further `settings` by name; it has to end well.

    With the `ports` and the folder of one that has ended it is the same mall, started again at `clock`.
    """
    ports = ports or free_ports(5)
    command = [sys.executable, "-m", "gerai_allinone", "--data-folder", str(folder), "--clock", clock]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--ports", ",".join(map(str, ports))],
            stdout=log,
            stderr=log,
            env={k: v for k, v in os.environ.items() if not k.startswith("GERAI_")}
            | {"GERAI_RATE_LIMIT_PER_MINUTE": "100000"}
            | settings,
        )
    try:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        wait_until(
            lambda: process.poll() is not None or all(is_ready(address) for address in addresses),
            timeout=60,
            message=f"the mall opens; see {folder / 'log'}",
        )
        assert process.poll() is None, (folder / "log").read_text()
        password = json.loads((folder / "secrets.json").read_text())["demo_password"]
        names = ("portal", "immigration", "legal", "complaints", "notifications")
        yield Mall(password=password, folder=folder, **dict(zip(names, addresses, strict=True)))
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert process.returncode == 0, (folder / "log").read_text()[-2000:]
