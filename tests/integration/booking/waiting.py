"""Citizens on the waiting list: what the tests about it share."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gerai_booking.models.waiting_list import waiting_list
from gerai_booking.schemas import WaitingSchema
from gerai_booking.usecases import waiting_list as usecase
from gerai_booking.usecases.applicants import applicant_of
from gerai_shared import tables
from gerai_shared.borders import load
from sqlalchemy import select

from tests.integration.booking.house import DAY, NOW, SERVICE, SITE, House


def join(
    house: House,
    person: int,
    *,
    first: date = DAY,
    last: date | None = None,
    service: str = SERVICE,
    now: datetime = NOW,
    **contact: str,
) -> str:
    """Have the `person`-th citizen wait; the token of their place in the list."""
    body = {
        "site": SITE,
        "service": service,
        "first_day": first.isoformat(),
        "last_day": (last or first).isoformat(),
        "person": {**house.person(person), **contact},
    }
    asked = load(WaitingSchema(), body)
    wanted = {name: asked[name] for name in ("site", "service", "first_day", "last_day")}
    answer = house.do(usecase.join, applicant=applicant_of(asked, house.office), now=now, **wanted)
    return house.office.entry_token(answer["id"])


def seen(house: House, token: str, *, now: datetime = NOW) -> dict[str, Any]:
    """The page of somebody on the list."""
    return house.ask(usecase.entry_view, token, now=now)


def states(house: House, tokens: Sequence[str], *, now: datetime = NOW) -> list[str]:
    """Where these are."""
    return [seen(house, token, now=now)["state"] for token in tokens]


def look_after(house: House, *, now: datetime = NOW) -> None:
    """What the service does every few minutes."""
    house.do(usecase.end_past, now=now)
    for site, day in house.ask(usecase.days_to_look_at, now=now):
        house.do(usecase.make_offers, site=site, day=day, now=now)


def told(house: House, token: str) -> list[str]:
    """The types of the events about somebody on the list, in order."""
    subject = tables.outbox.c.subject == house.office.entry_id(token)
    query = select(tables.outbox.c.type).where(subject).order_by(tables.outbox.c.position)
    return [row.type for row in house.rows(query)]


def entry(house: House, token: str) -> Any:
    """The row of somebody on the list."""
    (row,) = house.rows(select(waiting_list).where(waiting_list.c.id == house.office.entry_id(token)))
    return row
