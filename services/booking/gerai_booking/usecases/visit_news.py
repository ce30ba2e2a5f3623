"""What the other agencies are told of a visit's steps here: the fact alone."""

from collections.abc import Iterable

from gerai_shared.outbox import NewEvent
from gerai_shared.ticket import Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import visits
from gerai_booking.rules.visit_steps import FACT_OF

#: Changes after which the fact of a step may be another one.
CHANGES = frozenset(
    f"ticket.{change}.v1"
    for change in (
        "checked_in",
        "walked_in",
        "called",
        "serving",
        "served",
        "missed",
        "parked",
        "requeued",
        "transferred",
        "undone",
        "cancelled",
        "expired",
    )
)


def facts(session: Session, events: Iterable[NewEvent]) -> list[NewEvent]:
    """Return what these events are for the other agencies: nothing, but for steps of shared visits."""
    return facts_now(session, [event.data["ticket"] for event in events if event.type in CHANGES])


def facts_now(session: Session, changed: Iterable[Ticket]) -> list[NewEvent]:
    """Return what the other agencies are told of these tickets as they are: nothing, but of shared visits."""
    told = [ticket for ticket in changed if ticket.state.value in FACT_OF]
    shared = visits.shared_among(session, {ticket.visit_id for ticket in told})
    return [
        NewEvent(
            type="visit.step_changed.v1",
            # One visit's facts stay in their order. Without a site: no board counts them.
            subject=ticket.visit_id,
            agency=ticket.agency,
            data={
                "visit_id": ticket.visit_id,
                "ticket_id": ticket.id,
                "number": shared[ticket.visit_id].number,
                "site": ticket.site,
                "day": ticket.day,
                "fact": FACT_OF[ticket.state.value],
                "arrived_at": ticket.checked_in_at,
                "revision": ticket.revision,
            },
        )
        for ticket in told
        if ticket.visit_id in shared
    ]
