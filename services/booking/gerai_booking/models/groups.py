"""Places that institutions have together, and who got them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.people import people
from gerai_booking.models.places import slots
from gerai_booking.models.tables import metadata
from gerai_booking.models.tickets import tickets

groups = Table(
    "groups",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("institution", String(200), nullable=False),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("purpose", String(60), nullable=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("places", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    # Sealed: whom to call at the institution.
    Column("contact", Text, nullable=False),
    # On this day places without a name go back to the public.
    Column("returns_on", Date, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", AwareDateTime, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("returned_at", AwareDateTime, nullable=True),
    Column("returned_by", String(100), nullable=True),
    Column("returned_why", Text, nullable=True),
    Index("ix_groups_site", "site", "first_day"),
)

#: Places of a group by hour: those with a name are tickets, those returned are the public's again. The rest
#: counts in the hour and in the day's quotas without a ticket.
group_places = Table(
    "group_places",
    metadata,
    Column("group_id", String(36), ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("slot_id", String(100), primary_key=True),
    Column("site", String(60), nullable=False),
    Column("day", Date, nullable=False),
    Column("service", String(60), nullable=False),
    Column("places", Integer, nullable=False),
    Column("named", Integer, nullable=False, server_default="0"),
    Column("returned", Integer, nullable=False, server_default="0"),
    CheckConstraint(
        "named >= 0 AND returned >= 0 AND named + returned <= places", name="no_more_than_places"
    ),
    Index("ix_group_places_site_day", "site", "day"),
)

group_members = Table(
    "group_members",
    metadata,
    Column("ticket_id", String(36), ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", String(36), ForeignKey("groups.id", ondelete="CASCADE"), nullable=False),
    # What the institution calls this person in its own list.
    Column("reference", String(60), nullable=False),
    Index("ix_group_members_group_id", "group_id"),
)


def add(session: Session, row: Mapping[str, Any], of_hours: Sequence[Mapping[str, Any]]) -> str:
    """Write a group with its places by hour; return its id."""
    group_id = new_id()
    session.execute(insert(groups).values(id=group_id, **row))
    session.execute(insert(group_places), [{"group_id": group_id, **hour} for hour in of_hours])
    return group_id


def find(session: Session, group_id: str, *, lock: bool = False) -> Any | None:
    """Return a group, locked for this transaction when asked; before any day is locked."""
    query = select(groups).where(groups.c.id == group_id)
    return session.execute(query.with_for_update() if lock else query).one_or_none()


def at_site(session: Session, *, site: str, limit: int) -> list[Any]:
    """Return the groups of a site with how many places have names and went back, the latest days first."""
    named, returned = func.sum(group_places.c.named), func.sum(group_places.c.returned)
    query = (
        select(groups, named.label("named"), returned.label("returned"))
        .join(group_places, group_places.c.group_id == groups.c.id)
        .where(groups.c.site == site)
        .group_by(*groups.c)
        .order_by(groups.c.first_day.desc(), groups.c.id)
        .limit(limit)
    )
    return list(session.execute(query))


def places_of(session: Session, group_id: str) -> list[Any]:
    """Return a group's places by hour, with when the hour begins, in order of time."""
    return list(
        session.execute(
            select(group_places, slots.c.starts_at)
            .join(slots, slots.c.id == group_places.c.slot_id)
            .where(group_places.c.group_id == group_id)
            .order_by(slots.c.starts_at)
        )
    )


def count_up(session: Session, group_id: str, column: str, counts: Mapping[str, int]) -> None:
    """Add to `named` or `returned` of a locked group's hours, by the id of the hour."""
    if counts:
        session.connection().execute(
            update(group_places)
            .where(group_places.c.group_id == group_id, group_places.c.slot_id == bindparam("the_slot"))
            .values({column: group_places.c[column] + bindparam("the_count")}),
            [{"the_slot": slot, "the_count": count} for slot, count in sorted(counts.items())],
        )


def set_returned(session: Session, group_id: str, *, by: str, why: str, now: datetime) -> None:
    """Write down that a locked group's unused places went back."""
    session.execute(
        update(groups)
        .where(groups.c.id == group_id)
        .values(returned_at=now, returned_by=by, returned_why=why)
    )


def due(session: Session, *, site: str, today: date) -> list[str]:
    """Return the groups of a site whose unused places are to go back by now."""
    wanted = (groups.c.site == site, groups.c.returned_at.is_(None), groups.c.returns_on <= today)
    return list(session.scalars(select(groups.c.id).where(*wanted).order_by(groups.c.id)))


def without_name(session: Session, *, site: str, day: date) -> dict[str, int]:
    """Return how many places of a day groups have that have no name yet, by service."""
    left = group_places.c.places - group_places.c.named - group_places.c.returned
    rows = session.execute(
        select(group_places.c.service, func.sum(left))
        .where(group_places.c.site == site, group_places.c.day == day)
        .group_by(group_places.c.service)
    )
    return {service: int(count) for service, count in rows if count}


def unnamed_between(
    session: Session, *, sites: Collection[str], first: date, last: date, after: datetime
) -> dict[tuple[str, date, str], int]:
    """Return how many places without a name groups have in hours after a moment, by (site, day, service)."""
    left = group_places.c.places - group_places.c.named - group_places.c.returned
    key = (group_places.c.site, group_places.c.day, group_places.c.service)
    rows = session.execute(
        select(*key, func.sum(left))
        .join(slots, slots.c.id == group_places.c.slot_id)
        .where(group_places.c.site.in_(sites), group_places.c.day.between(first, last))
        .where(slots.c.starts_at > after)
        .group_by(*key)
    )
    return {(site, day, service): int(count) for site, day, service, count in rows if count}


def add_members(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down which tickets are a group's."""
    if rows:
        session.execute(insert(group_members), list(rows))


def members_of(session: Session, group_id: str) -> list[Any]:
    """Return the tickets that a group's members have now, with masked names, in the order of their hours.

    Of who was moved the last one of the same visit and service, not the one that the group gave.
    """
    given, later = tickets.alias("given"), tickets.alias("later")
    same_visit = and_(tickets.c.visit_id == given.c.visit_id, tickets.c.service == given.c.service)
    # Ids are in the order in which tickets were made.
    moved_on = exists().where(
        later.c.visit_id == tickets.c.visit_id,
        later.c.service == tickets.c.service,
        later.c.id > tickets.c.id,
    )
    columns = (
        group_members.c.reference,
        tickets.c.id,
        tickets.c.number,
        tickets.c.slot_starts_at,
        tickets.c.day,
        tickets.c.state,
        people.c.masked_name,
    )
    return list(
        session.execute(
            select(*columns)
            .join(given, given.c.id == group_members.c.ticket_id)
            .join(tickets, same_visit)
            .outerjoin(people, people.c.ticket_id == tickets.c.id)
            .where(group_members.c.group_id == group_id, ~moved_on)
            .order_by(tickets.c.slot_starts_at, tickets.c.number)
        )
    )
