"""What has to hold after a cut-off drill, asked of both databases in SQL."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gerai_booking.models import leases as lease_table
from gerai_booking.rules.quota import Bound, bounds_of
from gerai_booking.usecases.merged_news import STILL_NEWS

from gerai_allinone.drill_day import Drill
from gerai_allinone.drill_sides import DAY, SITE, Side

TICKET = (
    "id, number, visit_id, service, slot_id, slot_starts_at, channel, lane, state, counter, created_at,"
    " checked_in_at, queue_at, called_at, times_called, started_at, finished_at, replaced_by, revision"
)
GONE = ("cancelled", "expired", "rescheduled")


def twice_given(drill: Drill) -> list[Any]:
    """Numbers that two tickets have, on either side or between them."""
    given: dict[str, set[str]] = {}
    for side in (drill.centre, drill.node):
        for ticket, number in side.of_day("id, number", "tickets"):
            given.setdefault(number, set()).add(ticket)
    return [number for number, tickets in given.items() if len(tickets) > 1]


def unlike(drill: Drill) -> list[Any]:
    """Tickets that are not the same on both sides."""
    centre, node = (
        {str(row) for row in side.of_day(TICKET, "tickets")} for side in (drill.centre, drill.node)
    )
    return sorted(centre ^ node)


def broken_histories(drill: Drill) -> list[Any]:
    """Tickets whose lines are not one for each revision, the same on both sides."""
    lines = []
    for side in (drill.centre, drill.node):
        found: dict[str, list[Any]] = {}
        for row in side.rows(
            "SELECT h.ticket_id, h.revision, h.from_state, h.to_state, h.actor, h.at FROM ticket_history h"
            " JOIN tickets t ON t.id = h.ticket_id WHERE t.site = :site AND t.day = :day"
            " ORDER BY h.ticket_id, h.revision",
            site=SITE,
            day=str(DAY),
        ):
            found.setdefault(row[0], []).append(row[1:])
        lines.append(found)
    revisions = dict(drill.centre.of_day("id, revision", "tickets"))
    gaps = [
        ticket
        for ticket, revision in revisions.items()
        if [line[0] for line in lines[0].get(ticket, [])] != list(range(1, revision + 1))
    ]
    return gaps + [ticket for ticket in revisions if str(lines[0].get(ticket)) != str(lines[1].get(ticket))]


def wrong_quotas(drill: Drill) -> list[Any]:
    """Rows of the centre's day that do not have taken what its tickets take, and hours likewise."""
    side = drill.centre
    taken: dict[Bound, int] = {}
    of_hours: dict[str, int] = {}
    kept_back = side.of_day("service, 'online', slot_id, NULL", "freed_places")
    holders = side.of_day("service, quota_channel, slot_id, gave_back_at", "tickets", f"state NOT IN {GONE}")
    beyond = side.of_day("service, 'over_quota', NULL, NULL", "grants", "kind = 'over_quota'")
    for service, channel, slot, gave_back in [*holders, *kept_back, *beyond]:
        if slot is not None:
            of_hours[slot] = of_hours.get(slot, 0) + 1
        if channel is not None and gave_back is None:
            for bound in bounds_of(service, channel):
                taken[bound] = taken.get(bound, 0) + 1
    wrong: list[Any] = [
        (service or "all", channel or "all", count, taken.get(Bound(service, channel), 0))
        for service, channel, count, capacity, extra in side.of_day(
            "service, channel, taken, capacity, extra", "day_quotas"
        )
        if count != taken.get(Bound(service, channel), 0)
        or (capacity is not None and count > capacity + extra)
    ]
    hours = side.of_day("id, taken, capacity", "slots")
    return wrong + [row for row in hours if row[1] != of_hours.get(row[0], 0) or row[1] > row[2]]


def other_conflicts(drill: Drill) -> list[Any]:
    """What is listed for a person beside what was provoked, or is not listed, or went the other way."""
    found = dict(drill.centre.rows("SELECT ticket_id, decision FROM merge_conflicts"))
    listed = drill.centre.rows("SELECT count(*) FROM merge_conflicts")[0][0]
    wrong = [
        (ticket, drill.clashes.get(ticket), found.get(ticket))
        for ticket in found.keys() | drill.clashes.keys()
    ]
    return [each for each in wrong if each[1] != each[2]] + ([listed] if listed != len(found) else [])


def told_twice(drill: Drill) -> list[Any]:
    """Tickets of which the centre did not announce each end of a service once."""
    announced = drill.centre.rows(
        "SELECT subject, count(*) FROM outbox WHERE type = 'ticket.served.v1' GROUP BY subject"
    )
    happened = drill.centre.rows(
        "SELECT ticket_id, count(*) FROM ticket_history WHERE to_state = 'served' GROUP BY ticket_id"
    )
    return sorted(set(announced) ^ set(happened))


def late_calls(drill: Drill) -> list[Any]:
    """Calls of which their holders were told when they were long over."""
    wrong = []
    for (body,) in drill.centre.rows("SELECT body FROM outbox WHERE type = 'ticket.called.v1'"):
        event = json.loads(body)
        called = datetime.fromisoformat(event["data"]["ticket"]["called_at"])
        is_late = datetime.fromisoformat(event["time"]) - called > STILL_NEWS
        if is_late and event["data"]["recipient"] is not None:
            wrong.append(event["subject"])
    return wrong


def fingerprint(side: Side) -> dict[str, Any]:
    """Return everything that a merge may write, to be compared."""
    tables = {
        "tickets": TICKET,
        "ticket_history": "*",
        "merge_conflicts": "*",
        "day_quotas": "*",
        "slots": "*",
        "outbox": "position",
        "people": "ticket_id",
        "grants": "*",
        "officer_acts": "*",
    }
    queries = {name: f"SELECT {columns} FROM {name}" for name, columns in tables.items()}  # noqa: S608
    return {name: sorted(map(str, side.rows(query))) for name, query in queries.items()}


def outside_the_block(drill: Drill) -> list[Any]:
    """Numbers of walk-ins that were not leased."""
    with drill.centre.database.reading() as session:
        (lease,) = lease_table.newest(session, limit=1)
    blocks = json.loads(lease.numbers)
    given = drill.centre.of_day("number", "tickets", "channel = 'walk_in'")
    return [
        number for (number,) in given if not blocks[number[0]][0] <= int(number[2:]) <= blocks[number[0]][1]
    ]


#: In the order in which they are told.
CHECKS: dict[str, Callable[[Drill], list[Any]]] = {
    "No number was given twice": twice_given,
    "No number outside the leased block": outside_the_block,
    "Every ticket is the same on both sides": unlike,
    "No line of history is lost or doubled": broken_histories,
    "Quotas and hours are exact": wrong_quotas,
    "The conflicts are those that were provoked": other_conflicts,
    "Each service was announced once": told_twice,
    "Nobody is told of a call that is long over": late_calls,
}
