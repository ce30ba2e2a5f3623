"""Who does not come leaves a place of the day to who waits for one, and is served all the same if they come."""

from datetime import timedelta
from typing import Any

import pytest
from gerai_booking.models import outages
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.quota import ONLINE, WALK_IN, Bound
from gerai_booking.usecases import changes, floor, intake
from gerai_booking.usecases import outages as outage_cases
from gerai_shared.refusals import Refused
from gerai_shared.ticket import UNDO_WINDOW, State
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.integration.booking.house import DAY, NOW, SERVICE, SITE, TODAY, House, outcome
from tests.integration.booking.sending import send
from tests.integration.booking.test_quotas import CHANGE, set_quota
from tests.integration.booking.test_races import without_last_word
from tests.integration.booking.waiting import join, look_after, seen, states

#: The hour from ten to eleven; at eleven it is over.
TEN = 2
ELEVEN = NOW + timedelta(hours=2)
LOOKS = 8


def missed(house: House, person: int = 1, *, places: int = 1) -> str:
    """Leave so few places of today, and have somebody book at ten who does not come; their ticket."""
    house.shrink(day=TODAY, places=places)
    return house.booked(person, house.slots(TODAY)[TEN])


def of_today(house: House, channel: str = ONLINE) -> tuple[int, int]:
    """What is taken of today's quota, and what of it is beyond the capacity on record."""
    row = house.of_day(TODAY, Bound(channel=channel))
    return row.taken, row.extra


def called_in_vain(house: House, token: str, now: Any) -> None:
    """Have somebody check in, called, and not be there."""
    house.do(changes.check_in, token=token, now=now)
    desk = house.desk(now=now)
    house.do(floor.call_next, desk)
    house.do(floor.no_show, desk, revision=None)


def test_who_has_not_come_when_the_hour_is_over_leaves_the_place_of_the_day(house: House) -> None:
    token = missed(house)
    first, second = join(house, 11, first=TODAY), join(house, 12, first=TODAY)
    look_after(house, now=ELEVEN - timedelta(seconds=1))
    assert states(house, [first, second]) == ["waiting", "waiting"]
    look_after(house, now=ELEVEN)
    assert states(house, [first, second], now=ELEVEN) == ["offered", "waiting"]
    # At one: in time to decide and to get there. The hour that is over stays who booked it.
    assert seen(house, first, now=ELEVEN)["offer"]["slot_starts_at"] == "2026-12-01T06:00:00+00:00"
    assert house.taken(house.slots(TODAY)[TEN]) == 1
    assert house.ask(changes.load_ticket, token).state is State.BOOKED
    assert house.announced(token) == ["ticket.booked.v1"]
    look_after(house, now=ELEVEN + timedelta(minutes=1))
    assert states(house, [first, second], now=ELEVEN) == ["offered", "waiting"]
    house.check()


def test_who_comes_late_is_served_beyond_the_quota_on_record_when_the_place_has_gone(house: House) -> None:
    token = missed(house)
    join(house, 11, first=TODAY)
    look_after(house, now=ELEVEN)
    assert of_today(house) == (1, 0)
    house.do(changes.check_in, token=token, now=ELEVEN)
    assert of_today(house) == (2, 1)
    house.check()
    house.do(changes.check_in, token=token, now=ELEVEN)
    assert of_today(house) == (2, 1)
    # What is beyond the quota is nobody's to book.
    assert outcome(house.book(house.request(12, house.slots(TODAY)[5]), now=ELEVEN)[0]) == "day_full"


def test_who_comes_late_has_the_place_again_when_nobody_took_it(house: House) -> None:
    token = missed(house)
    look_after(house, now=ELEVEN)
    assert of_today(house) == (0, 0)
    house.do(changes.check_in, token=token, now=ELEVEN)
    assert of_today(house) == (1, 0)
    house.check()


def test_with_nobody_waiting_whoever_asks_gets_the_place(house: House) -> None:
    missed(house)
    later = house.slots(TODAY)[5]
    assert outcome(house.book(house.request(2, later), now=NOW)[0]) == "day_full"
    assert outcome(house.book(house.request(2, later, key="again-000002"), now=ELEVEN)[0]) == "booked"
    house.check()


