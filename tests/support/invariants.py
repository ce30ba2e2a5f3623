"""What has to hold in a mall's databases after whatever happened: nothing lost, nothing twice, nothing stuck."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from gerai_notifications.rules import CAUSES
from gerai_shared.events.catalogue import REGISTRY

from tests.support.load import SLOWEST_SECONDS, Record
from tests.support.mall import DATABASES, BreakableMall
from tests.support.waiting import wait_until

BOOKING = ("booking-immigration", "booking-legal")
PRODUCERS = (*BOOKING, "complaints")
PARKING_QUEUE = "gerai.parked"
QUIET_SECONDS = 45.0
LOOKS_EVERY_SECONDS = 0.25
GIVES_PLACE_BACK = "('cancelled', 'expired', 'rescheduled')"
SETTLED = "('delivered', 'no_channel', 'expired')"
#: What a sender holds that may have been killed: another one takes it up when the lease is over.
LEASED = "(state = 'sending' AND coalesce(next_attempt_at > %s, false))"

LOST = """
    SELECT ticket_id, revision FROM ticket_history
    EXCEPT ALL
    SELECT subject, (body::json->'data'->'ticket'->>'revision')::int FROM outbox WHERE type LIKE 'ticket.%'
"""
INVENTED = """
    SELECT subject, (body::json->'data'->'ticket'->>'revision')::int FROM outbox
    WHERE split_part(type, '.', 1) NOT IN ('catalogue', 'counter', 'device', 'visit')
    EXCEPT ALL
    SELECT ticket_id, revision FROM ticket_history
"""
OUT_OF_ORDER = """
    SELECT subject, position, sequence FROM (
        SELECT subject, position, sequence,
               lag(sequence) OVER (PARTITION BY subject ORDER BY position) AS earlier
        FROM outbox
    ) AS numbered WHERE earlier >= sequence
"""
GAPS = """
    SELECT stream, count(*), min(sequence), max(sequence), count(DISTINCT sequence), max(last_sequence)
    FROM outbox JOIN streams USING (stream) GROUP BY stream
    HAVING count(*) <> max(sequence) OR min(sequence) <> 1
        OR count(DISTINCT sequence) <> count(*) OR max(sequence) <> max(last_sequence)
"""
#: What has a place: tickets, and what was given back and is kept from others for a while. Who missed a visit
#: keeps the hour, but may have given the place of the day back.
HOLDERS = f"""
    SELECT slot_id, site, day, service, quota_channel, gave_back_at IS NULL AS of_day FROM tickets
    WHERE state NOT IN {GIVES_PLACE_BACK}
    UNION ALL SELECT slot_id, site, day, service, 'online', true FROM freed_places
"""
SLOTS = f"""
    SELECT slots.id, slots.taken, slots.capacity, count(h.slot_id) FROM slots
    LEFT JOIN ({HOLDERS}) AS h ON h.slot_id = slots.id
    GROUP BY slots.id HAVING slots.taken <> count(h.slot_id) OR slots.taken > slots.capacity
"""
DAYS = f"""
    SELECT q.site, q.day, q.service, q.channel, q.taken, count(h.site) FROM day_quotas AS q
    LEFT JOIN ({HOLDERS}) AS h ON h.site = q.site AND h.day = q.day AND h.of_day
        AND (q.service = '' OR q.service = h.service)
        AND (q.channel = h.quota_channel OR (q.channel = '' AND h.quota_channel <> 'emergency'))
    WHERE q.channel <> 'over_quota'
    GROUP BY q.site, q.day, q.service, q.channel, q.taken, q.capacity, q.extra
    HAVING q.taken <> count(h.site) OR q.taken > q.capacity + q.extra
"""
#: What somebody asked for; what is offered at a site an agency tells of its own accord.
ASKED = """
    SELECT key, response::json->'ticket'->>'id' FROM commands WHERE scope <> 'offers'
