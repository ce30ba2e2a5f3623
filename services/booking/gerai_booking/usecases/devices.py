"""Kiosks, displays and printers: added and revoked by supervisors, heard of, missed when they are silent."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.outbox import NewEvent
from sqlalchemy.orm import Session

from gerai_booking.models import devices
from gerai_booking.refusals.devices import (
    DeviceRevoked,
    PrinterAddressMissing,
    UnknownDevice,
    UnknownPrinter,
)
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.devices import (
    HEARTBEAT,
    KIOSK,
    PRINTER,
    SILENT_AFTER,
    TROUBLES,
    Condition,
    Printer,
    condition,
    is_watched,
    printer_address,
)
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.opening import calendar_of

WIDEST_PAPER_MM = 80


@dataclass(frozen=True, kw_only=True)
class DeviceSeen:
    """A device as a supervisor sees it: its row, how it is, what it said last, on what it prints."""

    row: Any
    condition: Condition
    state: Mapping[str, Any]
    printer: str | None


def add(
    session: Session,
    office: Office,
    officer: Officer,
    *,
    kind: str,
    site: str,
    name: str,
    address: str | None,
    paper_mm: int | None,
    printer: str | None,
    now: datetime,
) -> str | None:
    """Add a device; return its key, which is told this once, None for a printer.

    Raises Forbidden, UnknownSite, UnknownPrinter, PrinterAddressMissing, PrinterAddressWrong.
    """
    officer.must_be_supervisor()
    office.site(site)
    row: dict[str, Any] = {
        "kind": kind,
        "site": site,
        "name": name,
        "added_by": officer.name,
        "added_at": now,
    }
    if kind == PRINTER:
        if not address:
            raise PrinterAddressMissing
        host, port = printer_address(address)
        devices.add(
            session,
            {**row, "printer_host": host, "printer_port": port, "paper_mm": paper_mm or WIDEST_PAPER_MM},
        )
        return None
    if kind == KIOSK and printer:
        _printer(session, printer, site=site)
        row["printer_id"] = printer
    key = _new_key(office)
    devices.add(session, {**row, "key_hash": hash_of(key)})
    return key


def renew_key(session: Session, office: Office, officer: Officer, *, device_id: str) -> str:
    """Give a kiosk or display another key; the old one ends.

    Raises Forbidden, UnknownDevice, DeviceRevoked.
    """
    row = _live(session, officer, device_id)
    if row.kind == PRINTER:
        raise UnknownDevice
    key = _new_key(office)
    devices.change(session, device_id, key_hash=hash_of(key))
    return key


def revoke(session: Session, officer: Officer, *, device_id: str, now: datetime) -> None:
    """Withdraw a device: its key opens nothing any more. Raises Forbidden, UnknownDevice, DeviceRevoked."""
    _live(session, officer, device_id)
    devices.change(session, device_id, revoked_at=now, revoked_by=officer.name, silent_told_at=None)


def check(session: Session, office: Office, *, key: str) -> dict[str, Any]:
    """Return whose key this is, as JSON: {id, kind, site, name, agency, printer}.

    `printer` is {id, host, port, paper_mm} or None. Raises UnknownDevice.
    """
    row = _with_key(session, office, key)
    printer = devices.find(session, row.printer_id) if row.printer_id else None
    return {
        "id": row.id,
        "kind": row.kind,
        "site": row.site,
        "name": row.name,
        "agency": office.code,
        "printer": _as_json(printer) if printer is not None and printer.revoked_at is None else None,
    }


def seen(session: Session, office: Office, *, key: str, state: Mapping[str, Any], now: datetime) -> None:
    """Take a heartbeat. Raises UnknownDevice."""
    heard(session, office, _with_key(session, office, key), state=state, now=now)


def heard(session: Session, office: Office, row: Any, *, state: Mapping[str, Any], now: datetime) -> None:
    """Write down that a device is there; whoever was told of its silence is told that it is back."""
    if devices.heard(session, row, now=now, state=state):
        announce(session, office, _news(office, "device.back.v1", row, last_seen_at=now), now=now)


def not_reached(session: Session, row: Any, *, now: datetime) -> None:
    """Write down that a printer does not answer; once is no reason: somebody else may be printing there."""
    if row.last_seen_at is not None and now - row.last_seen_at < 2 * HEARTBEAT:
        return
    devices.change(session, row.id, last_state='{"condition":"gone"}', looked_at=now)


def printers_to_ask(session: Session, *, now: datetime) -> list[tuple[Any, Printer]]:
    """Return the printers that are to be asked now how they are, and by nobody else: (row, printer)."""
    due = [
        row
        for row in devices.live_printers(session)
        if devices.go_and_look(session, row.id, now=now, before=now - HEARTBEAT)
    ]
    return [(row, printer_of(row)) for row in due]


def tell_of_silence(session: Session, office: Office, *, now: datetime) -> list[str]:
    """Tell once of each device that is missed while its site is open; return the names of those told of."""
    told: list[str] = []
    for site in office.agency.sites:
        silent = devices.silent(session, site=site.code, before=now - SILENT_AFTER)
        if not silent or not _is_open(session, office, site, now=now):
            continue
        for row in silent:
            if devices.mark_told(session, row.id, now=now, before=now - SILENT_AFTER):
                event = _news(office, "device.silent.v1", row, last_seen_at=row.last_seen_at)
                announce(session, office, event, now=now)
                told.append(row.name)
    return told


def overview(session: Session, officer: Officer, *, now: datetime) -> list[DeviceSeen]:
    """Return all devices for a supervisor. Raises Forbidden."""
    officer.must_be_supervisor()
    return _seen(devices.at(session), now=now)


def troubled(session: Session, *, site: str, now: datetime) -> list[DeviceSeen]:
    """Return the devices of a site that somebody has to look after."""
    return [each for each in _seen(devices.at(session, site=site), now=now) if each.condition in TROUBLES]


def count_of_troubles(session: Session, *, now: datetime) -> dict[tuple[str, str], int]:
    """Return how many devices are in which trouble, by (kind, condition)."""
    counts: dict[tuple[str, str], int] = {}
    for each in _seen(devices.at(session), now=now):
        if each.condition in TROUBLES:
            of = (each.row.kind, each.condition.value)
            counts[of] = counts.get(of, 0) + 1
    return counts


def printer_of(row: Any) -> Printer:
    """Return where a printer is, from its row."""
    return Printer(
        id=row.id, host=row.printer_host, port=row.printer_port, paper_mm=row.paper_mm or WIDEST_PAPER_MM
    )


def hash_of(key: str) -> str:
    """Return what is kept of a key; it has enough chance in it that nothing slower is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def _seen(rows: list[Any], *, now: datetime) -> list[DeviceSeen]:
    names = {row.id: row.name for row in rows}
    found = []
    for row in rows:
        state = devices.state_of(row)
        how = condition(
            revoked=row.revoked_at is not None, last_seen_at=row.last_seen_at, state=state, now=now
        )
        printer = names.get(row.printer_id) if row.printer_id else None
        found.append(DeviceSeen(row=row, condition=how, state=state, printer=printer))
    return found


