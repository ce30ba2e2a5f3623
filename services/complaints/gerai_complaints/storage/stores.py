"""What keeps contents by name, and the one in a folder."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gerai_shared.refusals import Unavailable

Value = TypeVar("Value")
#: Runs a call that waits for a disk where it holds nobody up.
Run = Callable[[Callable[[], Any]], Any]
RETRY_SECONDS = 30


class Missing(Exception):
    """Nothing is kept under this name."""


class Store(Protocol):
    """Keeps contents by name. Names are our own identifiers, never what people typed.

    Each raises Unavailable when the store does not answer.
    """

    def put(self, name: str, content: bytes) -> None:
        """Keep `content`, safe from a loss of power when this returns; replaces what was there."""

    def get(self, name: str) -> bytes:
        """Return what is kept. Raises Missing."""

    def delete(self, name: str) -> None:
        """Keep it no longer; nothing happens where there is nothing."""


class FolderStore:
    """Keeps each content as a file, readable by its owner alone, in 256 folders by the end of its name."""

    def __init__(self, root: Path, *, run: Run) -> None:
        self._root = root
        self._run = run

    def put(self, name: str, content: bytes) -> None:
        """As Store."""
        self._do(partial(self._put, name, content))

    def get(self, name: str) -> bytes:
        """As Store."""
        try:
            found: bytes = self._do(self._path(name).read_bytes)
        except FileNotFoundError as error:
            raise Missing(name) from error
        return found

    def delete(self, name: str) -> None:
        """As Store."""
        self._do(partial(self._delete, name))

    def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return self._run(call)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unavailable(retry_after=RETRY_SECONDS) from error

    def _path(self, name: str) -> Path:
        return self._root / name[-2:] / name

    def _delete(self, name: str) -> None:
        path = self._path(name)
        path.unlink(missing_ok=True)
        # What was being written when a process ended.
        for unfinished in path.parent.glob(f".{name}.*"):
            unfinished.unlink(missing_ok=True)

    def _put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Nobody ever reads half a file: it gets its name when it is whole and on the disk.
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(unfinished).unlink()
            raise
        for folder in (path.parent, self._root):
            _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
