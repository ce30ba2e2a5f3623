"""Orders carried out to the end, one transaction a ticket.

May be interrupted anywhere and run again, also twice at once.
"""

from datetime import datetime, timedelta

from gerai_shared.database import Database

from gerai_booking.models import directives
from gerai_booking.rules.directives import IN_FORCE, UNDOING
from gerai_booking.usecases import treating
from gerai_booking.usecases.office import Office


def carry_out(database: Database, office: Office, directive_id: str, *, now: datetime) -> int:
    """Do what an order in force, or one being undone, has left to do; return how many tickets changed."""
    with database.reading() as session:
        row = directives.find(session, directive_id)
    if row is not None and row.state == IN_FORCE:
        return _apply(database, office, directive_id, now=now)
    if row is not None and row.state == UNDOING:
        return _undo(database, office, directive_id, now=now)
    return 0


def _apply(database: Database, office: Office, directive_id: str, *, now: datetime) -> int:
    with database.transaction() as session:
        directive = directives.of_row(directives.find(session, directive_id))
        treating.wait_for_bookings(session, office, directive, now=now)
    with database.reading() as session:
        waiting = treating.tickets_to_treat(session, office, directive, now=now)
    changed = 0
    for ticket_id in waiting:
        with database.transaction() as session:
            changed += treating.treat(session, office, directive_id, ticket_id, now=now) is not None
    return changed


def _undo(database: Database, office: Office, directive_id: str, *, now: datetime) -> int:
    with database.reading() as session:
        waiting = directives.not_restored(session, directive_id)
    for ticket_id in waiting:
        with database.transaction() as session:
            treating.restore(session, office, directive_id, ticket_id, now=now)
    with database.transaction() as session:
        treating.finish_undoing(session, office, directive_id, now=now)
    return len(waiting)


def carry_on(database: Database, office: Office, *, now: datetime) -> None:
    """Do what was left of all orders, by whatever interruption, and end the offers that are over."""
    with database.reading() as session:
        unfinished = directives.to_work_on(session, from_day=now.date() - timedelta(days=1))
    for directive_id in unfinished:
        carry_out(database, office, directive_id, now=now)
    ended = True
    while ended:
        with database.transaction() as session:
            ended = treating.end_offers(session, office, now=now) > 0
