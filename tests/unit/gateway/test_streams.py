"""Live streams: what is told, when, to how many, and how they end."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import eventlet
import pytest
from gerai_gateway import board_view
from gerai_gateway.api.tickets import _follow
from gerai_gateway.boards import Feed, Follower
from gerai_gateway.limits import Limits
from gerai_gateway.rules.board import entry_of
from gerai_gateway.streams import HEARTBEAT, CountedStream, Message, listen
from gerai_shared.ticket import State
from werkzeug.test import EnvironBuilder

BOARD = "/api/v1/sites/mpp-lebak/board/stream"


class Listener:
    """Reads a stream in a green thread of its own, as its connection does."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks: list[bytes] = []
        self.thread = eventlet.spawn(self._read, chunks)
        settle()

    def _read(self, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            self.chunks.append(chunk)
            eventlet.sleep(0)

    @property
    def told(self) -> list[Any]:
        """The data of the messages, without heartbeats."""
        lines = b"".join(chunk for chunk in self.chunks if chunk != HEARTBEAT).decode().splitlines()
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]

    @property
    def ids(self) -> list[str]:
        """The ids of the messages."""
        lines = b"".join(self.chunks).decode().splitlines()
        return [line.removeprefix("id: ") for line in lines if line.startswith("id: ")]


def settle() -> None:
    """Let every green thread run until it waits."""
    for _ in range(20):
        eventlet.sleep(0)


def open_stream(gateway, path: str, **options: Any) -> tuple[Listener, Any]:
    answer = gateway.client.get(path, buffered=False, **options)
    assert answer.status_code == 200
    return Listener(iter(answer.response)), answer


def numbers(board: dict[str, Any]) -> list[str]:
    return [call["number"] for call in board["calls"]]


def test_a_listener_is_told_the_board_at_once_and_each_change(gateway) -> None:
    listener, answer = open_stream(gateway, BOARD)
    assert [numbers(board) for board in listener.told] == [[]]
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    settle()
    called = gateway.agencies.change(
        token, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=1
    )
    gateway.mall.boards.receive(called)
    settle()
    last = listener.told[-1]
    assert numbers(last) == ["A-001"]
    assert last["calls"][0]["counter_name"] == "Loket 1"
    assert last["calls"][0]["agency_name"] == "Imigrasi"
    assert [board["sequence"] for board in listener.told] == sorted({b["sequence"] for b in listener.told})
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "no-cache" in answer.headers["Cache-Control"]


def test_streams_leave_the_server_unbuffered(gateway) -> None:
    environ = EnvironBuilder(BOARD).get_environ()
    gateway.client.application(environ, lambda *_: None)
    assert environ["eventlet.minimum_write_chunk_size"] == 1


def test_a_slow_listener_gets_the_newest_board_and_never_a_queue(gateway) -> None:
    answer = gateway.client.get(BOARD, buffered=False)
    chunks = iter(answer.response)
    assert next(chunks).startswith(b"retry:")
    assert b"event: board" in next(chunks)
    for _ in range(50):
        _, event = gateway.agencies.walk_in()
        gateway.mall.boards.receive(event)
    late = json.loads(next(chunks).decode().split("data: ")[1])
    assert late["waiting"][0]["waiting"] == 50
    listener = Listener(chunks)
    assert listener.told == []


def test_who_already_knows_the_board_is_not_told_again(gateway) -> None:
    first, _ = open_stream(gateway, BOARD)
    again, _ = open_stream(gateway, BOARD, headers={"Last-Event-ID": first.ids[-1]})
    assert again.told == []
    _, event = gateway.agencies.walk_in()
    gateway.mall.boards.receive(event)
    settle()
    assert len(again.told) == 1


def test_who_listens_later_is_told_the_time_of_then(gateway) -> None:
    """A display sets its clock by the board, and tells old calls from new ones."""
    first, _ = open_stream(gateway, BOARD)
    gateway.agencies.now += timedelta(hours=1)
    later, _ = open_stream(gateway, BOARD)
    assert later.ids == first.ids
    assert later.told[0]["now"] == gateway.agencies.now.isoformat()


def test_the_board_shows_every_counter_and_who_is_there(gateway) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    for state, number in ((State.CALLED, "A-001"), (State.SERVING, "A-001"), (State.SERVED, None)):
        gateway.mall.boards.receive(
            gateway.agencies.change(token, state, counter="1", called_at=gateway.agencies.now, times_called=1)
        )
        counters = gateway.api("GET", "sites/mpp-lebak/board").json["counters"]
        assert {line["agency"] for line in counters} == {"immigration", "legal"}
        assert {line["counter_name"]: line["number"] for line in counters}["Loket 1"] == number


def test_the_board_speaks_the_listeners_language(gateway) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    gateway.mall.boards.receive(
        gateway.agencies.change(
            token, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=1
        )
    )
    listener, _ = open_stream(gateway, f"{BOARD}?lang=en")
    assert listener.told[0]["calls"][0]["agency_name"] == "Immigration"


def test_everything_is_rendered_once_however_many_listen(gateway, monkeypatch) -> None:
    rendered: list[str] = []
    original = board_view.board

    def counted(mall: Any, site: str, **options: Any) -> dict[str, Any]:
        rendered.append(site)
        return original(mall, site, **options)

    monkeypatch.setattr(board_view, "board", counted)
    listeners = [open_stream(gateway, BOARD)[0] for _ in range(20)]
    _, event = gateway.agencies.walk_in()
    before = len(rendered)
    gateway.mall.boards.receive(event)
    settle()
    assert len(rendered) == before + 1
    assert all(len(listener.told) == 2 for listener in listeners)


