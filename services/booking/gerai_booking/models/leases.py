"""Leases of the floor of a site and day to a node there, and what was merged of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets

GRANTED, RECALLED, RETURNED, REVOKED = "granted", "recalled", "returned", "revoked"
#: States of a lease in which the floor is the node's.
ACTIVE = (GRANTED, RECALLED)
#: What a node makes of its lease: still copying, working, giving it back, over.
COPYING, HELD, RETURNING, OVER = "copying", "held", "returning", "over"
_IS_ACTIVE = text("state IN ('granted', 'recalled')")

#: Site nodes that may ask for leases: their key as a hash.
nodes = Table(
    "nodes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("name", String(100), nullable=False),
    Column("key_hash", String(64), nullable=False),
    Column("created_at", AwareDateTime, nullable=False),
    Column("ended_at", AwareDateTime, nullable=True),
    Index("uq_nodes_key_hash", "key_hash", unique=True),
)

#: At the centre. `numbers` is {prefix: [first, last]}, `places` [[service, channel, places or null]], as
#: JSON.
leases = Table(
    "leases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("node_id", String(36), nullable=False),
    Column("node_name", String(100), nullable=False),
    Column("site", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("numbers", Text, nullable=False),
    Column("places", Text, nullable=False),
    Column("granted_at", AwareDateTime, nullable=False),
    Column("heard_at", AwareDateTime, nullable=False),
    Column("ended_at", AwareDateTime, nullable=True),
    Column("ended_by", String(100), nullable=True),
    Column("why", Text, nullable=True),
    # One writer of a floor: the database says so, too.
    Index(
        "uq_leases_active",
        "site",
        "day",
        unique=True,
        postgresql_where=_IS_ACTIVE,
        sqlite_where=_IS_ACTIVE,
    ),
)

#: At both: the last revision that centre and node have in common, as the centre counts it, and what the other
#: side called the same (they differ while an answer to a merge is on its way).
lease_tickets = Table(
    "lease_tickets",
    metadata,
    Column("lease_id", String(36), primary_key=True),
    Column("ticket_id", String(36), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("theirs", Integer, nullable=False),
)

#: At the centre: tickets that both sides changed apart, with both versions as JSON {ticket, lines}.
merge_conflicts = Table(
    "merge_conflicts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("lease_id", String(36), nullable=False),
    Column("ticket_id", String(36), nullable=False),
    Column("number", String(8), nullable=False),
    Column("site", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", AwareDateTime, nullable=False),
    Column("decision", String(20), nullable=False),
    Column("centre", Text, nullable=False),
    Column("floor", Text, nullable=False),
    Column("handled_at", AwareDateTime, nullable=True),
    Column("handled_by", String(100), nullable=True),
    Column("note", Text, nullable=True),
    Index("ix_merge_conflicts_handled_at_at", "handled_at", "at"),
)

#: At the node. `standing` is the digest of the orders, rules and accounts that it has.
held_leases = Table(
    "held_leases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("standing", String(64), nullable=True),
    Column("taken_in_at", AwareDateTime, nullable=False),
    Column("heard_at", AwareDateTime, nullable=False),
    Column("cut_off_since", AwareDateTime, nullable=True),
    Index("uq_held_leases_site_day", "site", "day", unique=True),
)


def add_node(session: Session, *, site: str, name: str, key_hash: str, now: datetime) -> str:
    """Write down a node; return its id."""
    node = new_id()
    session.execute(insert(nodes).values(id=node, site=site, name=name, key_hash=key_hash, created_at=now))
    return node


def node_with(session: Session, key_hash: str) -> Any | None:
    """Return the node with this key, None if nobody has it or has it still."""
    query = select(nodes).where(nodes.c.key_hash == key_hash, nodes.c.ended_at.is_(None))
    return session.execute(query).one_or_none()


def add(session: Session, **values: Any) -> str:
    """Write down a lease, active from now on; return its id."""
    lease = new_id()
    session.execute(insert(leases).values(id=lease, state=GRANTED, **values))
    return lease


def active(session: Session, *, site: str, day: date) -> Any | None:
    """Return the lease under which a node has the floor of a day, None while the centre has it."""
    where = (leases.c.site == site, leases.c.day == day, _IS_ACTIVE)
    return session.execute(select(leases).where(*where)).one_or_none()


def first_active_days(session: Session) -> dict[str, date]:
    """Return by site the first day whose floor a node still has."""
    rows = session.execute(
        select(leases.c.site, func.min(leases.c.day)).where(_IS_ACTIVE).group_by(leases.c.site)
    )
    return {site: day for site, day in rows}


def find(session: Session, lease_id: str, *, lock: bool = False) -> Any | None:
    """Return a lease, locked for this transaction when asked."""
    query = select(leases).where(leases.c.id == lease_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def change(session: Session, lease_id: str, **values: Any) -> None:
    """Change a locked lease."""
    session.execute(update(leases).where(leases.c.id == lease_id).values(**values))


def newest(session: Session, *, limit: int) -> list[Any]:
    """Return the last leases, the newest first."""
    return list(
        session.execute(select(leases).order_by(leases.c.granted_at.desc(), leases.c.id.desc()).limit(limit))
    )


def known(session: Session, lease_id: str, ids: Iterable[str]) -> dict[str, Any]:
    """Return what both sides have in common of these tickets, by id."""
    where = (lease_tickets.c.lease_id == lease_id, lease_tickets.c.ticket_id.in_(list(ids)))
    return {row.ticket_id: row for row in session.execute(select(lease_tickets).where(*where))}


def put_known(session: Session, lease_id: str, rows: Iterable[tuple[str, int, int]]) -> None:
    """Write down (ticket, revision, what the other side calls it), over what was known."""
    values = [
        {"lease_id": lease_id, "ticket_id": ticket, "revision": revision, "theirs": theirs}
        for ticket, revision, theirs in rows
    ]
    if not values:
        return
    statement = insert_into(session, lease_tickets)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[lease_tickets.c.lease_id, lease_tickets.c.ticket_id],
            set_={name: statement.excluded[name] for name in ("revision", "theirs")},
        ),
        values,
    )


def apart(
    session: Session, lease: Any, *, at_counter: bool | None = None, limit: int | None = None
) -> list[str]:
    """Return the ids of tickets of a lease's day that differ from what both sides have in common.

    `at_counter` asks for those alone that a counter is busy with, or for the others.
    """
    query = _differing(lease, select(tickets.c.id))
    if at_counter is not None:
        busy = tickets.c.state.in_(["called", "serving"])
        query = query.where(busy if at_counter else ~busy)
    return list(session.scalars(query.order_by(tickets.c.id).limit(limit)))


def count_apart(session: Session, lease: Any) -> int:
    """Return how many tickets of a lease's day differ from what both sides have in common."""
    return session.scalar(_differing(lease, select(func.count()))) or 0


