"""Waiting rooms: the last number given, who drew one, and the proofs of work that were used up."""

from collections.abc import Iterable
from datetime import datetime

from gerai_shared.database import insert_into
from gerai_shared.times import AwareDateTime
from gerai_shared.waiting_room import Room, site_mark
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

#: A room is what its numbers say of it: the site, the moment it opens, the pace. `last` is the last number.
rooms = Table(
    "waiting_rooms",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("opens_at", AwareDateTime, primary_key=True),
    Column("pace", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

#: Each number once, with keyed hashes of the browser that drew it and the network it came from.
entries = Table(
    "room_entries",
    metadata,
    Column("site", String(60), primary_key=True),
    Column("opens_at", AwareDateTime, primary_key=True),
    Column("pace", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("holder_hash", String(64), nullable=True),
    Column("network_hash", String(64), nullable=True),
    ForeignKeyConstraint(
        ["site", "opens_at", "pace"],
        ["waiting_rooms.site", "waiting_rooms.opens_at", "waiting_rooms.pace"],
        ondelete="CASCADE",
    ),
    Index("ix_room_entries_holder_hash", "holder_hash"),
    Index("ix_room_entries_network_hash", "network_hash"),
)

#: Solved tasks, by the task: each opens one place.
used_proofs = Table(
    "used_proofs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("used_at", AwareDateTime, nullable=False),
    Index("ix_used_proofs_used_at", "used_at"),
)


def room_of(site: str, opens_at: datetime, pace: int) -> Room:
    """Return the room of a site that opens at a moment."""
    return Room(site_mark=site_mark(site), opens_at=opens_at, pace=pace)


def last_number(session: Session, site: str, room: Room) -> int:
    """Return the last number that was given in a room, 0 where nobody drew one."""
    return session.scalar(select(rooms.c.last).where(*_of(rooms, site, room))) or 0


def next_number(session: Session, site: str, room: Room, *, at_least: int) -> int:
    """Give the next number of a room, `at_least` or higher, in one guarded statement."""
    session.execute(
        insert_into(session, rooms)
        .values(site=site, opens_at=room.opens_at, pace=room.pace, last=0)
        .on_conflict_do_nothing()
    )
    following = case((rooms.c.last + 1 > at_least, rooms.c.last + 1), else_=at_least)
    given = session.scalar(
        update(rooms).where(*_of(rooms, site, room)).values(last=following).returning(rooms.c.last)
    )
    assert given is not None
    return int(given)


def add_entry(
    session: Session, site: str, room: Room, number: int, *, holder: str | None, network: str | None
) -> None:
    """Write down who drew a number; both hashes may be unknown."""
    session.execute(
        insert(entries).values(
            site=site,
            opens_at=room.opens_at,
            pace=room.pace,
            number=number,
            holder_hash=holder,
            network_hash=network,
        )
    )


def number_of_holder(
    session: Session, site: str, room: Room, holder: str | None, *, above: int
) -> int | None:
    """Return the number above `above` that a browser has drawn already, None without one."""
    if holder is None:
        return None
    found: int | None = session.scalar(
        select(func.max(entries.c.number)).where(
            *_of(entries, site, room), entries.c.holder_hash == holder, entries.c.number > above
        )
    )
    return found


def count_of_network(session: Session, site: str, room: Room, network: str | None, *, above: int) -> int:
    """Return how many numbers above `above` were drawn from a network; from an unknown one, none."""
    if network is None:
        return 0
    query = select(func.count()).where(
        *_of(entries, site, room), entries.c.network_hash == network, entries.c.number > above
    )
    return session.scalar(query) or 0


def use_proofs(session: Session, ids: Iterable[str], *, now: datetime) -> set[str]:
    """Use solved tasks up; return those that nobody had used before. Sorted, as all who meet there do."""
    rows = [{"id": proof, "used_at": now} for proof in sorted(set(ids))]
    if not rows:
        return set()
    statement = insert_into(session, used_proofs).on_conflict_do_nothing().returning(used_proofs.c.id)
    return set(session.scalars(statement, rows))


def give_proofs_back(session: Session, ids: Iterable[str]) -> None:
    """Let solved tasks that came to nothing be used again."""
    wanted = sorted(set(ids))
    if wanted:
        session.execute(delete(used_proofs).where(used_proofs.c.id.in_(wanted)))


def forget(session: Session, *, before: datetime) -> None:
    """Delete rooms with their numbers, and proofs, from before a moment: nothing of them counts any more."""
    session.execute(delete(entries).where(entries.c.opens_at < before))
    session.execute(delete(rooms).where(rooms.c.opens_at < before))
    session.execute(delete(used_proofs).where(used_proofs.c.used_at < before))


def _of(table: Table, site: str, room: Room) -> tuple[ColumnElement[bool], ...]:
    return (table.c.site == site, table.c.opens_at == room.opens_at, table.c.pace == room.pace)
