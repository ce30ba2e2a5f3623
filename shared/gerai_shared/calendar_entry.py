"""What makes the calendar files about one visit one entry (RFC 5545), whoever writes them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gerai_shared.ticket import State, Ticket

SEQUENCE_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
#: A hold is no appointment yet; of a moved ticket its successor has the entry.
WITHOUT_ENTRY = frozenset({State.HELD, State.EXPIRED, State.RESCHEDULED})


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """Which entry a file is about, and what it does to it.

    All files about one visit have the same `uid`; of two the one with the higher `sequence` holds.
    """

    uid: str
    sequence: int
    is_cancelled: bool

    @property
    def method(self) -> str:
        """The iTIP method (RFC 5546) of the file."""
        return "CANCEL" if self.is_cancelled else "PUBLISH"

    @property
    def status(self) -> str:
        """The STATUS of the entry."""
        return "CANCELLED" if self.is_cancelled else "CONFIRMED"


def calendar_entry(ticket: Ticket) -> CalendarEntry | None:
    """Return the calendar entry of a ticket, None for one that has none.

    SEQUENCE (RFC 5545, 3.8.7.4) is seconds since 2025 rather than a counter: each ticket of a visit is
    made later than the one that it replaces, so that the number grows with each change in whatever order
    files arrive, and is the same whenever one is written again. A cancellation is the last word and
    outweighs a change of the same second.
    """
    if ticket.slot_starts_at is None or ticket.state in WITHOUT_ENTRY:
        return None
    is_cancelled = ticket.state is State.CANCELLED
    changed_at = ticket.finished_at if is_cancelled and ticket.finished_at else ticket.created_at
    seconds = max(int((changed_at - SEQUENCE_EPOCH).total_seconds()), 0)
    return CalendarEntry(
        uid=f"{ticket.visit_id}@gerai",
        sequence=seconds + 1 if is_cancelled else seconds,
        is_cancelled=is_cancelled,
    )
