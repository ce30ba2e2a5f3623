"""What the agencies of the tests tell everybody: figures of visits, orders, outages, coming events."""

from typing import Any

Json = dict[str, Any]

COUNTS = {
    "issued": 700,
    "booked": 600,
    "walked_in": 100,
    "served": 640,
    "missed": 40,
    "cancelled": 20,
    "open": 0,
    "over_quota": 12,
    "emergency": None,
}
MONTH: Json = {
    "month": "2026-11",
    "counts": COUNTS,
    "hidden": {"emergency": "<5"},
    "wait_minutes": 17,
    "on_time_percent": 96,
}
ORDER: Json = {
    "number": "=IMI-0001.GR.01",
    "issuer": "Direktorat Jenderal Imigrasi",
    "dated": "2026-11-02",
    "scope": "site",
    "code": "mpp-lebak",
    "services": ["passport-new"],
    "first_day": "2026-11-03",
    "last_day": "2026-11-04",
    "text": {"id": "Ditutup karena banjir", "en": "Closed because of a flood"},
    "is_closing": True,
}
OUTAGE: Json = {
    "site": "mpp-lebak",
    "failed": "server",
    "started_at": "2026-11-05T02:00:00+00:00",
    "ended_at": "2026-11-05T04:30:00+00:00",
    "minutes": 150,
}
EVENT: Json = {
    "first_day": "2026-11-28",
    "last_day": "2026-11-28",
    "title": "Tanya jawab di radio",
    "place": "Studio",
    "regency": "Kabupaten Lebak",
    "audience": "Masyarakat umum",
    "channel": "radio",
    "station": "Radio publik Banten",
    "topics": ["passport-new"],
}


def oversight_of(agency: str) -> Json:
    """An agency's figures; only immigration has orders and outages."""
    is_first = agency == "immigration"
    total = MONTH | {"month": None}
    return {
        "agency": agency,
        "sites": [{"site": "mpp-lebak", "months": [MONTH, total]}],
        "orders": [ORDER] if is_first else [],
        "outages": [OUTAGE, OUTAGE | {"site": None, "ended_at": None, "minutes": None}] if is_first else [],
    }


def outreach_of(agency: str) -> Json:
    """An agency's coming events: those of legal come first."""
    event = EVENT if agency == "immigration" else EVENT | {"first_day": "2026-11-26", "topics": []}
    return {
        "agency": agency,
        "year": {"year": 2026, "held": 5, "to_come": 1, "target": 12},
        "coming": [event],
    }


def pvl_events() -> Json:
    """What the complaints service tells of PVL on the spot."""
    agency = {"agency": "immigration", "agency_name": {"id": "Imigrasi", "en": "Immigration"}}
    return {
        "year": {"year": 2026, "held": 2, "to_come": 2, "target": 6},
        "coming": [
            {
                **agency,
                "first_day": "2026-12-07",
                "last_day": "2026-12-08",
                "site": "mpp-lebak",
                "place": {"id": "MPP Lebak", "en": "Lebak Mall"},
                "regency": None,
            },
            {
                **agency,
                "first_day": "2026-12-14",
                "last_day": "2026-12-14",
                "site": None,
                "place": {"id": "Balai desa Contoh", "en": "Balai desa Contoh"},
                "regency": "Kabupaten Lebak",
            },
        ],
    }
