"""Tickets. Who holds them is apart, in `people`; their changes are in `history`."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.refusals import Refused
from gerai_shared.ticket import (
    AT_COUNTER_STATES,
    OPEN_STATES,
    Actor,
    Channel,
    Lane,
    StaleRevision,
    State,
    Ticket,
)
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    String,
    Table,
    and_,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gerai_booking.models.history import add_history, history_row
from gerai_booking.models.tables import metadata

#: States in which a ticket has given its place back.
WITHOUT_PLACE = frozenset({State.EXPIRED, State.CANCELLED, State.RESCHEDULED})
_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_STATES))
#: States in which nobody has taken a ticket on.
_UNSERVED = ", ".join(f"'{state.value}'" for state in sorted(OPEN_STATES - AT_COUNTER_STATES))
_AT_COUNTER = ", ".join(f"'{state.value}'" for state in sorted(AT_COUNTER_STATES))

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(8), nullable=False),
    Column("visit_id", String(36), nullable=False),
    Column("site", String(60), nullable=False),
    Column("service", String(60), nullable=False),
    Column("slot_id", String(100), nullable=True),
    Column("slot_starts_at", AwareDateTime, nullable=True),
    Column("day", Date, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("lane", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("counter", String(20), nullable=True),
    Column("created_at", AwareDateTime, nullable=False),
    Column("held_until", AwareDateTime, nullable=True),
    Column("checked_in_at", AwareDateTime, nullable=True),
    Column("queue_at", AwareDateTime, nullable=True),
    Column("called_at", AwareDateTime, nullable=True),
    Column("times_called", Integer, nullable=False),
    Column("started_at", AwareDateTime, nullable=True),
    Column("finished_at", AwareDateTime, nullable=True),
    Column("replaced_by", String(36), nullable=True),
    Column("revision", Integer, nullable=False),
    # What follows is the agency's own: not part of the shared ticket, never sent.
    Column("person_hash", String(64), nullable=True),
    Column("holder_hash", String(64), nullable=True),
    Column("network_hash", String(64), nullable=True),
    # Where its holder comes from: a regency's code of Kemendagri (36.02), or none where nobody knows.
    Column("origin", String(5), nullable=True),
    # The district in the holder's NIK (36.02.14), for figures of demand alone (docs/decisions/0022).
    Column("origin_district", String(8), nullable=True),
    # In which channel's quota the ticket counts; none for one that goes on from another.
    Column("quota_channel", String(20), nullable=True),
    # When it gave its place of the day's quotas back although it goes on: its holder did not come.
    Column("gave_back_at", AwareDateTime, nullable=True),
    Column("queue_rank", Integer, nullable=False),
    # How its service ended, and why when somebody was turned away: see rules.floor.Outcome.
    Column("outcome", String(20), nullable=True),
    Column("outcome_reason", String(300), nullable=True),
    # Why its holder waits aside, and until when, or until which other ticket of the visit has ended.
    Column("aside_reason", String(40), nullable=True),
    Column("aside_until", AwareDateTime, nullable=True),
    Column("waits_for", String(36), nullable=True),
    # Which counter or officer alone calls it, and until when.
    Column("meant_counter", String(20), nullable=True),
    Column("meant_officer", String(36), nullable=True),
    Column("meant_until", AwareDateTime, nullable=True),
    # The counter that its holder comes back to after another one.
    Column("return_counter", String(20), nullable=True),
    # Why its holder has priority (rules.lanes.GROUNDS), none where nobody said. It tells of their health.
    Column("priority_ground", String(20), nullable=True),
    # A number of this agency's own series is given once: step 0. Further steps of its visit carry the same
    # one.
    Column("step", Integer, nullable=False, server_default="0"),
    Index("uq_tickets_site_day_number", "site", "day", "number", "step", unique=True),
    Index(
        "ix_tickets_slot_id_held",
        "slot_id",
        postgresql_where=text("state = 'held'"),
        sqlite_where=text("state = 'held'"),
    ),
    Index("ix_tickets_site_day", "site", "day"),
    Index("ix_tickets_visit_id", "visit_id"),
)
# One person has one open ticket for a service, at whatever site: the database says so, too.
Index(
    "uq_tickets_open_person",
    tickets.c.service,
    tickets.c.person_hash,
    unique=True,
    postgresql_where=text(f"person_hash IS NOT NULL AND state IN ({_OPEN})"),
    sqlite_where=text(f"person_hash IS NOT NULL AND state IN ({_OPEN})"),
)
# What is asked of everybody who books: whether they missed visits.
Index(
    "ix_tickets_missed",
    tickets.c.person_hash,
    postgresql_where=text("person_hash IS NOT NULL AND state = 'no_show'"),
    sqlite_where=text("person_hash IS NOT NULL AND state = 'no_show'"),
)
# Which open tickets a person has, of whatever service.
Index(
    "ix_tickets_open_of_person",
    tickets.c.person_hash,
    postgresql_where=text(f"person_hash IS NOT NULL AND state IN ({_OPEN})"),
    sqlite_where=text(f"person_hash IS NOT NULL AND state IN ({_OPEN})"),
)
# What past days left open, beside all that they did not.
Index(
    "ix_tickets_unserved",
    tickets.c.site,
    tickets.c.day,
    postgresql_where=text(f"state IN ({_UNSERVED})"),
    sqlite_where=text(f"state IN ({_UNSERVED})"),
)
# A counter has one person at a time.
Index(
    "uq_tickets_at_counter",
    tickets.c.site,
    tickets.c.counter,
    unique=True,
    postgresql_where=text(f"state IN ({_AT_COUNTER})"),
    sqlite_where=text(f"state IN ({_AT_COUNTER})"),
)
# A person is at one counter at a time, whatever the visit is for.
Index(
    "uq_tickets_visit_at_counter",
    tickets.c.visit_id,
    unique=True,
    postgresql_where=text(f"state IN ({_AT_COUNTER})"),
    sqlite_where=text(f"state IN ({_AT_COUNTER})"),
)
# Who waits aside, and comes back at a moment or after another ticket.
Index(
    "ix_tickets_aside",
    tickets.c.site,
    tickets.c.aside_until,
    postgresql_where=text("state = 'parked'"),
    sqlite_where=text("state = 'parked'"),
)
Index(
    "ix_tickets_waits_for",
    tickets.c.waits_for,
    postgresql_where=text("waits_for IS NOT NULL"),
    sqlite_where=text("waits_for IS NOT NULL"),
)
# What free places are counted with: holds that ran out stay in the table, and gather over the years.
Index(
    "ix_tickets_held",
    tickets.c.site,
    tickets.c.day,
    postgresql_where=text("state = 'held'"),
    sqlite_where=text("state = 'held'"),
)
# What `call next` looks through: only those who wait.
Index(
    "ix_tickets_waiting",
    tickets.c.site,
    tickets.c.day,
    tickets.c.queue_rank,
    tickets.c.queue_at,
    tickets.c.id,
    postgresql_where=text("state = 'checked_in'"),
    sqlite_where=text("state = 'checked_in'"),
)

#: Columns of the agency's own that steps at a counter change.
STEP_COLUMNS = (
    "outcome",
    "outcome_reason",
    "aside_reason",
    "aside_until",
    "waits_for",
    "meant_counter",
    "meant_officer",
    "meant_until",
    "return_counter",
)
_FIELDS = tuple(field for field in Ticket.__dataclass_fields__ if field not in {"agency", "schema_version"})
COLUMNS = [tickets.c[name] for name in _FIELDS]
# Word for word what partial indexes say: so both databases see that these serve.
_IS_OPEN = text(f"state IN ({_OPEN})")
_IS_UNSERVED = text(f"state IN ({_UNSERVED})")


def ticket_of(row: Any, agency: str) -> Ticket:
    """Return the ticket in a row."""
    values = {name: getattr(row, name) for name in _FIELDS}
    values["channel"] = Channel(values["channel"])
    values["lane"] = Lane(values["lane"])
    values["state"] = State(values["state"])
    return Ticket(agency=agency, **values)


def row_of(ticket: Ticket) -> dict[str, Any]:
    """Return the columns of a ticket."""
    return {name: getattr(ticket, name) for name in _FIELDS}


def find(session: Session, ticket_id: str, *, agency: str, lock: bool = False) -> Ticket | None:
    """Return a ticket, locked for this transaction when asked."""
    query = select(*COLUMNS).where(tickets.c.id == ticket_id)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    return ticket_of(row, agency) if row else None


def find_unless_locked(session: Session, ticket_id: str, *, agency: str) -> Ticket | None:
    """Lock and return a ticket; None when there is none, or somebody else is changing it at this moment."""
    query = select(*COLUMNS).where(tickets.c.id == ticket_id).with_for_update(skip_locked=True)
    row = session.execute(query).one_or_none()
    return ticket_of(row, agency) if row else None


def find_by_number(session: Session, *, site: str, day: date, number: str, agency: str) -> Ticket | None:
    """Return the ticket of a day by the number on it, locked for this transaction.

    Of a visit's several tickets it is the one that its holder has to check in next, else the first.
    """
    found = session.execute(
        select(*COLUMNS)
        .where(tickets.c.site == site, tickets.c.day == day, tickets.c.number == number)
        .order_by(tickets.c.step)
        .with_for_update()
    ).all()
    return _to_check_in([ticket_of(row, agency) for row in found])


def of_visit(session: Session, visit_id: str, *, agency: str, lock: bool = False) -> list[Ticket]:
    """Return the tickets of a visit in the order of their hours, locked when asked."""
    query = select(*COLUMNS).where(tickets.c.visit_id == visit_id).order_by(tickets.c.id)
    rows = session.execute(query.with_for_update() if lock else query)
    found = [ticket_of(row, agency) for row in rows]
    return sorted(found, key=lambda ticket: (ticket.slot_starts_at or ticket.created_at, ticket.id))


def booked_of_visit(session: Session, visit_id: str, *, site: str, day: date, agency: str) -> list[Ticket]:
    """Lock and return the booked tickets of a visit at a site on a day, by hour.

    SKIP LOCKED: of two that are shown at the same moment, each is checked in by whoever has it.
    """
    rows = session.execute(
        select(*COLUMNS)
        .where(
            tickets.c.visit_id == visit_id,
            tickets.c.site == site,
            tickets.c.day == day,
            tickets.c.state == State.BOOKED.value,
            tickets.c.slot_id.is_not(None),
        )
        .order_by(tickets.c.slot_starts_at, tickets.c.id)
        .with_for_update(skip_locked=True)
    )
    return [ticket_of(row, agency) for row in rows]


def _to_check_in(found: list[Ticket]) -> Ticket | None:
    booked = [ticket for ticket in found if ticket.state is State.BOOKED]
    booked.sort(key=lambda ticket: ticket.slot_starts_at or ticket.created_at)
    return next(iter([*booked, *(ticket for ticket in found if ticket.is_open), *found]), None)


def first_to_check_in(session: Session, *, visit_id: str, site: str, day: date, agency: str) -> Ticket | None:
    """Return the locked ticket of a visit at a site on a day that its holder has to check in next, else the
    first.
    """
    found = of_visit(session, visit_id, agency=agency, lock=True)
    return _to_check_in([ticket for ticket in found if (ticket.site, ticket.day) == (site, day)])


def find_many(session: Session, ids: Iterable[str], *, agency: str) -> dict[str, Ticket]:
    """Return tickets by id, locked in the order of their ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(*COLUMNS).where(tickets.c.id.in_(wanted)).order_by(tickets.c.id).with_for_update()
    )
    return {row.id: ticket_of(row, agency) for row in rows}


