"""Orders of the centre that are undone, and bookings that race with one, on both databases."""

from datetime import date

import pytest
from gerai_booking.models.directives import directive_tickets
from gerai_booking.models.directives import directives as table
from gerai_booking.models.tickets import tickets
from gerai_booking.usecases import (
    changes,
    directive_runs,
    directives,
    holding,
    views,
)
from gerai_shared.refusals import Refused
from gerai_shared.ticket import State
from sqlalchemy import delete, select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, House, outcome
from tests.integration.booking.ordering import (
    CENTRE,
    WHY_UNDONE,
    carry_out,
    close,
    draft,
    news,
    now_of,
    put_in_force,
    state_of,
    ticket_of,
    undo,
)
from tests.integration.booking.sending import send
from tests.integration.booking.waiting import join, states


def test_an_order_that_is_undone_gives_the_lost_hours_back(house: House) -> None:
    for treatment in ("offer", "cancel"):
        house.empty()
        house.change(delete(directive_tickets), delete(table))
        hour = house.slots(DAY)[0]
        token = house.booked(1, hour)
        directive = close(house, treatment)
        undo(house, directive)
        mine = [row for row in house.rows(select(tickets)) if row.state == "booked"]
        assert [row.slot_id for row in mine] == [hour]
        assert state_of(house, directive) == "undone"
        assert news(house)["ticket.restored_by_order.v1"] == 1
        assert house.ask(views.ticket_view, ticket_of(house, token), now=NOW)["directive"]["undone"] is True
        house.booked(2, hour)
        house.check()


def test_who_was_moved_keeps_the_new_hour_and_is_told_once_that_the_old_day_is_open(house: House) -> None:
    token = house.booked(1, house.slots(DAY)[0])
    directive = close(house, "move")
    moved = now_of(house, token)
    undo(house, directive)
    with pytest.raises(Refused, match="directive_undone"):
        undo(house, directive)
    carry_out(house, directive)
    assert now_of(house, token).slot_id == moved.slot_id
    assert news(house) == {"ticket.moved_by_order.v1": 1, "ticket.reopened_by_order.v1": 1}
    back = house.office.token(moved.id)
    house.do(changes.reschedule, token=back, slot_id=house.slots(DAY)[0], revision=None, now=NOW)
    house.check()


def test_who_has_chosen_for_themselves_is_left_alone_when_the_order_is_undone(house: House) -> None:
    cancelled = house.booked(1, house.slots(DAY)[0])
    directive = close(house, "cancel")
    anew = house.booked(1, house.slots(NEXT_DAY)[0])
    undo(house, directive)
    assert ticket_of(house, cancelled).state is State.CANCELLED
    assert ticket_of(house, anew).day == NEXT_DAY
    assert news(house) == {"ticket.cancelled_by_order.v1": 1}


def test_while_an_order_is_being_undone_nobody_else_gets_the_lost_hours(house: House) -> None:
    house.shrink(day=DAY, places=1)
    token = house.booked(1, house.slots(DAY)[0])
    directive = close(house)
    with house.database.transaction() as session:
        directives.begin_undoing(session, directive, why=WHY_UNDONE, officer=CENTRE, now=NOW)
    (answer,) = house.book(house.request(2, house.slots(DAY)[0]))
    assert outcome(answer) == "closed_by_order"
    directive_runs.carry_on(house.database, house.office, now=NOW)
    assert now_of(house, token).day == DAY
    assert state_of(house, directive) == "undone"
    house.check()


def test_a_draft_that_is_undone_was_never_in_force_and_does_not_come_back(house: House) -> None:
    directive = draft(house)
    undo(house, directive)
    assert state_of(house, directive) == "undone"
    with pytest.raises(Refused, match="directive_undone"):
        put_in_force(house, directive)


def test_hours_of_an_order_that_is_undone_go_to_who_lost_them_then_to_who_waits(house: House) -> None:
    house.shrink(day=DAY, places=2)
    lost = house.booked(1, house.slots(DAY)[0])
    directive = close(house)
    first, second = join(house, 11), join(house, 12)
    other_day = join(house, 13, first=date(2026, 12, 25))
    undo(house, directive)
    assert now_of(house, lost).slot_id == house.slots(DAY)[0]
    assert states(house, [first, second, other_day]) == ["offered", "waiting", "waiting"]
    (answer,) = house.book(house.request(14, house.slots(DAY)[1]))
    assert outcome(answer) == "day_full"
    house.check()


def test_an_order_that_is_undone_offers_nothing_that_another_one_closes(house: House) -> None:
    directive = close(house)
    close(house, number="IMI-0002.GR.01")
    waits = join(house, 11)
    undo(house, directive)
    assert (state_of(house, directive), states(house, [waits])) == ("undone", ["waiting"])


# Against a booking at the very same moment.


@pytest.mark.parametrize("locked", [True, False])
@pytest.mark.parametrize("held", [True, False])
def test_a_booking_that_races_with_an_order_never_ends_up_in_a_closed_hour(
    postgres_house: House, locked: bool, held: bool
) -> None:
    """The negative control: without locks, the order is carried out before the booking can be seen."""
    house = postgres_house
    place = house.slots(DAY)[0]
    if held:
        place = house.office.token(house.do(holding.hold, slot_id=place, now=NOW).id)
    directive = draft(house)
    party = {"url": house.url, "directive": directive, "place": place, "locked": locked}
    (came,) = send("order_against_booking", party, module="plan_crowds")
    assert came["booked"] == "booked"
    rows = house.rows(select(tickets).where(tickets.c.day == DAY, tickets.c.state == "booked"))
    in_closed_hour = [row.number for row in rows if row.slot_id is not None]
    assert (in_closed_hour == []) is locked
    assert came["waited"] is locked
