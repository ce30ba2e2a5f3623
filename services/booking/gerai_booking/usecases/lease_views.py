"""Leases and conflicts as a supervisor sees them."""

import json
from dataclasses import dataclass
from typing import Any

from gerai_shared.accounts import Officer
from gerai_shared.ticket import Ticket, TicketSchema
from sqlalchemy.orm import Session

from gerai_booking.models import leases

MOST_SHOWN = 50
_schema = TicketSchema()


@dataclass(frozen=True, kw_only=True)
class ConflictSeen:
    """A ticket that both sides changed: each side's version, and the states that each led it through."""

    row: Any
    centre: Ticket
    floor: Ticket
    at_centre: list[str]
    at_floor: list[str]
    service: str


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The newest leases; the conflicts that wait for somebody, and those that were looked after."""

    leases: list[Any]
    open: list[ConflictSeen]
    handled: list[ConflictSeen]


def overview(session: Session, *, officer: Officer) -> Overview:
    """Return what a supervisor sees. Raises Forbidden."""
    officer.must_be_supervisor()
    return Overview(
        leases=leases.newest(session, limit=20),
        open=[_seen(row) for row in leases.conflicts(session, is_open=True, limit=MOST_SHOWN)],
        handled=[_seen(row) for row in leases.conflicts(session, is_open=False, limit=20)],
    )


def _seen(row: Any) -> ConflictSeen:
    centre, floor = json.loads(row.centre), json.loads(row.floor)
    return ConflictSeen(
        row=row,
        centre=_schema.load(centre["ticket"]),
        floor=_schema.load(floor["ticket"]),
        at_centre=[line["to_state"] for line in centre["lines"]],
        at_floor=[line["to_state"] for line in floor["lines"]],
        service=centre["ticket"]["service"],
    )
