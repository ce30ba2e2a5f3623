"""A whole simulated day against a mall in memory: all are served, and a mall that fails is found out."""

import io
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from gerai_allinone.simulate import summary
from gerai_allinone.simulate.client import Answer, Traffic, Unexpected
from gerai_allinone.simulate.command import LEAP_MINUTES, OVERTIME, let_pass, open_counters
from gerai_allinone.simulate.day import Day, plan_day
from gerai_allinone.simulate.house import House
from gerai_allinone.simulate.ledger import Ledger
from gerai_allinone.simulate.officers import LONGEST_STAND
from gerai_allinone.simulate.screen import Screen
from gerai_allinone.simulate.site import CannotBegin
from gerai_allinone.simulate.stage import LeapingClock, Stage
from gerai_allinone.simulate.visitors import Visitors
from rich.console import Console

from tests.unit.simulate.fake_mall import FakeMall, refusal, site, visit

PEOPLE = 45


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def house_of(mall: FakeMall, threads: Executor, *, seed: int = 1, day: Day | None = None) -> House:
    place = site()
    made = day or plan_day(seed, place.hours, place.agencies(), people=PEOPLE)
    house = House(
        gateway=mall.gateway,
        counters=mall.counters,
        bearers={agency: ["first", "second"] for agency in place.counters},
        site=place,
        day=made,
        ledger=Ledger(),
        stage=Stage(clock=LeapingClock(450), executor=threads),
        idle=LEAP_MINUTES,
    )
    free = {key: [{"id": f"{key[1]}.{hour}", "places": 3} for hour in range(8, 15)] for key in place.offered}
    Visitors(house=house, free=free).prepare()
    return house


def spent(house: House, *, left: tuple[str, ...] = ()) -> bool:
    open_counters(house, left=left)
    return let_pass(house)


def alone(**changes: Any) -> Day:
    """A day of one person, who comes at 500 and whose name is 0."""
    return Day(hours=site().hours, visits=(visit(0, **changes),))


@pytest.mark.parametrize("seed", range(4))
def test_whoever_comes_is_served_or_gone_and_nobody_is_lost(threads: Executor, seed: int) -> None:
    mall = FakeMall()
    house = house_of(mall, threads, seed=seed)
    assert spent(house)
    assert house.ledger.problems == []
    assert summary.check(house).wrong == ()
    assert set(mall.states()) <= {"served", "transferred", "cancelled", "booked", "no_show"}
    came = [each for each in house.day.visits if each.arrives is not None]
    never_back = sum(not each.calls_heard and each.returns_after is None for each in came)
    assert mall.states()["served"] == len(came) - never_back
    assert len(house.ledger.waits) == len(came)


def test_a_mall_that_is_busy_now_and_then_is_asked_again(threads: Executor) -> None:
    chance = Random(1)

    def spoil(word: str, _body: Any) -> Answer | None:
        may_refuse = word in {"start", "finish", "call-next", "park", "transfer", "recall"}
        return refusal("stale_revision") if may_refuse and chance.random() < 0.3 else None

    mall = FakeMall(spoil=spoil)
    house = house_of(mall, threads)
    assert spent(house)
    assert summary.check(house).wrong == ()
    assert house.ledger.counts["refused: stale_revision"] > 10
    assert mall.states()["served"] > PEOPLE // 2


def test_a_mall_that_calls_somebody_twice_is_found_out(threads: Executor) -> None:
    mall = FakeMall()

    def spoil(word: str, _body: Any) -> Answer | None:
        if word == "call-next":
            served = next((each for each in mall.tickets.values() if each["state"] == "serving"), None)
            if served is not None and served["times_called"] == 1:
                # As if another counter had this person already.
                served.update(revision=served["revision"] + 1, times_called=2)
                return Answer(status=200, body={"ticket": {**served, "state": "called"}})
        return None

    mall.spoil = spoil
    house = house_of(mall, threads)
    spent(house)
    assert any("not put back" in text for text in summary.check(house).wrong)


