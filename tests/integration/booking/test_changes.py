"""Holds, cancelling, moving to another hour, checking in: places come back, and refusals change nothing."""

from datetime import date, timedelta

import pytest
from gerai_booking.models.people import people
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import SlotFull
from gerai_booking.usecases import changes, holding, planning, views
from gerai_booking.usecases.availability import availability
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State, Ticket
from sqlalchemy import delete, select, update

from tests.integration.booking.house import (
    DAY,
    NEXT_DAY,
    NOW,
    SERVICE,
    SITE,
    TODAY,
    House,
    outcome,
)

HOLD = timedelta(minutes=10)
#: In the middle of the second hour of DAY, 09:30 in Serang.
ON_THE_DAY = NOW + timedelta(days=1, minutes=30)


def hold(house: House, slot: str, *, holder: str | None = None, after: timedelta = timedelta(0)) -> str:
    ticket: Ticket = house.do(holding.hold, slot_id=slot, holder=holder, now=NOW + after)
    return house.office.token(ticket.id)


def free(house: House, slot: str, *, after: timedelta = timedelta(0), day: date = DAY) -> tuple[int, int]:
    """The free places of an hour and of its day as a citizen sees them."""
    seen = house.ask(availability, site=SITE, service=SERVICE, first=day, last=day, now=NOW + after)["days"][
        0
    ]
    return next(hour["places"] for hour in seen["slots"] if hour["id"] == slot), seen["places"]


def state_of(house: House, token: str) -> str:
    return str(
        house.rows(select(tickets.c.state).where(tickets.c.id == house.office.ticket_id(token)))[0].state
    )


def test_a_hold_takes_a_place_and_gives_it_to_its_booking(house: House) -> None:
    slot = house.slots()[0]
    token = hold(house, slot)
    assert free(house, slot) == (19, 139)
    (answer,) = house.book(house.request(1, token, priority=True), now=NOW + HOLD - timedelta(seconds=1))
    assert not isinstance(answer, Refused)
    assert (answer["ticket"]["state"], answer["ticket"]["lane"], answer["token"]) == (
        "booked",
        "priority",
        token,
    )
    assert answer["ticket"]["held_until"] is None
    assert house.taken(slot) == 1
    assert house.announced(token) == ["ticket.held.v1", "ticket.booked.v1"]
    house.check()


def test_a_hold_that_ran_out_counts_as_free_before_anybody_clears_it(house: House) -> None:
    slot = house.slots()[0]
    hold(house, slot)
    assert free(house, slot, after=HOLD - timedelta(seconds=1)) == (19, 139)
    assert free(house, slot, after=HOLD) == (20, 140)
    assert house.taken(slot) == 1


def test_a_hold_that_ran_out_frees_the_day_for_other_services_too(house: House) -> None:
    house.shrink(day=DAY, places=1)
    hold(house, house.slots(service="passport-renewal")[0])
    slot = house.slots()[0]
    assert free(house, slot) == (0, 0)
    assert free(house, slot, after=HOLD) == (1, 1)
    assert outcome(*house.book(house.request(1, slot), now=NOW + HOLD)) == "booked"
    house.check()


def test_the_next_booking_ends_the_holds_that_ran_out_and_takes_their_places(house: House) -> None:
    house.shrink(day=DAY, per_slot=2)
    slot = house.slots()[0]
    tokens = [hold(house, slot), hold(house, slot)]
    early = house.book(house.request(1, slot), now=NOW + HOLD - timedelta(seconds=1))
    assert [outcome(answer) for answer in early] == ["slot_full"]
    late = house.book(*(house.request(person, slot) for person in (1, 2, 3)), now=NOW + HOLD)
    assert [outcome(answer) for answer in late] == ["booked", "booked", "slot_full"]
    for token in tokens:
        assert state_of(house, token) == "expired"
        assert house.announced(token) == ["ticket.held.v1", "ticket.expired.v1"]
    house.check()


def test_only_as_many_holds_end_as_have_run_out(house: House) -> None:
    house.shrink(day=DAY, places=2)
    one, other = house.slots()[:2]
    old, young = hold(house, one), hold(house, other, after=timedelta(minutes=5))
    answers = house.book(house.request(1, other), house.request(2, other), now=NOW + HOLD)
    assert [outcome(answer) for answer in answers] == ["booked", "day_full"]
    assert (state_of(house, old), state_of(house, young)) == ("expired", "held")
    house.check()


def test_a_place_that_was_not_needed_stays_with_a_late_hold_but_does_not_become_a_booking(
    house: House,
) -> None:
    token = hold(house, house.slots()[0])
    (answer,) = house.book(house.request(1, token), now=NOW + HOLD)
    assert outcome(answer) == "hold_expired"
    assert state_of(house, token) == "held"
    house.check()


def test_one_browser_holds_three_places_at_most_and_others_are_not_its_concern(house: House) -> None:
    slots = house.slots()
    for slot in slots[:3]:
        hold(house, slot, holder="browser")
    with pytest.raises(Refused, match="too_many_holds"):
        hold(house, slots[3], holder="browser")
    hold(house, slots[3], holder="another")
    hold(house, slots[3])
    hold(house, slots[3], holder="browser", after=HOLD)
    house.check()


