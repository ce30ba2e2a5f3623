"""Groups beside orders of the centre, lists of other offices and the waiting list, on both databases."""

from typing import Any

import pytest
from gerai_booking.models import freed
from gerai_booking.models.tickets import tickets
from gerai_booking.refusals import ClosedByOrder
from gerai_booking.rules.groups import GroupFull, GroupTooLarge
from gerai_booking.rules.quota import ONLINE
from gerai_booking.schemas import BookingSchema
from gerai_booking.usecases import directives, groups, views
from gerai_booking.usecases.applicants import applicant_of
from gerai_booking.usecases.groups import Row
from gerai_booking.usecases.opening import Orders
from gerai_shared.borders import load
from sqlalchemy import select

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SITE, House, outcome
from tests.integration.booking.ordering import close, draft, undo
from tests.integration.booking.test_data_match import BORN, SOURCE, state_of, take_over
from tests.integration.booking.test_data_match import row as listed
from tests.integration.booking.test_groups import allotted, change, codes, named, row
from tests.integration.booking.waiting import entry, join, seen, states

NUMBER = "IMI-0001.GR.01"


# Orders that close (S3-4).


def test_s3_4_a_group_gets_no_hour_that_an_order_closes(house: House) -> None:
    close(house)
    with pytest.raises(ClosedByOrder) as refused:
        allotted(house, 3)
    assert refused.value.details["number"] == NUMBER
    allotted(house, 3, last_day=NEXT_DAY)
    assert [house.taken(slot) for slot in house.slots(DAY)] == [0] * len(house.slots(DAY))
    assert house.taken(house.slots(NEXT_DAY)[0]) == 3
    with pytest.raises(GroupTooLarge):
        allotted(house, 500, last_day=NEXT_DAY)
    house.check()


def test_s3_4_a_line_for_a_closed_day_is_refused_with_the_number_of_the_order(house: House) -> None:
    hours = len(house.slots(DAY))
    group = allotted(house, hours + 1, last_day=NEXT_DAY, most_an_hour=1)
    close(house)
    found = named(house, group, row(house, 1, hour="2026-12-02 09:00"), row(house, 2), row(house, 3))
    assert (found.named, codes(found)) == (1, [(2, ClosedByOrder.code), (4, ClosedByOrder.code)])
    assert {refusal.details["number"] for _, refusal in found.refused} == {NUMBER}
    assert [each.day for each in house.rows(select(tickets))] == [NEXT_DAY]
    assert codes(named(house, group, row(house, 4, hour="23:00"))) == [(5, GroupFull.code)]
    house.check()


def test_s3_4_an_order_for_another_service_or_another_day_refuses_no_line(house: House) -> None:
    group = allotted(house, 2)
    close(house, services=frozenset({"passport-lost"}))
    close(house, first_day=NEXT_DAY, last_day=NEXT_DAY)
    assert named(house, group, row(house, 1)).named == 1
    allotted(house, 2)
    house.check()


def test_s3_4_who_was_named_before_the_order_came_is_treated_like_everybody(house: House) -> None:
    named(house, allotted(house, 3), row(house, 1))
    close(house, "move")
    (booked,) = house.rows(select(tickets).where(tickets.c.state == "booked"))
    assert (booked.day, booked.quota_channel) == (NEXT_DAY, ONLINE)
    house.check()


