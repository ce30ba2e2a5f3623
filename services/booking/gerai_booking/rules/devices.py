"""Kiosks, displays and printers: when one counts as silent, what is wrong with it. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address
from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared.refusals import Refused

KIOSK, DISPLAY, PRINTER = "kiosk", "display", "printer"
KINDS = (KIOSK, DISPLAY, PRINTER)
#: Kiosks and displays say that they are there, printers are asked, this often.
HEARTBEAT = timedelta(seconds=30)
#: Six heartbeats that did not come are no accident.
SILENT_AFTER = timedelta(minutes=3)
PRINTER_PORT = 9100
PAPER_WIDTHS = (58, 80)


class PrinterAddressWrong(Refused):
    """A printer is reached at an address of your own network.

    Please give it like 192.168.1.50, or 192.168.1.50:9100 with its port.
    """

    code = "printer_address_wrong"


class Condition(StrEnum):
    """How a device is, the worst that is known of it."""

    REVOKED = "revoked"
    NEW = "new"
    SILENT = "silent"
    GONE = "gone"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    PAPER_LOW = "paper_low"
    FINE = "fine"


#: What somebody has to go and look after.
TROUBLES = frozenset(
    {
        Condition.SILENT,
        Condition.GONE,
        Condition.PAPER_OUT,
        Condition.COVER_OPEN,
        Condition.OFFLINE,
        Condition.PAPER_LOW,
    }
)
#: What a printer says of itself when it cannot print, as `Condition` has it.
PRINTER_TROUBLES = frozenset({Condition.GONE, Condition.PAPER_OUT, Condition.COVER_OPEN, Condition.OFFLINE})


@dataclass(frozen=True, kw_only=True)
class Printer:
    """Where a ticket is printed: the record of the printer, its address, the width of its paper in mm."""

    id: str
    host: str
    port: int
    paper_mm: int


def printer_address(text: str) -> tuple[str, int]:
    """Return (host, port) of `10.0.0.9` or `10.0.0.9:9100`: an address of a network of one's own.

    A process of the agency opens a connection to it, so that no name and no address of the internet will
    do. Raises PrinterAddressWrong.
    """
    host, colon, port = text.strip().partition(":")
    try:
        address = IPv4Address(host)
    except AddressValueError:
        raise PrinterAddressWrong from None
    number = int(port) if port.isdecimal() else 0 if colon else PRINTER_PORT
    if not address.is_private or address.is_unspecified or not 0 < number < 2**16:
        raise PrinterAddressWrong
    return str(address), number


def is_silent(last_seen_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a device has been silent for too long; one that never was heard of is new, not silent."""
    return last_seen_at is not None and now - last_seen_at > SILENT_AFTER


def condition(
    *, revoked: bool, last_seen_at: datetime | None, state: Mapping[str, Any], now: datetime
) -> Condition:
    """Return how a device is; `state` is what it, or whoever asked it, said last."""
    if revoked:
        return Condition.REVOKED
    told = state.get("condition")
    if told in PRINTER_TROUBLES:
        return Condition(told)
    if last_seen_at is None:
        return Condition.NEW
    if is_silent(last_seen_at, now=now):
        return Condition.SILENT
    return Condition(told) if told == Condition.PAPER_LOW else Condition.FINE


def is_watched(now: datetime, *, opens: time, closes: time, time_zone: str) -> bool:
    """Tell whether somebody misses a device now: while its site is open, but for the first minutes.

    Devices are switched on when the doors open.
    """
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date()
    begins = datetime.combine(day, opens, zone) + SILENT_AFTER
    return begins <= now < datetime.combine(day, closes, zone)