def test_a_full_hour_is_not_held(house: House) -> None:
    house.shrink(day=DAY, per_slot=1)
    slot = house.slots()[0]
    house.booked(1, slot)
    with pytest.raises(SlotFull):
        hold(house, slot)
    with pytest.raises(Refused, match="slot_past"):
        hold(house, house.slots(TODAY)[0])
    with pytest.raises(Refused, match="unknown_slot"):
        hold(house, "nowhere")
    house.check()


def test_a_hold_is_let_go_by_cancelling_it(house: House) -> None:
    slot = house.slots()[0]
    token = hold(house, slot)
    assert house.do(changes.cancel, token=token, revision=None, now=NOW).state is State.CANCELLED
    assert house.taken(slot) == 0
    house.check()


def test_a_cancelled_place_of_an_hour_that_was_not_full_is_free_at_once_for_anybody(house: House) -> None:
    house.shrink(day=DAY, per_slot=2)
    slot = house.slots()[0]
    token = house.booked(1, slot)
    after = house.do(changes.cancel, token=token, revision=1, now=NOW)
    assert (after.state, after.revision) == (State.CANCELLED, 2)
    assert free(house, slot)[0] == 2
    house.booked(2, slot)
    assert house.announced(token) == ["ticket.booked.v1", "ticket.cancelled.v1"]
    house.check()


def test_a_ticket_is_cancelled_once_from_its_latest_revision_and_before_its_hour(house: House) -> None:
    token = house.booked(1, house.slots()[1])
    for revision, when, code in ((2, NOW, "stale_revision"), (1, ON_THE_DAY, "too_late_to_change")):
        with pytest.raises(Refused, match=code):
            house.do(changes.cancel, token=token, revision=revision, now=when)
    house.do(changes.cancel, token=token, revision=1, now=NOW)
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(changes.cancel, token=token, revision=None, now=NOW)
    assert house.taken(house.slots()[1]) == 0
    house.check()


def test_moving_gives_a_new_ticket_of_the_same_visit_and_the_old_place_back(house: House) -> None:
    old_slot, new_slot = house.slots(DAY)[0], house.slots(NEXT_DAY)[3]
    token = house.booked(1, old_slot, priority=True)
    old = house.ask(views.load_ticket, token)
    new = house.do(changes.reschedule, token=token, slot_id=new_slot, revision=1, now=NOW)
    assert (new.visit_id, new.lane, new.state, new.revision) == (old.visit_id, old.lane, State.BOOKED, 1)
    assert (new.day, new.slot_id, new.number) == (NEXT_DAY, new_slot, "A-001")
    replaced = house.ask(views.load_ticket, token)
    assert (replaced.state, replaced.replaced_by) == (State.RESCHEDULED, new.id)
    assert (house.taken(old_slot), house.taken(new_slot)) == (0, 1)
    assert (house.taken_of_day(DAY), house.taken_of_day(NEXT_DAY)) == (0, 1)
    new_token = house.office.token(new.id)
    assert house.announced(token) == ["ticket.booked.v1", "ticket.replaced.v1"]
    assert house.announced(new_token) == ["ticket.rescheduled.v1"]
    view = house.ask(views.ticket_view, replaced, now=NOW)
    assert view["replaced_by_token"] == new_token
    assert house.ask(views.ticket_view, new, now=NOW)["name_masked"] == view["name_masked"] == "Wa*** Uj* 1*"
    house.check()


def test_moving_within_a_full_day_needs_no_further_place_of_it(house: House) -> None:
    house.shrink(day=DAY, places=1)
    one, other = house.slots()[:2]
    token = house.booked(1, one)
    house.do(changes.reschedule, token=token, slot_id=other, revision=None, now=NOW)
    assert (house.taken(one), house.taken(other), house.taken_of_day(DAY)) == (0, 1, 1)
    house.check()


def test_moving_to_the_same_hour_when_it_is_full_keeps_the_place(house: House) -> None:
    house.shrink(day=DAY, per_slot=1)
    slot = house.slots()[0]
    token = house.booked(1, slot)
    house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=NOW)
    assert house.taken(slot) == 1
    house.check()


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("full", "slot_full"),
        ("full day", "day_full"),
        ("begun", "slot_past"),
        ("other service", "unknown_slot"),
        ("nowhere", "unknown_slot"),
    ],
)
def test_a_refused_move_leaves_everything_as_it_was(house: House, target: str, code: str) -> None:
    house.shrink(day=NEXT_DAY, per_slot=1)
    slots = {
        "full": house.slots(NEXT_DAY)[0],
        "full day": house.slots(NEXT_DAY)[1],
        "begun": house.slots(TODAY)[0],
        "other service": house.slots(NEXT_DAY, service="passport-renewal")[0],
        "nowhere": "nowhere",
    }
    house.booked(2, slots["full"])
    if target == "full day":
        house.shrink(day=NEXT_DAY, places=1)
    token = house.booked(1, house.slots()[0])
    before = house.rows(select(tickets).order_by(tickets.c.id))
    with pytest.raises(Refused, match=code):
        house.do(changes.reschedule, token=token, slot_id=slots[target], revision=None, now=NOW)
    assert house.rows(select(tickets).order_by(tickets.c.id)) == before
    assert house.announced(token) == ["ticket.booked.v1"]
    house.check()


