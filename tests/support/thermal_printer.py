"""A listening socket that plays a thermal printer: it answers for its status, prints, or fails as printers do."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STATUS, IN_ORDER, CUT = b"\x10\x04", b"\x1dr", b"\x1dV"
FINE, OFFLINE, COVER_OPEN = 0x12, 0x1A, 0x16
PAPER_OUT, PAPER_LOW = 0x72, 0x1E
QUESTION = 3


class ThermalPrinter:
    """`tickets` are what came out, a roll of bytes each; the other attributes say how it behaves.

    `paper` is what the sensor says, `ends` that it says so only after a ticket; `is_silent` takes connections
    and answers nothing; `dies_after` closes the connection once so many bytes of a ticket have come.
    """

    def __init__(self, *, at_once: int = 1) -> None:
        self.tickets: list[bytes] = []
        self.received = 0
        self.paper = FINE
        self.itself = FINE
        self.why_offline = FINE
        self.ends = False
        self.is_silent = False
        self.dies_after: int | None = None
        self._seats = threading.Semaphore(at_once)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self._is_open = True
        self._door = threading.Thread(target=self._serve, daemon=True)
        self._door.start()

    def close(self) -> None:
        """Switch it off, once."""
        if not self._is_open:
            return
        self._is_open = False
        # Whoever accepts closes: eventlet does not like a socket to vanish under its reader.
        socket.create_connection(self.address).close()
        self._door.join()

    def _serve(self) -> None:
        with self._socket:
            self._let_in()

    def _let_in(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if not self._is_open:
                connection.close()
                return
            threading.Thread(target=self._take, args=(connection,), daemon=True).start()

    def _take(self, connection: socket.socket) -> None:
        # A printer has one guest at a time; the next one waits at the door.
        with self._seats, connection:
            try:
                self._talk(connection)
            except OSError:
                return

    def _talk(self, connection: socket.socket) -> None:
        held, paper = b"", b""
        while got := connection.recv(4096):
            if self.is_silent:
                continue
            held += got
            while held:
                at = min(
                    (place for each in (STATUS, IN_ORDER) if (place := held.find(each)) >= 0), default=-1
                )
                if at < 0:
                    part, held = held, b""
                elif at > 0:
                    part, held = held[:at], held[at:]
                elif len(held) < QUESTION:
                    break
                else:
                    connection.sendall(bytes([self._answer(held[:QUESTION])]))
                    held = held[QUESTION:]
                    continue
                paper = self._print(connection, paper + part)
                self.received += len(part)

    def _print(self, connection: socket.socket, paper: bytes) -> bytes:
        if self.dies_after is not None and len(paper) >= self.dies_after:
            # At once and for good, as when somebody pulls the plug.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            raise OSError
        if CUT not in paper:
            return paper
        whole, _, rest = paper.partition(CUT)
        self.tickets.append(whole)
        return rest[1:]

    def _answer(self, question: bytes) -> int:
        if question.startswith(IN_ORDER):
            return 0x0C if self.ends else 0
        return {1: self.itself, 2: self.why_offline, 4: self.paper}[question[2]]


@contextmanager
def thermal_printer(**how: Any) -> Iterator[ThermalPrinter]:
    """Have a printer during the block."""
    printer = ThermalPrinter(**how)
    try:
        yield printer
    finally:
        printer.close()
