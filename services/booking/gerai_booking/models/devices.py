"""Kiosks, displays and printers of an agency. Of a key only the hash is kept."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Index, Integer, String, Table, Text, insert, or_, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

devices = Table(
    "devices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("site", String(60), nullable=False),
    Column("name", String(100), nullable=False),
    # None for a printer, which asks nothing of anybody.
    Column("key_hash", String(64), nullable=True),
    # Of a kiosk: on which printer its numbers are printed.
    Column("printer_id", String(36), nullable=True),
    Column("printer_host", String(45), nullable=True),
    Column("printer_port", Integer, nullable=True),
    Column("paper_mm", Integer, nullable=True),
    Column("added_by", String(100), nullable=False),
    Column("added_at", AwareDateTime, nullable=False),
    Column("revoked_by", String(100), nullable=True),
    Column("revoked_at", AwareDateTime, nullable=True),
    Column("last_seen_at", AwareDateTime, nullable=True),
    # When somebody last went to ask a printer: of several processes one does.
    Column("looked_at", AwareDateTime, nullable=True),
    Column("last_state", Text, nullable=False, server_default="{}"),
    Column("silent_told_at", AwareDateTime, nullable=True),
    Index("uq_devices_key_hash", "key_hash", unique=True),
    Index("ix_devices_site", "site"),
)


def add(session: Session, row: Mapping[str, Any]) -> str:
    """Write a device down; return its id."""
    device_id = new_id()
    session.execute(insert(devices).values(id=device_id, **row))
    return device_id


def change(session: Session, device_id: str, **columns: Any) -> None:
    """Write columns of a device."""
    session.execute(update(devices).where(devices.c.id == device_id).values(**columns))


def find(session: Session, device_id: str, *, lock: bool = False) -> Any | None:
    """Return a device's row, None when there is none."""
    query = select(devices).where(devices.c.id == device_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def with_key(session: Session, key_hash: str) -> Any | None:
    """Return the device that has this key and is not revoked, None when there is none."""
    query = select(devices).where(devices.c.key_hash == key_hash, devices.c.revoked_at.is_(None))
    return session.execute(query).one_or_none()


def at(session: Session, *, site: str | None = None) -> list[Any]:
    """Return the devices of a site, or all; those that are revoked come last."""
    query = select(devices).order_by(
        devices.c.revoked_at.is_not(None), devices.c.kind, devices.c.name, devices.c.id
    )
    return list(session.execute(query if site is None else query.where(devices.c.site == site)))


def live_printers(session: Session) -> list[Any]:
    """Return the printers that are not revoked."""
    query = select(devices).where(devices.c.kind == "printer", devices.c.revoked_at.is_(None))
    return list(session.execute(query.order_by(devices.c.id)))


def go_and_look(session: Session, device_id: str, *, now: datetime, before: datetime) -> bool:
    """Tell whether it is for the caller to ask a printer now: nobody has since `before`."""
    nobody_has = or_(devices.c.looked_at.is_(None), devices.c.looked_at <= before)
    statement = update(devices).where(devices.c.id == device_id, nobody_has).values(looked_at=now)
    return session.scalar(statement.returning(devices.c.id)) is not None


def heard(session: Session, row: Any, *, now: datetime, state: Mapping[str, Any]) -> bool:
    """Write down that a device is there; return whether it had been reported as silent."""
    device_id = row.id
    session.execute(
        update(devices)
        .where(devices.c.id == device_id)
        .values(last_seen_at=now, last_state=json.dumps(dict(state), separators=(",", ":")))
    )
    if row.silent_told_at is None:
        # As nearly always; told in this very moment, the next heartbeat takes it back.
        return False
    was_silent = (
        update(devices)
        .where(devices.c.id == device_id, devices.c.silent_told_at.is_not(None))
        .values(silent_told_at=None)
    )
    return session.scalar(was_silent.returning(devices.c.id)) is not None


def silent(session: Session, *, site: str, before: datetime) -> list[Any]:
    """Return the devices of a site that were not heard of since `before`, and of which nobody was told."""
    query = select(devices).where(
        devices.c.site == site,
        devices.c.revoked_at.is_(None),
        devices.c.silent_told_at.is_(None),
        devices.c.last_seen_at < before,
    )
    return list(session.execute(query.order_by(devices.c.id)))


def mark_told(session: Session, device_id: str, *, now: datetime, before: datetime) -> bool:
    """Write down that its silence is told of; return whether nobody else did and it is silent still."""
    statement = (
        update(devices)
        .where(
            devices.c.id == device_id,
            devices.c.silent_told_at.is_(None),
            devices.c.revoked_at.is_(None),
            devices.c.last_seen_at < before,
        )
        .values(silent_told_at=now)
    )
    return session.scalar(statement.returning(devices.c.id)) is not None


def state_of(row: Any) -> dict[str, Any]:
    """Return what a device said last."""
    found: dict[str, Any] = json.loads(row.last_state or "{}")
    return found
