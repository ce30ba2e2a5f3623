"""Orders of the centre on both databases: who may give them, what they close, what becomes of those they hit."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from gerai_booking.models.directives import directive_tickets
from gerai_booking.models.directives import directives as table
from gerai_booking.models.tickets import tickets
from gerai_booking.usecases import (
    changes,
    directive_runs,
    directives,
    holding,
    intake,
    opening,
    planning,
    treating,
    views,
)
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, Refused
from gerai_shared.ticket import State
from gerai_shared.translations import translate
from sqlalchemy import select

from tests.integration.booking.house import (
    DAY,
    NEXT_DAY,
    NOW,
    SERVICE,
    SITE,
    TODAY,
    House,
    outcome,
    statements,
)
from tests.integration.booking.ordering import (
    CENTRE,
    LAST_OPEN,
    WHY_UNDONE,
    an_offer,
    carry_out,
    close,
    day_of,
    draft,
    fill_next_day,
    news,
    now_of,
    put_in_force,
    ticket_of,
    undo,
)
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR
from tests.integration.booking.waiting import look_after, seen, states, told


def test_whose_offer_an_order_takes_waits_on_at_the_old_position_and_is_told_once(house: House) -> None:
    other = fill_next_day(house)
    first, second, hold = an_offer(house)
    directive = close(house)
    assert states(house, [first, second]) == ["waiting", "waiting"]
    assert [seen(house, token)["ahead"] for token in (first, second)] == [0, 1]
    (answer,) = house.book(house.request(11, hold, service=SERVICE))
    assert outcome(answer) == "hold_expired"
    carry_out(house, directive)
    look_after(house, now=NOW + timedelta(hours=3))
    assert told(house, first)[2:] == ["waiting_list.withdrawn.v1"]
    (line,) = [
        json.loads(row.body)["data"]
        for row in house.rows(select(tables.outbox))
        if row.type == "waiting_list.withdrawn.v1"
    ]
    assert (line["state"], line["directive"]["number"]) == ("waiting", "IMI-0001.GR.01")
    # The next place of another day is theirs, before whoever came later.
    house.do(changes.cancel, token=other, revision=None, now=NOW)
    assert states(house, [first, second]) == ["offered", "waiting"]
    house.check()


def test_who_let_an_offer_of_a_closed_day_pass_before_the_order_got_to_it_waits_on(house: House) -> None:
    fill_next_day(house)
    first, second, _ = an_offer(house)
    put_in_force(house, draft(house))
    look_after(house, now=NOW + timedelta(hours=3))
    assert states(house, [first, second], now=NOW + timedelta(hours=3)) == ["waiting", "waiting"]
    assert told(house, first)[-1] == "waiting_list.withdrawn.v1"
    house.check()


def test_undone_the_order_leaves_the_place_to_the_first_who_waits(house: House) -> None:
    fill_next_day(house)
    first, second, _ = an_offer(house)
    undo(house, close(house))
    look_after(house)
    assert states(house, [first, second]) == ["offered", "waiting"]
    house.check()


def test_an_order_carried_out_late_treats_who_came_in_vain_and_leaves_who_was_served(house: House) -> None:
    begun, lost = house.booked(1, house.slots(TODAY)[2]), house.booked(2, house.slots(TODAY)[5])
    directive = draft(house, first_day=TODAY, last_day=TODAY)
    ten, evening = NOW + timedelta(hours=1), NOW + timedelta(hours=9)
    house.do(directives.put_in_force, directive, treatment="offer", officer=CENTRE, now=ten)
    directive_runs.carry_on(house.database, house.office, now=evening)
    assert [ticket_of(house, token).slot_id is None for token in (begun, lost)] == [False, True]
    assert news(house) == {"ticket.offered_by_order.v1": 1}
    assert house.ask(directives.story, directive, now=evening).left == 0
    house.check()


# The founding article: closure by order of the centre alone.


@pytest.mark.parametrize("officer", [SUPERVISOR, OFFICER])
def test_s3_4_nobody_but_the_centre_closes_an_office(house: House, officer: Officer) -> None:
    with pytest.raises(Forbidden):
        draft(house, officer=officer)
    directive = draft(house)
    with pytest.raises(Forbidden):
        house.do(directives.put_in_force, directive, treatment="cancel", officer=officer, now=NOW)
    with house.database.transaction() as session, pytest.raises(Forbidden):
        directives.begin_undoing(session, directive, why=WHY_UNDONE, officer=officer, now=NOW)
    assert day_of(house, DAY)["open"] is True


def test_s3_4_without_an_order_the_office_serves_and_with_one_it_names_number_issuer_and_reason(
    house: House,
) -> None:
    assert day_of(house, DAY)["open"] is True
    draft(house)
    assert day_of(house, DAY)["open"] is True, "a draft closes nothing"
    close(house)
    closed = day_of(house, DAY)
    assert (closed["open"], closed["reason"], closed["places"]) == (False, "closed_by_order", 0)
    assert closed["note"]["id"] == "Kantor ditutup karena banjir"
    assert closed["directive"]["number"] == "IMI-0001.GR.01"
    assert closed["directive"]["issuer"] == "Direktorat Jenderal Imigrasi"
    assert day_of(house, NEXT_DAY)["open"] is True


def test_s3_4_an_order_reaches_its_scope_and_its_services_alone(house: House) -> None:
    close(house, scope="regency", code="36.02")
    assert day_of(house, DAY)["open"] is True, "Serang is 36.73"
    close(house, scope="province", code="36", services=frozenset({"passport-lost"}))
    assert day_of(house, DAY)["open"] is True
    assert day_of(house, DAY, "passport-lost")["reason"] == "closed_by_order"


def test_an_order_for_a_place_that_the_agency_does_not_have_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="scope_without_sites"):
        draft(house, scope="regency", code="11.01")
    with pytest.raises(Refused, match="directive_over"):
        draft(house, first_day=date(2026, 11, 2), last_day=date(2026, 11, 3))
    assert house.rows(select(table)) == []


# What is closed.


def test_an_hour_that_is_closed_is_neither_booked_nor_held_nor_moved_to(house: House) -> None:
    token = house.booked(1, house.slots(NEXT_DAY)[0])
    close(house)
    hour = house.slots(DAY)[0]
    (answer,) = house.book(house.request(2, hour))
    assert outcome(answer) == "closed_by_order"
    with pytest.raises(Refused, match="closed_by_order") as refused:
        house.do(holding.hold, slot_id=hour, now=NOW)
    assert refused.value.details["number"] == "IMI-0001.GR.01"
    with pytest.raises(Refused, match="closed_by_order"):
        house.do(changes.reschedule, token=token, slot_id=hour, revision=None, now=NOW)
    house.check()


def test_a_batch_of_bookings_looks_for_orders_once(house: House) -> None:
    requests = [house.request(person, house.slots(DAY)[person]) for person in range(1, 6)]
    with statements(house.database) as asked:
        assert {outcome(answer) for answer in house.book(*requests)} == {"booked"}
    assert sum("FROM directives" in statement for statement, _parameters in asked) == 1


def test_a_place_that_was_held_when_the_order_came_is_not_booked_and_runs_out(house: House) -> None:
    held = house.office.token(house.do(holding.hold, slot_id=house.slots(DAY)[0], now=NOW).id)
    close(house)
    (answer,) = house.book(house.request(1, held))
    assert outcome(answer) == "closed_by_order"
    assert ticket_of(house, held).state is State.HELD
    assert house.rows(select(directive_tickets)) == []


def test_the_portal_is_told_which_order_closes_a_site_today(house: House) -> None:
    close(house, first_day=TODAY, last_day=TODAY)
    told = {each["site"]: each for each in house.ask(opening.today_at_sites, now=NOW)}
    assert told[SITE]["hours"] is None
    assert told[SITE]["order"]["number"] == "IMI-0001.GR.01"
    assert told[SITE]["order"]["text"]["en"] == "The office is closed because of a flood"


def test_an_order_about_one_service_leaves_a_site_open(house: House) -> None:
    close(house, first_day=TODAY, last_day=TODAY, services=frozenset({"passport-lost"}))
    told = {each["site"]: each for each in house.ask(opening.today_at_sites, now=NOW)}
    assert told[SITE]["hours"] is not None
    assert told[SITE]["order"] is None


def test_who_walks_in_on_a_closed_day_is_told_the_order(house: House) -> None:
    close(house, first_day=TODAY, last_day=TODAY)
    with pytest.raises(Refused, match="closed_by_order") as refused:
        house.do(intake.walk_in, house.desk(), service=SERVICE, priority=False)
    assert "Kantor ditutup karena banjir" in translate(refused.value, "id")
    assert "The office is closed" in translate(refused.value, "en")
    assert "Kantor" not in translate(refused.value, "en")
    given = {"supervisor": SUPERVISOR, "service": SERVICE, "reason": "Ibu dirawat"}
    with pytest.raises(Refused, match="closed_by_order"):
        house.do(intake.emergency, house.desk(), **given)


def test_a_day_that_is_opened_later_is_closed_too(house: House) -> None:
    later = date(2026, 12, 8)
    close(house, first_day=DAY, last_day=later)
    house.do(planning.open_days, now=NOW, days=10)
    assert day_of(house, later)["reason"] == "closed_by_order"
    (answer,) = house.book(house.request(1, house.slots(later)[0]))
    assert outcome(answer) == "closed_by_order"
    assert day_of(house, date(2026, 12, 9))["open"] is True


def test_an_hour_that_has_begun_is_served_to_its_end_and_who_is_there_is_served(house: House) -> None:
    begun, later = house.booked(1, house.slots(TODAY)[1], now=NOW - timedelta(hours=2)), house.slots(TODAY)[2]
    waiting = house.booked(2, later)
    house.do(changes.check_in, token=waiting, now=NOW)
    close(house, "cancel", first_day=TODAY, last_day=TODAY)
    assert ticket_of(house, begun).state is State.BOOKED
    assert ticket_of(house, waiting).state is State.CHECKED_IN
    assert news(house) == {}


# What becomes of those who had booked.


def test_a_preview_says_who_is_hit_and_who_could_be_moved_and_changes_nothing(house: House) -> None:
    for person in (1, 2, 3):
        house.booked(person, house.slots(DAY)[0])
    house.do(holding.hold, slot_id=house.slots(DAY)[1], now=NOW)
    house.shrink(day=NEXT_DAY, places=2)
    house.shrink(day=LAST_OPEN, places=0)
    directive = draft(house)
    before = house.rows(select(tickets).order_by(tickets.c.id))
    story = house.ask(directives.story, directive, now=NOW)
    assert story.preview is not None
    (group,) = story.preview.groups
    assert (group.site, group.day, group.service, group.booked, group.held) == (SITE, DAY, SERVICE, 3, 1)
    (move,) = story.preview.moves
    assert (move.booked, move.movable) == (3, 2)
    assert [row.number for row in story.preview.tickets] == ["A-001", "A-002", "A-003"]
    assert story.preview.tickets[0].masked_name == "Wa*** Uj* 1*"
    assert house.rows(select(tickets).order_by(tickets.c.id)) == before


def test_move_gives_the_first_free_hour_after_the_closure_and_who_cannot_be_moved_is_offered(
    house: House,
) -> None:
    tokens = [house.booked(person, house.slots(DAY)[person]) for person in (1, 2, 3)]
    house.shrink(day=NEXT_DAY, places=1)
    house.shrink(day=LAST_OPEN, places=1)
    close(house, "move")
    first, second, third = (now_of(house, token) for token in tokens)
    assert (first.slot_id, second.slot_id) == (house.slots(NEXT_DAY)[0], house.slots(LAST_OPEN)[0])
    assert (third.state, third.slot_id) == (State.BOOKED, None)
    assert news(house) == {"ticket.moved_by_order.v1": 2, "ticket.offered_by_order.v1": 1}
    assert [house.taken(slot) for slot in house.slots(DAY)] == [0] * len(house.slots(DAY))
    house.check()


def test_who_is_offered_another_hour_chooses_it_until_the_offer_ends(house: House) -> None:
    chooses, waits = (house.booked(person, house.slots(DAY)[0]) for person in (1, 2))
    close(house)
    assert ticket_of(house, waits).slot_id is None
    with pytest.raises(Refused, match="needs_new_hour"):
        house.do(changes.check_in, token=waits, now=NOW + timedelta(days=1))
    tomorrow = NOW + timedelta(days=1, hours=10)
    new = house.do(
        changes.reschedule, token=chooses, slot_id=house.slots(NEXT_DAY)[0], revision=None, now=tomorrow
    )
    assert (new.state, new.day) == (State.BOOKED, NEXT_DAY)
    assert house.do(planning.close_days, now=NOW + timedelta(days=3)) == 1, "the one who chose did not come"
    assert ticket_of(house, waits).state is State.BOOKED, "who waits for an hour has missed nothing"
    directive_runs.carry_on(house.database, house.office, now=NOW + timedelta(days=31))
    assert ticket_of(house, waits).state is State.BOOKED
    directive_runs.carry_on(house.database, house.office, now=NOW + timedelta(days=32))
    assert ticket_of(house, waits).state is State.CANCELLED
    assert news(house) == {"ticket.offered_by_order.v1": 2, "ticket.cancelled_by_order.v1": 1}
    house.check()


def test_who_is_cancelled_is_told_why_and_may_book_anew(house: House) -> None:
    token = house.booked(1, house.slots(DAY)[0])
    close(house, "cancel")
    assert ticket_of(house, token).state is State.CANCELLED
    cancelled = tables.outbox.c.type == "ticket.cancelled_by_order.v1"
    (row,) = house.rows(select(tables.outbox).where(cancelled))
    told = json.loads(row.body)["data"]["directive"]
    assert told["number"] == "IMI-0001.GR.01"
    assert told["text"]["en"] == "The office is closed because of a flood"
    house.booked(1, house.slots(NEXT_DAY)[0])
    house.check()


def test_the_page_of_a_ticket_says_which_order_changed_it(house: House) -> None:
    plain, token = house.booked(1, house.slots(NEXT_DAY)[0]), house.booked(2, house.slots(DAY)[0])
    close(house, "move")
    for each in (token, house.office.token(now_of(house, token).id)):
        view = house.ask(views.ticket_view, ticket_of(house, each), now=NOW)
        assert (view["directive"]["treatment"], view["directive"]["undone"]) == ("move", False)
        assert view["directive"]["number"] == "IMI-0001.GR.01"
    assert house.ask(views.ticket_view, ticket_of(house, plain), now=NOW)["directive"] is None


# Repeated and interrupted.


def test_an_order_carried_out_again_treats_nobody_twice(house: House) -> None:
    for person in (1, 2, 3):
        house.booked(person, house.slots(DAY)[0])
    directive = close(house, "move")
    told = news(house)
    put_in_force(house, directive, "cancel")
    assert carry_out(house, directive) == 0
    directive_runs.carry_on(house.database, house.office, now=NOW)
    assert news(house) == told == {"ticket.moved_by_order.v1": 3}
    house.check()


def test_an_order_that_was_interrupted_between_two_tickets_goes_on_and_treats_each_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in range(1, 5):
        house.booked(person, house.slots((DAY, NEXT_DAY)[person % 2])[0])
    directive = draft(house, last_day=NEXT_DAY)
    put_in_force(house, directive, "move")
    treat = treating.treat
    done: list[object] = []

    class Killed(BaseException):
        """The end of the process."""

    def dies(*args: Any, **kwargs: Any) -> Any:
        if len(done) == 2:
            raise Killed
        done.append(treat(*args, **kwargs))
        return done[-1]

    monkeypatch.setattr(treating, "treat", dies)
    with pytest.raises(Killed):
        carry_out(house, directive)
    monkeypatch.undo()
    assert house.ask(directives.story, directive, now=NOW).left == 2
    assert day_of(house, NEXT_DAY)["reason"] == "closed_by_order", "what is left to do opens nothing"
    directive_runs.carry_on(house.database, house.office, now=NOW)
    assert house.ask(directives.story, directive, now=NOW).left == 0
    assert news(house) == {"ticket.moved_by_order.v1": 4}
    house.check()


# Undone.
