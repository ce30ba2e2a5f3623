"""Outages on both databases: whom they hit, what is told, and the later hour that nobody may refuse."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from gerai_booking.models.acts import officer_acts
from gerai_booking.models.tickets import tickets as ticket_table
from gerai_booking.opening_loop import tell_of_outages
from gerai_booking.rules.floor import Outcome
from gerai_booking.usecases import changes, floor, outages, planning, views
from gerai_booking.usecases.outages import Report
from gerai_shared import tables
from gerai_shared.refusals import Refused
from gerai_shared.ticket import Actor
from sqlalchemy import select, update

from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SITE, TODAY, House, outcome
from tests.integration.booking.sending import send
from tests.integration.booking.test_no_shows import days_later, miss, try_again
from tests.integration.booking.test_quotas import OFFICER

HOUR = timedelta(hours=1)
WHY = "Server pusat tidak menjawab"
#: Ten and two o'clock among the hours of a day.
TEN, TWO = 2, 5


def report(now: datetime) -> Report:
    return Report(officer=OFFICER, why=WHY, now=now)


def down(house: House, now: datetime, *, since: datetime | None = None, **changed: Any) -> str:
    """Have the server fail at the office; the outage's id."""
    values: dict[str, Any] = {
        "site": SITE,
        "failed": "server",
        "started_at": since or now,
        "expected_end_at": None,
        "reference": "TIK-1",
        **changed,
    }
    return house.do(outages.record, report(now), **values)


def told(house: House) -> list[str]:
    """Of which tickets holders were told of an outage, in order."""
    query = select(tables.outbox.c.subject).where(tables.outbox.c.type == "outage.hit.v1")
    return [row.subject for row in house.rows(query.order_by(tables.outbox.c.position))]


def tell(house: House, now: datetime) -> int:
    """Tell of all outages, as the service does every few minutes; how many tickets' holders are told anew."""
    before = len(told(house))
    tell_of_outages(house.database, house.office, now)
    return len(told(house)) - before


def seen(house: House, token: str, now: datetime) -> dict[str, Any]:
    """What a holder sees."""

    def look(session: Any, office: Any) -> dict[str, Any]:
        found = views.ticket_view(session, office, views.load_ticket(session, office, token), now=now)
        # As it crosses the bus: moments in ISO 8601, as pages read them.
        assert json.loads(json.dumps(found["outage"])) == found["outage"]
        return found

    return house.ask(look)


def later(house: House, token: str, slot: str, now: datetime) -> Any:
    return house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=now)


def test_everybody_whose_hour_it_hits_is_told_once(house: House) -> None:
    slots = house.slots(TODAY)
    hit, spared = house.booked(1, slots[TEN]), house.booked(2, slots[TWO])
    elsewhere = house.booked(3, house.slots(TODAY, site="mpp-lebak")[TEN])
    found = down(house, NOW + HOUR + HOUR / 2)
    assert told(house) == [house.office.ticket_id(hit)]
    assert tell(house, NOW + 2 * HOUR) == 0
    # It goes on into the afternoon.
    assert tell(house, NOW + 7 * HOUR) == 1
    house.do(outages.end, report(NOW + 7 * HOUR), outage_id=found, ended_at=NOW + 7 * HOUR)
    assert told(house) == [house.office.ticket_id(hit), house.office.ticket_id(spared)]
    assert house.office.ticket_id(elsewhere) not in told(house)
    house.check()


def test_an_expected_end_tells_those_of_later_hours_before_they_set_out(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[TWO])
    found = down(house, NOW)
    assert told(house) == []
    house.do(outages.expect, report(NOW), outage_id=found, expected_end_at=NOW + 7 * HOUR)
    assert told(house) == [house.office.ticket_id(token)]
    (row,) = house.rows(select(tables.outbox.c.body).where(tables.outbox.c.type == "outage.hit.v1"))
    assert json.loads(row.body)["data"]["failed"] == "server"


@pytest.mark.parametrize("state", ["booked", "checked_in", "no_show"])
def test_whoever_was_not_served_takes_a_later_hour_though_the_own_one_is_over(
    house: House, state: str
) -> None:
    token = house.booked(1, house.slots(TODAY)[TEN])
    down(house, NOW + HOUR)
    now = NOW + 4 * HOUR
    if state != "booked":
        house.do(changes.check_in, token=token, now=NOW + HOUR)
    if state == "no_show":
        desk = house.desk(now=now)
        house.do(floor.call_next, desk)
        house.do(floor.no_show, desk, revision=None)
    can = seen(house, token, now)["can"]
    assert (can["reschedule"], can["reschedule_reason"]) == (True, "outage")
    new = later(house, token, house.slots(NEXT_DAY)[0], now)
    assert (new.state, new.checked_in_at, new.called_at, new.times_called) == ("booked", None, None, 0)
    old = seen(house, token, now)
    assert old["ticket"]["state"] == "rescheduled"
    assert old["replaced_by_token"] == house.office.token(new.id)
    assert new.visit_id == old["ticket"]["visit_id"]
    assert house.announced(token)[-1] == "ticket.replaced.v1"
    house.check()


