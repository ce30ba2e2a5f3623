"""What is announced of a counter: whether it is open and what is served there, never who is there."""

from collections.abc import Iterable
from datetime import datetime

from gerai_shared.outbox import NewEvent
from sqlalchemy.orm import Session

from gerai_booking.rules.shifts import CLOSED, Shift
from gerai_booking.usecases.announcing import announce
from gerai_booking.usecases.office import Office


def tell(
    session: Session,
    office: Office,
    event_type: str,
    *,
    site: str,
    counter: str,
    shift: Shift | None,
    services: Iterable[str],
    now: datetime,
) -> None:
    """Announce a counter as it is after a change; without `shift` nobody has it open."""
    event = NewEvent(
        type=event_type,
        subject=f"{site}.{counter}",
        agency=office.code,
        site=site,
        data={
            "site": site,
            "counter": counter,
            "state": shift.state if shift else CLOSED,
            "services": list(services),
            "until": shift.paused_until if shift else None,
        },
    )
    announce(session, office, event, now=now)
