"""Quiet signs on the pages of counters: what is delayed, and where the floor is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gerai_shared.tables import outbox
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gerai_booking.models import leases
from gerai_booking.usecases.node_sync import Link, link_of
from gerai_booking.usecases.office import Office

#: A relay needs milliseconds; after this long people elsewhere see something older than what happened.
DELAYED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Delay:
    """How many events wait to be told to displays, portal and phones, and since when the oldest of them."""

    waiting: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What stands where: `link` at a site node, `is_leased` at the centre of a site that has one today."""

    link: Link | None
    is_leased: bool
    delay: Delay | None


def signs(session: Session, office: Office, *, site: str, now: datetime) -> Signs:
    """Return what a counter of a site should know of the world around it. Raises UnknownSite."""
    is_node = office.node_of is not None
    lease = None if is_node else leases.active(session, site=site, day=office.today(site, now))
    return Signs(
        link=link_of(session, office, now=now),
        is_leased=lease is not None,
        delay=_delay(session, now=now),
    )


def _delay(session: Session, *, now: datetime) -> Delay | None:
    unsent = outbox.c.sent_at.is_(None)
    oldest = session.scalar(select(outbox.c.created_at).where(unsent).order_by(outbox.c.position).limit(1))
    if oldest is None or now - oldest < DELAYED_AFTER:
        return None
    return Delay(waiting=session.scalar(select(func.count()).where(unsent)) or 0, since=oldest)
