"""How soon each process is ready, and how much memory it takes: after the start and after everything else."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from gerai_allinone.servers import free_ports

from bench.machine import rss_mb
from bench.measures import Context
from bench.report import Row

READY_WITHIN = 3.0
ROLE_BELOW_MB, MALL_BELOW_MB = 120.0, 200.0


def measure_roles(context: Context) -> list[Row]:
    """Return a row for each process, from its start and from its memory now."""
    now = context.bench.memory()
    return [
        Row(
            name=f"process {start.name}",
            parameters="started one after the other",
            figure=(
                f"ready in {start.seconds:.2f} s; {start.rss_mb:.0f} MB, "
                f"{now[start.name]:.0f} MB after the loads"
            ),
            target=f"ready in {READY_WITHIN:.0f} s, < {ROLE_BELOW_MB:.0f} MB",
            reached=start.seconds <= READY_WITHIN and start.rss_mb < ROLE_BELOW_MB,
            numbers={"ready": start.seconds, "rss_mb": start.rss_mb, "rss_mb_after": now[start.name]},
        )
        for start in context.bench.starts
    ]


def measure_one_process(context: Context) -> list[Row]:
    """Start the mall in one process, on a new data folder; measure it and end it."""
    context.tell("the mall in one process")
    with tempfile.TemporaryDirectory(prefix="gerai-bench-mall-") as folder:
        ports = free_ports(5)
        first, _ = _start_mall(Path(folder), ports)
        again, memory = _start_mall(Path(folder), ports)
    return [
        Row(
            name="the mall in one process",
            parameters="SQLite, embedded bus",
            figure=f"ready in {first:.1f} s the first time, {again:.1f} s again; {memory:.0f} MB",
            target=f"< {MALL_BELOW_MB:.0f} MB",
            reached=memory < MALL_BELOW_MB,
            numbers={"first_ready": first, "ready": again, "rss_mb": memory},
        )
    ]


def _start_mall(folder: Path, ports: list[int]) -> tuple[float, float]:
    """Return seconds until the portal was ready, and megabytes a few seconds later."""
    began = time.monotonic()
    process = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "gerai_allinone",
            "--data-folder",
            str(folder),
            "--ports",
            ",".join(map(str, ports)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _is_ready(ports[0]):
            if process.poll() is not None or time.monotonic() - began > 60:
                raise TimeoutError("the mall in one process did not become ready")
            time.sleep(0.05)
        seconds = time.monotonic() - began
        time.sleep(3)
        return seconds, rss_mb(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        if process.poll() is None:
            process.kill()
            process.wait()


def _is_ready(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
        return bool(answer.status == 200)
    return False
