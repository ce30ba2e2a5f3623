"""Free places of the agencies that `fake_agencies` imitates: five an hour, until somebody fills it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.unit.gateway.fake_catalogue import TODAY, Json, catalogue_of

HOURS = (8, 9, 10, 11, 13, 14)


class FakePlaces:
    """Mixin: hours from Monday to Friday, but for Christmas. `full` are hours without a place."""

    now: datetime
    full: set[str]
    releases: list[Json]

    def _availability(self, agency: str, payload: Json) -> Json:
        first, last = date.fromisoformat(payload["from"]), date.fromisoformat(payload["to"])
        zone = ZoneInfo("Asia/Jakarta")
        days = []
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            slots = [self._slot(payload["site"], payload["service"], day, hour, zone) for hour in HOURS]
            reason = self._reason(day, slots)
            places = 0 if reason else sum(slot["places"] for slot in slots)
            note = {"id": "Hari Raya Natal", "en": "Christmas"} if reason == "holiday" else None
            shown = [] if reason in {"closed", "holiday"} else slots
            days.append(
                {
                    "day": day.isoformat(),
                    "open": reason is None,
                    "reason": reason,
                    "note": note,
                    "places": places,
                    "slots": shown,
                }
            )
        return {
            "site": payload["site"],
            "service": payload["service"],
            "time_zone": "Asia/Jakarta",
            "days": days,
        }

    def _site_availability(self, agency: str, payload: Json) -> Json:
        services = []
        for service in catalogue_of(agency)["services"]:
            if any(o["site"] == payload["site"] and o["places_per_hour_slot"] for o in service["offers"]):
                days = self._availability(agency, payload | {"service": service["code"]})["days"]
                services.append({"service": service["code"], "days": [self._sum_of(day) for day in days]})
        return {"site": payload["site"], "time_zone": "Asia/Jakarta", "services": services}

    def _sum_of(self, day: Json) -> Json:
        if any(release["first"] <= day["day"] <= release["last"] for release in self.releases):
            opens_at = self.releases[0]["opens_at"]
            kept_back = {"open": False, "reason": "not_yet_open", "places": 0, "opens_at": opens_at}
            return {"day": day["day"], **kept_back}
        return {name: day[name] for name in ("day", "open", "reason", "places")}

    def _reason(self, day: date, slots: Iterable[Json]) -> str | None:
        if day < TODAY:
            return "past"
        if (day.month, day.day) == (12, 25):
            return "holiday"
        if day.weekday() > 4:
            return "closed"
        return None if any(slot["places"] for slot in slots) else "full"

    def _slot(self, site: str, service: str, day: date, hour: int, zone: ZoneInfo) -> Json:
        starts = datetime.combine(day, time(hour), zone).astimezone(UTC)
        slot_id = f"{site}.{service}.{starts:%Y%m%dT%H%MZ}"
        return {
            "id": slot_id,
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=1)).isoformat(),
            "places": 0 if slot_id in self.full or starts <= self.now else 5,
            "capacity": 5,
        }
