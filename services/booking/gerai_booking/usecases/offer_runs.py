"""Offering what came free to who waits, day by day."""

from datetime import datetime

from gerai_shared.database import Database

from gerai_booking.usecases import waiting_list
from gerai_booking.usecases.apart import apart
from gerai_booking.usecases.office import Office


def make_offers(database: Database, office: Office, *, now: datetime) -> None:
    """Offer what is free, some of one day in each transaction: what breaks off goes on later."""
    with database.reading() as session:
        days = waiting_list.days_to_look_at(session, office, now=now)
    for site, day in days:
        with apart("make_offers", f"{site} {day}"):
            more = True
            while more:
                with database.transaction() as session:
                    more = waiting_list.make_offers(session, office, site=site, day=day, now=now)