"""
#: Every ticket came from a command that was kept.
UNASKED = """
    SELECT id FROM tickets
    EXCEPT SELECT response::json->'ticket'->>'id' FROM commands
"""
TWICE_SERVED = """
    SELECT ticket_id, to_state, count(*) FROM ticket_history
    WHERE to_state IN ('serving', 'served') GROUP BY ticket_id, to_state HAVING count(*) > 1
"""


def wait_until_quiet(mall: BreakableMall, *, parked: int = 0, timeout: float = QUIET_SECONDS) -> None:
    """Wait until everything that was announced has had its effects and every queue is empty.

    `parked` is how many messages lie in the broker's parking queue on purpose.
    """
    waiting: list[str] = []

    def quiet() -> bool:
        time.sleep(LOOKS_EVERY_SECONDS)
        waiting[:] = list(_under_way(mall, parked))
        return not waiting

    try:
        wait_until(quiet, timeout=timeout)
    except AssertionError as error:
        raise AssertionError(f"not quiet after {timeout} s: {waiting}") from error


def _under_way(mall: BreakableMall, parked: int) -> Iterable[str]:
    for name in PRODUCERS:
        ((unsent,),) = mall.query(name, "SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        if unsent:
            yield f"{name}: {unsent} unsent events"
    told = {event_id for (event_id,) in mall.query("notifications", "SELECT event_id FROM inbox")}
    for name in PRODUCERS:
        missing = {event_id for event_id, _type in _for_notifications(mall, name)} - told
        if missing:
            yield f"{name}: {len(missing)} events not taken by notifications"
    rows = mall.query(
        "notifications",
        f"SELECT state, count(*) FROM messages WHERE state NOT IN {SETTLED} AND NOT {LEASED} GROUP BY state",
        now_in(mall),
    )
    yield from (f"messages {state}: {count}" for state, count in rows)
    for queue, length in mall.rabbit.lengths().items():
        if length != (parked if queue == PARKING_QUEUE else 0):
            yield f"{queue}: {length} messages"


def _for_notifications(mall: BreakableMall, name: str) -> list[tuple[Any, ...]]:
    types = tuple(each.name for each in REGISTRY if "notifications" in each.consumers)
    return mall.query(name, "SELECT event_id, type FROM outbox WHERE type IN %s", types)


def now_in(mall: BreakableMall) -> datetime:
    """Return what time it is in the mall."""
    return datetime.now(UTC) + timedelta(seconds=mall.clock_offset)


def problems(mall: BreakableMall, record: Record, *, failed: int = 0) -> list[str]:
    """Return everything that is not as it has to be; call it when all is quiet.

    `failed` is how many messages the databases have parked on purpose.
    """
    return [
        *_of_the_load(record),
        *_of_bookings(mall, record),
        *_of_events(mall),
        *_of_complaints(mall, record),
        *_of_messages(mall),
        *_of_parking(mall, failed),
    ]


def _of_the_load(record: Record) -> Iterable[str]:
    yield from (f"surprise: {text}" for text in record.surprises[:5])
    if record.given_up:
        yield f"{len(record.given_up)} requests never got an answer"
    if record.slowest > SLOWEST_SECONDS:
        yield f"an answer took {record.slowest:.1f} s"


def _of_bookings(mall: BreakableMall, record: Record) -> Iterable[str]:
    for name in BOOKING:
        agency = name.removeprefix("booking-")
        commands = mall.query(name, ASKED)
        by_key = dict(commands)
        tickets = {ticket for (ticket,) in mall.query(name, "SELECT id FROM tickets")}
        acknowledged = {**record.booked, **record.walked_in}
        for key, (where, ticket) in acknowledged.items():
            if where == agency and (by_key.get(key) != ticket or ticket not in tickets):
                yield f"{name}: the acknowledged ticket {ticket} of {key} is lost"
        yield from (f"{name}: a key that nobody sent: {key}" for key in by_key.keys() - record.keys)
        for title, sql in (
            ("a ticket that nobody asked for", UNASKED),
            ("places of a slot", SLOTS),
            ("places of a day", DAYS),
            ("served twice", TWICE_SERVED),
        ):
            yield from (f"{name}: {title}: {row}" for row in mall.query(name, sql)[:5])
        history = set(mall.query(name, "SELECT ticket_id, revision, to_state FROM ticket_history"))
        told = {(ticket, revision, state) for a, ticket, revision, state in record.told if a == agency}
        yield from (f"{name}: told {row}, but it never was so" for row in sorted(told - history)[:5])


def _of_events(mall: BreakableMall) -> Iterable[str]:
    for name in PRODUCERS:
        checks = [("numbers of a stream", GAPS), ("order within a subject", OUT_OF_ORDER)]
        if name in BOOKING:
            checks += [("a change without its event", LOST), ("an event without its change", INVENTED)]
        for title, sql in checks:
            yield from (f"{name}: {title}: {row}" for row in mall.query(name, sql)[:5])


def _of_complaints(mall: BreakableMall, record: Record) -> Iterable[str]:
    numbers = [number for (number,) in mall.query("complaints", "SELECT number FROM complaints")]
    lost = set(record.filed.values()) - set(numbers)
    yield from (f"the acknowledged complaint {number} is lost" for number in sorted(lost))
    if len(record.filed) != len(set(record.filed.values())):
        yield "two keys got the same complaint"
    ((commands,),) = mall.query("complaints", "SELECT count(*) FROM commands WHERE scope = 'complaints.file'")
    if commands != len(numbers):
        yield f"{len(numbers)} complaints from {commands} commands"
    for kind, event_type in (("answered", "complaint.answered.v1"), ("accepted", "complaint.closed.v1")):
        entries = mall.query(
            "complaints", "SELECT complaint_id FROM complaint_entries WHERE kind = %s ORDER BY 1", kind
        )
        events = mall.query("complaints", "SELECT subject FROM outbox WHERE type = %s ORDER BY 1", event_type)
        if entries != events:
            yield f"{len(entries)} {kind} but {len(events)} {event_type}"
    filed = mall.query(
        "complaints", "SELECT subject FROM outbox WHERE type = 'complaint.filed.v1' ORDER BY 1"
    )
    if filed != mall.query("complaints", "SELECT id FROM complaints ORDER BY 1"):
        yield f"{len(filed)} announcements of {len(numbers)} complaints"


def _of_messages(mall: BreakableMall) -> Iterable[str]:
    announced = {
        (event_id, CAUSES[event_type].template)
        for name in PRODUCERS
        for event_id, event_type in _for_notifications(mall, name)
    }
    rows = mall.query("notifications", "SELECT event_id, template, state, id FROM messages")
    written = [(event_id, template) for event_id, template, _state, _id in rows]
    if len(written) != len(set(written)):
        yield "two messages for one cause"
    if set(written) != announced:
        yield f"{len(announced - set(written))} messages missing, {len(set(written) - announced)} invented"
    inbox = mall.query("notifications", "SELECT consumer, event_id FROM inbox")
    if {event_id for _consumer, event_id in inbox} != {event_id for event_id, _template in announced}:
        yield "the inbox and the announcements differ"
    mails = {identifier for (identifier,) in mall.query("notifications", "SELECT id FROM mailbox")}
    for _event, template, state, identifier in rows:
        # Whose sender was killed may have its mail already.
        if state != "sending" and (identifier in mails) != (state == "delivered"):
            yield f"a message of {template} is {state}, its mail is {'there' if identifier in mails else 'not'}"
    if mails - {identifier for _event, _template, _state, identifier in rows}:
        yield "a mail without its message"


def _of_parking(mall: BreakableMall, failed: int) -> Iterable[str]:
    rows = [
        row
        for name in DATABASES
        for row in mall.query(name, "SELECT consumer, state, reason FROM failed_messages")
    ]
    if len(rows) != failed:
        yield f"{len(rows)} failed messages instead of {failed}: {rows[:5]}"
