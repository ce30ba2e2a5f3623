"""What the mall tells of the site: its hours today, its agencies with their services, its counters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gerai_allinone.simulate.client import Answer, Door
from gerai_allinone.simulate.day import Agency, Hours, Service

WNI = "WNI"


class CannotBegin(Exception):
    """Why there is no day to be simulated, as whoever asked for it is told."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A service at the site, with what a booking and a walk-in have to say of it."""

    service: Service
    purpose: str | None
    needs_precondition: bool
    needs_police_report: bool
    #: What to tick where only complete files are taken.
    checklist: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site on the day that it is in the mall. `counters` are the codes of each agency's counters."""

    code: str
    day: date
    hours: Hours
    counters: Mapping[str, tuple[str, ...]]
    offered: Mapping[tuple[str, str], Offered]

    def agencies(self) -> list[Agency]:
        """Return the agencies with counters here, for the plan."""
        return [
            Agency(
                code=agency,
                counters=len(codes),
                services=tuple(each.service for (owner, _), each in self.offered.items() if owner == agency),
            )
            for agency, codes in self.counters.items()
        ]


def look_at(gateway: Door, site: str, *, wanted: Collection[str]) -> Site:
    """Ask the gateway what there is at a site today, of the `wanted` agencies.

    Raises CannotBegin, Unreachable.
    """
    found = next(
        (each for each in _told(gateway.get("/api/v1/sites"))["sites"] if each["code"] == site), None
    )
    if found is None:
        raise CannotBegin(f"the mall knows no site {site}")
    now = datetime.fromisoformat(_told(gateway.get(f"/api/v1/sites/{site}/board"))["now"])
    day = now.astimezone(ZoneInfo(found["time_zone"])).date()
    hours = _hours(found, day)
    present = [code for code in found["agencies"] if code in wanted]
    counters = {
        code: tuple(each["code"] for each in found["counters"] if each["agency"] == code) for code in present
    }
    return Site(
        code=site,
        day=day,
        hours=hours,
        counters={code: codes for code, codes in counters.items() if codes},
        offered={
            (agency, service["code"]): offered
            for agency in present
            for service in _told(gateway.get(f"/api/v1/agencies/{agency}/services"))["services"]
            if (offered := _offered(service, site, day, by_booking=found["online_booking"])) is not None
        },
    )


def _told(answer: Answer) -> Any:
    if answer.status != 200:
        raise CannotBegin(f"the gateway answers {answer.status}: {str(answer.body)[:200]}")
    return answer.body


def _hours(site: Mapping[str, Any], day: date) -> Hours:
    if site["dates"] and day.isoformat() not in site["dates"]:
        raise CannotBegin(f"{site['code']} is not open on {day}; it is on {', '.join(site['dates'][:3])}")
    today = next((each for each in site["hours"] if each["weekday"] == day.weekday()), None)
    if today is None:
        raise CannotBegin(f"{site['code']} is not open on {day:%A}, {day}, which it is in the mall")
    return Hours(
        opens=_minutes(today["opens"]),
        closes=_minutes(today["closes"]),
        breaks=tuple((_minutes(each["starts"]), _minutes(each["ends"])) for each in today["breaks"]),
    )


def _minutes(text: str) -> float:
    hour, minute = text.split(":")[:2]
    return 60.0 * int(hour) + int(minute)


def _offered(service: Mapping[str, Any], site: str, day: date, *, by_booking: bool) -> Offered | None:
    """Return a service as it is given at the site on the day, None when it is not."""
    offer = next((each for each in service["offers"] if each["site"] == site), None)
    if offer is None or day.weekday() not in offer.get("weekdays", range(7)):
        return None
    places = int(offer["places_per_hour_slot"])
    purposes, complete = service["purposes"], offer["complete_files_only"]
    return Offered(
        service=Service(
            code=service["code"],
            minutes=float(service["duration_minutes"]),
            weight=float(places or 1),
            # Who has no NIK has a passport, which the people of the simulation do not.
            is_bookable=by_booking and places > 0 and WNI in service["citizenship"],
        ),
        purpose=purposes[0]["code"] if purposes else None,
        needs_precondition=service["precondition"] is not None,
        needs_police_report=bool(service.get("police_report")),
        checklist=tuple(each["code"] for each in service["requirements"]) if complete else (),
    )
