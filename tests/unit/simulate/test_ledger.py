"""What the simulation makes of the mall's answers: who was called twice, and who is lost."""

from typing import Any

import pytest
from gerai_allinone.simulate.ledger import Ledger, Step, called_twice, lost

from tests.unit.simulate.fake_mall import visit


def ticket(
    state: str = "checked_in", revision: int = 1, *, called: int = 0, name: str = "a"
) -> dict[str, Any]:
    return {
        "id": name,
        "number": "A-001",
        "agency": "immigration",
        "service": "passport-new",
        "lane": "walk_in",
        "state": state,
        "revision": revision,
        "times_called": called,
        "checked_in_at": "2026-12-01T02:00:00+00:00",
        "called_at": "2026-12-01T02:00:30+00:00" if called else None,
    }


def steps(*told: tuple[str, int, str]) -> list[Step]:
    return [
        Step(ticket_id="a", number="A-001", revision=revision, verb=verb, counter=counter)
        for verb, revision, counter in told
    ]


def test_who_is_put_back_is_called_again_with_right_whatever_was_heard_first() -> None:
    assert not called_twice(
        steps(("call-next", 2, "1"), ("no-show", 3, "1"), ("requeue", 4, "1"), ("call-next", 5, "2"))
    )
    assert not called_twice(
        steps(("call-next", 5, "2"), ("undo", 3, "1"), ("call-next", 2, "1"), ("start", 6, "2"))
    )


def test_who_is_called_by_two_counters_is_noticed() -> None:
    told = called_twice(steps(("call-next", 2, "1"), ("start", 3, "1"), ("call-next", 4, "2")))
    assert told == ["A-001 was called at 1 and, not put back, at 2"]
    assert called_twice(steps(("call-next", 2, "1"), ("call-next", 2, "2")))
    assert called_twice(steps(("call-next", 2, "1"), ("call-next", 3, "2")))


def test_nothing_is_said_of_what_others_did_in_between() -> None:
    assert not called_twice(steps(("call-next", 2, "1"), ("call-next", 4, "2")))


def test_each_ticket_is_judged_by_itself() -> None:
    told = steps(("call-next", 2, "1"), ("call-next", 3, "2"))
    apart = [told[0], Step(ticket_id="b", number="A-002", revision=3, verb="call-next", counter="2")]
    assert not called_twice(apart)


@pytest.mark.parametrize("state", ["checked_in", "called", "serving", "parked", "no_show", "booked"])
def test_whoever_waits_for_anything_stands_in_a_queue(state: str) -> None:
    ledger = Ledger()
    ledger.give(visit(), ticket(state), now=500)
    assert not lost(ledger, {"immigration": {"a"}})
    assert lost(ledger, {"immigration": {"b"}}) == [
        f"A-001 of immigration was left as {state} and is in no queue"
    ]
    assert lost(ledger, {})


@pytest.mark.parametrize("state", ["served", "cancelled", "transferred"])
def test_who_is_done_stands_in_none(state: str) -> None:
    ledger = Ledger()
    ledger.give(visit(), ticket(state), now=500)
    assert not lost(ledger, {"immigration": set()})
    assert lost(ledger, {"immigration": {"a"}}) == [
        f"A-001 of immigration was left as {state} and stands in a queue"
    ]


def test_people_of_others_are_nobody_of_ours() -> None:
    ledger = Ledger()
    ledger.see(ticket("called", 2, called=1), now=500, verb="call-next", counter="1")
    assert not lost(ledger, {})
    assert not ledger.waits


def test_a_wait_is_from_coming_to_the_first_call_in_both_times() -> None:
    ledger = Ledger()
    ledger.give(visit(), ticket(), now=500)
    ledger.see(ticket("called", 2, called=1), now=530, verb="call-next", counter="1")
    ledger.see(ticket("called", 3, called=2), now=532, verb="recall", counter="1")
    assert [(each.minutes, each.seconds) for each in ledger.waits] == [(30, 30.0)]
    assert [number for _, number, _ in ledger.calls] == ["A-001", "A-001"]
    assert (ledger.calls_since(530), ledger.calls_since(531), ledger.calls_since(540)) == (2, 1, 0)


def test_older_news_change_nothing() -> None:
    ledger = Ledger()
    ledger.give(visit(), ticket(), now=500)
    ledger.see(ticket("served", 4, called=1), now=530, verb="finish", counter="1")
    ledger.see(ticket("serving", 3, called=1), now=531, verb="start", counter="1")
    ledger.refresh(ticket("called", 2, called=1))
    assert ledger.states("immigration") == {"served": 1}


def test_who_is_sent_on_is_the_same_person_with_another_ticket() -> None:
    ledger = Ledger()
    ledger.give(visit(3), ticket(), now=500)
    ledger.go_on("a", ticket(name="b"))
    assert ledger.states("immigration") == {"transferred": 1, "checked_in": 1}
    found = ledger.visit_of("b")
    assert found is not None
    assert found.number == 3


def test_what_happens_to_a_visit_once_happens_once() -> None:
    ledger = Ledger()
    assert not ledger.has_done("parked", 1)
    assert not ledger.has_done("parked", 1, mark=True)
    assert ledger.has_done("parked", 1)
    assert not ledger.has_done("parked", 2)
