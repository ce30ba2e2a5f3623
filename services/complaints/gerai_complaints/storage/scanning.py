"""Programs that look for malware: clamd by its socket, or a command."""

import socket
import struct
from collections.abc import Sequence
from typing import Protocol

from eventlet.green import subprocess

from gerai_complaints.rules.attachments import Scan

SCAN_SECONDS = 30.0
CHUNK_BYTES = 1 << 16
#: Exit codes of clamscan and clamdscan, which other scanners follow: clean, infected.
EXITS = {0: Scan.CLEAN, 1: Scan.INFECTED}


class ScannerAway(Exception):
    """The scanner gave no answer."""


class Scanner(Protocol):
    """Says what is in a file."""

    def scan(self, content: bytes) -> Scan:
        """Return CLEAN, INFECTED, or UNSCANNABLE for what the scanner cannot judge. Raises ScannerAway."""


class ClamdScanner:
    """Asks clamd with its command INSTREAM, at host:port or at the path of a socket of its machine."""

    def __init__(self, address: str) -> None:
        self._address = address

    def scan(self, content: bytes) -> Scan:
        """As Scanner."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK_BYTES):
                    chunk = content[start : start + CHUNK_BYTES]
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
                answer = _all_of(connection)
        except OSError as error:
            raise ScannerAway(f"{type(error).__name__}: {error}") from error
        if answer.endswith(b" FOUND"):
            return Scan.INFECTED
        if answer.endswith(b" OK"):
            return Scan.CLEAN
        if answer.endswith(b"ERROR"):
            return Scan.UNSCANNABLE
        raise ScannerAway("its answer was not understood")

    def _connected(self) -> socket.socket:
        if self._address.startswith("/"):
            local = socket.socket(socket.AF_UNIX)
            local.settimeout(SCAN_SECONDS)
            try:
                local.connect(self._address)
            except OSError:
                local.close()
                raise
            return local
        host, _, port = self._address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=SCAN_SECONDS)


def _all_of(connection: socket.socket) -> bytes:
    answer = b""
    while chunk := connection.recv(4096):
        answer += chunk
    return answer.rstrip(b"\0\n")


class CommandScanner:
    """Gives the file to a program on its standard input and reads its exit code: 0 clean, 1 infected."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)

    def scan(self, content: bytes) -> Scan:
        """As Scanner."""
        try:
            done = subprocess.run(
                self._command, input=content, capture_output=True, timeout=SCAN_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ScannerAway(f"{type(error).__name__}") from error
        return EXITS.get(done.returncode, Scan.UNSCANNABLE)