def test_a_mall_that_forgets_somebody_is_found_out(threads: Executor) -> None:
    mall = FakeMall()
    house = house_of(mall, threads, day=alone())
    house.stage.at(490, lambda _now: None)
    mall.spoil = lambda word, _body: mall.tickets.clear() if word == "queue" else None
    assert not spent(house)
    assert summary.check(house).wrong == ("A-001 of immigration was left as checked_in and is in no queue",)


def test_a_mall_that_answers_nonsense_again_and_again_ends_the_day(threads: Executor) -> None:
    mall = FakeMall(spoil=lambda word, _body: Answer(status=500, body="oops") if word == "start" else None)
    house = house_of(mall, threads)
    with pytest.raises(Unexpected, match="start at"):
        spent(house)
    assert house.ledger.problems


def test_how_a_service_ended_is_told_where_the_counters_ask(threads: Executor) -> None:
    mall = FakeMall(outcomes=("incomplete", "done"))
    house = house_of(mall, threads)
    assert spent(house)
    assert house.ledger.problems == []
    assert {body["outcome"] for word, body in mall.bodies if word == "finish"} == {"done"}


def verbs(mall: FakeMall) -> list[str]:
    return [word for word, _ in mall.bodies if word not in {"queue", "walk-ins"}]


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ({}, ["start", "finish"]),
        ({"calls_heard": 2}, ["recall", "start", "finish"]),
        ({"calls_heard": 0}, ["recall", "no-show"]),
        (
            {"calls_heard": 0, "returns_after": 10.0},
            ["recall", "no-show", "requeue", "call-next", "start", "finish"],
        ),
        ({"parked_for": 5.0}, ["start", "park", "requeue", "call-next", "start", "finish"]),
        ({"sent_on_to": "passport-renewal"}, ["start", "transfer", "call-next", "start", "finish"]),
        ({"undone": True}, ["start", "finish", "undo", "finish"]),
    ],
)
def test_what_happens_to_one_person(threads: Executor, fate: dict[str, Any], expected: list[str]) -> None:
    mall = FakeMall()
    house = house_of(mall, threads, day=alone(**fate))
    assert spent(house, left=("2",))
    assert verbs(mall) == ["call-next", *expected]
    assert summary.check(house).wrong == ()


def test_who_is_not_to_be_called_again_so_soon_has_come_after_all(threads: Executor) -> None:
    mall = FakeMall(spoil=lambda word, _body: refusal("too_soon") if word in {"recall", "no-show"} else None)
    house = house_of(mall, threads, day=alone(calls_heard=0))
    assert spent(house)
    assert mall.states() == {"served": 1}
    assert house.stage.clock.now() > 500 + LONGEST_STAND


def test_an_officer_serves_whoever_stood_at_the_counter_before(threads: Executor) -> None:
    mall = FakeMall()
    house = house_of(mall, threads, day=alone())
    stranger = (
        mall.counters["immigration"].post("/api/v1/walk-ins", {"service": "passport-new"}).body["ticket"]
    )
    mall.tickets[stranger["id"]].update(state="serving", counter="1", times_called=1, revision=3)
    assert spent(house)
    assert mall.states() == {"served": 2}
    assert len(house.ledger.waits) == 1


def test_nobody_is_called_in_the_break_or_before_the_counters_open(threads: Executor) -> None:
    moments: list[float] = []

    def note(word: str, _body: Any) -> None:
        if word == "call-next":
            moments.append(house.stage.clock.now())

    mall = FakeMall(spoil=note)
    house = house_of(mall, threads)
    assert spent(house)
    hours = house.day.hours
    assert len(moments) > PEOPLE // 2
    assert [each for each in moments if each < hours.opens or hours.pause_until(each) is not None] == []


