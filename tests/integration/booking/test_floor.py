"""The floor: who is called before whom, and what officers can do and take back."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import CounterBusy
from gerai_booking.rules.estimates.explaining import minutes_of
from gerai_booking.rules.floor import Outcome
from gerai_booking.usecases import changes, estimates, floor, intake, queue, sending, views
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Lane, State, Ticket
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, House

#: 08:00 in Serang on DAY, when the first hour begins; NINE is the second.
EIGHT = NOW + timedelta(days=1, hours=-1)
NINE = EIGHT + timedelta(hours=1)
FINISH = partial(floor.finish, outcome=Outcome.COMPLETED)
STEPS = {"start": floor.start, "finish": FINISH, "no-show": floor.no_show}
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def walk_in(house: House, *, at: timedelta, priority: bool = False, service: str = SERVICE) -> Ticket:
    desk = house.desk(now=EIGHT + at)
    return house.do(intake.walk_in, desk, service=service, priority=priority)


def arrive(house: House, token: str, *, at: timedelta) -> Ticket:
    return house.do(changes.check_in, token=token, now=EIGHT + at)


def call(house: House, *, counter: str = "101", at: timedelta = timedelta(hours=3)) -> Ticket:
    return house.do(floor.call_next, house.desk(counter, now=EIGHT + at))


def call_and_finish(house: House, *, at: timedelta = timedelta(hours=3)) -> str:
    called = call(house, at=at)
    desk = house.desk(now=EIGHT + at)
    house.do(floor.start, desk, revision=None)
    house.do(FINISH, desk, revision=None)
    return called.number


def waiting(house: House, *, at: timedelta = timedelta(hours=3)) -> list[str]:
    """Numbers in the order of calls, as the officer's screen shows them."""
    seen = house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT + at)
    return [ticket.number for ticket in seen.waiting.first]


def test_a_screen_is_told_the_first_of_a_long_queue_and_how_long_it_is(house: House) -> None:
    those = [walk_in(house, at=minute * MINUTE) for minute in range(12)]
    seen = house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT + 20 * MINUTE, most=5)
    assert [each.id for each in seen.waiting.first] == [each.id for each in those[:5]]
    assert (seen.waiting.count, seen.longest_wait_minutes, seen.elsewhere.count) == (12, 20, 0)
    # Of whoever is called last, though they are not listed.
    times = house.ask(estimates.waiting_times, site=SITE, now=EIGHT + 20 * MINUTE)
    assert seen.last_waits == minutes_of(times.waiting[those[-1].id].told)


def test_a_complaint_is_told_how_long_the_wait_was(house: House) -> None:
    token = house.office.token(walk_in(house, at=timedelta(0)).id)
    assert house.ask(views.complaint_facts, token=token)["waited_minutes"] is None
    call(house, at=150 * MINUTE + 59 * SECOND)
    assert house.ask(views.complaint_facts, token=token)["waited_minutes"] == 150


def test_each_goes_by_hour_or_arrival_and_priority_counts_an_hour_earlier(house: House) -> None:
    nine = house.booked(1, house.slots()[1])
    eight = house.booked(2, house.slots()[0])
    expected = {
        "eight": arrive(house, eight, at=timedelta(0)).number,
        "early walk-in": walk_in(house, at=10 * MINUTE).number,
        "nine, early": arrive(house, nine, at=20 * MINUTE).number,
        "walk-in": walk_in(house, at=30 * MINUTE).number,
        "late walk-in": walk_in(house, at=70 * MINUTE).number,
        "pregnant": walk_in(house, at=85 * MINUTE, priority=True).number,
    }
    order = ["eight", "early walk-in", "pregnant", "walk-in", "nine, early", "late walk-in"]
    assert waiting(house) == [expected[who] for who in order]
    assert [call_and_finish(house) for _ in order] == [expected[who] for who in order]
    with pytest.raises(Refused, match="nobody_waits"):
        call(house)
    house.check()


@pytest.mark.parametrize(
    ("late", "before"), [(timedelta(minutes=15), True), (timedelta(minutes=15, seconds=1), False)]
)
def test_who_comes_late_keeps_the_hour_for_a_quarter_and_then_waits_like_a_walk_in(
    house: House, late: timedelta, before: bool
) -> None:
    booked = house.booked(1, house.slots()[0])
    guest = walk_in(house, at=5 * MINUTE)
    late_comer = arrive(house, booked, at=late)
    expected = [late_comer.number, guest.number]
    assert waiting(house) == (expected if before else expected[::-1])


def test_priority_of_a_booking_counts_like_that_of_a_walk_in(house: House) -> None:
    walk_in(house, at=MINUTE)
    elderly = house.booked(1, house.slots()[1], priority=True)
    arrive(house, elderly, at=timedelta(hours=1))
    assert call(house).id == house.office.ticket_id(elderly)


