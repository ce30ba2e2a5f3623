"""How long people will wait: a snapshot of a site's queue, simulated with what was learned of it.

In a site's queue everybody waits for everybody: one simulation answers for all of them. It is kept for a few
seconds while nothing changes, however many ask.
"""

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from gerai_shared.ticket import State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import estimates
from gerai_booking.models.history import last_position
from gerai_booking.rules.catalogue import Counter, WeeklyHours
from gerai_booking.rules.estimates import arrivals
from gerai_booking.rules.estimates.calibration import Calibration
from gerai_booking.rules.estimates.durations import Durations, Occupation, with_today
from gerai_booking.rules.estimates.explaining import minutes_of, sentence
from gerai_booking.rules.estimates.simulation import (
    Expected,
    Interval,
    OpenCounter,
    Order,
    Outcome,
    Snapshot,
    Stream,
    Waiting,
    simulate,
)
from gerai_booking.rules.lanes import GROUNDS, head_start
from gerai_booking.rules.visits import GRACE, ORDINARY_RANK
from gerai_booking.usecases import shifts, skills
from gerai_booking.usecases.office import KnownWaits, Office
from gerai_booking.usecases.opening import calendar_of
from gerai_booking.usecases.rulebook import in_force

#: A counter that called nobody and let nobody go for so long is not counted on.
ACTIVE = timedelta(minutes=30)
#: So long an answer is good while no ticket changes, and this long for screens although some have: many
#: officers who click at once are one simulation.
FRESH = timedelta(seconds=10)
FOR_SCREENS = timedelta(seconds=3)
#: Who waits aside comes back within this time, if they do.
PARKED_FOR = timedelta(minutes=20)
PARKED_RETURN = 0.8


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A wait in seconds: as simulated, and as it is told after calibration; both None when nobody can tell.

    `ahead` wait before for the same service, `open_counters` serve it now.
    """

    service: str
    simulated: Interval | None
    told: Interval | None
    ahead: int
    open_counters: int


@dataclass(frozen=True, kw_only=True)
class WaitingTimes:
    """A site at one moment: estimates by ticket, and by service for who came now."""

    site: str
    as_of: datetime
    waiting: Mapping[str, Estimate]
    newcomers: Mapping[str, Estimate]
    open_counters: int


@dataclass(frozen=True, kw_only=True)
class _Day:
    """The hours of a site today as moments; None while it does not open."""

    day: date
    zone: ZoneInfo
    hours: WeeklyHours | None

    def at(self, moment: time) -> datetime:
        return datetime.combine(self.day, moment, self.zone)

    @property
    def breaks(self) -> list[tuple[datetime, datetime]]:
        pauses = self.hours.breaks if self.hours else ()
        return [(self.at(each.starts), self.at(each.ends)) for each in pauses]


def waiting_times(
    session: Session, office: Office, *, site: str, now: datetime, may_be_old: timedelta = timedelta(0)
) -> WaitingTimes:
    """Return how long everybody waits at a site, as of at most `may_be_old` ago. Raises UnknownSite."""
    office.site(site)
    kept = office.known_waits.get(site)
    if kept is not None and timedelta(0) <= now - kept.as_of < may_be_old:
        return cast("WaitingTimes", kept.times)
    position = last_position(session)
    if kept is not None and kept.position == position and timedelta(0) <= now - kept.as_of < FRESH:
        return cast("WaitingTimes", kept.times)
    times = _estimated(session, office, site=site, now=now)
    office.known_waits[site] = KnownWaits(position=position, as_of=now, times=times)
    return times


@dataclass(frozen=True, kw_only=True)
class AtWork:
    """A counter that is counted on, with what it serves today; until `from_` it pauses."""

    counter: Counter
    from_: datetime


def open_counters(
    session: Session, office: Office, *, site: str, day: date, active: frozenset[str], now: datetime
) -> list[AtWork]:
    """Return the counters that are counted on: those that are open, unless nobody knows how long they pause.

    While nobody has opened one, those at work; before the first call of the day, those of its weekday.
    """
    served = skills.services_at(session, office, site=site, day=day)
    known = [replace(each, services=served[each.code]) for each in office.counters_at(site)]
    opened = {each.code: each for each in shifts.open_counters(session, office, site=site, now=now)}
    if opened:
        return [
            AtWork(counter=each, from_=opened[each.code].paused_until or now)
            for each in known
            if each.code in opened
            and (not opened[each.code].is_paused or opened[each.code].paused_until is not None)
        ]
    at_work = [each for each in known if each.code in active]
    counted = at_work or [each for each in known if day.weekday() in each.weekdays]
    return [AtWork(counter=each, from_=now) for each in counted]


def _estimated(session: Session, office: Office, *, site: str, now: datetime) -> WaitingTimes:
    today = _day(session, office, site, now)
    queue = estimates.queue_at(
        session, site=site, day=today.day, booked_since=now - GRACE, active_since=_active_since(today, now)
    )
    at_work = open_counters(session, office, site=site, day=today.day, active=queue.active, now=now)
    if today.hours is None and not queue.at_counters:
        at_work = []
    counters = [each.counter for each in at_work]
    waiting = [row for row in queue.people if row.state == State.CHECKED_IN.value]
    snapshot = Snapshot(
        waiting=tuple(Waiting(id=row.id, service=row.service, order=_order(row, now)) for row in waiting),
        counters=tuple(
            _counter(each, queue.at_counters.get(each.counter.code), today, now) for each in at_work
        ),
        newcomers=tuple(sorted(_services_of(office, site, today.day))),
        pauses=tuple(
            ((start - now).total_seconds(), (end - now).total_seconds()) for start, end in today.breaks
        ),
        **_still_to_come(session, office, queue.people, site=site, now=now),
    )
    known = _durations(session, office, site=site, today=today)
    outcome = simulate(snapshot, _tables(known, hour=now.astimezone(today.zone).hour))
    calibration = estimates.calibration_at(session, site=site)
    return _times(site, now, snapshot, counters, outcome, calibration)


def _times(
    site: str,
    now: datetime,
    snapshot: Snapshot,
    counters: list[Counter],
    outcome: Outcome,
    calibration: Calibration,
) -> WaitingTimes:
    serving = Tally(service for counter in counters for service in counter.services)

    def estimate(service: str, simulated: Interval | None, ahead: int) -> Estimate:
        return Estimate(
            service=service,
            simulated=simulated,
            told=calibration.stretch(simulated) if simulated else None,
            ahead=ahead,
            open_counters=serving[service],
        )

    found, ahead = {}, Tally[str]()
    for each in sorted(snapshot.waiting, key=lambda one: one.order):
        found[each.id] = estimate(each.service, outcome.waiting.get(each.id), ahead[each.service])
        ahead[each.service] += 1
    newcomers = {
        service: estimate(service, outcome.newcomers.get(service), ahead[service])
        for service in snapshot.newcomers
    }
    return WaitingTimes(site=site, as_of=now, waiting=found, newcomers=newcomers, open_counters=len(counters))


def _day(session: Session, office: Office, site: str, now: datetime) -> _Day:
    place, day = office.site(site), office.today(site, now)
    hours = calendar_of(session, office, place, first=day, last=day).hours_on(day)
    return _Day(day=day, zone=ZoneInfo(place.time_zone), hours=hours)


def _services_of(office: Office, site: str, day: date) -> set[str]:
    return {
        offer.service
        for offer in office.agency.offers
        if offer.site == site and day.weekday() in office.weekdays_of(site, offer.service)
    }


def _active_since(today: _Day, now: datetime) -> datetime:
    """Nobody calls in a break: who was at work before it is counted on after it."""
    since = now - ACTIVE
    for start, end in today.breaks:
        if start <= now and since < end:
            since = min(since, start - ACTIVE)
    return since


def _order(row: Any, now: datetime) -> Order:
    at = row.queue_at or row.slot_starts_at or now
    return (row.queue_rank, (at - now).total_seconds(), row.id)


def _counter(at_work: AtWork, there: Any | None, today: _Day, now: datetime) -> OpenCounter:
    opens = max(at_work.from_, today.at(today.hours.opens) if today.hours else now)
    return OpenCounter(
        code=at_work.counter.code,
        services=at_work.counter.services,
        serving=there.service if there else None,
        elapsed=max((now - there.called_at).total_seconds(), 0.0) if there and there.called_at else 0.0,
        free_in=max((opens - now).total_seconds(), 0.0),
    )


def _still_to_come(
    session: Session, office: Office, people: Any, *, site: str, now: datetime
) -> dict[str, Any]:
    """Return who may come and go before others: bookings, who waits aside, lanes that are called before."""
    past = estimates.arrivals_at(session, site=site)
    coming = []
    for row in people:
        order = _order(row, now)
        if row.state == State.PARKED.value:
            within = PARKED_FOR.total_seconds()
            coming.append(Expected(service=row.service, within=within, chance=PARKED_RETURN, order=order))
        if row.state == State.BOOKED.value:
            seen = past.get(row.service)
            share = arrivals.share_that_comes(
                came=seen.came if seen else 0, booked=seen.booked if seen else 0
            )
            booked_in = (row.slot_starts_at - now).total_seconds()
            each = arrivals.expected(service=row.service, order=order, booked_in=booked_in, share=share)
            if each is not None:
                coming.append(each)
    # By their greatest head start: what they are to have it for is known when they come.
    lanes = in_force(session, office).lane_rules
    ahead = max(head_start(lanes, ground, office.today(site, now)) for ground in GROUNDS).total_seconds()
    streams = (
        Stream(
            service=row.service,
            per_hour=row.before_others / row.hours,
            rank=ORDINARY_RANK,
            head_start=ahead,
        )
        for row in past.values()
        if row.hours
    )
    return {"expected": tuple(coming), "streams": tuple(streams)}


def _durations(session: Session, office: Office, *, site: str, today: _Day) -> Durations:
    known = Durations(
        learned=estimates.learned_at(session, site=site),
        configured={service.code: service.duration_minutes * 60.0 for service in office.agency.services},
        paces={},
    )
    rows = estimates.visits(session, site=site, first=today.day, last=today.day)
    return with_today(known, occupations(rows, today.zone))


def occupations(rows: list[Any], zone: ZoneInfo) -> list[Occupation]:
    """Return how long past visits kept their counters busy, in the hours of the site."""
    return [
        Occupation(
            service=row.service,
            counter=row.counter,
            hour=row.called_at.astimezone(zone).hour,
            seconds=(row.finished_at - row.called_at).total_seconds(),
        )
        for row in rows
    ]


def _tables(known: Durations, *, hour: int) -> Any:
    made: dict[tuple[str, str], tuple[float, ...]] = {}

    def table_of(service: str, counter: str) -> tuple[float, ...]:
        if (service, counter) not in made:
            made[service, counter] = known.table(service, hour=hour, counter=counter)
        return made[service, counter]

    return table_of


def as_json(estimate: Estimate, *, as_of: datetime) -> dict[str, Any]:
    """Return an estimate as its holder is told it; minutes are null when nobody can tell."""
    minutes = minutes_of(estimate.told) if estimate.told else None
    text = sentence(
        ahead=estimate.ahead, open_counters=estimate.open_counters, is_known=estimate.told is not None
    )
    return {
        "low_minutes": minutes.low if minutes else None,
        "high_minutes": minutes.high if minutes else None,
        "ahead": estimate.ahead,
        "open_counters": estimate.open_counters,
        "sentence": {"id": text.id, "en": text.en},
        "as_of": as_of.isoformat(),
    }


def told(session: Session, office: Office, *, site: str, now: datetime) -> dict[str, Any]:
    """Return a site's waiting times as JSON: for who comes now by service, for who waits by ticket.

    Tickets are [low minutes, high minutes, open counters], minutes null when nobody can tell.
    Raises UnknownSite.
    """
    times = waiting_times(session, office, site=site, now=now)
    of_tickets = {}
    for ticket_id, each in times.waiting.items():
        minutes = minutes_of(each.told) if each.told else None
        of_tickets[ticket_id] = [
            minutes.low if minutes else None,
            minutes.high if minutes else None,
            each.open_counters,
        ]
    return {
        "site": site,
        "as_of": times.as_of.isoformat(),
        "open_counters": times.open_counters,
        "services": {service: as_json(each, as_of=times.as_of) for service, each in times.newcomers.items()},
        "tickets": of_tickets,
    }


def seen_by(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> Estimate | None:
    """Return the estimate of somebody who waits, for a screen; whoever has just come is the newest comer."""
    times = waiting_times(session, office, site=ticket.site, now=now, may_be_old=FOR_SCREENS)
    return times.waiting.get(ticket.id) or times.newcomers.get(ticket.service)


def of_ticket(session: Session, office: Office, ticket: Ticket, *, now: datetime) -> dict[str, Any] | None:
    """Return the same as JSON; None for whoever does not wait."""
    if ticket.state is not State.CHECKED_IN:
        return None
    found = seen_by(session, office, ticket, now=now)
    return as_json(found, as_of=office.known_waits[ticket.site].as_of) if found else None
