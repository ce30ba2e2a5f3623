"""What the pages show, shaped from what agencies tell."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from gerai_gateway.catalogues import Catalogue, Catalogues, Json
from gerai_gateway.rules.search import matches

NOON = 12
WEEKDAYS = "not_on_this_weekday"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Services that belong together; `name` in both languages."""

    name: Json
    services: list[Json]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An agency with those of its services that are looked for."""

    catalogue: Catalogue
    groups: list[Group]


def found(catalogues: Catalogues, query: str) -> list[Offered]:
    """Return the services that fit `query` (all when it is empty) by agency and group."""
    offered = []
    for catalogue in catalogues.known():
        services = [service for service in catalogue.services.values() if _fits(query, catalogue, service)]
        groups = [
            Group(name=members[0]["group"], services=members)
            for _, members in (
                (key, list(each)) for key, each in groupby(services, key=lambda s: s["group"]["id"])
            )
        ]
        if groups:
            offered.append(Offered(catalogue=catalogue, groups=groups))
    return offered


def _fits(query: str, catalogue: Catalogue, service: Json) -> bool:
    texts = [service[field] for field in ("name", "summary", "who", "group")]
    texts.extend(requirement["text"] for requirement in service["requirements"])
    texts.append(catalogue.agency["name"])
    return matches(query, [text[language] for text in texts for language in ("id", "en")])


def purpose_label(catalogue: Catalogue, code: str) -> Json:
    """Return what a purpose is called, in both languages; its code where no service has it by now."""
    labels = (
        purpose["label"]
        for service in catalogue.services.values()
        for purpose in service["purposes"]
        if purpose["code"] == code
    )
    found: Json = next(labels, {"id": code, "en": code})
    return found


def lowest_fee(service: Json) -> int | None:
    """Return what the service costs at least, in rupiah, None when no fee is recorded."""
    return min((fee["amount_rupiah"] for fee in service["fees"] if not fee["additional"]), default=None)


def has_one_fee(service: Json) -> bool:
    """Tell whether everybody pays the same."""
    return len({fee["amount_rupiah"] for fee in service["fees"]}) == 1


def general_promise(service: Json) -> Json | None:
    """Return the promise that holds at every site, None when there is none."""
    return next((promise for promise in service["promises"] if promise["site"] is None), None)


def is_online(catalogue: Catalogue, service: Json) -> bool:
    """Tell whether places of a service can be booked anywhere."""
    return any(catalogue.is_bookable(offer["site"], service["code"]) for offer in service["offers"])


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The hours of one half of a day, ready for a slot grid."""

    is_morning: bool
    slots: list[dict[str, Any]]


def day_cells(days: list[Json], *, address: str, language: str) -> list[dict[str, Any]]:
    """Return days as links for a slot grid: number, weekday, free places; `reason` of a closed one."""
    cells = []
    for day in days:
        moment = date.fromisoformat(day["day"])
        cells.append(
            {
                "value": day["day"],
                "label": format_date(moment, "d MMM" if moment.day == 1 else "d", locale=language),
                "note": format_date(moment, "EEE", locale=language),
                "places": day["places"] if day["open"] else None,
                "disabled": not day["open"],
                "reason": day["reason"],
                "href": f"{address}&day={day['day']}",
            }
        )
    return cells


def noted_days(days: list[Json]) -> list[Json]:
    """Return the days that have something to be said of, each order and each rule about weekdays once."""
    found: dict[object, Json] = {}
    for day in days:
        if day["note"]:
            order = day.get("directive")
            key = order["number"] if order else day["reason"] if day["reason"] == WEEKDAYS else day["day"]
            found.setdefault(key, day)
    return list(found.values())


def full_days(days: list[Json]) -> tuple[str, str] | None:
    """Return the first and the last of the next full days, before one with places; None without any."""
    full: list[str] = []
    for day in days:
        if day["reason"] == "full":
            full.append(day["day"])
        elif day["open"] and full:
            break
    return (full[0], full[-1]) if full else None


@dataclass(frozen=True, kw_only=True)
class FreeDays:
    """When a service can be booked at a site: its first days with places, and the next full ones from-to."""

    service: Json
    days: list[Json]
    full: tuple[str, str] | None


def free_days(catalogue: Catalogue, services: list[Json], *, most: int) -> list[FreeDays]:
    """Return when each service can be booked, its first `most` days; what left the catalogue is left out."""
    return [
        FreeDays(
            service=catalogue.services[told["service"]],
            days=[day for day in told["days"] if day["open"]][:most],
            full=full_days(told["days"]),
        )
        for told in services
        if told["service"] in catalogue.services
    ]


def next_opening(services: list[Json]) -> str | None:
    """Return when days of these services open that are kept back until then, None without any."""
    moments = (day["opens_at"] for told in services for day in told["days"] if day.get("opens_at"))
    return min(moments, default=None)


def hours_of(day: Json, *, time_zone: str, now: datetime) -> list[Hours]:
    """Return a day's hours before and after noon in the site's zone; what is over is left out."""
    zone = ZoneInfo(time_zone)
    halves: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for slot in day["slots"]:
        starts = datetime.fromisoformat(slot["starts_at"])
        if starts <= now:
            continue
        local = starts.astimezone(zone)
        halves[local.hour < NOON].append(
            {
                "value": slot["id"],
                "label": f"{local:%H.%M}",
                "places": slot["places"],
                "disabled": slot["places"] <= 0,
            }
        )
    return [Hours(is_morning=is_morning, slots=slots) for is_morning, slots in halves.items() if slots]


def release_at(catalogue: Catalogue, site: str, *, now: datetime) -> Json | None:
    """Return the release that is still to come at a site, None when its days open one after the other."""
    for release in catalogue.releases:
        if release["site"] == site and datetime.fromisoformat(release["opens_at"]) > now:
            return release
    return None


def is_room_open(release: Json, *, now: datetime) -> bool:
    """Tell whether the waiting room of a coming release gives numbers."""
    return datetime.fromisoformat(release["room_opens_at"]) <= now


def is_early(release: Json, day: str, *, now: datetime) -> bool:
    """Tell whether numbers for a day, or for the days of the release, are not given yet."""
    return (not day or day >= release["first"]) and not is_room_open(release, now=now)
