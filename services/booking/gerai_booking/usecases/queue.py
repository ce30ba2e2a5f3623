"""The queue of a counter as its officer sees it."""

from dataclasses import dataclass
from datetime import datetime

from gerai_shared.ticket import AT_COUNTER_STATES, State, Ticket
from sqlalchemy.orm import Session

from gerai_booking.models import tickets
from gerai_booking.models.tickets import Person
from gerai_booking.usecases.office import Office


@dataclass(frozen=True, kw_only=True)
class CounterQueue:
    """Who is at the counter, who waits for it in the order of calls, who waits aside, what is done.

    `expected` are bookings of today whose holders have not checked in yet.
    """

    current: Ticket | None
    person: Person | None
    waiting: list[Ticket]
    parked: list[Ticket]
    expected: list[Ticket]
    missed: list[Ticket]
    served_today: int
    longest_wait_minutes: int


def counter_queue(session: Session, office: Office, *, site: str, counter: str, now: datetime) -> CounterQueue:
    """Return the queue of a counter. Raises UnknownSite, UnknownCounter."""
    services = office.counter(site, counter).services
    states = (State.CHECKED_IN, State.PARKED, State.BOOKED, State.NO_SHOW, State.SERVED, *AT_COUNTER_STATES)
    today = tickets.of_day(
        session, site=site, day=office.today(site, now), states=states, agency=office.code, services=services
    )
    current = next((t for t in today if t.state in AT_COUNTER_STATES and t.counter == counter), None)
    waiting = [t for t in today if t.state is State.CHECKED_IN]
    arrivals = [t.checked_in_at for t in waiting if t.checked_in_at is not None]
    return CounterQueue(
        current=current,
        person=tickets.person_of(session, current.id) if current else None,
        waiting=waiting,
        parked=[t for t in today if t.state is State.PARKED],
        expected=[t for t in today if t.state is State.BOOKED],
        missed=[t for t in today if t.state is State.NO_SHOW],
        served_today=sum(t.state is State.SERVED for t in today),
        longest_wait_minutes=int((now - min(arrivals)).total_seconds() // 60) if arrivals else 0,
    )