def test_a_ticket_gives_way_once(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[TEN])
    down(house, NOW + HOUR)
    later(house, token, house.slots(DAY)[0], NOW + 4 * HOUR)
    with pytest.raises(Refused, match="transition_not_allowed"):
        later(house, token, house.slots(DAY)[1], NOW + 4 * HOUR)
    assert len(house.rows(select(ticket_table).where(ticket_table.c.state == "booked"))) == 1
    house.check()


def test_moved_twice_at_the_same_moment_it_gives_way_once_and_unguarded_it_would_not(
    lone_postgres_house: House,
) -> None:
    """The negative control: without lock and revision each of them has a new ticket."""
    house = lone_postgres_house
    now = NOW + 4 * HOUR
    moved = []
    for person, guarded in ((1, True), (2, False)):
        token = house.booked(person, house.slots(TODAY)[TEN])
        # A second place taken of the hour: giving one back twice would else be refused by the database.
        house.booked(person + 10, house.slots(TODAY)[TEN])
        down(house, NOW + HOUR)
        # As after erasure: the index of open tickets by person does not help.
        house.change(update(ticket_table).values(person_hash=None))
        party = {
            "url": house.url,
            "token": token,
            "slots": house.slots(NEXT_DAY)[:2],
            "now": now.isoformat(),
            "guarded": guarded,
        }
        moved.append(send("move_at_once", party, module="batch_crowds")[0]["answers"])
    assert [answers.count("moved") for answers in moved] == [1, 2], moved


def test_only_a_later_hour_is_given(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[TWO])
    now = NOW + 3 * HOUR
    house.do(changes.check_in, token=token, now=now, actor=Actor.OFFICER)
    down(house, now, expected_end_at=NOW + 7 * HOUR)
    with pytest.raises(Refused, match="not_later"):
        later(house, token, house.slots(TODAY)[TWO - 1], now)
    assert later(house, token, house.slots(TODAY)[TWO + 1], now).state == "booked"
    house.check()


def test_without_an_outage_a_missed_ticket_stays_missed(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[TEN])
    house.do(planning.close_days, now=days_later(1))
    assert seen(house, token, days_later(1))["can"]["reschedule"] is False
    with pytest.raises(Refused, match="transition_not_allowed"):
        later(house, token, house.slots(NEXT_DAY)[0], days_later(1))


def test_who_has_booked_again_meanwhile_keeps_that_ticket_alone(house: House) -> None:
    token = house.booked(1, house.slots(TODAY)[TEN])
    down(house, NOW + HOUR)
    house.do(planning.close_days, now=days_later(1))
    house.booked(1, house.slots(NEXT_DAY)[0], now=days_later(1))
    with pytest.raises(Refused, match="open_ticket_exists"):
        later(house, token, house.slots(NEXT_DAY)[1], days_later(1))
    house.check()


def test_a_missed_visit_of_a_day_with_an_outage_does_not_count(house: House) -> None:
    miss(house, 1, 0, times=2)
    # Missed in the morning, the server failed in the afternoon: nobody asks who would have come.
    down(house, days_later(2) + 6 * HOUR)
    miss(house, 1, 2)
    assert try_again(house, 1, 3) == "booked"


def test_an_outage_written_down_afterwards_excuses_too(house: House) -> None:
    *_, last = miss(house, 1, 0, times=3)
    assert try_again(house, 1, 3) == "paused_after_no_shows"
    found = down(house, days_later(3), since=days_later(2) + HOUR)
    house.do(outages.end, report(days_later(3)), outage_id=found, ended_at=days_later(2) + 3 * HOUR)
    assert seen(house, last, days_later(3))["missed"]["counts"] is False
    assert try_again(house, 1, 4) == "booked"


def test_an_outage_that_nobody_ended_excuses_nobody_on_later_days(house: House) -> None:
    down(house, NOW + HOUR)
    *_, last = miss(house, 1, 1, times=3)
    assert seen(house, last, days_later(4))["missed"]["count"] == 3
    assert try_again(house, 1, 4) == "paused_after_no_shows"
    assert tell(house, days_later(4)) == 0
    assert told(house) == []


