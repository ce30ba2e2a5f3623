"""Orders carried out to the end, one transaction a ticket: one that fails does not stop the others.

May be interrupted anywhere and run again, also twice at once.
"""

from datetime import datetime, timedelta
from typing import Any

from gerai_shared.database import Database

from gerai_booking.models import directives
from gerai_booking.rules.directives import IN_FORCE, UNDOING
from gerai_booking.usecases import treating
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.office import Office

#: So long after its last day is an order looked at that an interruption kept from being carried out.
AS_LATE_AS = timedelta(days=7)


def carry_out(database: Database, office: Office, directive_id: str, *, now: datetime) -> int:
    """Do what an order in force, or one being undone, has left to do; return how many tickets changed."""
    with database.reading() as session:
        row = directives.find(session, directive_id)
    if row is not None and row.state == IN_FORCE:
        return _apply(database, office, row, now=now)
    if row is not None and row.state == UNDOING:
        return _undo(database, office, directive_id, now=now)
    return 0


def _apply(database: Database, office: Office, row: Any, *, now: datetime) -> int:
    directive = directives.of_row(row)
    with database.transaction() as session:
        treating.wait_for_bookings(session, office, directive, now=now)
    with database.reading() as session:
        # However late this runs: an hour that began after the order was put in force was never served.
        waiting = treating.tickets_to_treat(session, office, directive, since=row.applied_at)
    changed = 0
    for ticket_id in waiting:
        with apart("apply_order", ticket_id), database.transaction() as session:
            changed += treating.treat(session, office, directive.id, ticket_id, now=now) is not None
    return changed


def _undo(database: Database, office: Office, directive_id: str, *, now: datetime) -> int:
    with database.reading() as session:
        waiting = directives.not_restored(session, directive_id)
    for ticket_id in waiting:
        with apart("undo_order", ticket_id), database.transaction() as session:
            treating.restore(session, office, directive_id, ticket_id, now=now)
    with database.transaction() as session:
        treating.finish_undoing(session, office, directive_id, now=now)
    return len(waiting)


def carry_on(database: Database, office: Office, *, now: datetime) -> None:
    """Do what was left of all orders, by whatever interruption, and end the offers that are over."""
    with database.reading() as session:
        unfinished = directives.to_work_on(session, from_day=now.date() - AS_LATE_AS)
    for directive_id in unfinished:
        with apart("carry_out_order", directive_id):
            carry_out(database, office, directive_id, now=now)
    failed: set[str] = set()
    seen = True
    while seen:
        with database.transaction() as session:
            seen = treating.end_offers(session, office, now=now, failed=failed) > 0