def _differing(lease: Any, query: Any) -> Any:
    same = and_(lease_tickets.c.lease_id == lease.id, lease_tickets.c.ticket_id == tickets.c.id)
    return (
        query.select_from(tickets)
        .outerjoin(lease_tickets, same)
        .where(
            tickets.c.site == lease.site,
            tickets.c.day == lease.day,
            or_(lease_tickets.c.revision.is_(None), lease_tickets.c.revision != tickets.c.revision),
        )
    )


def add_conflict(session: Session, **values: Any) -> None:
    """Write down what two sides did apart, for a person to look at."""
    session.execute(insert(merge_conflicts).values(id=new_id(), **values))


def conflicts(session: Session, *, is_open: bool, limit: int) -> list[Any]:
    """Return conflicts: open ones the oldest first, handled ones the newest first."""
    handled = merge_conflicts.c.handled_at
    order = merge_conflicts.c.at if is_open else handled.desc()
    where = handled.is_(None) if is_open else handled.is_not(None)
    return list(
        session.execute(
            select(merge_conflicts).where(where).order_by(order, merge_conflicts.c.id).limit(limit)
        )
    )


def count_open_conflicts(session: Session) -> int:
    """Return how many conflicts nobody has looked at."""
    query = select(func.count()).select_from(merge_conflicts)
    return session.scalar(query.where(merge_conflicts.c.handled_at.is_(None))) or 0


def handle(session: Session, conflict_id: str, *, by: str, note: str, now: datetime) -> bool:
    """Write down that somebody has looked after a conflict; False if it was done already, or is none."""
    statement = (
        update(merge_conflicts)
        .where(merge_conflicts.c.id == conflict_id, merge_conflicts.c.handled_at.is_(None))
        .values(handled_at=now, handled_by=by, note=note or None)
    )
    return session.scalar(statement.returning(merge_conflicts.c.id)) is not None


def hold(session: Session, **values: Any) -> None:
    """Write down at a node the lease that it was given; again changes nothing."""
    session.execute(insert_into(session, held_leases).values(**values).on_conflict_do_nothing())


def held(session: Session, *, site: str, day: date) -> Any | None:
    """Return at a node the lease that it has or had of a day."""
    where = (held_leases.c.site == site, held_leases.c.day == day)
    return session.execute(select(held_leases).where(*where)).one_or_none()


def held_open(session: Session) -> list[Any]:
    """Return at a node the leases that are not over, by day."""
    query = select(held_leases).where(held_leases.c.state != OVER)
    return list(session.execute(query.order_by(held_leases.c.day)))


def held_over(session: Session, *, limit: int = 14) -> list[Any]:
    """Return at a node the last leases that are over, by day."""
    query = select(held_leases).where(held_leases.c.state == OVER).order_by(held_leases.c.day.desc())
    return sorted(session.execute(query.limit(limit)), key=lambda row: row.day)


def change_held(session: Session, lease_id: str, **values: Any) -> None:
    """Change at a node what stands of its lease."""
    session.execute(update(held_leases).where(held_leases.c.id == lease_id).values(**values))
