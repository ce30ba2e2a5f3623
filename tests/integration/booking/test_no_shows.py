"""Missed visits on both databases: what counts, what follows, how to appeal."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from gerai_booking.models.acts import officer_acts
from gerai_booking.models.missed import appeals as appeal_table
from gerai_booking.models.tickets import tickets as ticket_table
from gerai_booking.usecases import (
    appeals,
    changes,
    directives,
    floor,
    holding,
    intake,
    no_shows,
    planning,
    views,
)
from gerai_shared import tables
from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, Refused
from sqlalchemy import select, update

from tests.integration.booking.house import NOW, SERVICE, TODAY, House, outcome
from tests.integration.booking.ordering import CENTRE, draft
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR

ONE_DAY = timedelta(days=1)
WHY = "Anak saya mendadak sakit dan dirawat di rumah sakit."
REASON = "Ada surat dari rumah sakit"


def days_later(count: int) -> datetime:
    """Nine o'clock at the office, some days after today."""
    return NOW + count * ONE_DAY


def miss(house: House, person: int, count: int, *, times: int = 1) -> list[str]:
    """Have a citizen book and miss visits, one a day from `count` days after today; their tokens."""
    tokens = []
    for offset in range(count, count + times):
        now = days_later(offset)
        day = TODAY + offset * ONE_DAY
        tokens.append(house.booked(person, house.slots(day)[2], now=now))
        house.do(planning.close_days, now=now + ONE_DAY)
    return tokens


def told(house: House, event_type: str) -> list[dict[str, Any]]:
    """What events of a type say, in order."""
    query = select(tables.outbox.c.body).where(tables.outbox.c.type == event_type)
    return [json.loads(row.body)["data"] for row in house.rows(query.order_by(tables.outbox.c.position))]


def view(house: House, token: str, *, now: datetime) -> dict[str, Any]:
    """What the holder of a ticket sees of a missed visit."""

    def look(session: Any, office: Any) -> dict[str, Any]:
        ticket = views.load_ticket(session, office, token)
        seen: dict[str, Any] = views.ticket_view(session, office, ticket, now=now)["missed"]
        # As it crosses the bus: moments in ISO 8601, as pages read them.
        assert json.loads(json.dumps(seen)) == seen
        return seen

    return house.ask(look)


def try_again(house: House, person: int, count: int) -> str:
    """What comes of booking for the next day, some days after today."""
    now = days_later(count)
    house.do(planning.open_days, now=now, days=3)
    day = next(
        TODAY + offset * ONE_DAY
        for offset in (count + 1, count + 2, count + 3)
        if house.slots(TODAY + offset * ONE_DAY)
    )
    (answer,) = house.book(house.request(person, house.slots(day)[0], key=f"again-{count}"), now=now)
    return outcome(answer)


def decide(house: House, token: str, *, accepted: bool, officer: Officer = SUPERVISOR) -> None:
    house.do(
        appeals.decide,
        officer=officer,
        ticket_id=house.office.ticket_id(token),
        accepted=accepted,
        reason=REASON,
        now=days_later(4),
    )


def test_the_third_missed_visit_pauses_online_booking_and_nothing_before_it_does(house: House) -> None:
    for offset in range(3):
        (token,) = miss(house, 1, offset)
        assert view(house, token, now=days_later(offset + 1))["count"] == offset + 1
    grades = [
        (each["grade"], each["count"], each["paused_until"]) for each in told(house, "no_show.recorded.v1")
    ]
    assert grades == [("reminder", 1, None), ("warning", 2, None), ("pause", 3, "2026-12-17")]
    (refusal,) = house.book(house.request(1, house.slots(TODAY + 3 * ONE_DAY)[3]), now=days_later(3))
    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.details) == ("paused_after_no_shows", {"until": "2026-12-17"})
    house.check()


def test_the_pause_ends_with_its_last_day(house: House) -> None:
    miss(house, 1, 0, times=3)
    assert try_again(house, 1, 16) == "paused_after_no_shows"
    assert try_again(house, 1, 17) == "booked"
    house.check()


def test_a_hold_does_not_help_and_other_people_book_as_ever(house: House) -> None:
    miss(house, 1, 0, times=3)
    now = days_later(3)
    slot = house.slots(TODAY + 3 * ONE_DAY)[3]
    held = house.do(holding.hold, slot_id=slot, now=now)
    answers = house.book(house.request(1, house.office.token(held.id)), house.request(2, slot), now=now)
    assert [outcome(answer) for answer in answers] == ["paused_after_no_shows", "booked"]
    house.check()


def test_coming_without_a_booking_stays_open(house: House) -> None:
    miss(house, 1, 0, times=3)
    ticket = house.do(intake.walk_in, house.desk(now=days_later(3)), service=SERVICE, priority=False)
    assert ticket.state == "checked_in"


