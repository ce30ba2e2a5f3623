"""What officers do with whoever is at their counter, beside calling and serving: on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import eventlet
import pytest
from gerai_booking import returns_loop
from gerai_booking.models.tickets import STEP_COLUMNS, tickets
from gerai_booking.rules.floor import Outcome, Placement
from gerai_booking.usecases import audit, floor, queue, ruling, sending
from gerai_booking.usecases.plan import Change
from gerai_booking.usecases.rule_kinds import FLOOR, KINDS
from gerai_booking.usecases.sending import Target
from gerai_shared import accounts
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State, Ticket
from sqlalchemy import select, text, update

from tests.integration.booking.house import NEXT_DAY, NOW, SITE, House, office
from tests.integration.booking.test_calling_one import call_one
from tests.integration.booking.test_floor import EIGHT, FINISH, MINUTE, SECOND, call, waiting, walk_in
from tests.integration.booking.test_quotas import SUPERVISOR
from tests.support.waiting import wait_until

CHILD = "passport-child"
LATER = EIGHT + timedelta(hours=3)


@pytest.fixture
def strict(house: House) -> House:
    """The same house, where calls and absences take their time."""
    agency = house.office.agency
    rules = tuple(replace(rule, recall_seconds=10, absent_seconds=30) for rule in agency.floor_rules)
    strict = House(house.url, database=house.database)
    strict.office = replace(office(), agency=replace(agency, floor_rules=rules))
    return strict


def at(house: House, counter: str = "101", *, after: timedelta = timedelta(0)):
    return house.desk(counter, now=LATER + after)


def serving(house: House, counter: str = "101") -> Ticket:
    call(house, counter=counter)
    ticket: Ticket = house.do(floor.start, at(house, counter), revision=None)
    return ticket


def seen(house: House, counter: str = "101", *, after: timedelta = timedelta(0), officer: str = "officer"):
    return house.ask(queue.counter_queue, site=SITE, counter=counter, now=LATER + after, officer_id=officer)


def state_of(house: House, ticket: Ticket) -> State:
    return State(house.rows(select(tickets.c.state).where(tickets.c.id == ticket.id))[0].state)


def own(house: House, ticket: Ticket, *columns: str) -> tuple:
    return tuple(
        house.rows(select(*(tickets.c[name] for name in columns)).where(tickets.c.id == ticket.id))[0]
    )


def test_who_ends_a_service_says_how_and_why_nobody_is_helped(house: House) -> None:
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    with pytest.raises(Refused, match="outcome_needed"):
        house.do(floor.finish, at(house), revision=None, outcome=None)
    for outcome in (Outcome.REFUSED, Outcome.REFERRED):
        with pytest.raises(Refused, match="outcome_needs_reason"):
            house.do(floor.finish, at(house), revision=None, outcome=outcome)
    house.do(floor.finish, at(house), revision=None, outcome=Outcome.REFUSED, reason="Bukan WNI")
    assert own(house, ticket, "outcome", "outcome_reason") == ("refused", "Bukan WNI")
    found = house.ask(audit.audit, officer=SUPERVISOR, month=LATER.date())
    assert found.endings == {"refused": 1}
    assert [(row.number, row.outcome_reason) for row in found.turned_away] == [(ticket.number, "Bukan WNI")]
    house.do(floor.undo, at(house, after=SECOND))
    assert own(house, ticket, "outcome", "outcome_reason") == (None, None)
    assert house.ask(audit.audit, officer=SUPERVISOR, month=LATER.date()).turned_away == []
    house.check()


def test_a_call_is_repeated_as_often_and_as_soon_as_the_rule_says(strict: House) -> None:
    walk_in(strict, at=timedelta(0))
    call(strict)
    with pytest.raises(Refused, match="recalled_too_soon"):
        strict.do(floor.recall, at(strict, after=9 * SECOND), revision=None)
    assert dict(seen(strict).allowed_at) == {
        "recall": LATER + 10 * SECOND,
        "no-show": LATER + 30 * SECOND,
    }
    strict.do(floor.recall, at(strict, after=10 * SECOND), revision=None)
    strict.do(floor.recall, at(strict, after=20 * SECOND), revision=None)
    with pytest.raises(Refused, match="called_often"):
        strict.do(floor.recall, at(strict, after=MINUTE), revision=None)
    assert "recall" not in seen(strict, after=MINUTE).allowed


def test_nobody_is_absent_before_they_could_have_come(strict: House) -> None:
    walk_in(strict, at=timedelta(0))
    call(strict)
    with pytest.raises(Refused, match="absent_too_soon"):
        strict.do(floor.no_show, at(strict, after=29 * SECOND), revision=None)
    assert "no-show" not in seen(strict, after=29 * SECOND).allowed
    assert strict.do(floor.no_show, at(strict, after=30 * SECOND), revision=None).state is State.NO_SHOW


def miss(house: House, *, after: timedelta) -> None:
    desk = at(house, after=after)
    house.do(floor.call_next, desk)
    house.do(floor.no_show, desk, revision=None)


def test_who_comes_late_after_a_missed_call_waits_at_the_end(house: House) -> None:
    first, second = (walk_in(house, at=minute * MINUTE) for minute in (0, 1))
    miss(house, after=timedelta(0))
    desk = at(house, after=16 * MINUTE)
    # An officer gives nobody a better place than the rule.
    house.do(floor.requeue, desk, ticket_id=first.id, revision=None, place=Placement.LATER)
    assert waiting(house) == [second.number, first.number]


def test_who_misses_a_third_call_is_let_in_by_a_supervisor(house: House) -> None:
    back = {"ticket_id": walk_in(house, at=timedelta(0)).id, "revision": None}
    for count in range(2):
        miss(house, after=count * MINUTE)
        house.do(floor.requeue, at(house, after=count * MINUTE), **back)
    miss(house, after=3 * MINUTE)
    with pytest.raises(Refused, match="came_back_often"):
        house.do(floor.requeue, at(house, after=3 * MINUTE), **back)
    again = house.do(floor.requeue, at(house, after=3 * MINUTE), by_supervisor=True, **back)
    assert again.state is State.CHECKED_IN
    house.check()


def test_who_waits_aside_is_back_when_the_time_is_over_although_nobody_clicks(house: House) -> None:
    first, second = (walk_in(house, at=minute * MINUTE) for minute in (0, 1))
    serving(house)
    with pytest.raises(Refused, match="unknown_aside_reason"):
        house.do(floor.park, at(house), revision=None, reason="nap")
    house.do(floor.park, at(house), revision=None, reason="copy")
    note = seen(house).notes[first.id]
    assert (note.aside_reason, note.aside_until) == ("copy", LATER + 15 * MINUTE)
    clock = LATER + 14 * MINUTE
    assert returns_loop.bring_back_everywhere(house.database, house.office, lambda: clock) == 0
    clock = LATER + 15 * MINUTE
    assert returns_loop.bring_back_everywhere(house.database, house.office, lambda: clock) == 1
    assert waiting(house) == [first.number, second.number]
    assert own(house, first, "aside_reason", "aside_until", "counter") == (None, None, None)
    assert house.announced(house.office.token(first.id))[-1] == "ticket.requeued.v1"
    house.check()


def test_a_counter_alone_brings_back_who_is_due_before_it_calls(house: House) -> None:
    first, _second = (walk_in(house, at=minute * MINUTE) for minute in (0, 1))
    serving(house)
    house.do(floor.park, at(house), revision=None, reason="copy")
    assert house.do(floor.call_next, at(house, "102", after=20 * MINUTE)).id == first.id


@pytest.mark.parametrize(
    ("place", "order"), [(Placement.KEEP, "01234"), (Placement.LATER, "12304"), (Placement.END, "12340")]
)
def test_who_is_put_back_has_the_place_that_was_asked_for(house: House, place: Placement, order: str) -> None:
    people = [walk_in(house, at=minute * MINUTE) for minute in range(5)]
    ticket = serving(house)
    house.do(floor.requeue, at(house), ticket_id=ticket.id, revision=ticket.revision, place=place)
    assert waiting(house) == [people[int(each)].number for each in order]
    house.do(floor.undo, at(house, after=SECOND))
    assert state_of(house, ticket) is State.SERVING
    house.check()


def test_an_officer_puts_nobody_back_from_the_counter_of_another(house: House) -> None:
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(floor.requeue, at(house, "102"), ticket_id=ticket.id, revision=None)


def test_who_is_sent_to_a_counter_is_called_there_alone_until_the_time_is_over(house: House) -> None:
    first, second = (walk_in(house, at=minute * MINUTE) for minute in (0, 1))
    serving(house)
    for counter, code in (("101", "not_served_there"), ("5", "not_served_there"), ("999", "unknown_counter")):
        with pytest.raises(Refused, match=code):
            house.do(sending.transfer, at(house), target=Target(counter=counter), revision=None)
    with pytest.raises(Refused, match="unknown_service"):
        house.do(sending.transfer, at(house), target=Target(), revision=None)
    house.do(sending.transfer, at(house), target=Target(counter="102"), revision=None)
    assert [each.number for each in seen(house).waiting.first] == [second.number]
    assert [each.number for each in seen(house).elsewhere.first] == [first.number]
    assert house.do(floor.call_next, at(house, "103")).id == second.id
    with pytest.raises(Refused, match="nobody_waits"):
        house.do(floor.call_next, at(house))
    assert house.do(floor.call_next, at(house, "102")).id == first.id
    house.do(floor.undo, at(house, "102"))
    assert house.do(floor.call_next, at(house, after=30 * MINUTE)).id == first.id
    house.check()


def test_who_is_sent_to_an_officer_is_called_by_them_wherever_they_sit(house: House) -> None:
    with house.database.transaction() as session:
        colleague = accounts.create_officer(
            session,
            username="rekan",
            name="Rekan Uji",
            password="kata-sandi-uji",
            role="officer",
            now=NOW,
        )
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    with pytest.raises(Refused, match="unknown_officer"):
        house.do(sending.transfer, at(house), target=Target(officer="nobody"), revision=None)
    house.do(sending.transfer, at(house), target=Target(officer="rekan"), revision=None)
    with pytest.raises(Refused, match="nobody_waits"):
        house.do(floor.call_next, at(house, "102"))
    desk = replace(at(house, "102"), officer_id=colleague.id)
    assert [each.id for each in seen(house, "102", officer=colleague.id).waiting.first] == [ticket.id]
    assert house.do(floor.call_next, desk).id == ticket.id


def test_who_comes_back_from_another_counter_is_called_by_the_first(house: House) -> None:
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    house.do(sending.transfer, at(house), target=Target(counter="102", comes_back=True), revision=None)
    with pytest.raises(Refused, match="counter_idle"):
        house.do(sending.send_back, at(house), revision=None)
    serving(house, "102")
    assert "send-back" in seen(house, "102").allowed
    house.do(sending.send_back, at(house, "102"), revision=None)
    with pytest.raises(Refused, match="nobody_waits"):
        house.do(floor.call_next, at(house, "103"))
    assert house.do(floor.call_next, at(house)).id == ticket.id
    house.do(floor.start, at(house), revision=None)
    with pytest.raises(Refused, match="not_sent_from_elsewhere"):
        house.do(sending.send_back, at(house), revision=None)
    house.check()


def test_who_is_sent_to_another_service_waits_aside_until_it_is_done_and_returns(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    target = Target(service=CHILD, comes_back=True)
    new = house.do(sending.transfer, at(house), target=target, revision=None)
    assert (state_of(house, first), new.visit_id) == (State.PARKED, first.visit_id)
    # The time alone brings nobody back who is waited for elsewhere.
    late = LATER + timedelta(hours=2)
    assert returns_loop.bring_back_everywhere(house.database, house.office, lambda: late) == 0
    assert serving(house, "102").id == new.id
    house.do(FINISH, at(house, "102"), revision=None)
    assert own(house, first, "state", "meant_counter", "return_counter", "replaced_by") == (
        "checked_in",
        "101",
        None,
        None,
    )
    with pytest.raises(Refused, match="nobody_waits"):
        house.do(floor.call_next, at(house, "103"))
    assert house.do(floor.call_next, at(house)).id == first.id
    house.check()


def test_a_transfer_that_is_taken_back_cancels_the_number_that_it_made(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    new = house.do(sending.transfer, at(house), target=Target(service=CHILD, comes_back=True), revision=None)
    house.do(floor.undo, at(house, after=SECOND))
    assert (state_of(house, first), state_of(house, new)) == (State.SERVING, State.CANCELLED)
    assert own(house, first, "aside_until", "waits_for", "return_counter") == (None, None, None)
    again = house.do(sending.transfer, at(house), target=Target(service=CHILD), revision=None)
    assert house.do(floor.call_next, at(house, "102")).id == again.id
    with pytest.raises(Refused, match="nothing_to_undo"):
        house.do(floor.undo, at(house, after=SECOND))
    house.check()


def test_an_errand_more_waits_until_the_counter_is_done_with_the_person(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    with pytest.raises(Refused, match="unknown_service"):
        house.do(sending.add_service, at(house), service=first.service, revision=None)
    with pytest.raises(Refused, match="stale_revision"):
        house.do(sending.add_service, at(house), service=CHILD, revision=first.revision - 1)
    more = house.do(sending.add_service, at(house), service=CHILD, revision=first.revision)
    assert (more.visit_id, more.queue_at, more.checked_in_at) == (first.visit_id, EIGHT, LATER)
    assert [each.id for each in seen(house, "102").elsewhere.first] == [more.id]
    with pytest.raises(Refused, match="all_at_other_counters"):
        house.do(floor.call_next, at(house, "102"))
    house.do(FINISH, at(house), revision=None)
    assert house.do(floor.call_next, at(house, "102")).id == more.id
    house.check()


@pytest.mark.parametrize("guarded", [True, False])
def test_two_counters_never_call_one_person_for_two_errands(
    lone_postgres_house: House, guarded: bool
) -> None:
    house = lone_postgres_house
    walk_in(house, at=timedelta(0))
    serving(house)
    house.do(sending.add_service, at(house), service=CHILD, revision=None)
    ticket = house.do(floor.requeue, at(house), ticket_id=seen(house).current.id, revision=None)
    if not guarded:
        # The negative control: without the index both are called.
        house.change(text("DROP INDEX uq_tickets_visit_at_counter"))

    def second() -> str:
        try:
            return str(house.do(floor.call_next, at(house, "102")).number)
        except Refused as refusal:
            return refusal.code

    with house.database.transaction() as session:
        assert floor.call_next(session, house.office, at(house)).id == ticket.id
        other = eventlet.spawn(second)
        waits = text("SELECT 1 FROM pg_locks WHERE NOT granted")
        wait_until(lambda: house.rows(waits) or other.dead)
    assert other.wait() == ("all_at_other_counters" if guarded else "E-001")


def test_who_waited_aside_yesterday_is_not_put_into_the_queue_of_today(house: House) -> None:
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    house.do(floor.park, at(house), revision=None)
    tomorrow = LATER + (NEXT_DAY - LATER.date())
    assert returns_loop.bring_back_everywhere(house.database, house.office, lambda: tomorrow) == 0
    assert state_of(house, ticket) is State.PARKED


def test_who_an_earlier_release_put_aside_without_a_time_comes_back_as_well(house: House) -> None:
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    house.do(floor.park, at(house), revision=None)
    house.change(update(tickets).where(tickets.c.id == ticket.id).values(aside_until=None, aside_reason=None))
    assert house.do(floor.call_next, at(house, "102", after=20 * MINUTE)).id == ticket.id


def test_taking_back_is_refused_once_the_person_is_at_another_counter(house: House) -> None:
    walk_in(house, at=timedelta(0))
    serving(house)
    more = house.do(sending.add_service, at(house), service=CHILD, revision=None)
    house.do(FINISH, at(house), revision=None)
    assert house.do(floor.call_next, at(house, "102")).id == more.id
    with pytest.raises(Refused, match="at_another_counter"):
        house.do(floor.undo, at(house, after=SECOND))
    house.check()


def test_an_errand_that_was_added_by_mistake_is_taken_back_alone(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    more = house.do(sending.add_service, at(house), service=CHILD, revision=None)
    with pytest.raises(Refused, match="already_added"):
        house.do(sending.add_service, at(house), service=CHILD, revision=None)
    assert seen(house).undoable == more
    house.do(floor.undo, at(house, after=SECOND))
    assert (state_of(house, first), state_of(house, more)) == (State.SERVING, State.CANCELLED)
    with pytest.raises(Refused, match="nothing_to_undo"):
        house.do(floor.undo, at(house, after=SECOND))
    house.check()


def test_who_is_put_back_by_hand_is_bound_to_no_other_number(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    target = Target(service=CHILD, comes_back=True)
    new = house.do(sending.transfer, at(house), target=target, revision=None)
    house.do(floor.requeue, at(house, "103"), ticket_id=first.id, revision=None)
    house.do(floor.call_next, at(house, "103"))
    house.do(floor.park, at(house, "103"), revision=None)
    house.do(floor.undo, at(house, "103", after=SECOND))
    assert state_of(house, new) is State.CHECKED_IN
    # The counter that parked first is not told that it could take that back.
    with pytest.raises(Refused, match="nothing_to_undo"):
        house.do(floor.undo, at(house, after=SECOND))


def test_who_was_sent_here_and_goes_for_a_copy_comes_back_here(house: House) -> None:
    walk_in(house, at=timedelta(0))
    ticket = serving(house)
    house.do(sending.transfer, at(house), target=Target(counter="102", comes_back=True), revision=None)
    serving(house, "102")
    house.do(floor.park, at(house, "102"), revision=None, reason="copy")
    assert house.do(floor.call_next, at(house, "102", after=20 * MINUTE)).id == ticket.id
    house.do(floor.start, at(house, "102", after=20 * MINUTE), revision=None)
    assert "send-back" in seen(house, "102", after=20 * MINUTE).allowed


@pytest.mark.parametrize("step", ["finish", "send-back", "park"])
def test_the_way_back_is_there_again_when_a_step_is_taken_back(house: House, step: str) -> None:
    walk_in(house, at=timedelta(0))
    serving(house)
    house.do(sending.transfer, at(house), target=Target(counter="102", comes_back=True), revision=None)
    ticket = serving(house, "102")
    before = own(house, ticket, *STEP_COLUMNS)
    steps = {"finish": FINISH, "send-back": sending.send_back, "park": floor.park}
    house.do(steps[step], at(house, "102"), revision=None)
    house.do(floor.undo, at(house, "102", after=SECOND))
    assert own(house, ticket, *STEP_COLUMNS) == before
    assert "send-back" in seen(house, "102").allowed


def test_who_waits_for_a_number_waits_for_it_again_when_sending_it_on_is_taken_back(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    target = Target(service=CHILD, comes_back=True)
    house.do(sending.transfer, at(house), target=target, revision=None)
    serving(house, "102")
    house.do(sending.transfer, at(house, "102"), target=Target(service="passport-renewal"), revision=None)
    house.do(floor.undo, at(house, "102", after=SECOND))
    house.do(FINISH, at(house, "102", after=SECOND), revision=None)
    assert state_of(house, first) is State.CHECKED_IN


def test_who_waits_for_a_number_that_its_holder_cancels_is_back_at_once(house: House) -> None:
    walk_in(house, at=timedelta(0))
    first = serving(house)
    target = Target(service=CHILD, comes_back=True)
    new = house.do(sending.transfer, at(house), target=target, revision=None)
    house.change(update(tickets).where(tickets.c.id == new.id).values(state="cancelled"))
    assert house.do(floor.call_next, at(house, after=MINUTE)).id == first.id


def test_nobody_is_passed_over_who_is_at_a_counter(house: House) -> None:
    people = [walk_in(house, at=minute * MINUTE) for minute in range(2)]
    serving(house)
    house.do(sending.add_service, at(house), service=CHILD, revision=None)
    call_one(house, people[1], counter="102")
    assert house.ask(audit.audit, officer=SUPERVISOR, month=LATER.date()).called == []


def test_the_last_rule_of_the_floor_does_not_end(house: House) -> None:
    change = Change(officer=SUPERVISOR, why="Aturan lama tidak dipakai.", now=LATER)
    with pytest.raises(Refused, match="rule_contradicts"):
        house.do(ruling.end, change, kind=KINDS[FLOOR], subject="", valid_from=date(2024, 1, 1))
    assert seen(house).later_people == 3
