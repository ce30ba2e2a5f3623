"""The machine that is measured, and what the processes on it use."""

import os
import platform
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a figure depends on beside the code."""

    processor: str
    cores: int
    memory_gib: float
    python: str
    postgresql: str
    rabbitmq: str

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gib:.0f} GiB; "
            f"Python {self.python}, PostgreSQL {self.postgresql}, RabbitMQ {self.rabbitmq}"
        )


def describe(*, postgresql: str, rabbitmq: str) -> Machine:
    """Return this machine; the servers' versions are asked by the caller, who runs them."""
    found = re.search(r"^model name\s*:\s*(.+)$", (PROC / "cpuinfo").read_text(), re.MULTILINE)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=found.group(1) if found else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=pages / 2**30,
        python=platform.python_version(),
        postgresql=postgresql,
        rabbitmq=rabbitmq,
    )


def rss_mb(process_id: int) -> float:
    """Return the resident memory of a process in megabytes (10^6 bytes)."""
    status = (PROC / str(process_id) / "status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found.group(1)) * 1024 / 1e6 if found else 0.0


def _parents() -> dict[int, tuple[int, float]]:
    """Return parent and used processor seconds (ended children included) of every process."""
    found = {}
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[int(entry.name)] = (int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / TICKS)
    return found


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Processor seconds since the machine started: of named process trees, and of everything."""

    at: float
    by_name: dict[str, float]
    everything: float

    def since(self, earlier: "Usage") -> dict[str, float]:
        """Return the cores that each name kept busy since `earlier`; `others` is what was not ours."""
        seconds = self.at - earlier.at
        used = {
            name: (value - earlier.by_name.get(name, 0.0)) / seconds for name, value in self.by_name.items()
        }
        used["others"] = max((self.everything - earlier.everything) / seconds - sum(used.values()), 0.0)
        return used


def usage(roots: Mapping[str, int]) -> Usage:
    """Return what the trees under these processes have used; a process belongs to its nearest root."""
    parents = _parents()
    names = {process_id: name for name, process_id in roots.items()}
    by_name = dict.fromkeys(roots, 0.0)
    for process_id, (_parent, seconds) in parents.items():
        current: int | None = process_id
        while current is not None and current not in names:
            current = parents[current][0] if current in parents else None
        if current is not None:
            by_name[names[current]] += seconds
    cpu = (PROC / "stat").read_text().splitlines()[0].split()
    busy = sum(int(ticks) for index, ticks in enumerate(cpu[1:9]) if index not in {3, 4}) / TICKS
    return Usage(at=time.monotonic(), by_name=by_name, everything=busy)


def postgres_version(answer: str) -> str:
    """Return the number in what `SHOW server_version` answers."""
    return answer.split(maxsplit=1)[0] if answer else ""


def run_quietly(command: list[str], *, text: str, seconds: float) -> str:
    """Run a helper process with `text` as its input and return what it prints. Raises CalledProcessError."""
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, timeout=seconds, check=True)
    return done.stdout