def test_an_officer_corrects_a_priority_that_was_claimed_or_missed(house: House) -> None:
    claims, ordinary = house.booked(1, house.slots()[0], priority=True), house.booked(2, house.slots()[0])
    first, second = (arrive(house, token, at=timedelta(0)) for token in (claims, ordinary))
    missed = walk_in(house, at=MINUTE)
    assert waiting(house) == [first.number, second.number, missed.number]
    desk = house.desk(now=EIGHT + 2 * MINUTE)
    lowered = house.do(floor.set_priority, desk, ticket_id=first.id, priority=False, revision=first.revision)
    raised = house.do(floor.set_priority, desk, ticket_id=missed.id, priority=True, revision=missed.revision)
    assert (lowered.lane, raised.lane) == (Lane.APPOINTMENT, Lane.PRIORITY)
    assert waiting(house) == [missed.number, first.number, second.number]
    assert house.announced(claims)[-1] == "ticket.requeued.v1"
    with pytest.raises(Refused, match="stale_revision"):
        house.do(floor.set_priority, desk, ticket_id=first.id, priority=True, revision=first.revision)
    house.check()


def test_the_priority_of_who_does_not_wait_here_is_not_changed(house: House) -> None:
    booked = house.office.ticket_id(house.booked(1, house.slots()[0]))
    walk_in(house, at=timedelta(0))
    called = call(house)
    elsewhere = replace(house.desk(now=EIGHT), site="mpp-lebak")
    for desk, ticket, code in (
        (house.desk(now=EIGHT), booked, "transition_not_allowed"),
        (house.desk(now=EIGHT), called.id, "transition_not_allowed"),
        (elsewhere, called.id, "unknown_ticket"),
        (house.desk(now=EIGHT), "", "unknown_ticket"),
    ):
        with pytest.raises(Refused, match=code):
            house.do(floor.set_priority, desk, ticket_id=ticket, priority=True, revision=None)
    house.check()


def test_who_waits_already_is_not_put_back_into_the_queue(house: House) -> None:
    guest = walk_in(house, at=timedelta(0))
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(floor.requeue, house.desk(now=EIGHT), ticket_id=guest.id, revision=None)


def test_a_counter_calls_for_its_own_services_alone(house: House) -> None:
    lost = walk_in(house, at=timedelta(0), service="passport-lost")
    walk_in(house, at=MINUTE)
    assert call(house, counter="4").id == lost.id
    with pytest.raises(Refused, match="nobody_waits"):
        call(house, counter="5")


def test_who_waits_for_another_day_or_site_is_not_called(house: House) -> None:
    house.booked(1, house.slots(NEXT_DAY)[0])
    tomorrow = house.desk(now=EIGHT + timedelta(days=1))
    walk_in(house, at=timedelta(0))
    with pytest.raises(Refused, match="nobody_waits"):
        house.do(floor.call_next, tomorrow)


def test_how_many_are_ahead_is_told_and_shrinks(house: House) -> None:
    tokens = [house.booked(person, house.slots()[0]) for person in (1, 2, 3)]
    last = [arrive(house, token, at=timedelta(0)) for token in tokens][-1]
    walk_in(house, at=timedelta(0), priority=True)
    walk_in(house, at=timedelta(0), service="passport-child")

    def ahead() -> int | None:
        view = house.ask(views.ticket_view, house.ask(views.load_ticket, tokens[-1]), now=EIGHT)
        number: int | None = view["ahead"]
        return number

    assert ahead() == 3
    call_and_finish(house)
    assert ahead() == 2
    found = house.ask(queue.waiting_with_number, site=SITE, number=last.number, now=EIGHT)
    assert found is not None
    assert found[1] == 2


def test_a_counter_has_one_person_at_a_time(house: House) -> None:
    first = walk_in(house, at=timedelta(0))
    walk_in(house, at=MINUTE)
    call(house)
    with pytest.raises(CounterBusy) as caught:
        call(house)
    assert caught.value.details == {"number": first.number}
    assert call(house, counter="102").number != first.number