@pytest.mark.parametrize("step", ["allot", "name"])
def test_orders_are_looked_for_under_the_lock_of_the_day(
    postgres_house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Who carries an order out waits for that lock, having put it in force: one of both sees the other."""
    house = postgres_house
    group = allotted(house, 1)
    look, idle = groups.orders_in_force, []

    def meanwhile(*args: Any, **kwargs: Any) -> Orders:
        with house.database.transaction() as session:
            idle.append(freed.lock_day_if_idle(session, site=SITE, day=DAY))
        return look(*args, **kwargs)

    monkeypatch.setattr(groups, "orders_in_force", meanwhile)
    if step == "allot":
        allotted(house, 1)
    else:
        named(house, group, row(house, 1))
    assert idle == [False]


def test_the_preview_of_an_order_counts_the_places_of_groups_that_have_no_name(house: House) -> None:
    named(house, allotted(house, 10), row(house, 1))
    allotted(house, 4, first_day=NEXT_DAY, last_day=NEXT_DAY)
    given_back = allotted(house, 2)
    house.do(groups.give_back, change(), group_id=given_back)

    def hit(**order: Any) -> list[tuple[int, int]]:
        story = house.ask(directives.story, draft(house, **order), now=NOW)
        assert story.preview is not None
        return [(each.booked, each.unnamed) for each in story.preview.groups]

    assert hit() == [(1, 9)]
    assert hit(last_day=NEXT_DAY) == [(1, 9), (0, 4)]
    assert hit(first_day=NEXT_DAY, last_day=NEXT_DAY) == [(0, 4)]
    assert hit(services=frozenset({"passport-lost"})) == []


# Lists of other offices (S1-5).


def pilgrim(house: House, number: int) -> Row:
    """A line about somebody of a list of pilgrims."""
    body = {
        "slot_id": "none-at-all",
        "purpose": "hajj",
        "precondition_met": True,
        "person": house.person(number) | BORN,
    }
    applicant = applicant_of(load(BookingSchema(), body), house.office)
    return Row(line=number + 1, reference=f"H-{number}", applicant=applicant, hour=None)


def test_s1_5_whoever_a_group_names_is_compared_with_the_list_and_told_what_differs(house: House) -> None:
    take_over(house, listed(1), listed(2, "Warga Uju 2"))
    group = allotted(house, 3, purpose="hajj")
    assert named(house, group, *(pilgrim(house, number) for number in (1, 2, 3))).named == 3
    tokens = [token for _, token in house.ask(groups.view, site=SITE, group_id=group).members]
    assert [state_of(house, token) for token in tokens] == ["matches", "differs", "not_listed"]
    assert [house.announced(token) for token in tokens] == [
        ["ticket.booked.v1"],
        ["ticket.booked.v1", "ticket.match_changed.v1"],
        ["ticket.booked.v1"],
    ]
    told = house.ask(views.ticket_view, house.ask(views.load_ticket, tokens[1]), now=NOW)["match"]
    assert (told["source"], [each["field"] for each in told["differences"] if each["size"] != "same"]) == (
        SOURCE,
        ["name"],
    )
    house.check_places()


# The waiting list.


def full(house: House, *, day: Any = DAY) -> None:
    """Leave one place on a day, and take it."""
    house.shrink(day=day, places=1)
    house.booked(90, house.slots(day)[1])


def test_whoever_a_group_names_waits_no_more(house: House) -> None:
    full(house)
    first, second = join(house, 1), join(house, 2)
    group = allotted(house, 1)
    named(house, group, row(house, 1))
    assert states(house, [first, second]) == ["taken", "waiting"]
    # Whoever wrote somebody's number into the list does not come by the ticket that the institution got.
    assert seen(house, first)["ticket_token"] is None
    assert entry(house, first).contact is None
    house.check()


@pytest.mark.parametrize("way", ["by a supervisor", "by itself"])
def test_places_that_a_group_gives_back_go_to_who_waits_and_to_nobody_else(house: House, way: str) -> None:
    hour = house.slots()[0]
    house.shrink(day=DAY, per_slot=1)
    group = allotted(house, len(house.slots()), most_an_hour=1)
    named(house, group, *(row(house, number) for number in range(1, len(house.slots()))))
    waits, next_ = join(house, 41), join(house, 42)
    if way == "by itself":
        house.do(groups.give_back_due, group_id=group, now=NOW)
    else:
        house.do(groups.give_back, change(), group_id=group)
    assert states(house, [waits, next_]) == ["offered", "waiting"]
    assert outcome(house.book(house.request(43, hour))[0]) == "slot_full"
    house.check()


def test_places_that_a_group_gives_back_of_a_closed_day_are_offered_when_it_opens(house: House) -> None:
    house.shrink(day=DAY, per_slot=1)
    group = allotted(house, len(house.slots()), most_an_hour=1)
    waits = join(house, 41)
    directive = close(house)
    house.do(groups.give_back, change(), group_id=group)
    assert states(house, [waits]) == ["waiting"]
    undo(house, directive)
    assert states(house, [waits]) == ["offered"]
    house.check()
