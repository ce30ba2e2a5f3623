"""Orders of the centre as tests give them, carry them out and undo them."""

from collections import Counter
from datetime import date
from typing import Any

from gerai_booking.models.directives import directives as table
from gerai_booking.models.directives import of_row
from gerai_booking.rules.catalogue import Text
from gerai_booking.usecases import (
    availability,
    changes,
    directive_runs,
    directives,
    views,
)
from gerai_booking.usecases.directives import Order
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.ticket import Ticket
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House
from tests.integration.booking.waiting import join, seen

CENTRE = Officer(id="centre", username="pusat", name="Pusat Uji", role="central")
LAST_OPEN = date(2026, 12, 4)
WHY_UNDONE = "Banjir sudah surut"


def order(**changes: Any) -> Order:
    """An order that closes Serang on DAY."""
    fields: dict[str, Any] = {
        "number": "IMI-0001.GR.01",
        "issuer": "Direktorat Jenderal Imigrasi",
        "dated": TODAY,
        "scope": "site",
        "code": SITE,
        "services": frozenset(),
        "first_day": DAY,
        "last_day": DAY,
        "text": Text(id="Kantor ditutup karena banjir", en="The office is closed because of a flood"),
        **changes,
    }
    return Order(**fields)


def draft(house: House, *, officer: Officer = CENTRE, **changes: Any) -> str:
    return house.do(directives.draft, order(**changes), officer=officer, now=NOW)


def put_in_force(house: House, directive: str, treatment: str = "offer") -> None:
    house.do(directives.put_in_force, directive, treatment=treatment, officer=CENTRE, now=NOW)


def close(house: House, treatment: str = "offer", **changes: Any) -> str:
    """Close, and carry it out to the end."""
    directive = draft(house, **changes)
    put_in_force(house, directive, treatment)
    carry_out(house, directive)
    return directive


def carry_out(house: House, directive: str) -> int:
    return directive_runs.carry_out(house.database, house.office, directive, now=NOW)


def undo(house: House, directive: str) -> None:
    with house.database.transaction() as session:
        directives.begin_undoing(session, directive, why=WHY_UNDONE, officer=CENTRE, now=NOW)
    carry_out(house, directive)


def state_of(house: House, directive: str) -> str:
    return str(house.rows(select(table.c.state).where(table.c.id == directive))[0].state)


def ticket_of(house: House, token: str) -> Ticket:
    return house.ask(views.load_ticket, token)


def now_of(house: House, token: str) -> Ticket:
    """The ticket that a holder has in the end."""
    ticket = ticket_of(house, token)
    while ticket.replaced_by:
        ticket = ticket_of(house, house.office.token(ticket.replaced_by))
    return ticket


def day_of(house: House, day: date, service: str = SERVICE) -> dict[str, Any]:
    seen = house.ask(availability.availability, site=SITE, service=service, first=day, last=day, now=NOW)
    found: dict[str, Any] = seen["days"][0]
    return found


def news(house: House) -> Counter[str]:
    """How often what was told by order."""
    return Counter(row.type for row in house.rows(select(tables.outbox.c.type)) if "_by_order" in row.type)


def an_offer(house: House) -> tuple[str, str, str]:
    """A full day of which the first who waits is offered a place; the tokens of two who wait, and its hold."""
    house.shrink(day=DAY, places=1)
    booked = house.booked(1, house.slots()[0])
    first, second = join(house, 11, last=NEXT_DAY), join(house, 12, last=NEXT_DAY)
    house.do(changes.cancel, token=booked, revision=None, now=NOW)
    return first, second, seen(house, first)["offer"]["hold_token"]


def fill_next_day(house: House) -> str:
    house.shrink(day=NEXT_DAY, places=1)
    return house.booked(9, house.slots(NEXT_DAY)[0])


def directive_of(house: House, directive: str) -> Any:
    with house.database.reading() as session:
        return of_row(directives.find(session, directive))