def test_the_index_has_the_last_word_when_two_call_for_one_counter(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a race: the other call became visible after this one had looked."""
    walk_in(house, at=timedelta(0))
    second = walk_in(house, at=MINUTE)
    first = call(house)
    looked: list[bool] = []
    look = floor._refuse_busy

    def look_too_early(*args: object) -> None:
        if looked:
            look(*args)  # type: ignore[arg-type]
        looked.append(True)

    monkeypatch.setattr(floor, "_refuse_busy", look_too_early)
    with pytest.raises(CounterBusy) as caught:
        call(house)
    assert caught.value.details == {"number": first.number}
    assert waiting(house) == [second.number]
    house.check()


def test_a_visit_from_call_to_end_is_told_step_by_step(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    arrive(house, token, at=timedelta(0))
    desk = house.desk(now=NINE)
    called = house.do(floor.call_next, desk)
    again = house.do(floor.recall, desk, revision=called.revision)
    started = house.do(floor.start, desk, revision=again.revision)
    served = house.do(FINISH, desk, revision=started.revision)
    assert (again.times_called, served.state, served.counter) == (2, State.SERVED, "101")
    assert (served.called_at, served.started_at, served.finished_at) == (NINE, NINE, NINE)
    assert house.announced(token) == [
        "ticket.booked.v1",
        "ticket.checked_in.v1",
        "ticket.called.v1",
        "ticket.called.v1",
        "ticket.serving.v1",
        "ticket.served.v1",
    ]
    assert house.taken(house.slots()[0]) == 1
    house.check()


def test_a_step_from_an_old_screen_is_refused(house: House) -> None:
    walk_in(house, at=timedelta(0))
    called = call(house)
    desk = house.desk(now=EIGHT + timedelta(hours=3))
    house.do(floor.start, desk, revision=called.revision)
    for step in (FINISH, floor.park, floor.no_show):
        with pytest.raises(Refused, match="stale_revision"):
            house.do(step, desk, revision=called.revision)


def test_nothing_can_be_done_at_an_idle_counter_or_one_that_is_none(house: House) -> None:
    for step in (floor.recall, floor.start, FINISH, floor.no_show, floor.park):
        with pytest.raises(Refused, match="counter_idle"):
            house.do(step, house.desk(now=NINE), revision=None)
    with pytest.raises(Refused, match="unknown_counter"):
        house.do(floor.call_next, house.desk("999", now=NINE))


def test_who_is_being_served_is_not_called_again(house: House) -> None:
    walk_in(house, at=timedelta(0))
    call(house)
    desk = house.desk(now=EIGHT + timedelta(hours=3))
    house.do(floor.start, desk, revision=None)
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(floor.recall, desk, revision=None)
    house.check()


@pytest.mark.parametrize("step", [floor.park, floor.no_show])
def test_who_comes_back_has_the_old_place_in_the_queue(house: House, step: object) -> None:
    first = walk_in(house, at=timedelta(0))
    second = walk_in(house, at=MINUTE)
    third = walk_in(house, at=2 * MINUTE)
    assert call(house).id == first.id
    assert callable(step)
    later = EIGHT + timedelta(hours=3)
    aside: Ticket = house.do(step, house.desk(now=later), revision=None)
    assert waiting(house) == [second.number, third.number]
    house.do(floor.requeue, house.desk("102", now=later), ticket_id=first.id, revision=aside.revision)
    assert waiting(house) == [first.number, second.number, third.number]
    back = house.rows(select(tickets).where(tickets.c.id == first.id))[0]
    assert (back.counter, back.finished_at, back.times_called) == (None, None, 1)
    house.check()


def test_who_never_waited_here_is_not_put_back(house: House) -> None:
    first = walk_in(house, at=timedelta(0))
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(floor.requeue, house.desk(now=NINE), ticket_id=first.id, revision=None)
    for unknown in ("", "0193a8c0-0000-7000-8000-000000000001"):
        with pytest.raises(Refused, match="unknown_ticket"):
            house.do(floor.requeue, house.desk(now=NINE), ticket_id=unknown, revision=None)


def test_who_missed_the_call_and_booked_again_is_not_put_back_beside_it(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    missed = arrive(house, token, at=timedelta(0))
    call(house)
    desk = house.desk(now=EIGHT + timedelta(hours=3))
    house.do(floor.no_show, desk, revision=None)
    house.booked(1, house.slots(NEXT_DAY)[0], now=desk.now)
    with pytest.raises(Refused, match="open_ticket_exists"):
        house.do(floor.requeue, desk, ticket_id=missed.id, revision=None)
    with pytest.raises(Refused, match="open_ticket_exists"):
        house.do(floor.undo, desk)
    house.check()


def steps_of(house: House, *names: str) -> Ticket:
    """Carry out steps at counter 101 at NINE; the ticket after the last of them."""
    desk = house.desk(now=NINE)
    ticket = house.do(floor.call_next, desk)
    for name in names:
        ticket = house.do(STEPS[name], desk, revision=None)
    return ticket


@pytest.mark.parametrize(
    ("steps", "back"),
    [
        ((), State.CHECKED_IN),
        (("start",), State.CALLED),
        (("start", "finish"), State.SERVING),
        (("no-show",), State.CALLED),
    ],
)
def test_taking_back_restores_everything_but_the_revision(
    house: House, steps: tuple[str, ...], back: State
) -> None:
    first = walk_in(house, at=timedelta(0))
    walk_in(house, at=MINUTE)
    before = waiting(house)
    earlier, last = first, house.do(floor.call_next, house.desk(now=NINE))
    for step in steps:
        earlier, last = last, house.do(STEPS[step], house.desk(now=NINE), revision=None)
    restored = house.do(floor.undo, house.desk(now=NINE + 30 * SECOND))
    assert (restored.state, restored.revision) == (back, last.revision + 1)
    assert restored == replace(earlier, revision=restored.revision)
    if not steps:
        assert waiting(house) == before
    assert house.announced(house.office.token(first.id))[-1] == "ticket.undone.v1"
    house.check()


@pytest.mark.parametrize("steps", [(), ("start",), ("start", "finish"), ("no-show",)])
def test_after_half_a_minute_nothing_is_taken_back(house: House, steps: tuple[str, ...]) -> None:
    walk_in(house, at=timedelta(0))
    steps_of(house, *steps)
    with pytest.raises(Refused, match="undo_too_late"):
        house.do(floor.undo, house.desk(now=NINE + 31 * SECOND))


def test_taking_back_is_not_itself_taken_back(house: House) -> None:
    walk_in(house, at=timedelta(0))
    steps_of(house)
    house.do(floor.undo, house.desk(now=NINE))
    for when in (NINE, NINE + timedelta(hours=2)):
        with pytest.raises(Refused, match="nothing_to_undo"):
            house.do(floor.undo, house.desk(now=when))


def test_a_second_call_was_heard_and_is_not_taken_back(house: House) -> None:
    walk_in(house, at=timedelta(0))
    steps_of(house)
    house.do(floor.recall, house.desk(now=NINE), revision=None)
    with pytest.raises(Refused, match="nothing_to_undo"):
        house.do(floor.undo, house.desk(now=NINE))


def test_a_counter_takes_back_its_own_steps_alone(house: House) -> None:
    walk_in(house, at=timedelta(0))
    steps_of(house)
    with pytest.raises(Refused, match="nothing_to_undo"):
        house.do(floor.undo, house.desk("102", now=NINE))


def test_who_was_put_back_from_a_missed_call_is_not_made_to_miss_it_by_taking_back(house: House) -> None:
    first = walk_in(house, at=timedelta(0))
    steps_of(house, "no-show")
    house.do(floor.requeue, house.desk(now=NINE), ticket_id=first.id, revision=None)
    with pytest.raises(Refused, match="nothing_to_undo"):
        house.do(floor.undo, house.desk(now=NINE))
    assert waiting(house) == [first.number]


def test_who_is_sent_on_waits_at_the_next_service_from_the_time_of_coming(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    arrive(house, token, at=timedelta(0))
    child = walk_in(house, at=MINUTE, service="passport-child")
    desk = house.desk(now=NINE)
    house.do(floor.call_next, desk)
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(sending.transfer, desk, target=sending.Target(service="passport-child"), revision=None)
    house.do(floor.start, desk, revision=None)
    for wrong in (SERVICE, "haircut"):
        with pytest.raises(Refused, match="unknown_service"):
            house.do(sending.transfer, desk, target=sending.Target(service=wrong), revision=None)
    new = house.do(sending.transfer, desk, target=sending.Target(service="passport-child"), revision=None)
    old = house.ask(views.load_ticket, token)
    assert (old.state, new.state, new.visit_id) == (State.TRANSFERRED, State.CHECKED_IN, old.visit_id)
    assert (new.lane, new.checked_in_at) == (old.lane, old.checked_in_at)
    assert waiting(house) == [new.number, child.number]
    view = house.ask(views.ticket_view, new, now=NINE)
    assert view["name_masked"] == "Wa*** Uj* 1*"
    assert old.replaced_by == new.id
    house.do(floor.undo, desk)
    assert house.ask(views.load_ticket, token).state is State.SERVING
    assert waiting(house) == [child.number]
    house.check()


def test_no_walk_in_is_taken_on_a_day_on_which_the_site_is_closed(house: House) -> None:
    sunday = NOW + timedelta(days=5)
    with pytest.raises(Refused, match="site_closed_today"):
        house.do(intake.walk_in, house.desk(now=sunday), service=SERVICE, priority=False)


def test_the_board_shows_who_waits_is_called_and_served_and_no_person(house: House) -> None:
    tokens = [house.booked(person, house.slots()[0]) for person in (1, 2, 3)]
    for token in tokens[:2]:
        arrive(house, token, at=timedelta(0))
    call(house, at=MINUTE)
    board = house.ask(views.board, site=SITE, now=EIGHT + MINUTE)
    states = sorted(ticket["state"] for ticket in board["tickets"])
    assert states == ["called", "checked_in"]
    assert "Warga" not in repr(board)
    assert {ticket["day"] for ticket in board["tickets"]} == {DAY.isoformat()}
    with pytest.raises(Refused, match="unknown_site"):
        house.ask(views.board, site="nowhere", now=EIGHT)
