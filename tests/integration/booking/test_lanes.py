"""Lanes on the database: who counts as come earlier, by whose word, and that the law of it holds, on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from gerai_booking.models.tickets import tickets
from gerai_booking.rules.lanes import GROUNDS, LANES, lane_of, overtaken_within
from gerai_booking.rules.visits import ORDINARY_RANK
from gerai_booking.usecases import changes, fairness, floor, intake, queue, rulebook, sending
from gerai_booking.usecases.rule_kinds import LANES as LANES_RULE
from gerai_shared import tables
from gerai_shared.refusals import Forbidden, Refused
from gerai_shared.ticket import Lane, Ticket
from sqlalchemy import select

from tests.integration.booking.counter_http import CounterHttp, counter_http
from tests.integration.booking.house import DAY, NEXT_DAY, NOW, SERVICE, SITE, TODAY, House
from tests.integration.booking.test_applicants import asked, nik
from tests.integration.booking.test_calling_one import call_one
from tests.integration.booking.test_floor import EIGHT, FINISH, MINUTE, arrive, call, waiting
from tests.integration.booking.test_quotas import OFFICER, SUPERVISOR, emergency
from tests.integration.booking.test_rules import write

HOUR = timedelta(hours=1)
OTHER_SERVICE = "passport-renewal"


def walk_in(house: House, *, at: timedelta, ground: str | None = None, service: str = SERVICE) -> Ticket:
    desk = house.desk(now=EIGHT + at)
    given = {"service": service, "priority": ground is not None, "ground": ground}
    ticket: Ticket = house.do(intake.walk_in, desk, **given)
    return ticket


def ground_of(house: House, ticket_id: str) -> str | None:
    (row,) = house.rows(select(tickets.c.priority_ground).where(tickets.c.id == ticket_id))
    found: str | None = row.priority_ground
    return found


def set_priority(house: House, ticket: Ticket, *, at: timedelta, priority: bool, ground: str | None = None):
    desk = house.desk(now=EIGHT + at)
    given = {"ticket_id": ticket.id, "priority": priority, "ground": ground, "revision": None}
    return house.do(floor.set_priority, desk, **given)


def report(house: House, *, day: date = DAY, officer=SUPERVISOR) -> fairness.Fairness:
    found: fairness.Fairness = house.ask(
        fairness.fairness_of, officer=officer, site=SITE, first=day, last=day
    )
    return found


@pytest.mark.parametrize("ground", [*GROUNDS, None])
def test_a_walk_in_with_priority_counts_an_hour_earlier_whatever_the_ground(
    house: House, ground: str | None
) -> None:
    ticket = house.do(intake.walk_in, house.desk(now=EIGHT), service=SERVICE, priority=True, ground=ground)
    assert (ticket.lane, ticket.checked_in_at, ticket.queue_at) == (Lane.PRIORITY, EIGHT, EIGHT - HOUR)
    assert ground_of(house, ticket.id) == ground
    house.check()


def test_a_ground_without_priority_is_not_kept(house: House) -> None:
    given = {"service": SERVICE, "priority": False, "ground": "pregnant"}
    ticket = house.do(intake.walk_in, house.desk(now=EIGHT), **given)
    assert (ticket.lane, ticket.queue_at, ground_of(house, ticket.id)) == (Lane.WALK_IN, EIGHT, None)


def test_a_lane_changed_often_is_always_counted_from_the_arrival(house: House) -> None:
    ticket = walk_in(house, at=timedelta(0))
    for minute, ground in enumerate(("elderly", None, "pregnant", "disabled", None), start=1):
        changed = set_priority(house, ticket, at=minute * MINUTE, priority=ground is not None, ground=ground)
        assert changed.queue_at == (EIGHT - HOUR if ground else EIGHT)
        assert ground_of(house, ticket.id) == ground
    house.check()


def test_a_booked_hour_is_the_base_of_who_is_prioritised_and_of_who_is_no_more(house: House) -> None:
    token = house.booked(1, house.slots()[1])
    ticket = arrive(house, token, at=timedelta(0))
    assert ticket.queue_at == EIGHT + HOUR
    raised = set_priority(house, ticket, at=MINUTE, priority=True, ground="disabled")
    assert raised.queue_at == EIGHT
    assert set_priority(house, raised, at=2 * MINUTE, priority=False).queue_at == EIGHT + HOUR


def test_a_priority_that_was_booked_before_there_were_head_starts_gets_one_at_its_check_in(
    house: House,
) -> None:
    token = house.booked(1, house.slots()[1], priority=True)
    booked = house.office.ticket_id(token)
    house.change(tickets.update().where(tickets.c.id == booked).values(queue_rank=1))
    arrive(house, token, at=timedelta(0))
    (row,) = house.rows(select(tickets.c.queue_rank, tickets.c.queue_at).where(tickets.c.id == booked))
    assert (row.queue_rank, row.queue_at) == (ORDINARY_RANK, EIGHT)


def test_who_is_sent_on_keeps_ground_and_arrival(house: House) -> None:
    ticket = walk_in(house, at=timedelta(0), ground="pregnant")
    call(house)
    desk = house.desk(now=EIGHT + 3 * HOUR)
    house.do(floor.start, desk, revision=None)
    sent_on = house.do(sending.transfer, desk, target=sending.Target(service=OTHER_SERVICE), revision=None)
    assert sent_on.id != ticket.id
    assert (sent_on.lane, sent_on.queue_at) == (Lane.PRIORITY, EIGHT - HOUR)
    assert ground_of(house, sent_on.id) == "pregnant"


@pytest.mark.parametrize(
    ("service", "born", "ground"),
    [
        ("passport-new", "1966-12-02", "elderly"),
        ("passport-new", "1966-12-03", None),
        ("passport-child", "2021-12-03", "under_five"),
        ("passport-child", "2021-12-02", None),
    ],
)
def test_age_on_the_day_of_the_visit_gives_priority_by_itself(
    house: House, service: str, born: str, ground: str | None
) -> None:
    token = asked(house, service, born=born)["token"]
    ticket = house.do(changes.check_in, token=token, now=EIGHT)
    assert ticket.lane is (Lane.PRIORITY if ground else Lane.APPOINTMENT)
    assert ticket.queue_at == (EIGHT - HOUR if ground else EIGHT)
    assert ground_of(house, ticket.id) == ground


def test_a_birth_date_that_was_not_told_is_taken_from_the_nik(house: House) -> None:
    person = house.person(1) | {"nik": nik(date(1950, 3, 4))}
    token = house.booked(1, house.slots()[0], person=person)
    assert ground_of(house, house.office.ticket_id(token)) == "elderly"
    # Two digits of a year may be a child's: it is not called one.
    young = house.person(2) | {"nik": nik(date(2023, 3, 4))}
    other = house.booked(2, house.slots()[0], person=young)
    assert ground_of(house, house.office.ticket_id(other)) is None


def test_the_ground_goes_with_a_booking_that_is_moved_and_stands_in_no_event(house: House) -> None:
    person = house.person(1) | {"nik": nik(date(1950, 3, 4))}
    token = house.booked(1, house.slots()[0], person=person)
    slot = house.slots(NEXT_DAY)[0]
    moved = house.do(changes.reschedule, token=token, slot_id=slot, revision=None, now=NOW)
    assert (moved.lane, ground_of(house, moved.id)) == (Lane.PRIORITY, "elderly")
    told = [str(row) for row in house.rows(select(tables.outbox))]
    assert [event for event in told if moved.id in event]
    assert not [event for event in told if "elderly" in event or "ground" in event]


def test_why_the_next_is_next_is_said_at_the_counter(house: House) -> None:
    def because(at: timedelta) -> Any:
        return house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT + at).next_because

    assert because(timedelta(0)) is None
    walk_in(house, at=30 * MINUTE)
    assert (because(HOUR).code, because(HOUR).at) == ("arrival", EIGHT + 30 * MINUTE)
    walk_in(house, at=70 * MINUTE, ground="elderly")
    why = because(2 * HOUR)
    assert (why.code, why.at, why.minutes) == ("elderly", EIGHT + 10 * MINUTE, 60)


def test_a_head_start_that_a_supervisor_writes_down_counts_from_tomorrow(house: House) -> None:
    write(house, LANES_RULE, {"lane": "elderly", "head_start_minutes": 20}, first=DAY)
    assert walk_in(house, at=timedelta(0), ground="elderly").queue_at == EIGHT - 20 * MINUTE
    with pytest.raises(Refused, match="rule_from_tomorrow"):
        write(house, LANES_RULE, {"lane": "pregnant", "head_start_minutes": 90}, first=TODAY)
    with pytest.raises(Refused, match="rule_contradicts"):
        write(house, LANES_RULE, {"lane": "pregnant", "head_start_minutes": 241}, first=DAY)


def come(house: House, chance: Random, at: timedelta) -> None:
    """Somebody comes: of any lane but emergencies, which are limited."""
    ground = chance.choice([None, None, None, *GROUNDS])
    walk_in(house, at=at, ground=ground, service=chance.choice((SERVICE, OTHER_SERVICE)))


def a_day(house: House, seed: int) -> set[str]:
    """A small day: people come, two counters call when they can, lanes are corrected, bookings arrive.

    Return whose lane was corrected.
    """
    chance = Random(seed)
    corrected = set()
    booked = [house.booked(number, house.slots()[number % 2]) for number in range(1, 5)]
    for minute in range(0, 100, 5):
        at = minute * MINUTE
        for _ in range(chance.choice((0, 1, 2))):
            come(house, chance, at)
        if booked and chance.random() < 0.4:
            arrive(house, booked.pop(), at=at)
        in_queue = house.ask(queue.counter_queue, site=SITE, counter="101", now=EIGHT + at).waiting.first
        if in_queue and chance.random() < 0.2:
            ticket = chance.choice(in_queue)
            corrected.add(ticket.id)
            set_priority(house, ticket, at=at + MINUTE, priority=chance.random() < 0.5, ground="disabled")
        for counter in ("101", "102"):
            if chance.random() < 0.5:
                serve_next(house, counter, at + 2 * MINUTE)
    return corrected


def serve_next(house: House, counter: str, at: timedelta) -> None:
    try:
        call(house, counter=counter, at=at)
    except Refused:
        return
    house.do(floor.start, house.desk(counter, now=EIGHT + at), revision=None)
    house.do(FINISH, house.desk(counter, now=EIGHT + at), revision=None)


@pytest.mark.parametrize("seed", [4, 30])
def test_on_a_day_with_real_calls_nobody_is_overtaken_beyond_the_bound(house: House, seed: int) -> None:
    corrected = a_day(house, seed)
    found = report(house)
    assert found.is_kept, (found.out_of_order, found.beyond_bound)
    assert found.lanes[-1].called > 5
    # The same from the tickets themselves, without the report.
    rules = house.ask(rulebook.in_force).lane_rules
    called = [
        row
        for row in house.rows(select(tickets).where(tickets.c.called_at.is_not(None)))
        if row.slot_id is None and row.id not in corrected
    ]
    for mine in called:
        bound = overtaken_within(rules, lane_of(mine.lane, mine.priority_ground), DAY)
        for theirs in called:
            if theirs.service == mine.service and mine.checked_in_at < theirs.called_at < mine.called_at:
                assert theirs.checked_in_at <= mine.checked_in_at + bound
    house.check()


def test_a_report_sees_priority_that_goes_before_everybody(house: House) -> None:
    guest = walk_in(house, at=timedelta(0))
    elderly = walk_in(house, at=90 * MINUTE, ground="elderly")
    # As it was before there were head starts: a rank before all others.
    house.change(tickets.update().where(tickets.c.id == elderly.id).values(queue_at=guest.queue_at - HOUR))
    assert call(house, at=2 * HOUR).id == elderly.id
    (broken,) = report(house).beyond_bound
    assert (broken.day, broken.service, broken.count) == (DAY, SERVICE, 1)


def test_calls_out_of_turn_and_those_who_came_back_are_counted_apart(house: House) -> None:
    first = walk_in(house, at=timedelta(0))
    last = walk_in(house, at=MINUTE)
    call_one(house, last)
    desk = house.desk(now=EIGHT + 3 * HOUR)
    house.do(floor.no_show, desk, revision=None)
    house.do(floor.requeue, desk, ticket_id=last.id, revision=None)
    house.do(floor.call, desk, officer=SUPERVISOR, ticket_id=first.id, revision=None)
    found = report(house)
    assert found.is_kept
    assert (str(found.out_of_turn), str(found.came_back)) == ("<5", "<5")


def test_emergencies_overtake_everybody_and_break_nothing(house: House) -> None:
    given = {"service": SERVICE, "priority": False}
    house.do(intake.walk_in, house.desk(now=NOW - HOUR), **given)
    called = emergency(house)
    assert house.do(floor.call_next, house.desk(now=NOW + MINUTE)).id == called.id
    assert report(house, day=TODAY).is_kept


def test_only_who_sees_statistics_sees_the_report(house: House) -> None:
    with pytest.raises(Forbidden):
        report(house, officer=OFFICER)
    assert report(house, officer=replace(SUPERVISOR, role="overseer")).lanes[-1].called == 0
    with pytest.raises(Refused, match="unknown_site"):
        house.ask(fairness.fairness_of, officer=SUPERVISOR, site="nowhere", first=DAY, last=DAY)


def test_the_report_tells_head_start_and_bound_of_every_lane(house: House) -> None:
    found = report(house)
    assert set(found.head_starts) == set(found.bounds) == set(LANES)
    assert (found.head_starts["elderly"], found.bounds["walk_in"]) == (HOUR, HOUR)


@pytest.fixture
def http(sqlite_house: House) -> CounterHttp:
    found = counter_http(sqlite_house)
    found.sign_in("penyelia", name="Penyelia", role="supervisor")
    return found


def post(http: CounterHttp, path: str, body: dict[str, Any]) -> Any:
    headers = {"X-Form-Token": http.form_token(), "Idempotency-Key": f"{path}-{len(body)}-{body}"[:90]}
    return http.client.post(path, json=body, headers=headers)


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ({"priority": True}, None),
        ({"ground": "pregnant"}, "pregnant"),
        ({"priority": True, "ground": "disabled"}, "disabled"),
        ({"ground": "other"}, None),
    ],
)
def test_the_interface_takes_priority_with_and_without_a_ground(
    http: CounterHttp, said: dict[str, Any], ground: str | None
) -> None:
    answer = post(http, "/api/v1/walk-ins", {"site": SITE, "service": SERVICE, **said})
    assert answer.status_code == 201
    ticket = answer.json["ticket"]
    assert (ticket["lane"], "ground" in str(ticket)) == ("priority", False)
    assert ground_of(http.house, ticket["id"]) == ground
    seen = http.client.get(f"/api/v1/queue?counter={SITE}.101").json
    assert seen["next_because"]["code"] == (ground or "other")
    assert datetime.fromisoformat(seen["next_because"]["at"]) == NOW - HOUR


def test_an_unknown_ground_is_refused(http: CounterHttp) -> None:
    body = {"site": SITE, "service": SERVICE, "ground": "minister"}
    assert post(http, "/api/v1/walk-ins", body).status_code == 422


def test_nobody_next_is_told_as_nobody(http: CounterHttp) -> None:
    assert http.client.get(f"/api/v1/queue?counter={SITE}.101").json["next_because"] is None


def test_as_much_of_a_queue_is_told_as_is_asked_for(http: CounterHttp) -> None:
    for ground in ("elderly", "pregnant", "disabled"):
        post(http, "/api/v1/walk-ins", {"site": SITE, "service": SERVICE, "ground": ground})
    where = f"/api/v1/queue?counter={SITE}.101"
    assert len(http.client.get(where).json["waiting"]) == 3
    seen = http.client.get(f"{where}&most=1").json
    assert (len(seen["waiting"]), seen["counts"]["waiting"], seen["counts"]["missed"]) == (1, 3, 0)
    for nonsense in ("0", "1001", "all"):
        assert http.client.get(f"{where}&most={nonsense}").status_code == 422


def test_the_report_is_there_as_json_and_as_a_page(http: CounterHttp) -> None:
    post(http, "/api/v1/walk-ins", {"site": SITE, "service": SERVICE, "ground": "pregnant"})
    http.house.do(floor.call_next, http.house.desk(now=NOW))
    told = http.client.get(f"/api/v1/fairness?site={SITE}").json
    lane, total = told["lanes"]
    assert (lane["lane"], lane["called"], lane["head_start_minutes"]) == ("pregnant", None, 60)
    assert (total["lane"], total["called"], total["minutes"]["longest"]) == (None, None, None)
    assert (told["out_of_order"], told["beyond_bound"], told["last"]) == ([], [], TODAY.isoformat())
    page = http.client.get(f"/fairness/{SITE}")
    assert page.status_code == 200
    assert "Urutan ditaati." in page.text
    wrong = http.client.get(f"/fairness/{SITE}?first=2026-12-02&last=2026-12-01")
    assert wrong.status_code == 422
    assert http.client.get("/fairness").headers["Location"].startswith("/fairness/")
    assert waiting(http.house) == []


def test_who_has_an_errand_more_keeps_their_place_whatever_lane_and_the_report_knows_it(house: House) -> None:
    walk_in(house, at=timedelta(0))
    called = call(house, at=HOUR)
    desk = house.desk(now=EIGHT + HOUR)
    house.do(floor.start, desk, revision=None)
    more = house.do(sending.add_service, desk, service=OTHER_SERVICE, revision=None)
    walk_in(house, at=HOUR - MINUTE, service=OTHER_SERVICE)
    for priority, place in ((True, EIGHT - HOUR), (False, EIGHT)):
        changed = set_priority(
            house, more, at=HOUR, priority=priority, ground="elderly" if priority else None
        )
        assert changed.queue_at == place
    house.do(FINISH, desk, revision=None)
    assert call(house, at=HOUR + MINUTE).visit_id == called.visit_id
    assert report(house).is_kept