def whole_rows(session: Session, ids: Iterable[str], *, lock: bool = False) -> dict[str, Any]:
    """Return whole rows by id, the agency's own columns too; locked in the order of their ids when asked."""
    query = select(tickets).where(tickets.c.id.in_(set(ids))).order_by(tickets.c.id)
    return {row.id: row for row in session.execute(query.with_for_update() if lock else query)}


def add(session: Session, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert tickets; return the ids of those that no other open ticket of the same person stood against."""
    if not rows:
        return set()
    # The rows go beside the statement, not into it: so it is made once, however many there are.
    statement = insert_into(session, tickets).on_conflict_do_nothing().returning(tickets.c.id)
    return set(session.scalars(statement, list(rows)))


def own_of(session: Session, ticket_id: str) -> dict[str, Any]:
    """Return what the agency knows of a ticket beside the ticket itself, as columns of a row."""
    own = (
        tickets.c.person_hash,
        tickets.c.origin,
        tickets.c.origin_district,
        tickets.c.priority_ground,
    )
    return dict(session.execute(select(*own).where(tickets.c.id == ticket_id)).mappings().one())


def ground_of(session: Session, ticket_id: str) -> str | None:
    """Return why the holder of a ticket has priority, None where nobody said."""
    return session.scalar(select(tickets.c.priority_ground).where(tickets.c.id == ticket_id))


def grounds_waiting(session: Session, *, site: str, day: date) -> dict[str, str]:
    """Return why those have priority who wait at a site, by ticket, where somebody said."""
    rows = session.execute(
        select(tickets.c.id, tickets.c.priority_ground).where(
            tickets.c.site == site,
            tickets.c.day == day,
            tickets.c.state == State.CHECKED_IN.value,
            tickets.c.priority_ground.is_not(None),
        )
    )
    return {row.id: row.priority_ground for row in rows}


def quota_channel_of(session: Session, ticket_id: str) -> str | None:
    """Return in which channel's quotas a ticket counts.

    None for one that goes on from another, or that gave its place back already.
    """
    return session.scalar(
        select(tickets.c.quota_channel).where(tickets.c.id == ticket_id, tickets.c.gave_back_at.is_(None))
    )


def save(
    session: Session,
    before: Ticket,
    after: Ticket,
    *,
    actor: Actor,
    now: datetime,
    officer_id: str | None = None,
    counter: str | None = None,
    undoable: bool = False,
    refuse: type[Refused] = StaleRevision,
    **own: Any,
) -> None:
    """Write a change, guarded by the revision it was made from, with its line of history.

    `own` are further columns of the agency; with `undoable` they are kept as they were, too. `counter` is
    where the change was made when that is not the ticket's. Raises StaleRevision when somebody was faster.
    """
    own_before = _own_as_text(session, before.id) if undoable else None
    changed = session.scalar(
        update(tickets)
        .where(tickets.c.id == before.id, tickets.c.revision == before.revision)
        .values(**row_of(after), **own)
        .returning(tickets.c.id)
    )
    if changed is None:
        raise refuse(revision=before.revision)
    row = history_row(
        before,
        after,
        actor=actor,
        now=now,
        officer_id=officer_id,
        counter=counter,
        own_before=own_before,
    )
    add_history(session, [row])


def _own_as_text(session: Session, ticket_id: str) -> str:
    columns = [tickets.c[name] for name in STEP_COLUMNS]
    row = session.execute(select(*columns).where(tickets.c.id == ticket_id)).mappings().one()
    return json.dumps(dict(row), default=datetime.isoformat)


def own_in(text: str | None) -> dict[str, Any]:
    """Return the columns of the agency's own that a line of history kept."""
    found = json.loads(text) if text else {}
    moments = [name for name in ("aside_until", "meant_until") if found.get(name)]
    return found | {name: datetime.fromisoformat(found[name]) for name in moments}


def is_about_person(error: IntegrityError) -> bool:
    """Tell whether the index of open tickets by person refused a change."""
    # PostgreSQL names the index, SQLite its columns.
    told = str(error.orig)
    return "uq_tickets_open_person" in told or "tickets.person_hash" in told


def count_places(session: Session, *, site: str, day: date) -> dict[tuple[str, str], int]:
    """Return how many tickets of a day count in the quotas, by (service, channel)."""
    rows = session.execute(
        select(tickets.c.service, tickets.c.quota_channel, func.count())
        .where(
            tickets.c.site == site,
            tickets.c.day == day,
            tickets.c.quota_channel.is_not(None),
            tickets.c.gave_back_at.is_(None),
            tickets.c.state.not_in([state.value for state in WITHOUT_PLACE]),
        )
        .group_by(tickets.c.service, tickets.c.quota_channel)
    )
    return {(service, channel): count for service, channel, count in rows}


def open_persons(session: Session, hashes: Iterable[str]) -> set[tuple[str, str]]:
    """Return (service, person hash) of the open tickets of these persons."""
    wanted = set(hashes)
    if not wanted:
        return set()
    rows = session.execute(
        select(tickets.c.service, tickets.c.person_hash).where(tickets.c.person_hash.in_(wanted), _IS_OPEN)
    )
    return {(service, person) for service, person in rows}


def open_of_person(session: Session, person_hash: str, *, agency: str) -> list[Ticket]:
    """Return the open tickets of a person, the next visit first."""
    query = select(*COLUMNS).where(tickets.c.person_hash == person_hash, _IS_OPEN)
    rows = session.execute(query.order_by(tickets.c.day, tickets.c.id))
    return [ticket_of(row, agency) for row in rows]


def is_about_visit(error: IntegrityError) -> bool:
    """Tell whether the index of visits at counters refused a change: the person is at another counter."""
    told = str(error.orig)
    return "uq_tickets_visit_at_counter" in told or "tickets.visit_id" in told


def at_counter(session: Session, *, site: str, counter: str, agency: str) -> Ticket | None:
    """Lock and return the ticket a counter is busy with."""
    row = session.execute(
        select(*COLUMNS)
        .where(
            tickets.c.site == site,
            tickets.c.counter == counter,
            tickets.c.state.in_([state.value for state in AT_COUNTER_STATES]),
        )
        .with_for_update()
    ).one_or_none()
    return ticket_of(row, agency) if row else None


def of_day(
    session: Session,
    *,
    site: str,
    day: date,
    states: Iterable[State],
    agency: str,
    services: Sequence[str] | None = None,
    called_since: datetime | None = None,
) -> list[Ticket]:
    """Return a day's tickets in some states, or called since a moment, in the order of calls."""
    wanted: list[ColumnElement[bool]] = [tickets.c.state.in_([state.value for state in states])]
    if called_since is not None:
        wanted.append(tickets.c.called_at >= called_since)
    query = select(*COLUMNS).where(tickets.c.site == site, tickets.c.day == day, or_(*wanted))
    if services is not None:
        query = query.where(tickets.c.service.in_(services))
    rows = session.execute(query.order_by(tickets.c.queue_rank, tickets.c.queue_at, tickets.c.id))
    return [ticket_of(row, agency) for row in rows]


def sites_with_left_open(session: Session, *, known: Iterable[str], before: date) -> list[str]:
    """Return the sites, but for those `known`, at which days before one left tickets open."""
    where = (_IS_UNSERVED, tickets.c.site.not_in(list(known)), tickets.c.day < before)
    return list(session.scalars(select(tickets.c.site).where(*where).distinct().order_by(tickets.c.site)))


def left_open(
    session: Session,
    *,
    site: str,
    before: date,
    agency: str,
    now: datetime,
    without: Iterable[str] = (),
    limit: int,
) -> list[Ticket]:
    """Lock and return tickets that earlier days left open, the oldest first; none of the ids in `without`.

    Those at a counter are not among them.
    """
    waiting = [State.BOOKED.value, State.CHECKED_IN.value, State.PARKED.value]
    rows = session.execute(
        select(*COLUMNS)
        .where(
            tickets.c.site == site,
            tickets.c.day < before,
            _IS_UNSERVED,
            tickets.c.id.not_in(list(without)),
            or_(
                # Who waits for another hour after a closure has missed nothing: see usecases.treating.
                and_(
                    tickets.c.state.in_(waiting),
                    or_(tickets.c.state != "booked", tickets.c.slot_id.is_not(None)),
                ),
                and_(tickets.c.state == State.HELD.value, tickets.c.held_until <= now),
            ),
        )
        .order_by(tickets.c.day, tickets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [ticket_of(row, agency) for row in rows]
