"""Laws about places that hold between any two commands: see test_quota_invariants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gerai_booking.models import grants, groups, plan
from gerai_booking.models.directives import directive_tickets, directives, of_row
from gerai_booking.models.freed import freed_places
from gerai_booking.models.places import day_quotas, slots
from gerai_booking.models.tickets import tickets
from gerai_booking.models.waiting_list import waiting_list
from gerai_booking.rules.directives import CLOSING_STATES, UNDOING, Directive
from gerai_booking.rules.quota import OVER_QUOTA, Bound
from gerai_booking.usecases.availability import availability, site_availability
from sqlalchemy import select

from tests.integration.booking.house import WITHOUT_PLACE, House

Where = tuple[str, date, Bound]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What the law looks at, read at one moment.

    `quotas` are (capacity, taken) by row of a day, `placed` the tickets with a place by id, `unnamed` the
    places of groups without a name by (site, service, day), `closing` the orders that close something with
    whether each is being undone, `given` how many places beyond a quota are on record.
    """

    quotas: dict[Where, tuple[int | None, int]]
    placed: dict[str, Any]
    unnamed: dict[tuple[str, str, date], int]
    closing: dict[str, tuple[Directive, bool]]
    given: int
    plan_changes: int


def read(house: House) -> Ledger:
    """Read what the law looks at."""
    unnamed: dict[tuple[str, str, date], int] = {}
    for row in house.rows(select(groups.group_places)):
        key = (row.site, row.service, row.day)
        unnamed[key] = unnamed.get(key, 0) + row.places - row.named - row.returned
    return Ledger(
        quotas={
            (row.site, row.day, Bound(row.service, row.channel)): (row.capacity, row.taken)
            for row in house.rows(select(day_quotas))
        },
        placed={
            row.id: row
            for row in house.rows(
                select(tickets).where(tickets.c.state.not_in(WITHOUT_PLACE), tickets.c.slot_id.is_not(None))
            )
        },
        unnamed=unnamed,
        closing={
            row.id: (of_row(row), row.state == UNDOING)
            for row in house.rows(select(directives).where(directives.c.state.in_(CLOSING_STATES)))
        },
        given=len(house.rows(select(grants.grants.c.kind).where(grants.grants.c.kind == OVER_QUOTA))),
        plan_changes=len(house.rows(select(plan.plan_changes.c.id))),
    )


def check_between(house: House, before: Ledger, after: Ledger, *, beyond: bool) -> None:
    """A place is taken below the capacity, or is on record: `beyond` says that this command may do that.

    And nobody gets a place in an hour that an order closes, but who had lost one to it.
    """
    for where, (capacity, taken) in after.quotas.items():
        grown = taken - before.quotas.get(where, (None, taken))[1]
        if grown > 0 and capacity is not None and taken > capacity:
            assert beyond, f"{where}: {taken} of {capacity}"
            assert grown == 1 == after.given - before.given, where
    assert after.given - before.given in ({0, 1} if beyond else {0})
    restored = {row.restored_ticket_id: row.directive_id for row in house.rows(select(directive_tickets))}
    closing = {each: after.closing[each] for each in before.closing.keys() & after.closing.keys()}
    for ticket_id in after.placed.keys() - before.placed.keys():
        ticket = after.placed[ticket_id]
        for order, undoing in _closed_by(house, closing.values(), ticket.site, ticket.service, ticket.day):
            assert undoing, f"{ticket_id} is in an hour that {order.number} closes"
            assert restored.get(ticket_id) == order.id, ticket_id
    for (site, service, day), count in after.unnamed.items():
        if count > before.unnamed.get((site, service, day), 0):
            assert not list(_closed_by(house, closing.values(), site, service, day)), (site, service, day)


def _closed_by(
    house: House, orders: Iterable[tuple[Directive, bool]], site: str, service: str, day: date
) -> Iterable[tuple[Directive, bool]]:
    regency = house.office.site(site).regency_code
    for order, undoing in orders:
        if order.reaches(site, regency) and order.closes(service, day):
            yield order, undoing


def check_now(house: House, ledger: Ledger) -> None:
    """Places are counted right, none lies outside the hours of its day, and nobody has two."""
    house.check_places()
    hours = {row.id for row in house.rows(select(slots.c.id))}
    placed = ledger.placed.values()
    assert {row.slot_id for row in placed} <= hours
    assert {row.slot_id for row in house.rows(select(freed_places.c.slot_id))} <= hours
    unnamed = house.rows(select(groups.group_places))
    assert {row.slot_id for row in unnamed if row.places > row.named + row.returned} <= hours
    owners = [(row.service, row.person_hash) for row in placed if row.state == "booked"]
    assert len(owners) == len(set(owners))
    offered = [
        row.ticket_id for row in house.rows(select(waiting_list).where(waiting_list.c.state == "offered"))
    ]
    assert len(offered) == len(set(offered))
    assert {row.id for row in placed if row.state == "held"} >= set(offered)


def check_shown(house: House, *, site: str, first: date, last: date, now: datetime) -> None:
    """The days of a whole site are told as those of each of its services are."""
    asked = {"site": site, "first": first, "last": last, "now": now}
    for told in house.ask(site_availability, **asked)["services"]:
        days = house.ask(availability, service=told["service"], **asked)["days"]
        shown = [{name: day[name] for name in ("day", "open", "reason", "places")} for day in days]
        opening = [{"opens_at": day["opens_at"]} if "opens_at" in day else {} for day in days]
        assert told["days"] == [day | moment for day, moment in zip(shown, opening, strict=True)]