def test_an_expected_end_that_is_over_excuses_nobody_later_either(house: House) -> None:
    down(house, NOW + HOUR, expected_end_at=NOW + 2 * HOUR)
    (token,) = miss(house, 1, 1)
    assert seen(house, token, days_later(2))["missed"]["counts"] is True
    assert seen(house, token, days_later(2))["can"]["reschedule"] is False


def test_those_whom_an_outage_hit_are_told_some_in_each_transaction(house: House) -> None:
    slot = house.slots(TODAY)[TWO]
    tokens = [house.booked(person, slot) for person in range(1, 4)]
    found = down(house, NOW)
    later_now = NOW + 7 * HOUR
    several = [house.do(outages.tell, outage_id=found, now=later_now, limit=2) for _ in range(3)]
    assert several == [2, 1, 0]
    assert sorted(told(house)) == sorted(map(house.office.ticket_id, tokens))


def test_what_goes_on_is_told_to_everybody_and_ends(house: House) -> None:
    found = down(house, NOW, site="", expected_end_at=NOW + HOUR)

    def current(session: Any, _office: Any) -> list[dict[str, Any]]:
        return outages.current(session, now=NOW)

    (shown,) = house.ask(current)
    assert (shown["site"], shown["failed"], shown["expected_end_at"]) == (
        None,
        "server",
        (NOW + HOUR).isoformat(),
    )
    house.do(outages.end, report(NOW + HOUR), outage_id=found, ended_at=NOW + HOUR / 2)
    assert house.ask(current) == []


def test_who_reported_what_stands_in_the_record(house: House) -> None:
    found = down(house, NOW)
    house.do(outages.expect, report(NOW), outage_id=found, expected_end_at=NOW + HOUR)
    house.do(outages.end, report(NOW + HOUR), outage_id=found, ended_at=NOW + HOUR)
    acts = house.rows(select(officer_acts).order_by(officer_acts.c.id))
    assert [(row.act, row.officer_name, row.why) for row in acts] == [
        (act, OFFICER.name, WHY) for act in ("recorded", "expected", "ended")
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"started_at": NOW + HOUR}, "outage_not_begun"),
        ({"expected_end_at": NOW}, "outage_without_time"),
        ({"site": "nowhere"}, "unknown_site"),
    ],
)
def test_an_outage_that_cannot_be_is_refused(house: House, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        down(house, NOW, **changed)


def test_an_outage_ends_once_and_not_before_it_began(house: House) -> None:
    found = down(house, NOW)
    with pytest.raises(Refused, match="outage_without_time"):
        house.do(outages.end, report(NOW), outage_id=found, ended_at=NOW)
    with pytest.raises(Refused, match="outage_not_begun"):
        house.do(outages.end, report(NOW), outage_id=found, ended_at=NOW + HOUR)
    house.do(outages.end, report(NOW + HOUR), outage_id=found, ended_at=NOW + HOUR)
    with pytest.raises(Refused, match="outage_over"):
        house.do(outages.expect, report(NOW + HOUR), outage_id=found, expected_end_at=NOW + 2 * HOUR)
    with pytest.raises(Refused, match="unknown_outage"):
        house.do(outages.end, report(NOW), outage_id="nothing", ended_at=NOW)


def test_s1_10_while_the_server_is_down_people_are_told_helped_and_not_punished(house: House) -> None:
    slots = house.slots(TODAY)
    came, stayed_away = house.booked(1, slots[TEN]), house.booked(2, slots[TEN])
    found = down(house, NOW + HOUR, expected_end_at=NOW + 4 * HOUR)
    assert sorted(told(house)) == sorted(map(house.office.ticket_id, (came, stayed_away)))
    # At the counter work goes on without the net.
    house.do(changes.check_in, token=came, now=NOW + HOUR)
    desk = house.desk(now=NOW + 2 * HOUR)
    house.do(floor.call_next, desk)
    house.do(floor.start, desk, revision=None)
    house.do(floor.finish, desk, revision=None, outcome=Outcome.COMPLETED)
    house.do(outages.end, report(NOW + 4 * HOUR), outage_id=found, ended_at=NOW + 4 * HOUR)
    house.do(planning.close_days, now=days_later(1))
    missed = seen(house, stayed_away, days_later(1))
    assert missed["missed"]["counts"] is False
    new = later(house, stayed_away, house.slots(NEXT_DAY)[0], days_later(1))
    assert new.state == "booked"
    assert seen(house, came, days_later(1))["can"]["reschedule"] is False
    house.check()
    assert outcome(house.book(house.request(3, house.slots(NEXT_DAY)[0]), now=days_later(1))[0]) == "booked"
