"""What is to be printed, was printed, or may have been."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gerai_shared.database import insert_into
from gerai_shared.ids import new_id
from gerai_shared.times import AwareDateTime
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from gerai_booking.models.tables import metadata

TICKET, COPY = "ticket", "copy"
WAITING, PRINTING, PRINTED, UNSURE, CANCELLED = "waiting", "printing", "printed", "unsure", "cancelled"

#: The address is the job's own: the printer may be another agency's record. `device_id` names that record.
print_jobs = Table(
    "print_jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("device_id", String(36), nullable=False),
    Column("ticket_id", String(36), ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("printer_host", String(45), nullable=False),
    Column("printer_port", Integer, nullable=False),
    Column("paper_mm", Integer, nullable=False),
    Column("language", String(2), nullable=False),
    # Whether the code that opens the ticket's page is printed, too.
    Column("with_code", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", AwareDateTime, nullable=False),
    Column("claimed_at", AwareDateTime, nullable=True),
    Column("finished_at", AwareDateTime, nullable=True),
    Column("error", String(20), nullable=True),
    Index("ix_print_jobs_ticket_id", "ticket_id"),
)
# A ticket is printed once, however often somebody asks; whatever follows is a copy, and says so.
Index(
    "uq_print_jobs_ticket",
    print_jobs.c.ticket_id,
    unique=True,
    postgresql_where=text("kind = 'ticket'"),
    sqlite_where=text("kind = 'ticket'"),
)
Index(
    "ix_print_jobs_waiting",
    print_jobs.c.printer_host,
    print_jobs.c.printer_port,
    print_jobs.c.id,
    postgresql_where=text("state = 'waiting'"),
    sqlite_where=text("state = 'waiting'"),
)
# A printer has one job under way: the database says so to all processes that print.
Index(
    "uq_print_jobs_printing",
    print_jobs.c.printer_host,
    print_jobs.c.printer_port,
    unique=True,
    postgresql_where=text("state = 'printing'"),
    sqlite_where=text("state = 'printing'"),
)


def add_ticket(session: Session, row: Mapping[str, Any]) -> bool:
    """Have a ticket printed, unless it has been asked for before; return whether it was not."""
    statement = (
        insert_into(session, print_jobs)
        .values(id=new_id(), kind=TICKET, state=WAITING, **row)
        .on_conflict_do_nothing()
    )
    return session.scalar(statement.returning(print_jobs.c.id)) is not None


def add_copy(session: Session, row: Mapping[str, Any]) -> None:
    """Have a ticket printed once more."""
    session.execute(print_jobs.insert().values(id=new_id(), kind=COPY, state=WAITING, **row))


def of_ticket(session: Session, ticket_id: str) -> list[Any]:
    """Return the jobs of a ticket, the newest first."""
    query = select(print_jobs).where(print_jobs.c.ticket_id == ticket_id)
    return list(session.execute(query.order_by(print_jobs.c.id.desc())))


def has_unfinished(session: Session) -> bool:
    """Tell whether a job waits or is being printed."""
    for state in (WAITING, PRINTING):
        if session.scalar(select(print_jobs.c.id).where(print_jobs.c.state == state).limit(1)) is not None:
            return True
    return False


def printers_with_work(session: Session) -> list[tuple[str, int]]:
    """Return the addresses of the printers for which something waits."""
    query = select(print_jobs.c.printer_host, print_jobs.c.printer_port).where(print_jobs.c.state == WAITING)
    return [(row.printer_host, row.printer_port) for row in session.execute(query.distinct())]


def claim_first(session: Session, address: tuple[str, int], *, now: datetime) -> Any | None:
    """Take the oldest job of a printer; None when none waits or somebody else is just taking one.

    Raises IntegrityError while another job of the printer is under way.
    """
    host, port = address
    first = session.scalar(
        select(print_jobs.c.id)
        .where(
            print_jobs.c.printer_host == host,
            print_jobs.c.printer_port == port,
            print_jobs.c.state == WAITING,
        )
        .order_by(print_jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if first is None:
        return None
    statement = (
        update(print_jobs)
        .where(print_jobs.c.id == first, print_jobs.c.state == WAITING)
        .values(state=PRINTING, claimed_at=now, attempts=print_jobs.c.attempts + 1, error=None)
        .returning(print_jobs)
    )
    return session.execute(statement).one_or_none()


def finish(session: Session, job_id: str, state: str, *, now: datetime, error: str | None = None) -> bool:
    """End a job that is being printed; return whether it was: another process may have given it up."""
    statement = (
        update(print_jobs)
        .where(print_jobs.c.id == job_id, print_jobs.c.state == PRINTING)
        .values(state=state, finished_at=now, error=error)
    )
    return session.scalar(statement.returning(print_jobs.c.id)) is not None


def note_trouble(session: Session, address: tuple[str, int], error: str) -> None:
    """Write down why what waits for a printer waits."""
    host, port = address
    session.execute(
        update(print_jobs)
        .where(
            print_jobs.c.printer_host == host,
            print_jobs.c.printer_port == port,
            print_jobs.c.state == WAITING,
            func.coalesce(print_jobs.c.error, "") != error,
        )
        .values(error=error)
    )


def give_up(session: Session, *, claimed_before: datetime, now: datetime) -> int:
    """Whoever was printing these died: nobody knows whether they were. Return how many."""
    statement = (
        update(print_jobs)
        .where(print_jobs.c.state == PRINTING, print_jobs.c.claimed_at < claimed_before)
        .values(state=UNSURE, finished_at=now, error="cut_off")
    )
    return len(session.scalars(statement.returning(print_jobs.c.id)).all())


def cancel_old(session: Session, *, created_before: datetime, now: datetime) -> int:
    """Let go what waited for too long; its holder has gone on without paper. Return how many."""
    statement = (
        update(print_jobs)
        .where(print_jobs.c.state == WAITING, print_jobs.c.created_at < created_before)
        .values(state=CANCELLED, finished_at=now)
    )
    return len(session.scalars(statement.returning(print_jobs.c.id)).all())
