"""The private servers themselves: they break as told, come back with their data, and leave nothing behind."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
from gerai_allinone.servers.family import family
from gerai_allinone.servers.network import listens

from tests.support.servers import PostgresServer, RabbitServer, ServerError
from tests.support.waiting import wait_until

#: A shell that runs the tests in its background has them ignore interrupts; whoever is interrupted here must not.
STARTS_BOTH = """
import json, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from gerai_allinone.servers import PostgresServer, RabbitServer
servers = [PostgresServer(durable=False).start(), RabbitServer().start()]
print(json.dumps([[server.port, str(server.folder)] for server in servers]), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def rabbit() -> Iterator[RabbitServer]:
    """One RabbitMQ for all tests here: a start takes seconds."""
    with RabbitServer() as server:
        yield server


def queued(url: str) -> int:
    """The messages in the durable queue `kept`."""
    with kombu.Connection(url) as connection:
        return int(connection.SimpleQueue("kept").qsize())


def put(url: str) -> None:
    """One persistent message, confirmed, into the durable queue `kept`."""
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        connection.SimpleQueue("kept").put("message")


def test_postgres_keeps_what_was_committed_through_kill_and_restart(private_postgres: PostgresServer) -> None:
    private_postgres.create_database("kept")
    private_postgres.sql("create table rows (number int); insert into rows values (7)", "kept")
    address = private_postgres.url("kept")
    private_postgres.kill()
    assert not private_postgres.running
    with pytest.raises(ServerError):
        private_postgres.sql("select 1")
    private_postgres.start()
    assert private_postgres.sql("select number from rows", "kept") == "7"
    private_postgres.restart()
    assert private_postgres.sql("select number from rows", "kept") == "7"
    assert private_postgres.url("kept") == address


def test_rabbit_keeps_what_was_confirmed_through_kill_and_restart(rabbit: RabbitServer) -> None:
    put(rabbit.url())
    rabbit.kill()
    assert not listens(rabbit.port)
    rabbit.start()
    assert queued(rabbit.url()) == 1
    rabbit.stop_app()
    assert not listens(rabbit.port)
    rabbit.start_app()
    assert queued(rabbit.url()) == 1


def test_rabbit_raises_and_clears_its_memory_alarm(rabbit: RabbitServer) -> None:
    rabbit.set_memory_alarm(True)
    assert "memory" in rabbit.evaluate("rabbit_alarm:get_alarms()")
    rabbit.set_memory_alarm(False)
    assert rabbit.evaluate("rabbit_alarm:get_alarms()") == "[]"


def test_a_vhost_of_a_test_is_its_own_and_goes_with_it(rabbit: RabbitServer) -> None:
    put(rabbit.add_vhost("one"))
    assert queued(rabbit.add_vhost("two")) == 0
    rabbit.delete_vhost("one")
    assert set(rabbit.rabbitmqctl("list_vhosts").split()) == {"name", "/", "two"}


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_servers_end_with_the_process_that_started_them(end: signal.Signals) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTS_BOTH], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert starter.stdout is not None
    with starter.stdout as output:
        started = json.loads(output.readline())
    members = family(starter.pid)
    assert all(listens(port) for port, _ in started)
    starter.send_signal(end)
    starter.wait()
    wait_until(lambda: not any(member.lives() for member in members), message="all processes gone")
    assert not any(listens(port) for port, _ in started)
    left_behind = [folder for _, folder in started if Path(folder).exists()]
    for folder in left_behind:
        shutil.rmtree(folder)
    assert end == signal.SIGKILL or not left_behind
