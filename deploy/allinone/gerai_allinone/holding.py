"""One mall at a time in a data folder, and the kernel's word for who runs it."""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Linux' struct flock: type, whence, start, length, process.
_FLOCK = "hhlli"


class RunsAlready(Exception):
    """Another process runs a mall from this data folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold `folder` during the block; the kernel lets it go with this process, however that ends.

    Children do not inherit it. Raises RunsAlready.
    """
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunsAlready from None
        yield


def holder(folder: Path) -> int | None:
    """Return the process that holds `folder` now, None for nobody.

    A number kept in a file would outlive its process, and later be the number of somebody else.
    """
    with suppress(FileNotFoundError), (folder / "lock").open() as lock:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _whence, _start, _length, pid = struct.unpack(_FLOCK, fcntl.fcntl(lock, fcntl.F_GETLK, asked))
        if kind != fcntl.F_UNLCK:
            return int(pid)
    return None
