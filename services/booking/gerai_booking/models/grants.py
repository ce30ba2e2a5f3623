"""Places that a supervisor gave beyond the quota, each with its reason."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.times import AwareDateTime
from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, Text, func, insert, select
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets

grants = Table(
    "grants",
    metadata,
    Column("ticket_id", String(36), ForeignKey("tickets.id"), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", AwareDateTime, nullable=False),
    Index("ix_grants_site_day", "site", "day"),
)


def add(
    session: Session,
    *,
    ticket_id: str,
    kind: str,
    reason: str,
    officer_id: str,
    officer_name: str,
    site: str,
    service: str,
    day: date,
    now: datetime,
) -> None:
    """Write down a place beyond the quota."""
    session.execute(
        insert(grants).values(
            ticket_id=ticket_id,
            kind=kind,
            reason=reason,
            officer_id=officer_id,
            officer_name=officer_name,
            site=site,
            service=service,
            day=day,
            at=now,
        )
    )


def of_days(session: Session, *, site: str, first: date, last: date) -> list[Any]:
    """Return the grants of a site's days with the number of each ticket, the newest first."""
    return list(
        session.execute(
            select(grants, tickets.c.number)
            .join(tickets, tickets.c.id == grants.c.ticket_id)
            .where(grants.c.site == site, grants.c.day.between(first, last))
            .order_by(grants.c.at.desc(), grants.c.ticket_id.desc())
        )
    )


def count_by_service(session: Session, *, site: str, day: date, kind: str) -> dict[str, int]:
    """Return how many places of a kind were given on a day for each service."""
    where = (grants.c.site == site, grants.c.day == day, grants.c.kind == kind)
    rows = session.execute(select(grants.c.service, func.count()).where(*where).group_by(grants.c.service))
    return {service: count for service, count in rows}


def by_officer(session: Session, *, sites: Sequence[str], first: date, last: date) -> list[Any]:
    """Return rows of (officer_name, kind, count): who gave how many, the most first."""
    return list(
        session.execute(
            select(grants.c.officer_name, grants.c.kind, func.count().label("count"))
            .where(grants.c.site.in_(sites), grants.c.day.between(first, last))
            .group_by(grants.c.officer_id, grants.c.officer_name, grants.c.kind)
            .order_by(func.count().desc(), grants.c.officer_name, grants.c.kind)
        )
    )
