"""Whatever citizens do in whatever order, places, history and events agree with the tickets."""

from datetime import timedelta

from gerai_booking.models.tickets import tickets
from gerai_booking.usecases import booking, changes, holding
from gerai_shared.refusals import Refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, House, outcome

people = st.integers(1, 6)
places = st.integers(0, 3)
which = st.integers(0, 30)
#: What may happen: some book together, some hold, some book what they hold, cancel, move; and time passes.
happenings = st.one_of(
    st.tuples(st.just("book"), st.lists(st.tuples(people, places), min_size=1, max_size=4)),
    st.tuples(st.just("hold"), places),
    st.tuples(st.just("take up"), which, people),
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("move"), which, places),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 11])),
)


class Citizens:
    """Citizens at two hours of each of two days with hardly any places."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.now = NOW
        self.places = [*house.slots(DAY)[:2], *house.slots(NEXT_DAY)[:2]]
        self.keys = 0
        self.answers: set[str] = set()

    def act(self, name: str, *arguments: object) -> None:
        """Let one thing happen; a refusal is an answer, too."""
        try:
            getattr(self, name.replace(" ", "_"))(*arguments)
        except Refused as refusal:
            self.answers.add(refusal.code)

    def book(self, wishes: list[tuple[int, int]]) -> None:
        requests = [self.request(person, self.places[place]) for person, place in wishes]
        self.answers.update(outcome(answer) for answer in self.house.book(*requests, now=self.now))

    def hold(self, place: int) -> None:
        self.house.do(holding.hold, slot_id=self.places[place], holder=None, now=self.now)

    def take_up(self, number: int, person: int) -> None:
        request = self.request(person, self.token(number))
        self.answers.update(outcome(answer) for answer in self.house.book(request, now=self.now))

    def cancel(self, number: int) -> None:
        self.house.do(changes.cancel, token=self.token(number), revision=None, now=self.now)

    def move(self, number: int, place: int) -> None:
        self.house.do(
            changes.reschedule,
            token=self.token(number),
            slot_id=self.places[place],
            revision=None,
            now=self.now,
        )

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def request(self, person: int, place: str) -> booking.BookingRequest:
        self.keys += 1
        return self.house.request(person, place, key=f"key-{self.keys:06d}")

    def token(self, number: int) -> str:
        known = self.house.rows(select(tickets.c.id).order_by(tickets.c.id))
        return self.house.office.token(known[number % len(known)].id if known else "0" * 32)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(happenings, min_size=5, max_size=30))
def test_places_history_and_events_agree_with_the_tickets_after_whatever_happened(
    house: House, what: list[tuple[str, object]]
) -> None:
    house.empty()
    for day in (DAY, NEXT_DAY):
        house.shrink(day=day, places=3, per_slot=2)
    citizens = Citizens(house)
    for happening in what:
        citizens.act(*happening)
        house.check_places()
    house.check()
    numbers = house.rows(select(tickets.c.day, tickets.c.number))
    assert len(set(numbers)) == len(numbers)
    open_ones = house.rows(
        select(tickets.c.person_hash).where(tickets.c.state == "booked", tickets.c.person_hash.is_not(None))
    )
    assert len(set(open_ones)) == len(open_ones)
    assert citizens.answers <= {
        "booked",
        "slot_full",
        "day_full",
        "open_ticket_exists",
        "hold_expired",
        "transition_not_allowed",
        "unknown_ticket",
    }