def test_a_silent_stream_says_that_it_is_alive() -> None:
    feed = Feed()
    closing: list[bool] = []
    message = Message(name="board", id="1", data=b"{}")
    stream = listen(
        feed, lambda: message, is_closing=lambda: bool(closing), last_id="", heartbeat_seconds=0.01
    )
    assert next(stream).startswith(b"retry:")
    assert next(stream) == b"id: 1\nevent: board\ndata: {}\n\n"
    assert next(stream) == HEARTBEAT
    assert next(stream) == HEARTBEAT
    closing.append(True)
    assert list(stream) == []


def test_streams_end_when_the_server_is_closing(gateway) -> None:
    listener, _ = open_stream(gateway, BOARD)
    gateway.server.closing = True
    gateway.mall.boards.close()
    settle()
    assert listener.thread.dead


def test_a_full_house_refuses_listeners_and_a_left_seat_is_free_again(gateway_with) -> None:
    gateway = gateway_with(Limits(listeners=2))
    answers = [gateway.client.get(BOARD, buffered=False) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 503]
    assert answers[2].json["code"] == "saturated"
    assert answers[2].headers["Retry-After"] == "30"
    answers[0].close()
    assert gateway.client.get(BOARD, buffered=False).status_code == 200


def test_one_address_takes_no_more_than_its_share_of_seats(gateway_with) -> None:
    gateway = gateway_with(Limits(listeners=100, listeners_per_address=2))

    def listen_from(address: str) -> int:
        return gateway.client.get(BOARD, buffered=False, environ_base={"REMOTE_ADDR": address}).status_code

    assert [listen_from("192.0.2.1") for _ in range(3)] == [200, 200, 503]
    assert listen_from("192.0.2.2") == 200


def test_a_seat_is_given_back_once_however_often_a_stream_is_closed() -> None:
    left = []
    stream = CountedStream(iter([b"x"]), leave=lambda: left.append(1))
    assert list(stream) == [b"x"]
    stream.close()
    stream.close()
    assert left == [1]


def test_a_refused_ticket_stream_leaves_its_seat(gateway_with) -> None:
    gateway = gateway_with(Limits(listeners=1))
    stranger = "immigration." + "A" * 43
    for _ in range(3):
        assert gateway.client.get(f"/api/v1/tickets/{stranger}/stream").status_code == 404
    assert gateway.mall.seats.taken == 0


def test_a_holder_follows_the_turn_until_the_counter(gateway) -> None:
    first, came_first = gateway.agencies.walk_in()
    second, came_second = gateway.agencies.walk_in()
    for event in (came_first, came_second):
        gateway.mall.boards.receive(event)
    listener, _ = open_stream(gateway, f"/api/v1/tickets/{second}/stream")
    assert (listener.told[-1]["ahead"], listener.told[-1]["ahead_text"]) == (1, "1 orang di depan Anda")
    changes: dict[str, Any] = {"counter": "1", "called_at": gateway.agencies.now, "times_called": 1}
    gateway.mall.boards.receive(gateway.agencies.change(first, State.CALLED, **changes))
    settle()
    assert listener.told[-1]["ahead_text"] == "Giliran Anda berikutnya"
    gateway.mall.boards.receive(gateway.agencies.change(second, State.CALLED, **changes))
    settle()
    last = listener.told[-1]
    assert (last["state"], last["counter_name"]) == ("called", "Loket 1")
    assert last["state_text"] == "Dipanggil ke Loket 1"


def test_a_change_that_no_board_shows_reaches_the_holder(gateway) -> None:
    token = gateway.api(
        "POST",
        "agencies/immigration/tickets",
        json={
            "slot_id": "mpp-lebak.passport-new.20261125T0200Z",
            "purpose": "umrah",
            "person": {"name": "Warga Contoh", "nik": "3602146508900003", "phone": "081234567890"},
        },
    ).json["token"]
    listener, _ = open_stream(gateway, f"/api/v1/tickets/{token}/stream?lang=en")
    assert listener.told[-1]["state_text"] == "Booked"
    gateway.mall.boards.receive(gateway.agencies.change(token, State.CANCELLED))
    settle()
    assert listener.told[-1]["state_text"] == "Cancelled"


def test_nothing_new_is_nothing_told(gateway) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    listener, _ = open_stream(gateway, f"/api/v1/tickets/{token}/stream")
    before = len(listener.told)
    for _ in range(5):
        _, event = gateway.agencies.walk_in()
        gateway.mall.boards.receive(event)
        settle()
    assert len(listener.told) == before


def test_after_a_gap_the_agency_is_asked_what_became_of_the_ticket(gateway) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    listener, _ = open_stream(gateway, f"/api/v1/tickets/{token}/stream")
    gateway.agencies.change(token, State.CANCELLED)
    gateway.mall.boards.receive(None)
    settle()
    assert listener.told[-1]["state"] == "cancelled"


def test_a_stream_that_ends_is_followed_no_more(gateway) -> None:
    token, _ = gateway.agencies.walk_in()
    entry = entry_of(gateway.agencies.ask("booking-immigration", "ticket", {"token": token})["ticket"])
    from werkzeug.wrappers import Request

    request = Request(EnvironBuilder(f"/api/v1/tickets/{token}/stream").get_environ())
    stream = _follow(gateway.mall, Follower(entry=entry), token, request)
    next(stream)
    assert len(gateway.mall.boards.followers) == 1
    stream.close()
    assert gateway.mall.boards.followers == {}


@pytest.mark.parametrize("path", [BOARD, "/display/mpp-lebak", "/sites/mpp-lebak"])
def test_what_no_agency_has_told_yet_is_503_and_not_404(gateway, path) -> None:
    gateway.mall.catalogues._known.clear()
    gateway.agencies.away.update({"booking-immigration", "booking-legal"})
    assert gateway.client.get(path).status_code == 503
