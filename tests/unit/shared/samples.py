"""Tickets and moments that the tests of this folder share."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from gerai_shared.ticket import Channel, Lane, State, Ticket
from hypothesis import strategies as st

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
ID = "0193a8c0-0000-7000-8000-000000000001"
VISIT = "0193a8c0-0000-7000-8000-000000000002"

#: Any moment that a ticket may have; hypothesis wants its bounds without a zone.
moments = st.datetimes(datetime(2020, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def a_ticket(state: State = State.BOOKED, **changes: Any) -> Ticket:
    """A ticket for ten o'clock in Serang, an hour from now; nothing forbids any of its transitions."""
    values: dict[str, Any] = {
        "id": ID,
        "number": "A-012",
        "visit_id": VISIT,
        "agency": "immigration",
        "site": "kanim-serang",
        "service": "passport-new",
        "slot_id": "kanim-serang.passport-new.20261201T0300Z",
        "slot_starts_at": NOW + timedelta(hours=1),
        "day": date(2026, 12, 1),
        "channel": Channel.ONLINE,
        "lane": Lane.APPOINTMENT,
        "state": state,
        "created_at": NOW,
    }
    if state is State.HELD:
        values["held_until"] = NOW + timedelta(minutes=10)
    return Ticket(**values | changes)
