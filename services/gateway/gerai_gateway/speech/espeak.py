"""The voice: espeak-ng in a process of its own, which may hang or fail without anybody else noticing.

What goes in and what comes out are files without a name: eventlet's pipes to a program that ends at once
are now and then never told so.
"""

import os
import shutil
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

from eventlet.green import subprocess

LONGEST_SECONDS = 5.0
WORDS_PER_MINUTE = "140"
VOICES = {"id": "id", "en": "en"}
#: A minute of sound: no sentence is longer.
MOST_BYTES = 3_000_000


class NoVoice(Exception):
    """The program is not on this machine."""


class VoiceFailed(Exception):
    """The program gave nothing that could be used, or did not end in time."""


def is_there(command: str) -> bool:
    """Tell whether the program is on this machine."""
    return shutil.which(command) is not None


def speak(command: str, text: str, language: str, *, seconds: float = LONGEST_SECONDS) -> bytes:
    """Return a WAV file of `text`. Other green threads run meanwhile. Raises NoVoice, VoiceFailed."""
    try:
        with TemporaryFile() as said, TemporaryFile() as heard:
            said.write(text.encode())
            said.seek(0)
            _run(
                [command, "-v", VOICES[language], "-s", WORDS_PER_MINUTE, "--stdin", "--stdout"],
                said,
                heard,
                seconds,
            )
            heard.seek(0)
            body = heard.read(MOST_BYTES)
    except FileNotFoundError:
        raise NoVoice from None
    except OSError as error:
        raise VoiceFailed(str(error)) from error
    if not body:
        raise VoiceFailed("nothing was heard")
    return body


def _run(command: list[str], said: IO[bytes], heard: IO[bytes], seconds: float) -> None:
    process = subprocess.Popen(
        command, stdin=said, stdout=heard, stderr=subprocess.DEVNULL, env=_environment()
    )
    try:
        status = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise VoiceFailed(f"silent for {seconds} s") from None
    finally:
        _end(process)
    if status != 0:
        raise VoiceFailed(f"ended with {status}")


def _environment() -> dict[str, str]:
    """What the program needs to know: our own environment has secrets in it."""
    kept = {name: os.environ[name] for name in ("PATH", "ESPEAK_DATA_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
