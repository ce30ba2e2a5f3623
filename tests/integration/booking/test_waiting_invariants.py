"""Whatever citizens do in whatever order: places are held once, and nobody on the list is overtaken."""

import json
from datetime import timedelta

from gerai_booking.models.places import day_quotas
from gerai_booking.models.tickets import tickets
from gerai_booking.models.waiting_list import waiting_list
from gerai_booking.rules.quota import ONLINE
from gerai_booking.usecases import changes, holding
from gerai_booking.usecases import waiting_list as usecase
from gerai_shared import tables
from gerai_shared.refusals import Refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, House, outcome
from tests.integration.booking.waiting import join, look_after, seen

#: The first ones are booked when it begins.
PLACES = 2
people = st.integers(1, 9)
which = st.integers(0, 30)
happenings = st.one_of(
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("join"), people, st.booleans(), st.booleans()),
    st.tuples(st.just("book"), people, st.booleans()),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(st.just("take up"), which, st.booleans()),
    st.tuples(st.just("move"), which, st.booleans()),
    st.tuples(st.just("leave"), which),
    st.tuples(st.just("look after")),
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 45, 120])),
)


class Citizens:
    """Two full days with two places each, and more citizens than that."""

    def __init__(self, house: House) -> None:
        self.house, self.now, self.keys = house, NOW, 0
        self.tokens: list[str] = []
        self.owners: dict[str, int] = {}
        for number, day in enumerate((DAY, DAY, NEXT_DAY, NEXT_DAY)):
            house.booked(90 + number, house.slots(day)[number % 2])

    def act(self, name: str, *arguments: object) -> None:
        """Let one thing happen; a refusal is an answer, too."""
        try:
            getattr(self, name.replace(" ", "_"))(*arguments)
        except Refused:
            self.house.check_places()

    def cancel(self, number: int) -> None:
        self.house.do(changes.cancel, token=self.ticket(number), revision=None, now=self.now)

    def join(self, person: int, later: bool, both: bool) -> None:
        first = NEXT_DAY if later and not both else DAY
        token = join(self.house, person, first=first, last=NEXT_DAY if both else first, now=self.now)
        self.owners[token] = person
        self.tokens.append(token)

    def book(self, person: int, later: bool) -> None:
        self.try_to_book(person, self.slot(later))

    def hold(self, later: bool) -> None:
        self.house.do(holding.hold, slot_id=self.slot(later), now=self.now)

    def take_up(self, number: int, own: bool) -> None:
        if not self.tokens:
            return
        token = self.tokens[number % len(self.tokens)]
        offer = seen(self.house, token, now=self.now)["offer"]
        if offer is not None:
            person = self.owners[token]
            answer = self.try_to_book(person if own else person % 9 + 1, offer["hold_token"])
            assert own or answer != "booked"

    def move(self, number: int, later: bool) -> None:
        moved = {"slot_id": self.slot(later), "revision": None, "now": self.now}
        self.house.do(changes.reschedule, token=self.ticket(number), **moved)

    def leave(self, number: int) -> None:
        if self.tokens:
            token = self.tokens[number % len(self.tokens)]
            self.house.do(usecase.leave, token=token, now=self.now)

    def look_after(self) -> None:
        look_after(self.house, now=self.now)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def try_to_book(self, person: int, place: str) -> str:
        self.keys += 1
        request = self.house.request(person, place, key=f"key-{self.keys:06d}", service=SERVICE)
        return outcome(self.house.book(request, now=self.now)[0])

    def slot(self, later: bool) -> str:
        return self.house.slots(NEXT_DAY if later else DAY)[2]

    def ticket(self, number: int) -> str:
        known = self.house.rows(select(tickets.c.id).order_by(tickets.c.id))
        return self.house.office.token(known[number % len(known)].id)


def check_list(house: House) -> None:
    """No place is offered twice, and whoever was offered one had nobody before them who wanted that day."""
    entries = house.rows(select(waiting_list).order_by(waiting_list.c.id))
    offered = [row.ticket_id for row in entries if row.state == "offered"]
    held = {row.id: row for row in house.rows(select(tickets).where(tickets.c.state == "held"))}
    assert len(set(offered)) == len(offered)
    assert set(offered) <= set(held)
    for row in house.rows(select(day_quotas).where(day_quotas.c.channel == ONLINE)):
        assert row.taken <= row.capacity


def check_order(house: House) -> None:
    """By the events, in the order in which they were written."""
    waiting: dict[str, tuple[str, str]] = {}
    closed = {row.id: row.closed_at for row in house.rows(select(waiting_list))}
    for event in house.rows(select(tables.outbox).order_by(tables.outbox.c.position)):
        if not event.type.startswith("waiting_list."):
            continue
        data = json.loads(event.body)["data"]
        if event.type == "waiting_list.joined.v1":
            waiting[event.subject] = (data["first_day"], data["last_day"])
        elif event.type == "waiting_list.offered.v1":
            day = data["slot_starts_at"][:10]
            before = [
                entry
                for entry, (first, last) in waiting.items()
                if entry < event.subject
                and first <= day <= last
                # Who left or booked otherwise did not wait any more.
                and (closed[entry] is None or closed[entry] > event.created_at)
            ]
            assert before == []
            del waiting[event.subject]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(happenings, min_size=8, max_size=30))
def test_places_are_held_once_and_nobody_on_the_list_is_overtaken(
    sqlite_house: House, what: list[tuple[str, object]]
) -> None:
    house = sqlite_house
    house.empty()
    for day in (DAY, NEXT_DAY):
        house.shrink(day=day, places=PLACES)
    citizens = Citizens(house)
    for happening in what:
        citizens.act(*happening)
        house.check_places()
        check_list(house)
    house.check()
    check_order(house)
