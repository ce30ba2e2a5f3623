"""Thermal printers on the network: ESC/POS through python-escpos. Every wait here has an end.

python-escpos takes 12 MB and a third of a second with all that it imports: only processes that print load it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.translations import texts

from gerai_booking.rules.devices import Condition
from gerai_booking.usecases.printing import Slip

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 2.0
SEND_SECONDS = 5.0
#: A ticket takes some two seconds; a printer that has not got it out by then has another problem.
PRINT_SECONDS = 10.0

#: Real-time status, answered whatever the printer does: of itself, of what stops it, of its paper.
ASK_ITSELF, ASK_OFFLINE, ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
#: Status in the order of what was sent: its answer says that all before it has been printed.
ASK_IN_ORDER = b"\x1dr\x01"
IS_OFFLINE, COVER_IS_OPEN, STOPPED_FOR_PAPER = 0x08, 0x04, 0x20
PAPER_HAS_ENDED, PAPER_IS_LOW = 0x60, 0x0C
ENDED_IN_ORDER = 0x0C
#: How answers are told apart from what printers send of themselves: bits that are always so.
REAL_TIME = (0x93, 0x12)
IN_ORDER = (0x90, 0x00)

#: Characters of the built-in font on a line, and of the one at double width.
COLUMNS = {58: 32, 80: 42}
#: How many times as wide as others the digits of the number are, where they fit on one line.
WIDEST = 7
PACKAGES = ("gerai_booking", "gerai_shared")
#: What stands on the paper, in the language chosen.
COPY_NUMBER, YOUR_NUMBER, PEOPLE_BEFORE = "COPY %(number)s", "Your number", "People before you: %(count)s"
SCAN_THE_CODE = "Scan the code: your phone tells you when you are called."
PRIORITY = "Priority"
ON_PAPER = (COPY_NUMBER, YOUR_NUMBER, PEOPLE_BEFORE, SCAN_THE_CODE, PRIORITY)


class PrinterGone(Exception):
    """The printer is not there, or does not answer in time."""


@contextmanager
def connected(address: tuple[str, int]) -> Iterator["Line"]:
    """Have a connection to a printer during the block. Raises PrinterGone."""
    from escpos.exceptions import DeviceNotFoundError
    from escpos.printer.network import Network

    printer = Network(address[0], port=address[1], timeout=CONNECT_SECONDS)
    try:
        printer.open()
        yield Line(printer)
    except (DeviceNotFoundError, OSError) as error:
        raise PrinterGone from error
    finally:
        printer.close()


class Line:
    """A connection to one printer."""

    def __init__(self, printer: Any) -> None:
        self._printer = printer

    def condition(self) -> Condition:
        """Ask the printer how it is. Raises OSError when it does not answer."""
        itself = self._ask(ASK_ITSELF, REAL_TIME, seconds=ANSWER_SECONDS)
        paper = self._ask(ASK_PAPER, REAL_TIME, seconds=ANSWER_SECONDS)
        if paper & PAPER_HAS_ENDED:
            return Condition.PAPER_OUT
        if itself & IS_OFFLINE:
            why = self._ask(ASK_OFFLINE, REAL_TIME, seconds=ANSWER_SECONDS)
            if why & STOPPED_FOR_PAPER:
                return Condition.PAPER_OUT
            return Condition.COVER_OPEN if why & COVER_IS_OPEN else Condition.OFFLINE
        return Condition.PAPER_LOW if paper & PAPER_IS_LOW else Condition.FINE

    def put(self, data: bytes) -> str | None:
        """Send a ticket once and wait until it is out; return None, or why nobody knows whether it is."""
        try:
            self._printer.device.settimeout(SEND_SECONDS)
            self._printer._raw(data)
            answer = self._ask(ASK_IN_ORDER, IN_ORDER, seconds=PRINT_SECONDS)
        except OSError:
            return "no_answer"
        return "paper_out" if answer & ENDED_IN_ORDER else None

    def _ask(self, question: bytes, shape: tuple[int, int], *, seconds: float) -> int:
        """Return the one byte that answers a question; what has another shape answers none of ours."""
        mask, wanted = shape
        ends = time.monotonic() + seconds
        self._printer.device.settimeout(seconds)
        self._printer._raw(question)
        while (left := ends - time.monotonic()) > 0:
            self._printer.device.settimeout(left)
            got = self._printer._read()
            if not got:
                raise ConnectionResetError
            for byte in got:
                if byte & mask == wanted:
                    return int(byte)
        raise TimeoutError


def compose(slip: Slip, *, portal: str) -> bytes:
    """Return a ticket in the printer's language; `portal` is the address under which tickets have pages."""
    from escpos.printer import Dummy

    say = texts(PACKAGES, slip.language).gettext
    columns = COLUMNS[slip.paper_mm]
    paper = Dummy()
    paper.hw("INIT")
    paper.set(align="center", normal_textsize=True)
    for line in (slip.site, slip.agency):
        paper.block_text(line, columns=columns)
        paper.ln()
    if slip.copy:
        paper.set(bold=True, double_height=True, double_width=True)
        paper.textln(say(COPY_NUMBER) % {"number": slip.copy})
    paper.set(normal_textsize=True, bold=False)
    paper.textln(say(YOUR_NUMBER))
    paper.set(bold=True, custom_size=True, width=min(WIDEST, columns // len(slip.number)), height=6)
    paper.textln(slip.number)
    paper.set(normal_textsize=True, bold=False)
    for line in _lines(slip, say):
        paper.block_text(line, columns=columns)
        paper.ln()
    if slip.code is not None:
        paper.ln()
        paper.qr(f"{portal}/t/{slip.code}", native=True, size=4 if slip.paper_mm == min(COLUMNS) else 6)
        paper.block_text(say(SCAN_THE_CODE), columns=columns)
        paper.ln()
    paper.cut()
    found: bytes = paper.output
    return found


def _lines(slip: Slip, say: Any) -> list[str]:
    came = slip.came_at.astimezone(ZoneInfo(slip.time_zone))
    lines = [slip.service]
    if slip.priority:
        lines.append(say(PRIORITY))
    if slip.ahead is not None:
        lines.append(say(PEOPLE_BEFORE) % {"count": slip.ahead})
    lines.append(f"{came:%d-%m-%Y %H.%M} {came:%Z}")
    return lines
