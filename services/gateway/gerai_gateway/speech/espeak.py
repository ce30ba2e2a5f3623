"""The voice: espeak-ng in a process of its own, which may hang or fail without anybody else noticing."""

import os
import shutil
from contextlib import suppress

import eventlet
from eventlet.green import subprocess
from gerai_shared.logs import get_logger

log = get_logger(__name__)

LONGEST_SECONDS = 5.0
WORDS_PER_MINUTE = "140"
VOICES = {"id": "id", "en": "en"}


class NoVoice(Exception):
    """The program is not on this machine."""


class VoiceFailed(Exception):
    """The program gave nothing that could be used, or did not end in time."""


def is_there(command: str) -> bool:
    """Tell whether the program is on this machine."""
    return shutil.which(command) is not None


def speak(command: str, text: str, language: str, *, seconds: float = LONGEST_SECONDS) -> bytes:
    """Return a WAV file of `text`. Other green threads run meanwhile. Raises NoVoice, VoiceFailed."""
    options = ["-v", VOICES[language], "-s", WORDS_PER_MINUTE, "--stdin", "--stdout"]
    try:
        process = subprocess.Popen(
            [command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
    except FileNotFoundError:
        raise NoVoice from None
    except OSError as error:
        raise VoiceFailed(str(error)) from error
    try:
        with eventlet.Timeout(seconds):
            body, _ = process.communicate(text.encode())
    except eventlet.Timeout:
        raise VoiceFailed(f"silent for {seconds} s") from None
    except OSError as error:
        raise VoiceFailed(str(error)) from error
    finally:
        _end(process)
    if process.returncode != 0 or not body:
        raise VoiceFailed(f"ended with {process.returncode} after {len(body)} bytes")
    return bytes(body)


def _environment() -> dict[str, str]:
    """What the program needs to know: our own environment has secrets in it."""
    kept = {name: os.environ[name] for name in ("PATH", "ESPEAK_DATA_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError, ValueError):
            pipe.close()
