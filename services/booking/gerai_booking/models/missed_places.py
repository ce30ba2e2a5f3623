"""Tickets of a day that keep places of its quotas although nobody comes for them any more."""

from collections.abc import Iterable
from datetime import date, datetime

from gerai_shared.ticket import State, Ticket
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from gerai_booking.models.tickets import COLUMNS, ticket_of, tickets


def unused(
    session: Session, *, site: str, day: date, agency: str, begun_before: datetime, missed_before: datetime
) -> list[Ticket]:
    """Lock and return the tickets of a day whose places of its quotas nobody uses, in the order of their ids.

    Whose hour began before `begun_before` without them, and who were called in vain before `missed_before`.
    Those that another transaction works on are left to it: their holders may be coming in at this moment.
    """
    where = _unused(site, day, begun_before=begun_before, missed_before=missed_before)
    query = select(*COLUMNS).where(where).order_by(tickets.c.id).with_for_update(skip_locked=True)
    return [ticket_of(row, agency) for row in session.execute(query)]


def is_any_unused(
    session: Session, *, site: str, day: date, begun_before: datetime, missed_before: datetime
) -> bool:
    """Tell whether a day has such tickets; nothing is locked."""
    where = _unused(site, day, begun_before=begun_before, missed_before=missed_before)
    return session.scalar(select(tickets.c.id).where(where).limit(1)) is not None


def mark(session: Session, ids: Iterable[str], *, at: datetime | None) -> None:
    """Write down when locked tickets gave their places of the day's quotas back, None that they have them.

    The ticket itself stays as it is: no new revision, nobody is told.
    """
    session.execute(update(tickets).where(tickets.c.id.in_(list(ids))).values(gave_back_at=at))


def channel_given_back(session: Session, ticket_id: str) -> str | None:
    """Return in which channel's quotas a ticket counted before it gave its place back, None if it did not."""
    query = select(tickets.c.quota_channel).where(
        tickets.c.id == ticket_id, tickets.c.gave_back_at.is_not(None)
    )
    return session.scalar(query)


def _unused(site: str, day: date, *, begun_before: datetime, missed_before: datetime) -> ColumnElement[bool]:
    return and_(
        tickets.c.site == site,
        tickets.c.day == day,
        tickets.c.quota_channel.is_not(None),
        tickets.c.gave_back_at.is_(None),
        or_(
            and_(tickets.c.state == State.BOOKED.value, tickets.c.slot_starts_at <= begun_before),
            and_(tickets.c.state == State.NO_SHOW.value, tickets.c.finished_at < missed_before),
        ),
    )
