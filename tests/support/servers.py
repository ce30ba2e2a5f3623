"""The servers of a test run: those that `tools/test_all.py` started, or private ones for this process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gerai_allinone.servers import PostgresServer, RabbitServer, ServerError, free_ports

__all__ = [
    "PostgresServer",
    "RabbitServer",
    "ServerError",
    "free_port",
    "free_ports",
    "shared_postgres",
    "shared_rabbit",
]


def free_port() -> int:
    """A loopback port nobody listens on."""
    return free_ports(1)[0]


@contextmanager
def shared_rabbit() -> Iterator[RabbitServer]:
    """The RabbitMQ of this run, which tests share by taking a virtual host each; never kill it."""
    if folder := os.environ.get("GERAI_TEST_BROKER_FOLDER"):
        yield RabbitServer.attach(Path(folder))
    else:
        with RabbitServer() as server:
            yield server


@contextmanager
def shared_postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL of this run, which tests share by taking a database each; never kill it."""
    if folder := os.environ.get("GERAI_TEST_POSTGRES_FOLDER"):
        yield PostgresServer.attach(Path(folder))
    else:
        with PostgresServer(durable=False) as server:
            yield server
