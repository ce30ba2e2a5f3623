"""Free places are kept for moments, and asked for once for all who look."""

from typing import Any

import eventlet
import pytest
from eventlet.event import Event
from gerai_gateway.availability import FRESH_SECONDS, MOST_ANSWERS, SHORTEST_SECONDS, Availability, Question
from gerai_gateway.limiting import Waits
from gerai_shared.refusals import Refused, Unavailable


class Agency:
    """Tells how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.gate: Event | None = None
        self.refuses: Refused | None = None

    def __call__(self, _deployment: str, _method: str, payload: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.asked += 1
        told = self.asked
        if self.gate is not None:
            self.gate.wait()
        if self.refuses is not None:
            raise self.refuses
        return {"told": told, "from": payload["from"]}


class Watch:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def question(first: str = "2026-11-24", site: str = "mpp-lebak") -> Question:
    return Question(agency="immigration", site=site, service="passport-new", first=first, last=first)


@pytest.fixture
def agency() -> Agency:
    return Agency()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def availability(agency: Agency, watch: Watch) -> Availability:
    return Availability(ask=agency, waits=Waits(most=100), monotonic=watch)


def test_an_answer_serves_until_it_is_too_old(availability, agency, watch) -> None:
    first = availability.of(question())
    watch.seconds += FRESH_SECONDS - 0.01
    assert availability.of(question()) is first
    watch.seconds += 0.02
    assert availability.of(question()).values["told"] == 2
    assert agency.asked == 2


def test_the_answer_is_json_ready_to_be_sent(availability) -> None:
    assert availability.of(question()).body == b'{"told":1,"from":"2026-11-24"}'


def test_a_change_at_the_site_outdates_its_answers_and_no_others(availability, watch) -> None:
    here, there = question(), question(site="kanim-serang")
    availability.of(here)
    availability.of(there)
    availability.outdate("immigration", "mpp-lebak")
    watch.seconds += SHORTEST_SECONDS + 0.01
    assert availability.of(here).values["told"] == 3
    assert availability.of(there).values["told"] == 2


def test_a_rush_of_changes_asks_only_a_few_times_a_second(availability, agency, watch) -> None:
    for _ in range(100):
        availability.outdate("immigration", "mpp-lebak")
        availability.of(question())
        watch.seconds += 0.01
    assert agency.asked <= 1 + 1.0 / SHORTEST_SECONDS


def test_a_change_while_the_answer_is_on_its_way_outdates_it(availability, agency, watch) -> None:
    agency.gate = Event()
    asking = eventlet.spawn(availability.of, question())
    eventlet.sleep(0)
    availability.outdate("immigration", "mpp-lebak")
    agency.gate.send()
    assert asking.wait().values["told"] == 1
    watch.seconds += SHORTEST_SECONDS + 0.01
    assert availability.of(question()).values["told"] == 2


def test_many_who_ask_at_once_share_one_answer(availability, agency) -> None:
    agency.gate = Event()
    asking = [eventlet.spawn(availability.of, question()) for _ in range(50)]
    eventlet.sleep(0)
    agency.gate.send()
    assert {thread.wait().values["told"] for thread in asking} == {1}
    assert agency.asked == 1


def test_a_refusal_is_everybodys_and_is_not_kept(availability, agency) -> None:
    agency.gate, agency.refuses = Event(), Unavailable(retry_after=5)
    asking = [eventlet.spawn(availability.of, question()) for _ in range(3)]
    eventlet.sleep(0)
    agency.gate.send()
    for thread in asking:
        with pytest.raises(Refused) as caught:
            thread.wait()
        assert caught.value.code == "unavailable"
    agency.refuses = None
    assert availability.of(question()).values["told"] == 2


def test_endless_questions_take_no_endless_memory(availability) -> None:
    for number in range(MOST_ANSWERS + 50):
        availability.of(question(first=f"2026-{number}"))
    assert len(availability._kept) == MOST_ANSWERS
    availability.outdate("immigration", "mpp-lebak")
    availability.forget_all()
    assert len(availability._kept) == 0