def _new_key(office: Office) -> str:
    # Random, and not the device's id: a new key ends the old one.
    return office.device_key(str(uuid.uuid4()))


def _with_key(session: Session, office: Office, key: str) -> Any:
    # Keys that were not made here are turned away without asking the database.
    row = devices.with_key(session, hash_of(key)) if office.is_device_key(key) else None
    if row is None or not office.knows_site(row.site):
        raise UnknownDevice
    return row


def _live(session: Session, officer: Officer, device_id: str) -> Any:
    officer.must_be_supervisor()
    row = devices.find(session, device_id, lock=True)
    if row is None:
        raise UnknownDevice
    if row.revoked_at is not None:
        raise DeviceRevoked
    return row


def _printer(session: Session, printer_id: str, *, site: str) -> None:
    row = devices.find(session, printer_id)
    if row is None or row.kind != PRINTER or row.site != site or row.revoked_at is not None:
        raise UnknownPrinter


def _as_json(row: Any) -> dict[str, Any]:
    printer = printer_of(row)
    return {"id": printer.id, "host": printer.host, "port": printer.port, "paper_mm": printer.paper_mm}


def _is_open(session: Session, office: Office, site: Site, *, now: datetime) -> bool:
    day = office.today(site.code, now)
    hours = calendar_of(session, office, site, first=day, last=day).hours_on(day)
    return hours is not None and is_watched(
        now, opens=hours.opens, closes=hours.closes, time_zone=site.time_zone
    )


def _news(office: Office, event_type: str, row: Any, *, last_seen_at: datetime) -> NewEvent:
    return NewEvent(
        type=event_type,
        subject=row.id,
        agency=office.code,
        data={"device_id": row.id, "kind": row.kind, "name": row.name, "last_seen_at": last_seen_at},
    )
