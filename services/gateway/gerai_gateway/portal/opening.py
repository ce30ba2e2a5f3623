"""Whether a place is open today and now, as its agencies have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gerai_shared.workdays import WorkCalendar

from gerai_gateway.catalogues import Catalogue, Json

CALENDAR = WorkCalendar()


@dataclass(frozen=True, kw_only=True)
class Today:
    """A place today in its own zone: from when to when somebody serves there, None when nobody does.

    `order` is that of the centre which closes it: {number, issuer, text}.
    """

    hours: Json | None
    is_open: bool
    is_as_planned: bool
    order: Json | None


def today_at(present: Sequence[Catalogue], code: str, *, now: datetime) -> Today:
    """Return whether a place is open: as long as one of the agencies there is.

    Each tells its hours of today, with what supervisors and the centre have decided; of one that has not told
    those of this day the plan of the week counts.
    """
    found, orders, planned = [], [], []
    for catalogue in present:
        site = catalogue.sites[code]
        day = now.astimezone(ZoneInfo(site["time_zone"])).date().isoformat()
        plan = hours_planned(site, now=now)
        told = next(
            (
                each
                for each in catalogue.contents.get("today") or []
                if each["site"] == code and each["day"] == day
            ),
            {"hours": plan, "order": None},
        )
        orders += [told["order"]] if told["order"] else []
        found += [told["hours"]] if told["hours"] else []
        planned += [plan] if plan else []
    hours = _from_first_to_last(found)
    moment = f"{now.astimezone(ZoneInfo(present[0].sites[code]['time_zone'])):%H:%M}"
    return Today(
        hours=hours,
        is_open=any(str(each["opens"]) <= moment < str(each["closes"]) for each in found),
        is_as_planned=hours == _from_first_to_last(planned),
        order=orders[0] if orders and not found else None,
    )


def hours_planned(site: Json, *, now: datetime) -> Json | None:
    """Return the hours of a site's week for today in its own zone, None when it is closed; breaks apart.

    On public holidays and collective leave nothing is open but a pop-up, which is planned for its dates.
    """
    today = now.astimezone(ZoneInfo(site["time_zone"])).date()
    is_planned = today.isoformat() in site["dates"] if site["dates"] else CALENDAR.is_working_day(today)
    if not is_planned:
        return None
    return next((hours for hours in site["hours"] if hours["weekday"] == today.weekday()), None)


def _from_first_to_last(found: Sequence[Json]) -> Json | None:
    if not found:
        return None
    return {
        "opens": min(str(each["opens"]) for each in found),
        "closes": max(str(each["closes"]) for each in found),
    }
