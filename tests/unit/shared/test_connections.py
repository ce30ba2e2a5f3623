"""Reaching the broker: how long to wait before the next attempt, and letting go of what hangs."""

import socket
from types import SimpleNamespace

import pytest
from gerai_shared.bus.back_off import BackOff
from gerai_shared.bus.connection import connection_to, cut


def test_waits_double_up_to_the_longest() -> None:
    back_off = BackOff(first=1.0, longest=5.0)
    for longest in (1.0, 2.0, 4.0, 5.0, 5.0):
        assert longest / 2 <= back_off.after(0.0) <= longest


def test_what_lasted_begins_anew_with_the_shortest_wait() -> None:
    back_off = BackOff(first=1.0, longest=5.0)
    for _ in range(5):
        back_off.after(4.9)
    assert back_off.after(5.1) <= 1.0
    assert back_off.after(0.0) > 0.99


def test_letting_go_of_a_connection_that_is_gone_makes_no_new_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as broker:
        broker.setblocking(False)
        cut(connection_to(f"amqp://u:p@127.0.0.1:{broker.getsockname()[1]}//"))
        with pytest.raises(BlockingIOError):
            broker.accept()


def test_nothing_that_goes_wrong_while_letting_go_reaches_who_lets_go() -> None:
    class Refused(Exception):
        pass

    def refuse(_how: int) -> None:
        raise Refused

    made = SimpleNamespace(transport=SimpleNamespace(sock=SimpleNamespace(shutdown=refuse)))
    cut(SimpleNamespace(_connection=made))  # type: ignore[arg-type]
    cut(connection_to("embedded://nowhere"))