def test_a_counter_left_to_people_is_left_alone_and_says_so(threads: Executor) -> None:
    mall = FakeMall()
    house = house_of(mall, threads)
    spent(house, left=("1",))
    assert {step.counter for step in house.ledger.steps} == {"2", "3"}
    assert "people serve at 1" in summary.check(house, left=("1",)).skipped


def test_who_finds_no_hour_comes_without_a_booking(threads: Executor) -> None:
    mall = FakeMall(spoil=lambda word, _body: refusal("slot_full") if word == "tickets" else None)
    house = house_of(mall, threads)
    assert spent(house)
    assert house.ledger.counts["found no hour"] > 0
    assert house.ledger.counts["booked"] == 0
    assert "booked" not in mall.states()


def test_who_is_too_early_for_the_phone_is_checked_in_at_the_counter(threads: Executor) -> None:
    mall = FakeMall(spoil=lambda word, _body: refusal("check_in_not_open") if word == "check-in" else None)
    house = house_of(mall, threads)
    assert spent(house)
    assert house.ledger.counts["checked in at the counter"] > 0
    assert summary.check(house).wrong == ()


def test_a_full_day_turns_people_away_and_that_is_no_problem(threads: Executor) -> None:
    mall = FakeMall(spoil=lambda word, _body: refusal("walk_in_full") if word == "walk-ins" else None)
    house = house_of(mall, threads)
    assert spent(house)
    assert house.ledger.counts["turned away"] > 0
    assert summary.check(house).wrong == ()


def test_the_screen_and_the_summary_tell_of_everybody(threads: Executor) -> None:
    mall = FakeMall()
    house = house_of(mall, threads)
    console = Console(file=io.StringIO(), width=160)
    screen = Screen(console, house, Traffic())
    house.stage.watch = screen
    with screen.shown():
        assert spent(house)
    console.print(screen.picture(house.day.hours.closes))
    summary.show(console, house, summary.check(house), is_whole=True, requests=7)
    told = console.file.getvalue()
    assert "08:00  immigration:" in told
    assert "Last calls: A-" in told
    assert "median, day" in told
    assert "Nobody was called twice, nobody is lost." in told
    assert OVERTIME > 0


@pytest.mark.parametrize(
    ("values", "half", "most"), [([], 0.0, 0.0), ([3.0], 3.0, 3.0), ([1.0, 2.0, 3.0, 9.0], 2.0, 9.0)]
)
def test_a_part_of_the_waits(values: list[float], half: float, most: float) -> None:
    assert summary.part(values, 0.5) == half
    assert summary.part(values, 0.9) == most


def test_each_counter_has_an_officer_of_its_own_while_there_are_enough(threads: Executor) -> None:
    house = house_of(FakeMall(), threads)
    assert house.bearer("immigration", "1") == "first"
    assert house.bearer("immigration", "2") == "second"
    assert house.bearer("legal") == "first"
    house.bearers["immigration"] = ["only"]
    assert house.bearer("immigration", "2") == "only"


def test_a_counter_that_was_opened_is_closed_at_the_end(threads: Executor) -> None:
    mall = FakeMall(has_shifts=True)
    house = house_of(mall, threads)
    assert spent(house)
    assert [word for word, _ in mall.bodies].count("close") == 3
    assert house.ledger.problems == []


def test_a_counter_that_is_not_there_cannot_be_left_to_anybody(threads: Executor) -> None:
    with pytest.raises(CannotBegin, match="no counter 9"):
        open_counters(house_of(FakeMall(), threads), left=["1", "9"])


def test_a_mall_that_stops_answering_leaves_what_is_known(threads: Executor) -> None:
    house = house_of(FakeMall(), threads)
    assert spent(house)
    console = Console(file=io.StringIO(), width=160)
    checked = summary.unchecked(house, "the mall does not answer")
    summary.show(console, house, checked, is_whole=False, requests=7)
    told = console.file.getvalue()
    assert "Not checked: whether anybody is lost: the mall does not answer." in told
    assert "Nobody was called twice.\n" in told
    assert "The day was not over" in told
