"""The servers of a test run: those that `tools/test_all.py` started, or private ones for this process."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gerai_allinone.servers import PostgresServer, RabbitServer, ServerError, free_ports

__all__ = [
    "PostgresServer",
    "QuickRabbit",
    "RabbitServer",
    "ServerError",
    "free_port",
    "free_ports",
    "shared_postgres",
    "shared_rabbit",
]


class QuickRabbit(RabbitServer):
    """A private RabbitMQ that is told about users and policies in milliseconds.

    Each call of `rabbitmqctl` starts an Erlang machine of its own; a mall needs a dozen.
    """

    def rabbitmqctl(self, *arguments: str) -> str:
        """Do what RabbitMQ's tool would do, asking the node itself where that is known to work."""
        expression = _expression(arguments)
        if expression is not None:
            try:
                self.evaluate(expression)
            except ServerError:
                # Another version of RabbitMQ: its own tool knows how.
                return super().rabbitmqctl(*arguments)
            return ""
        return super().rabbitmqctl(*arguments)

    def lengths(self) -> dict[str, int]:
        """Messages in each queue that wait for a consumer."""
        # A queue that belongs to one process may go with it while we count.
        count = "case catch rabbit_amqqueue:stat(Q) of {ok, N, _} -> N; _ -> gone end"
        each = f'io_lib:format("~s=~p ", [element(4, amqqueue:get_name(Q)), {count}])'
        text = self.evaluate(f"lists:flatten([{each} || Q <- rabbit_amqqueue:list()])")
        return {name: int(count) for name, count in re.findall(r"([\w.-]+)=(\d+)", text)}


def _expression(arguments: tuple[str, ...]) -> str | None:
    match arguments:
        case ("add_user", user, password):
            return f"ok = rabbit_auth_backend_internal:add_user({_b(user)}, {_b(password)}, {_b('test')})"
        case ("set_permissions", "--vhost", vhost, user, configure, write, read):
            words = ", ".join(_b(word) for word in (user, vhost, configure, write, read, "test"))
            return f"ok = rabbit_auth_backend_internal:set_permissions({words})"
        case ("set_policy", "--vhost", vhost, "--apply-to", what, name, pattern, definition):
            words = ", ".join(_b(word) for word in (vhost, name, pattern, definition, "0", what, "test"))
            return f"ok = rabbit_policy:parse_set({words})"
    return None


def _b(text: str) -> str:
    """Return an Erlang binary, byte by byte: no quoting can go wrong."""
    return f"<<{','.join(str(byte) for byte in text.encode())}>>"


def free_port() -> int:
    """A loopback port nobody listens on."""
    return free_ports(1)[0]


@contextmanager
def shared_rabbit() -> Iterator[RabbitServer]:
    """The RabbitMQ of this run, which tests share by taking a virtual host each; never kill it."""
    if folder := os.environ.get("GERAI_TEST_BROKER_FOLDER"):
        yield QuickRabbit.attach(Path(folder))
    else:
        with QuickRabbit() as server:
            yield server


@contextmanager
def shared_postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL of this run, which tests share by taking a database each; never kill it."""
    if folder := os.environ.get("GERAI_TEST_POSTGRES_FOLDER"):
        yield PostgresServer.attach(Path(folder))
    else:
        with PostgresServer(durable=False) as server:
            yield server