def test_what_is_booked_already_may_be_moved_during_a_pause(house: House) -> None:
    kept = house.booked(1, house.slots(TODAY + 3 * ONE_DAY, service="passport-renewal")[3])
    miss(house, 1, 0, times=3)
    later = house.slots(TODAY + 3 * ONE_DAY, service="passport-renewal")[4]
    moved = house.do(changes.reschedule, token=kept, slot_id=later, revision=None, now=days_later(3))
    assert moved.state == "booked"


def test_cancelling_in_time_never_counts(house: House) -> None:
    for offset in range(3):
        now = days_later(offset)
        token = house.booked(1, house.slots(TODAY + offset * ONE_DAY)[2], now=now)
        house.do(changes.cancel, token=token, revision=None, now=now)
    assert told(house, "no_show.recorded.v1") == []
    assert not house.ask(no_shows.missed_of, [house.office.person_hash("WNI:3602146508900001")], now=NOW).days
    assert outcome(house.book(house.request(1, house.slots(TODAY + 3 * ONE_DAY)[3]))[0]) == "booked"


def test_who_was_there_and_was_not_called_has_missed_nothing(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[2])
    house.do(changes.check_in, token=token, now=NOW + timedelta(hours=2))
    house.do(planning.close_days, now=days_later(1))
    assert told(house, "no_show.recorded.v1") == []
    assert view(house, token, now=days_later(1))["counts"] is False


@pytest.mark.parametrize("way", ["undo", "requeue"])
def test_taking_a_missed_call_back_takes_back_what_was_told(house: House, way: str) -> None:
    token = house.booked(1, house.slots(TODAY)[2])
    desk = house.desk(now=NOW + timedelta(hours=2))
    house.do(changes.check_in, token=token, now=desk.now)
    house.do(floor.call_next, desk)
    house.do(floor.no_show, desk, revision=None)
    assert [each["grade"] for each in told(house, "no_show.recorded.v1")] == ["reminder"]
    if way == "undo":
        house.do(floor.undo, desk)
    else:
        house.do(floor.requeue, desk, ticket_id=house.office.ticket_id(token), revision=None)
    assert len(told(house, "no_show.withdrawn.v1")) == 1
    assert not house.ask(no_shows.missed_of, [house.office.person_hash("WNI:3602146508900001")], now=NOW).days
    house.check()


def test_without_a_rule_nothing_follows_and_nothing_is_told(house: House) -> None:
    house.office.agency = replace(house.office.agency, no_show_rules=())
    (token,) = miss(house, 1, 0)
    assert told(house, "no_show.recorded.v1") == []
    assert view(house, token, now=days_later(1))["counts"] is False


def test_erasing_whose_visits_they_were_ends_what_follows_from_them(house: House) -> None:
    miss(house, 1, 0, times=3)
    house.change(update(ticket_table).values(person_hash=None))
    assert (
        outcome(house.book(house.request(1, house.slots(TODAY + 3 * ONE_DAY)[3]), now=days_later(3))[0])
        == "booked"
    )


def test_an_accepted_appeal_ends_the_pause_and_its_holder_is_told(house: House) -> None:
    _, token, _ = miss(house, 1, 0, times=3)
    house.do(appeals.file, token=token, text=WHY, now=days_later(3))
    decide(house, token, accepted=True)
    assert (
        outcome(house.book(house.request(1, house.slots(TODAY + 3 * ONE_DAY)[3]), now=days_later(3))[0])
        == "booked"
    )
    seen = view(house, token, now=days_later(4))
    assert (seen["counts"], seen["can_appeal"]) == (False, False)
    assert (seen["appeal"]["accepted"], seen["appeal"]["reason"]) == (True, REASON)
    assert [each["accepted"] for each in told(house, "appeal.decided.v1")] == [True]
    assert REASON not in json.dumps(told(house, "appeal.decided.v1"))
    (act,) = house.rows(select(officer_acts))
    assert (act.officer_name, act.act, act.why) == (SUPERVISOR.name, "accepted", REASON)
    house.check()


def test_a_refused_appeal_changes_nothing_but_says_why(house: House) -> None:
    *_, token = miss(house, 1, 0, times=3)
    house.do(appeals.file, token=token, text=WHY, now=days_later(3))
    decide(house, token, accepted=False)
    assert outcome(
        house.book(house.request(1, house.slots(TODAY + 3 * ONE_DAY)[3]), now=days_later(3))[0]
    ) == ("paused_after_no_shows")
    assert view(house, token, now=days_later(4))["appeal"]["reason"] == REASON


