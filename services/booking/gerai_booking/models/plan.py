"""The plan of an agency: dated quotas, restrictions, and who changed what, when and why."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.changes import add_change
from gerai_booking.models.tables import metadata
from gerai_booking.rules.quota import Bound, Quota, Regime

#: Dated rules: how many places a site gives on a day, for a service and a channel; '' is every one of them.
quotas = Table(
    "quotas",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("service", String(60), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=True),
    Column("places", Integer, nullable=False),
    Column("basis", Text, nullable=False),
)

#: Regimes in force: name and level, for a region ('' for the whole country) and some dates.
restrictions = Table(
    "restrictions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("level", String(20), nullable=False),
    Column("region", String(5), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=True),
    Column("basis", Text, nullable=False),
)

#: The version of each site's plan ('' for what holds at all of them). Whoever changes a plan, or opens days
#: by it, locks this row before the plan is read: of two changes at once the second one sees the first.
plans = Table(
    "plans",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("version", Integer, nullable=False),
)

#: Every change of the plan, never altered: `before` is null where there was nothing.
plan_changes = Table(
    "plan_changes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", AwareDateTime, nullable=False),
    Column("officer_id", String(36), nullable=False),
    Column("officer_name", String(100), nullable=False),
    Column("site", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("before", Text, nullable=True),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_plan_changes_at", "at"),
)


def lock(session: Session, sites: Iterable[str]) -> None:
    """Lock the plans of sites for this transaction, in order: before any day is locked."""
    wanted = sorted(set(sites))
    missing = [{"site": site, "version": 0} for site in wanted]
    session.execute(insert_into(session, plans).on_conflict_do_nothing(), missing)
    session.execute(
        select(plans.c.version).where(plans.c.site.in_(wanted)).order_by(plans.c.site).with_for_update()
    ).all()


def next_version(session: Session, site: str) -> int:
    """Count a change of a locked plan; return its version after it."""
    counted = update(plans).where(plans.c.site == site).values(version=plans.c.version + 1)
    return int(session.scalars(counted.returning(plans.c.version)).one())


def quotas_of(session: Session, *, site: str) -> list[Quota]:
    """Return all dated quotas of a site."""
    rows = session.execute(select(quotas).where(quotas.c.site == site))
    return [
        Quota(
            bound=Bound(row.service, row.channel),
            places=row.places,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]


def quota_rows(session: Session, *, site: str, from_day: date) -> list[Any]:
    """Return the quotas of a site that still hold or will, in the order of their bounds and dates."""
    alive = or_(quotas.c.valid_to.is_(None), quotas.c.valid_to >= from_day)
    order = (quotas.c.channel, quotas.c.service, quotas.c.valid_from)
    return list(session.execute(select(quotas).where(quotas.c.site == site, alive).order_by(*order)))


def put_quota(session: Session, row: dict[str, Any]) -> dict[str, Any] | None:
    """Write a dated quota; return the row with the same beginning that it replaces, if there was one."""
    here = _quota(row["site"], Bound(row["service"], row["channel"]), row["valid_from"])
    before = session.execute(select(quotas).where(*here)).mappings().one_or_none()
    statement = insert_into(session, quotas)
    session.execute(
        statement.values(row).on_conflict_do_update(
            index_elements=list(quotas.primary_key.columns),
            set_={name: statement.excluded[name] for name in ("valid_to", "places", "basis")},
        )
    )
    return dict(before) if before else None


def find_quota(session: Session, *, site: str, bound: Bound, valid_from: date) -> Any | None:
    """Return a dated quota by its bound and first day; the caller has locked the plan."""
    return session.execute(select(quotas).where(*_quota(site, bound, valid_from))).one_or_none()


def end_quota(session: Session, *, site: str, bound: Bound, valid_from: date, last_day: date) -> None:
    """Let a dated quota end with a day; one that ends before it begins never holds."""
    session.execute(update(quotas).where(*_quota(site, bound, valid_from)).values(valid_to=last_day))


def _quota(site: str, bound: Bound, valid_from: date) -> tuple[ColumnElement[bool], ...]:
    return (
        quotas.c.site == site,
        quotas.c.service == bound.service,
        quotas.c.channel == bound.channel,
        quotas.c.valid_from == valid_from,
    )


def regimes(session: Session) -> list[Regime]:
    """Return all restrictions that were ever put in force."""
    return [
        Regime(
            name=row.name,
            level=row.level,
            region=row.region,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in session.execute(select(restrictions).order_by(restrictions.c.id))
    ]


def restriction_rows(session: Session, *, from_day: date) -> list[Any]:
    """Return the restrictions that still hold or will, the newest first."""
    alive = or_(restrictions.c.valid_to.is_(None), restrictions.c.valid_to >= from_day)
    return list(session.execute(select(restrictions).where(alive).order_by(restrictions.c.id.desc())))


def find_restriction(session: Session, restriction_id: str) -> Any | None:
    """Return a restriction; the caller has locked the plan."""
    return session.execute(select(restrictions).where(restrictions.c.id == restriction_id)).one_or_none()


def add_restriction(session: Session, row: dict[str, Any]) -> str:
    """Put a restriction in force; return its id."""
    restriction_id = new_id()
    session.execute(insert(restrictions).values(id=restriction_id, **row))
    return restriction_id


def end_restriction(session: Session, restriction_id: str, *, last_day: date) -> None:
    """Let a restriction end with a day."""
    session.execute(update(restrictions).where(restrictions.c.id == restriction_id).values(valid_to=last_day))


def record_change(
    session: Session,
    *,
    officer_id: str,
    officer_name: str,
    site: str,
    kind: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    why: str,
    now: datetime,
) -> None:
    """Write down who changed what of a locked plan, and why: this is its next version."""
    add_change(
        session,
        plan_changes,
        officer_id=officer_id,
        officer_name=officer_name,
        kind=kind,
        before=before,
        after=after,
        why=why,
        now=now,
        site=site,
        version=next_version(session, site),
    )


def changes_of(session: Session, *, sites: Sequence[str], limit: int, kinds: Sequence[str]) -> list[Any]:
    """Return the last changes of these kinds at these sites, the newest first."""
    return list(
        session.execute(
            select(plan_changes)
            .where(plan_changes.c.site.in_(sites), plan_changes.c.kind.in_(kinds))
            .order_by(plan_changes.c.at.desc(), plan_changes.c.id.desc())
            .limit(limit)
        )
    )