def test_a_call_in_vain_leaves_the_place_once_it_cannot_be_taken_back(house: House) -> None:
    token = missed(house)
    waiting = join(house, 11, first=TODAY)
    at = NOW + timedelta(minutes=20)
    called_in_vain(house, token, at)
    look_after(house, now=at + UNDO_WINDOW)
    assert states(house, [waiting], now=at) == ["waiting"]
    over = at + UNDO_WINDOW + timedelta(seconds=1)
    look_after(house, now=over)
    assert states(house, [waiting], now=over) == ["offered"]
    house.check()
    # The one who was called comes back: served, and nobody is taken anything.
    ticket_id = house.office.ticket_id(token)
    house.do(floor.requeue, house.desk(now=over), ticket_id=ticket_id, revision=None)
    assert (of_today(house), states(house, [waiting], now=over)) == ((2, 1), ["offered"])
    house.check()


def test_a_step_taken_back_while_somebody_looks_keeps_both(house: House) -> None:
    """The clocks of two processes differ: to one the window is over, to the other it is not."""
    token = missed(house)
    waiting = join(house, 11, first=TODAY)
    at = NOW + timedelta(minutes=20)
    called_in_vain(house, token, at)
    look_after(house, now=at + UNDO_WINDOW + timedelta(seconds=1))
    house.do(floor.undo, house.desk(now=at + UNDO_WINDOW))
    assert (of_today(house), states(house, [waiting], now=at)) == ((2, 1), ["offered"])
    house.check()


def test_a_walk_in_called_in_vain_leaves_the_place_to_the_next_who_comes(house: House) -> None:
    set_quota(house, Bound(channel=WALK_IN), 1, valid_from=TODAY)
    walked_in = {"service": SERVICE, "priority": False}
    house.do(intake.walk_in, house.desk(), **walked_in)
    house.do(floor.call_next, house.desk())
    house.do(floor.no_show, house.desk(), revision=None)
    with pytest.raises(Refused, match="walk_in_full"):
        house.do(intake.walk_in, house.desk(now=NOW + UNDO_WINDOW), **walked_in)
    house.do(intake.walk_in, house.desk(now=NOW + 2 * UNDO_WINDOW), **walked_in)
    assert of_today(house, WALK_IN) == (1, 0)
    house.check()


def test_whose_hour_an_outage_hit_keeps_the_place_and_moving_later_gives_it_back_once(house: House) -> None:
    token = missed(house)
    waiting = join(house, 11, first=TODAY)
    report = outage_cases.Report(officer=CHANGE.officer, why="Server padam", now=ELEVEN)
    outage = house.do(
        outage_cases.record,
        report,
        site=SITE,
        failed="server",
        started_at=NOW + timedelta(hours=1, minutes=30),
        expected_end_at=None,
        reference=None,
    )
    look_after(house, now=ELEVEN)
    assert (of_today(house), states(house, [waiting])) == ((1, 0), ["waiting"])
    # Were the outage told of afterwards, its holder may move all the same.
    house.change(outages.outages.update().values(started_at=ELEVEN + timedelta(hours=1)))
    look_after(house, now=ELEVEN)
    assert states(house, [waiting], now=ELEVEN) == ["offered"]
    house.change(outages.outages.update().values(started_at=NOW))
    assert outage
    moved = {"slot_id": house.slots(DAY)[0], "revision": None, "now": ELEVEN}
    house.do(changes.reschedule, token=token, **moved)
    assert (of_today(house), house.taken(house.slots(TODAY)[TEN])) == ((1, 0), 0)
    house.check()


def test_a_new_plan_counts_what_was_given_back_as_nobodys(house: House) -> None:
    missed(house)
    look_after(house, now=ELEVEN)
    set_quota(house, Bound(SERVICE, ONLINE), 5, valid_from=TODAY)
    assert house.of_day(TODAY, Bound(SERVICE, ONLINE)).taken == 0
    house.check()


def test_the_day_that_is_over_gives_nothing_back(house: House) -> None:
    missed(house)
    look_after(house, now=NOW + timedelta(days=1))
    assert of_today(house) == (1, 0)


happenings = st.one_of(
    st.tuples(st.just("book"), st.integers(1, 9)),
    st.tuples(st.just("walk in")),
    st.tuples(st.just("arrive"), st.integers(0, 9)),
    st.tuples(st.just("call in vain"), st.booleans()),
    st.tuples(st.just("come back"), st.integers(0, 9)),
    st.tuples(st.just("join"), st.integers(1, 9)),
    st.tuples(st.just("take up"), st.integers(0, 9)),
    st.tuples(st.just("look after")),
    st.tuples(st.just("wait"), st.sampled_from([1, 20, 61])),
)


