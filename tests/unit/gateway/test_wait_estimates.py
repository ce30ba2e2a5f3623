"""How long people wait, as the gateway tells it: asked once for all, shown where it helps, silent when unknown."""

import eventlet
import pytest
from gerai_gateway import wait_estimates as module
from gerai_shared.ticket import State

from tests.unit.gateway.test_streams import Listener, open_stream, settle

SITE = "mpp-lebak"
PATH = f"sites/{SITE}/waiting-times"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch) -> None:
    monkeypatch.setattr(module, "sleep", lambda _seconds: eventlet.sleep(0))


def follow(gateway, token: str) -> Listener:
    listener, _ = open_stream(gateway, f"/api/v1/tickets/{token}/stream")
    return listener


def test_the_wait_of_who_comes_now_is_told_by_service(gateway) -> None:
    gateway.agencies.walk_in()
    answer = gateway.api("GET", PATH)
    assert answer.status_code == 200
    found = {each["service"]: each for each in answer.json["services"]}["passport-new"]
    assert (found["agency"], found["low_minutes"], found["high_minutes"]) == ("immigration", 6, 8)
    assert found["sentence"]["id"] == "1 orang sebelum Anda, 2 loket buka."
    assert answer.json["missing"] == []
    assert gateway.api("GET", "sites/nowhere/waiting-times").status_code == 404


def test_many_who_look_ask_the_agency_once(gateway) -> None:
    for _ in range(20):
        gateway.api("GET", PATH)
        gateway.client.get(f"/sites/{SITE}")
    asked = [payload for name, method, payload, _ in gateway.agencies.asked if method == "waiting_times"]
    assert len(asked) == len(gateway.mall.catalogues.site(SITE)[1])


def test_an_agency_that_is_away_is_named_and_the_page_says_nothing_of_waiting(gateway) -> None:
    gateway.agencies.away.add("booking-immigration")
    assert gateway.api("GET", PATH).json["missing"] == ["immigration"]
    page = gateway.client.get(f"/sites/{SITE}")
    assert page.status_code == 200


def test_who_follows_a_ticket_is_told_the_wait_and_each_change_of_it(gateway) -> None:
    first, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    second, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    listener = follow(gateway, second)
    assert listener.told[-1]["wait_text"] == "Kira-kira 6 sampai 8 menit"
    assert listener.told[-1]["counters_text"] == "2 loket buka"
    called = gateway.agencies.change(
        first, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=1
    )
    gateway.mall.boards.receive(called)
    settle()
    assert listener.told[-1]["wait_text"] == "Kira-kira 1 sampai 3 menit"
    called = gateway.agencies.change(
        second, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=1
    )
    gateway.mall.boards.receive(called)
    settle()
    assert (listener.told[-1]["wait_text"], listener.told[-1]["wait_low_minutes"]) == ("", None)


def test_a_thousand_who_follow_are_one_question(gateway) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    before = gateway.agencies.count("waiting_times")
    for _ in range(50):
        follow(gateway, token)
    assert gateway.agencies.count("waiting_times") == before + 1


def test_what_was_told_long_ago_is_not_shown(gateway) -> None:
    gateway.api("GET", PATH)
    waits = gateway.mall.wait_estimates
    assert waits.known("immigration", SITE) is not None
    now = waits.monotonic()
    waits.monotonic = lambda: now + module.LONGEST_SECONDS + 1
    assert waits.known("immigration", SITE) is None


def test_a_ticket_shows_the_wait_without_scripts(gateway) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    assert "Kira-kira 1 sampai 3 menit" in gateway.client.get(f"/t/{token}").text
    assert gateway.api("GET", f"tickets/{token}").json["estimate"]["high_minutes"] == 38
