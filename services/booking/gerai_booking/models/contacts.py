"""How many open tickets the holders of one telephone number or e-mail address have."""

from collections import Counter
from collections.abc import Iterable

from gerai_shared.ticket import OPEN_STATES
from sqlalchemy import select, text, union_all
from sqlalchemy.orm import Session

from gerai_booking.models.people import people
from gerai_booking.models.tickets import tickets

#: So much of a hash is a key of an advisory lock: 64 bits.
HEX_DIGITS_OF_A_KEY, KEYS = 16, 2**64


def lock(session: Session, hashes: Iterable[str]) -> None:
    """Lock contacts until the end of this transaction, in one order at all places, before any row is locked.

    Nobody waits but for who books for the same contact at this moment. On SQLite one transaction writes at a
    time anyway.
    """
    keys = sorted({int(each[:HEX_DIGITS_OF_A_KEY], 16) - KEYS // 2 for each in hashes})
    if keys and session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(key) FROM unnest(:keys) AS key"), {"keys": keys})


def open_by_contact(session: Session, hashes: Iterable[str]) -> Counter[str]:
    """Return how many open tickets each of these contacts has; those without any are not named.

    In two steps, each by its index: nearly nobody of a batch was here before, and joined, a database whose
    tables grow fast reads all open tickets instead.
    """
    wanted = set(hashes)
    if not wanted:
        return Counter()
    known = union_all(
        *(
            select(people.c.ticket_id, column.label("contact")).where(column.in_(wanted))
            for column in (people.c.phone_hash, people.c.email_hash)
        )
    )
    had = [(row.ticket_id, row.contact) for row in session.execute(known)]
    if not had:
        return Counter()
    ids = {ticket_id for ticket_id, _ in had}
    states = [state.value for state in OPEN_STATES]
    is_open = set(
        session.scalars(select(tickets.c.id).where(tickets.c.id.in_(ids), tickets.c.state.in_(states)))
    )
    return Counter(contact for ticket_id, contact in had if ticket_id in is_open)
