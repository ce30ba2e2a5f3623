"""Processes and their descendants, as the kernel lists them."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process, told from a later one with the same number by the moment it started (in kernel ticks)."""

    pid: int
    started: str

    def lives(self) -> bool:
        """False once it has ended, even if nobody has fetched its exit code yet."""
        state = _status(self.pid)
        return bool(state) and state[0] != "Z" and state[19] == self.started

    def kill(self) -> None:
        """End it with SIGKILL, if it still lives."""
        if self.lives():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def family(pid: int) -> list[Process]:
    """The process `pid` and all its descendants, itself first."""
    statuses = {int(entry.name): _status(int(entry.name)) for entry in Path("/proc").glob("[0-9]*")}
    members = [pid]
    for member in members:
        members += [child for child, status in statuses.items() if status and int(status[1]) == member]
    return [Process(pid=member, started=status[19]) for member in members if (status := statuses.get(member))]


def _status(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, from the state on; none for no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
