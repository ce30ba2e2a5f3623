"""Dated places of an hour: what a supervisor decided over the number that the catalogue has for a service."""

from datetime import date
from typing import Any

from gerai_shared.database import insert_into
from sqlalchemy import CheckConstraint, Column, Date, Integer, String, Table, Text, or_, select
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.rules.quota import SlotQuota

#: How many places each hour of a service has at a site, from one day to another; null is until changed.
slot_quotas = Table(
    "slot_quotas",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=True),
    Column("places", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    CheckConstraint("places >= 0", name="no_less_than_none"),
)


def of_site(session: Session, *, site: str) -> list[SlotQuota]:
    """Return all dated places of an hour of a site."""
    return [
        SlotQuota(service=row.service, places=row.places, valid_from=row.valid_from, valid_to=row.valid_to)
        for row in session.execute(select(slot_quotas).where(slot_quotas.c.site == site))
    ]


def rows_of(session: Session, *, site: str, from_day: date) -> list[Any]:
    """Return the rows of a site that still hold or will, in the order of services and dates."""
    alive = or_(slot_quotas.c.valid_to.is_(None), slot_quotas.c.valid_to >= from_day)
    query = select(slot_quotas).where(slot_quotas.c.site == site, alive)
    return list(session.execute(query.order_by(slot_quotas.c.service, slot_quotas.c.valid_from)))


def put(session: Session, row: dict[str, Any]) -> dict[str, Any] | None:
    """Write a row of a locked plan; return the one with the same beginning that it replaces, if any."""
    key = [slot_quotas.c[name] == row[name] for name in ("site", "service", "valid_from")]
    before = session.execute(select(slot_quotas).where(*key)).mappings().one_or_none()
    statement = insert_into(session, slot_quotas)
    session.execute(
        statement.values(row).on_conflict_do_update(
            index_elements=list(slot_quotas.primary_key.columns),
            set_={name: statement.excluded[name] for name in ("valid_to", "places", "basis")},
        )
    )
    return dict(before) if before else None
