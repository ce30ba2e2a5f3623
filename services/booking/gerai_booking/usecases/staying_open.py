"""Supervisors lower what a site gives, and do not close it: that takes an order of the centre (S3-4).

A day on which no quota leaves anybody a place is a closed day, whatever it is called. A restriction may go as
far as its regime says: that, too, is a decision from above.
"""

from datetime import date, timedelta

from gerai_booking.refusals import QuotaClosesSite
from gerai_booking.rules.catalogue import Site
from gerai_booking.rules.quota import Quota, SlotQuota, leaves_a_place, places_of_an_hour, places_on
from gerai_booking.usecases.capacities import Rules
from gerai_booking.usecases.office import Office


def refuse_closing(office: Office, site: Site, before: Rules, after: Rules, *, today: date) -> None:
    """Refuse a change of a plan by which a day, from today on, would lose its last place.

    What was closed before, by the catalogue, hinders no other change. Raises QuotaClosesSite.
    """
    for day in _turns({*_days_of(before), *_days_of(after)}, today):
        if not _is_open(office, site, after, day) and _is_open(office, site, before, day):
            raise QuotaClosesSite(day=day.isoformat())


def _is_open(office: Office, site: Site, rules: Rules, day: date) -> bool:
    quotas = places_on(day, rules.quotas)
    return any(
        leaves_a_place(
            quotas,
            offer.service,
            by_the_hour=site.online_booking
            and office.service(offer.service).online
            and places_of_an_hour(
                day, rules.slot_quotas, service=offer.service, otherwise=offer.places_per_hour_slot
            )
            > 0,
        )
        for offer in office.agency.offers
        if offer.site == site.code
    )


def _days_of(rules: Rules) -> set[date]:
    """Return the days on which what holds becomes another: where a row begins, and the day after its last."""
    rows: list[Quota | SlotQuota] = [*rules.quotas, *rules.slot_quotas]
    ends = {row.valid_to + timedelta(days=1) for row in rows if row.valid_to is not None}
    return ends | {row.valid_from for row in rows}


def _turns(days: set[date], today: date) -> list[date]:
    return sorted({today, *(day for day in days if day > today)})
