"""The benches of the floor: what they send, what they make of the answers, and what a row says is reached."""

import asyncio
import json
import re
from collections.abc import Iterator
from itertools import count, islice
from typing import Any

import pytest

from bench.clicking import Clicked, Floor, Job, requests_of
from bench.houses import waiting_people
from bench.listening import Heard, Listener, numbers_called
from bench.measures.call_next import Calls
from bench.measures.call_next import row as row_of_calls
from bench.measures.clicks import rows
from bench.measures.listeners import Called, Latencies, latencies
from bench.measures.listeners import row as row_of_listeners


def job(**changes: Any) -> Job:
    usual: dict[str, Any] = {"port": 1, "site": "mpp", "counters": ["7", "8"], "tokens": ["a", "b"]}
    return Job(**{**usual, **changes})


def test_an_officer_looks_and_then_calls_starts_and_finishes_again_and_again() -> None:
    made = list(islice(requests_of(job(outcome="completed"), 1), 5))
    assert [verb for verb, _ in made] == ["", "call-next", "start", "finish", "call-next"]
    look, call, finish = made[0][1].decode(), made[1][1].decode(), made[3][1].decode()
    assert look.startswith("GET /api/v1/queue?counter=mpp.8 HTTP/1.1\r\n")
    assert call.startswith("POST /api/v1/counters/mpp.8/call-next HTTP/1.1\r\n")
    assert "Authorization: Bearer b\r\n" in call
    assert finish.endswith('\r\n\r\n{"outcome": "completed"}')
    keys = re.findall(r"Idempotency-Key: (\S+)", "".join(each.decode() for _, each in made))
    assert len(keys) == len(set(keys)) == 4


class Answering(asyncio.Protocol):
    """Answers every request at once; who is called has the next of `people` as their id."""

    def __init__(self, people: Iterator[int]) -> None:
        self._people = people

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        told = {"ticket": {"id": next(self._people)}} if b"/call-next " in data else {}
        body = json.dumps(told).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))


async def clicked_at_a_server(**wanted: Any) -> Clicked:
    """Let officers click at a server that answers at once."""
    people = count(1)
    server = await asyncio.get_running_loop().create_server(lambda: Answering(people), "127.0.0.1", 0)
    async with server:
        return await Floor(job(port=server.sockets[0].getsockname()[1], **wanted)).work()


def test_all_click_at_once_and_then_go_on_at_their_own_pace() -> None:
    found = asyncio.run(clicked_at_a_server(pause=0.02, seconds=0.3))
    assert found.broken == 0
    assert set(found.statuses) == {"200"}
    assert found.statuses["200"] == found.counted + 2 + 2  # Two looked, and two clicked at once.
    assert found.counted >= 4
    assert len(found.called) == len(set(found.called)) >= 2
    assert 0 < found.p50 <= found.p95


def test_a_screen_knows_the_calls_of_a_board_and_nothing_else() -> None:
    board = b'{"sequence":3,"calls":[{"call_id":"x:1","number":"A-002"},{"number":"A-001"}],"next":[{"number":"A-009"}]}'
    assert numbers_called(board) == ("A-002", "A-001")
    assert numbers_called(b'{"calls":[],"next":[{"number":"A-009"}]}') == ()


def test_what_listeners_are_told_is_put_together_from_pieces() -> None:
    async def hear() -> Heard:
        heard = Heard(screens={"A-001": []}, phones={}, broken=0)
        screen, phone = Listener("/", heard), Listener("/", heard)
        screen.data_received(b"HTTP/1.1 200 OK\r\n\r\nretry: 3000\n\nid: 1\nevent: board\nda")
        assert not screen.first.done()
        screen.data_received(b'ta: {"calls":[{"number":"A-001"}],"next":[]}\n\n')
        screen.data_received(b'id: 2\nevent: board\ndata: {"calls":[{"number":"A-001"}],"next":[]}\n\n')
        assert screen.first.done()
        for state in ("checked_in", "called", "called"):
            told = json.dumps({"state": state, "number": "A-001"}).encode()
            phone.data_received(b"id: 1\nevent: ticket\ndata: " + told + b"\n\n")
        phone.data_received(b": still here\nevent: alive\ndata: {}\n\n")
        return heard

    heard = asyncio.run(hear())
    assert len(heard.screens["A-001"]) == 1
    assert set(heard.phones) == {"A-001"}


def test_whoever_was_not_told_is_missing() -> None:
    calls = [Called(number="A-001", clicked=10.0), Called(number="A-002", clicked=11.0)]
    heard = Heard(screens={"A-001": [10.1, 10.3], "A-002": [11.2]}, phones={"A-001": 10.2}, broken=0)
    found = latencies(calls, heard, screens=2, with_phones=True)
    assert found.screens == pytest.approx([0.1, 0.2, 0.3])
    assert found.phones == pytest.approx([0.2])
    assert found.missing == 2
    assert found.every == pytest.approx([0.1, 0.2, 0.2, 0.3])
    assert latencies(calls, heard, screens=2, with_phones=False).missing == 1


@pytest.mark.parametrize(
    ("slow", "missing", "memory", "reached"),
    [(0.4, 0, 180.0, True), (0.6, 0, 180.0, False), (0.4, 1, 180.0, False), (0.4, 0, 210.0, False)],
)
def test_all_listeners_are_told_in_time_and_in_little_memory(
    slow: float, missing: int, memory: float, reached: bool
) -> None:
    ours = Latencies(screens=[0.1, slow], phones=[0.2], missing=missing)
    alone = Latencies(screens=[0.05], phones=[], missing=0)
    made = row_of_listeners(ours, alone, screens=2, phones=1, at_rest=105.0, memory=memory, cores={})
    assert made.reached is reached
    assert made.ratio == pytest.approx(slow / 0.05)


@pytest.mark.parametrize(("p95", "reached"), [(0.29, True), (0.31, False)])
def test_clicks_are_answered_in_time(p95: float, reached: bool) -> None:
    usual: dict[str, Any] = {"statuses": {"200": 4}, "called": ["a", "b"], "broken": 0, "counted": 2}
    ours = Clicked(first_p50=0.1, first_p95=p95, p50=0.1, p95=p95, **usual)
    bare = Clicked(first_p50=0.01, first_p95=0.02, p50=0.01, p95=0.02, **usual)
    made = rows(ours, bare, officers=2, cores={})
    assert [each.reached for each in made] == [reached, reached]
    assert made[0].ratio == pytest.approx(p95 / 0.02)


@pytest.mark.parametrize(
    ("usual", "worst", "reached"), [(0.010, 0.015, True), (0.013, 0.015, False), (0.010, 0.025, False)]
)
def test_a_call_is_quick_at_a_full_database_and_nearly_as_quick_as_at_a_new_one(
    usual: float, worst: float, reached: bool
) -> None:
    bare = Calls(whole=[0.010] * 100, statements=[0.005] * 100)
    ours = Calls(whole=[usual] * 100, statements=[0.005] * 97 + [worst] * 3)
    assert row_of_calls(bare, ours, parameters="many").reached is reached


def test_people_who_wait_are_numbered_one_after_the_other() -> None:
    made = waiting_people(5, site="mpp", services=["a", "b"], first=11)
    assert "generate_series(11, 15)" in made
    assert "ARRAY['a', 'b']" in made
