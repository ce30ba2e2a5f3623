"""Examples of events, as the bus hands them over, and keys that protect nothing."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gerai_notifications.channels import Delivery
from gerai_notifications.writing import Letter
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import Event
from gerai_shared.sealing import Sealer

SEALING_KEY = "bm90aWZpY2F0aW9ucy1leGFtcGxlcy1rZXktMDAwMDA="
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STARTS_AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
VISIT_ID = "0193a111-0000-7000-8000-000000000001"
ORDER = {
    "number": "IMI-0001",
    "issuer": "Direktorat Jenderal Imigrasi",
    "text": {"id": "Kantor ditutup karena banjir.", "en": "The office is closed because of a flood."},
    "choose_until": "2026-12-24",
}
#: What events about a list say beside the ticket.
MATCH = {"match_state": "differs", "previous_match_state": None, "differing_fields": ["name"]}
TICKET_TOKEN = "immigration.example-of-a-token"


def sealer() -> Sealer:
    """The seal that the examples are made and opened with."""
    return Sealer((SEALING_KEY,))


def contact(name: str = "Contoh Warga", email: str | None = "warga@contoh.example") -> str:
    """A sealed contact."""
    return sealer().seal({"name": name, "email": email, "phone": None, "language": "id"})


def ticket_event(
    event_type: str = "ticket.booked.v1",
    *,
    language: str = "id",
    recipient: str | None = None,
    time: datetime = NOW,
    starts_at: datetime | None = STARTS_AT,
    time_zone: str = "Asia/Jakarta",
    number: str = "A-012",
    event_id: str | None = None,
    **changes: Any,
) -> Event:
    """An event about a ticket; its id is a new one unless given."""
    ticket = {
        "schema_version": 1,
        "id": str(uuid.uuid4()),
        "number": number,
        "visit_id": VISIT_ID,
        "agency": "immigration",
        "site": "mpp-lebak",
        "service": "passport-replacement",
        "slot_id": "slot-1" if starts_at else None,
        "slot_starts_at": starts_at.isoformat() if starts_at else None,
        "day": (starts_at or time).date().isoformat(),
        "channel": "online",
        "lane": "regular",
        "state": "booked",
        "counter": None,
        "created_at": (time - timedelta(minutes=3)).isoformat(),
        "held_until": None,
        "checked_in_at": None,
        "called_at": None,
        "times_called": 0,
        "started_at": None,
        "finished_at": None,
        "replaced_by": None,
        "revision": 2,
    }
    data = {
        "ticket": {**ticket, **changes.pop("ticket", {})},
        "previous_state": None,
        "recipient": recipient,
        "sealed_token": sealer().seal({"token": TICKET_TOKEN}),
        "language": language,
        "site_name": {"id": "MPP Lebak", "en": "Lebak Public Service Mall"},
        "site_address": {"id": "Jalan Contoh 1, Rangkasbitung", "en": "1 Contoh Street, Rangkasbitung"},
        "time_zone": time_zone,
        "service_name": {"id": "Penggantian paspor", "en": "Passport replacement"},
        "duration_minutes": 30,
        "counter_name": None,
        **({"directive": ORDER} if "_by_order" in event_type else {}),
        **(MATCH if event_type == "ticket.match_changed.v1" else {}),
        **changes,
    }
    return _event(event_type, data, time=time, event_id=event_id)


def complaint_event(
    event_type: str = "complaint.filed.v1",
    *,
    language: str = "id",
    recipient: str | None = None,
    **changes: Any,
) -> Event:
    """An event about a complaint."""
    data = {
        "number": "P-2026-000123",
        "state": "received",
        "previous_state": None,
        "classification": "complaint",
        "due_on": date(2026, 12, 10).isoformat(),
        "language": language,
        "recipient": recipient,
        "sealed_token": sealer().seal({"token": "complaint.example-of-a-token"}),
        "ticket_id": None,
        **({"level": "agency_head"} if event_type == "complaint.escalated.v1" else {}),
        **changes,
    }
    return _event(event_type, data, time=NOW, event_id=None)


def waiting_event(
    event_type: str = "waiting_list.offered.v1",
    *,
    language: str = "id",
    recipient: str | None = None,
    **changes: Any,
) -> Event:
    """An event about somebody on the waiting list; by default a place is offered for two hours."""
    is_about_a_place = event_type != "waiting_list.joined.v1"
    data = {
        "state": "offered",
        "site": "mpp-lebak",
        "service": "passport-replacement",
        "first_day": "2026-11-23",
        "last_day": "2026-11-27",
        "slot_starts_at": STARTS_AT.isoformat() if is_about_a_place else None,
        "offer_ends": (NOW + timedelta(hours=2)).isoformat() if is_about_a_place else None,
        "recipient": recipient,
        "sealed_token": sealer().seal({"token": "waiting-immigration.example-of-a-token"}),
        "language": language,
        "site_name": {"id": "MPP Lebak", "en": "Lebak Public Service Mall"},
        "site_address": {"id": "Jalan Contoh 1, Rangkasbitung", "en": "1 Contoh Street, Rangkasbitung"},
        "time_zone": "Asia/Jakarta",
        "service_name": {"id": "Penggantian paspor", "en": "Passport replacement"},
        **({"directive": ORDER} if event_type == "waiting_list.withdrawn.v1" else {}),
        **changes,
    }
    return _event(event_type, data, time=NOW, event_id=None)


def delivery(address: str = "warga@contoh.example") -> Delivery:
    """A small mail."""
    return Delivery(
        id="m1",
        message_id="<m1@gerai.example>",
        language="id",
        name="Contoh Warga",
        address=address,
        letter=Letter(subject="Nomor antrean", text="Halo", html="<p>Halo</p>"),
        written_at=NOW,
    )


def application_event(
    event_type: str = "application.ready.v1",
    *,
    language: str = "id",
    recipient: str | None = None,
    **changes: Any,
) -> Event:
    """An event about an application."""
    data = {
        "application_id": str(uuid.uuid4()),
        "ticket_id": str(uuid.uuid4()),
        "number": "A-012",
        "service": "passport-new",
        "site": "mpp-lebak",
        "collection_site": "mpp-lebak",
        "stage": "ready",
        "previous_stage": "printed",
        "promise_on": date(2026, 12, 7).isoformat(),
        "revision": 6,
        "recipient": recipient,
        "sealed_token": sealer().seal({"token": TICKET_TOKEN}),
        "language": language,
        "service_name": {"id": "Paspor baru", "en": "New passport"},
        "stage_name": {"id": "Siap diambil", "en": "Ready for collection"},
        "collection_name": {"id": "Kantor Imigrasi Contoh", "en": "Example Immigration Office"},
        "collection_address": {"id": "Jalan Contoh 1", "en": "1 Contoh Street"},
        "kept_until": date(2027, 1, 1).isoformat(),
        **changes,
    }
    return _event(event_type, data, time=NOW, event_id=None)


def _event(event_type: str, data: dict[str, Any], *, time: datetime, event_id: str | None) -> Event:
    return Event(
        id=event_id or str(uuid.uuid4()),
        source="test",
        type=event_type,
        subject=str(uuid.uuid4()),
        time=time,
        data=REGISTRY.load(event_type, data),
        agency="immigration",
        site="mpp-lebak",
        correlation_id="correlation-1",
        traceparent="",
        sequence=1,
    )
