"""Offering what came free to who waits, day by day."""

from datetime import datetime

from gerai_shared.database import Database

from gerai_booking.usecases import waiting_list
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.office import Office


def make_offers(database: Database, office: Office, *, now: datetime) -> None:
    """Offer what is free, a transaction for each day: each goes on by itself, none is held for another."""
    with database.reading() as session:
        days = waiting_list.days_to_look_at(session, office, now=now)
    for site, day in days:
        with apart("make_offers", f"{site} {day}"), database.transaction() as session:
            waiting_list.make_offers(session, office, site=site, day=day, now=now)