class Morning:
    """A full day: citizens who come, come late, or not at all."""

    def __init__(self, house: House) -> None:
        self.house, self.now, self.keys = house, NOW, 0
        self.waiting: list[tuple[int, str]] = []

    def act(self, name: str, *arguments: object) -> None:
        """Let one thing happen; only who comes after all goes beyond the quota."""
        before = self.beyond()
        try:
            getattr(self, name.replace(" ", "_"))(*arguments)
        except Refused:
            assert self.beyond() == before
        assert self.beyond() - before <= (name in {"arrive", "come back"})

    def beyond(self) -> int:
        taken, _ = of_today(self.house)
        return max(int(taken) - 3, 0)

    def book(self, person: int) -> None:
        self.try_to_book(person, self.hour())

    def hour(self) -> str:
        found = self.house.slots(TODAY)
        return found[TEN] if self.now < NOW + timedelta(hours=1) else found[5]

    def try_to_book(self, person: int, place: str) -> None:
        self.keys += 1
        request = self.house.request(person, place, key=f"key-{self.keys:06d}", service=SERVICE)
        self.house.book(request, now=self.now)

    def walk_in(self) -> None:
        self.house.do(intake.walk_in, self.house.desk(now=self.now), service=SERVICE, priority=False)

    def arrive(self, number: int) -> None:
        self.house.do(changes.check_in, token=self.ticket(number), now=self.now)

    def call_in_vain(self, taken_back: bool) -> None:
        desk = self.house.desk(now=self.now)
        self.house.do(floor.call_next, desk)
        self.house.do(floor.no_show, desk, revision=None)
        if taken_back:
            self.house.do(floor.undo, desk)
            self.house.do(floor.no_show, desk, revision=None)

    def come_back(self, number: int) -> None:
        ticket_id = self.house.office.ticket_id(self.ticket(number))
        self.house.do(floor.requeue, self.house.desk(now=self.now), ticket_id=ticket_id, revision=None)

    def join(self, person: int) -> None:
        self.waiting.append((person, join(self.house, person, first=TODAY, now=self.now)))

    def take_up(self, number: int) -> None:
        if self.waiting:
            person, token = self.waiting[number % len(self.waiting)]
            offer = seen(self.house, token, now=self.now)["offer"]
            if offer is not None:
                self.try_to_book(person, offer["hold_token"])

    def look_after(self) -> None:
        look_after(self.house, now=self.now)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def ticket(self, number: int) -> str:
        known = self.house.rows(select(tickets.c.id).order_by(tickets.c.id))
        return self.house.office.token(known[number % len(known)].id)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(happenings, min_size=8, max_size=30))
def test_whoever_misses_and_comes_after_all_no_quota_is_exceeded_but_on_record(
    sqlite_house: House, what: list[tuple[str, object]]
) -> None:
    house = sqlite_house
    house.empty()
    house.shrink(day=TODAY, places=3)
    morning = Morning(house)
    for person in (21, 22, 23):
        morning.book(person)
    for happening in what:
        morning.act(*happening)
        house.check_places()
    house.check()


def a_morning_nobody_comes(house: House) -> None:
    """Ten have booked at ten, and are not there at eleven."""
    for person in range(1, 11):
        house.booked(person, house.slots(TODAY)[TEN])


def test_a_place_is_given_back_once_and_without_locks_it_would_be_by_everybody(
    lone_postgres_house: House,
) -> None:
    """The negative control: eight who look at once give the same ten places back eight times over."""
    house = lone_postgres_house
    a_morning_nobody_comes(house)
    at = ELEVEN.isoformat()
    (locked,) = send("miss_at_once", {"url": house.url, "at": at, "locked": True}, module="waiting_crowds")
    assert locked["answers"] == ["looked"] * LOOKS
    assert of_today(house) == (0, 0)
    house.check()

    house.empty()
    without_last_word(house)
    a_morning_nobody_comes(house)
    (unlocked,) = send("miss_at_once", {"url": house.url, "at": at, "locked": False}, module="waiting_crowds")
    assert unlocked["answers"] == ["looked"] * LOOKS
    assert of_today(house)[0] < 0
    with pytest.raises(AssertionError):
        house.check()


def test_all_who_come_late_while_others_look_are_counted_once(postgres_house: House) -> None:
    house = postgres_house
    a_morning_nobody_comes(house)
    tokens = [house.office.token(row.id) for row in house.rows(select(tickets.c.id))]
    parties = [{"url": house.url, "at": ELEVEN.isoformat(), "tokens": tokens} for _ in range(2)]
    for party in send("come_late", *parties, module="waiting_crowds"):
        assert set(party["answers"]) <= {"came", "looked"}
    assert house.rows(select(func.count()).where(tickets.c.state == "checked_in"))[0][0] == len(tokens)
    assert of_today(house) == (len(tokens), 0)
    house.check()