def test_there_is_one_appeal_for_a_ticket_and_one_decision(house: House) -> None:
    (token,) = miss(house, 1, 0)
    house.do(appeals.file, token=token, text=WHY, now=days_later(1))
    with pytest.raises(Refused, match="appeal_exists"):
        house.do(appeals.file, token=token, text=WHY, now=days_later(1))
    decide(house, token, accepted=False)
    with pytest.raises(Refused, match="appeal_decided"):
        decide(house, token, accepted=True)


def test_only_a_visit_that_counts_can_be_appealed(house: House) -> None:
    token = house.booked(1, house.slots()[0])
    with pytest.raises(Refused, match="nothing_to_appeal"):
        house.do(appeals.file, token=token, text=WHY, now=NOW)
    with pytest.raises(Refused, match="unknown_appeal"):
        decide(house, token, accepted=True)


def test_only_a_supervisor_reads_and_decides(house: House) -> None:
    (token,) = miss(house, 1, 0)
    house.do(appeals.file, token=token, text=WHY, now=days_later(1))
    with pytest.raises(Forbidden):
        decide(house, token, accepted=True, officer=OFFICER)
    ticket_id = house.office.ticket_id(token)
    with pytest.raises(Forbidden):
        house.do(appeals.appeal, officer=OFFICER, ticket_id=ticket_id, now=NOW)
    found = house.do(appeals.appeal, officer=SUPERVISOR, ticket_id=ticket_id, now=days_later(1))
    assert found.text == WHY


def test_what_a_citizen_says_is_sealed_and_in_no_event(house: House) -> None:
    (token,) = miss(house, 1, 0)
    house.do(appeals.file, token=token, text=WHY, now=days_later(1))
    (row,) = house.rows(select(appeal_table))
    assert WHY not in str(tuple(row))
    assert all(WHY not in row.body for row in house.rows(select(tables.outbox.c.body)))


def test_who_waits_longest_for_an_answer_stands_first(house: House) -> None:
    tokens = [*miss(house, 1, 0), *miss(house, 2, 1)]
    for hour, token in enumerate(reversed(tokens)):
        house.do(appeals.file, token=token, text=WHY, now=days_later(2) + timedelta(hours=hour))
    with house.database.reading() as session:
        found = appeals.overview(session, officer=SUPERVISOR)
    assert [row.ticket_id for row in found.waiting] == [
        house.office.ticket_id(token) for token in reversed(tokens)
    ]
    assert found.decided == []
    decide(house, tokens[0], accepted=True)
    with house.database.reading() as session:
        found = appeals.overview(session, officer=SUPERVISOR)
    assert [row.ticket_id for row in found.decided] == [house.office.ticket_id(tokens[0])]


@pytest.mark.parametrize("undoing", [False, True])
def test_a_visit_of_a_day_closed_by_order_is_not_missed(house: House, *, undoing: bool) -> None:
    miss(house, 1, 0, times=2)
    order = draft(house, first_day=TODAY + 2 * ONE_DAY, last_day=TODAY + 2 * ONE_DAY)
    token = house.booked(1, house.slots(TODAY + 2 * ONE_DAY)[2], now=days_later(2))
    # Put in force after the hour of the visit: nobody asks who would have come.
    evening = days_later(2) + timedelta(hours=6)
    house.do(directives.put_in_force, order, treatment="offer", officer=CENTRE, now=evening)
    house.do(planning.close_days, now=days_later(3))
    if undoing:
        with house.database.transaction() as session:
            directives.begin_undoing(session, order, why=REASON, officer=CENTRE, now=days_later(3))
    assert [each["grade"] for each in told(house, "no_show.recorded.v1")] == ["reminder", "warning"]
    assert view(house, token, now=days_later(3))["counts"] is False
    assert try_again(house, 1, 3) == "booked"


def test_an_order_for_another_service_excuses_nobody(house: House) -> None:
    order = draft(house, first_day=TODAY, last_day=TODAY, services=frozenset({"stay-permit"}))
    house.do(directives.put_in_force, order, treatment="offer", officer=CENTRE, now=NOW)
    (token,) = miss(house, 1, 0)
    assert view(house, token, now=days_later(1))["counts"] is True


def test_visits_missed_at_a_site_that_left_the_catalogue_count_no_more(house: House) -> None:
    miss(house, 1, 0, times=3)
    house.change(update(ticket_table).values(site="gone"))
    assert try_again(house, 1, 3) == "booked"


def test_a_missed_visit_of_long_ago_leads_to_nothing_any_more(house: House) -> None:
    (token,) = miss(house, 1, 0)
    assert view(house, token, now=days_later(1))["counts"] is True
    assert view(house, token, now=days_later(200))["counts"] is False
