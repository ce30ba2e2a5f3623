"""Recordings on disk, by name; the oldest in use leave first."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gerai_shared.logs import get_logger

log = get_logger(__name__)

SUFFIX = ".wav"
MOST_FILES = 1_000
MOST_BYTES = 200 * 1024 * 1024


class Shelf:
    """A folder of recordings: at most `most_files` and `most_bytes`.

    A folder that cannot be read or written costs work, never an answer.
    """

    def __init__(
        self, folder: Path | None, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES
    ) -> None:
        self._given = folder
        self._made: Path | None = None
        self._most_files, self._most_bytes = most_files, most_bytes

    def get(self, name: str) -> bytes | None:
        """Return a recording, None when it is not there; from now on it is the youngest."""
        path = self._folder() / f"{name}{SUFFIX}"
        try:
            body = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return body

    def put(self, name: str, body: bytes) -> None:
        """Keep a recording; whoever reads meanwhile gets all of it or nothing."""
        folder = self._folder()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name_of_part = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
            part = Path(name_of_part)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(body)
                part.replace(folder / f"{name}{SUFFIX}")
            except OSError:
                with suppress(OSError):
                    part.unlink()
                raise
            self._make_room(folder)
        except OSError as error:
            log.warning("recording_not_kept", folder=str(folder), reason=str(error))

    def _folder(self) -> Path:
        if self._given is not None:
            return self._given
        if self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="gerai-speech-"))
            atexit.register(shutil.rmtree, self._made, ignore_errors=True)
        return self._made

    def _make_room(self, folder: Path) -> None:
        files = sorted(_recordings(folder), reverse=True)
        size = 0
        for count, (_, length, path) in enumerate(files, start=1):
            size += length
            if count > self._most_files or size > self._most_bytes:
                with suppress(OSError):
                    path.unlink()


def _recordings(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """When each was last used, its length, its path."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.name.endswith(SUFFIX):
                    about = entry.stat()
                    yield about.st_mtime_ns, about.st_size, Path(entry.path)