def test_a_move_takes_the_place_of_a_hold_that_ran_out(house: House) -> None:
    house.shrink(day=NEXT_DAY, per_slot=1)
    slot = house.slots(NEXT_DAY)[0]
    hold(house, slot)
    token = house.booked(1, house.slots()[0])
    house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=NOW + HOLD)
    house.check()


def test_who_moved_may_move_again_and_the_old_token_moves_nothing(house: House) -> None:
    one, two, three = house.slots()[:3]
    token = house.booked(1, one)
    second = house.do(changes.reschedule, token=token, slot_id=two, revision=None, now=NOW)
    with pytest.raises(Refused, match="transition_not_allowed"):
        house.do(changes.reschedule, token=token, slot_id=three, revision=None, now=NOW)
    third_token = house.office.token(second.id)
    house.do(changes.reschedule, token=third_token, slot_id=three, revision=None, now=NOW)
    assert [house.taken(slot) for slot in (one, two, three)] == [0, 0, 1]
    house.check()


def test_a_ticket_whose_holder_was_erased_can_still_be_moved_and_cancelled(house: House) -> None:
    one, other = house.slots()[:2]
    token = house.booked(1, one)
    house.change(delete(people))
    new = house.do(changes.reschedule, token=token, slot_id=other, revision=None, now=NOW)
    house.do(changes.cancel, token=house.office.token(new.id), revision=None, now=NOW)
    house.check()


def test_check_in_opens_an_hour_before_for_citizens_and_is_for_its_day(house: House) -> None:
    token = house.booked(1, house.slots()[3])  # 11:00
    opens = NOW + timedelta(days=1, hours=1)
    for when, code in ((NOW, "wrong_day"), (opens - timedelta(seconds=1), "check_in_not_open")):
        with pytest.raises(Refused, match=code):
            house.do(changes.check_in, token=token, now=when)
    ticket = house.do(changes.check_in, token=token, now=opens)
    assert (ticket.state, ticket.checked_in_at) == (State.CHECKED_IN, opens)
    assert house.do(changes.check_in, token=token, now=opens) == ticket
    assert house.announced(token) == ["ticket.booked.v1", "ticket.checked_in.v1"]
    house.check()


def test_what_a_holder_may_do_is_what_would_be_done(house: House) -> None:
    token = house.booked(1, house.slots()[3])
    opens = NOW + timedelta(days=1, hours=1)

    def can(when: timedelta) -> dict[str, object]:
        allowed: dict[str, object] = house.ask(
            views.ticket_view, house.ask(views.load_ticket, token), now=NOW + when
        )["can"]
        return allowed

    assert can(timedelta(0)) == {
        "cancel": True,
        "reschedule": True,
        "reschedule_reason": None,
        "check_in": False,
        "check_in_opens_at": opens.isoformat(),
    }
    assert can(timedelta(days=1, hours=1))["check_in"] is True
    late = can(timedelta(days=1, hours=2))
    assert (late["cancel"], late["reschedule"], late["check_in"]) == (False, False, True)


def test_who_missed_the_day_can_book_again_once_it_is_closed(house: House) -> None:
    slot = house.slots()[0]
    missed = house.booked(1, slot)
    waited = house.booked(2, slot)
    house.do(changes.check_in, token=waited, now=ON_THE_DAY)
    lost = hold(house, slot)
    the_day_after = NOW + timedelta(days=2)
    again = house.slots(NEXT_DAY)[4]
    assert outcome(*house.book(house.request(1, again), now=the_day_after)) == "open_ticket_exists"

    assert house.do(planning.close_days, now=the_day_after, limit=2) == 2
    assert house.do(planning.close_days, now=the_day_after) == 1
    assert house.do(planning.close_days, now=the_day_after) == 0
    assert [state_of(house, token) for token in (missed, waited, lost)] == ["no_show", "no_show", "expired"]
    assert house.announced(missed) == ["ticket.booked.v1", "ticket.missed.v1", "no_show.recorded.v1"]
    for person in (1, 2):
        assert outcome(*house.book(house.request(person, again), now=the_day_after)) == "booked"
    house.check()


def test_closing_days_leaves_today_and_whoever_is_parked_goes_home_in_two_steps(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[5])
    assert house.do(planning.close_days, now=NOW + timedelta(hours=8)) == 0
    house.change(update(tickets).values(state="parked"))
    assert house.do(planning.close_days, now=NOW + timedelta(days=1)) == 1
    assert state_of(house, token) == "no_show"
    assert house.announced(token) == ["ticket.booked.v1", "ticket.requeued.v1", "ticket.missed.v1"]
