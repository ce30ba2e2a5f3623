"""How many open tickets the holders of one telephone number or e-mail address have."""

from collections.abc import Iterable

from gerai_shared.ticket import OPEN_STATES
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from gerai_booking.models.tickets import people, tickets


def open_by_contact(session: Session, hashes: Iterable[str]) -> dict[str, int]:
    """Return how many open tickets each of these contacts has; those without any are not named."""
    wanted = set(hashes)
    if not wanted:
        return {}
    states = [state.value for state in OPEN_STATES]
    counted = union_all(
        *(
            select(column.label("contact"))
            .join(tickets, tickets.c.id == people.c.ticket_id)
            .where(column.in_(wanted), tickets.c.state.in_(states))
            for column in (people.c.phone_hash, people.c.email_hash)
        )
    ).subquery()
    rows = session.execute(select(counted.c.contact, func.count()).group_by(counted.c.contact))
    return {contact: count for contact, count in rows}
