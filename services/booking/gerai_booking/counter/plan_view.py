"""What the page of the plan shows of it."""

import json
from datetime import date, datetime
from typing import Any

from gerai_booking.rules.quota import ALL, CHANNELS, Bound
from gerai_booking.usecases import views
from gerai_booking.usecases.calendar import unannounced_years
from gerai_booking.usecases.office import Office
from gerai_booking.usecases.plan import Overview


def context(office: Office, site: str, seen: Overview, *, now: datetime) -> dict[str, Any]:
    """Return the variables of plan.html."""
    place = office.site(site)
    columns, days = table_of(seen)
    return {
        "site": place,
        "sites": office.agency.sites,
        "plan": seen,
        "columns": columns,
        "days": days,
        "changes": [(row, json.loads(row.after)) for row in seen.changes],
        "offered": [offer.service for offer in office.agency.offers if offer.site == site],
        "by_the_hour": [
            (offer.service, offer.places_per_hour_slot)
            for offer in office.agency.offers
            if offer.site == site and offer.places_per_hour_slot
        ],
        "service_names": {service.code: views.both(service.name) for service in office.agency.services},
        "channels": CHANNELS,
        "unannounced": unannounced_years(office.today(site, now)),
        "today": office.today(site, now).isoformat(),
        "time_zone": place.time_zone,
    }


def table_of(seen: Overview) -> tuple[list[Bound], list[tuple[date, dict[Bound, Any]]]]:
    """Return the columns and the rows of the table of coming days; what only counts comes first."""
    days = [
        (day, {Bound(row.service, row.channel): row for row in rows})
        for day, rows in sorted(seen.days.items())
    ]
    bounds = {bound for _day, rows in days for bound in rows}

    def place(bound: Bound) -> tuple[int, bool, str]:
        return CHANNELS.index(bound.channel), bound.service != ALL, bound.service

    return sorted(bounds, key=place), days
