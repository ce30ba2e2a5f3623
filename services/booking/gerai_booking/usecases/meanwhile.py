"""Who did what while a screen was older: what an officer is told whose step was refused for it."""

from typing import Any
from zoneinfo import ZoneInfo

from gerai_shared import accounts
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor, StaleRevision
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.models.history import history
from gerai_booking.usecases import queue
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.queue import CounterMovedOn


class ChangedMeanwhile(Refused):
    """%(who)s was faster: %(number)s is %(state)s since %(at)s. Look at it again; nothing was changed."""

    code = StaleRevision.code
    status = StaleRevision.status


SOMEBODY = "Somebody"
#: What is said of a change that no officer made.
OTHERS = {Actor.CITIZEN.value: "Its holder", Actor.SYSTEM.value: "The system"}


def changed_meanwhile(session: Session, office: Office, refusal: Refused, *, ticket_id: str) -> Refused:
    """Return a refusal of an old screen with who changed the ticket since, and to what."""
    ticket = tickets.find(session, ticket_id, agency=office.code)
    last = _last_line(session, ticket_id)
    if ticket is None or last is None:
        return refusal
    return ChangedMeanwhile(
        revision=ticket.revision,
        number=ticket.number,
        state=ticket.state.value,
        **_by(session, office, ticket.site, last),
    )


def moved_on(
    session: Session, office: Office, refusal: CounterMovedOn, *, site: str, counter: str
) -> Refused:
    """Return a refusal of an old screen with who called the person that is at the counter now."""
    now_there = queue.current_at(session, office, site=site, counter=counter)
    last = _last_line(session, now_there.id) if now_there is not None else None
    found = _by(session, office, site, last) if last is not None else {"who": SOMEBODY, "at": ""}
    return CounterMovedOn(**refusal.details | found)


def _last_line(session: Session, ticket_id: str) -> Any | None:
    return session.execute(
        select(history).where(history.c.ticket_id == ticket_id).order_by(history.c.revision.desc()).limit(1)
    ).one_or_none()


def _by(session: Session, office: Office, site: str, line: Any) -> dict[str, Any]:
    name = accounts.name_of(session, line.officer_id) if line.officer_id else None
    zone = ZoneInfo(office.site(site).time_zone)
    at = line.at.astimezone(zone).isoformat(timespec="seconds")
    return {"who": name or OTHERS.get(line.actor, SOMEBODY), "at": at}
