"""The script that makes a broker ready, and what its users may then do and may not do, on RabbitMQ itself."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from amqp.exceptions import AccessRefused
from gerai_allinone.servers.rabbitmq import _rabbit_programs
from gerai_shared.bus.connection import connection_to
from gerai_shared.bus.topology import describe
from kombu import Connection

from tests.deploy.test_secrets import make_secrets
from tests.support.servers import RabbitServer

ROOT = Path(__file__).resolve().parents[2]
VHOST = "mall"


class ReadyBroker:
    """A broker that the script has made ready for one agency."""

    def __init__(self, server: RabbitServer, folder: Path) -> None:
        self.server = server
        self.secrets = make_secrets(
            folder / "secrets", "--agencies", "legal", "--bus-port", str(server.port), "--vhost", VHOST
        )
        self._tool = folder / "rabbitmqctl"
        settings = "\n".join(
            f"export {name}={shlex.quote(value)}" for name, value in server._environment().items()
        )
        self._tool.write_text(f'#!/bin/sh\n{settings}\nexec {_rabbit_programs()}/rabbitmqctl "$@"\n')
        self._tool.chmod(0o755)

    def set_up(self) -> None:
        """Run the script as an operator does."""
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "PYTHONWARNINGS": "ignore::DeprecationWarning",
            "SECRETS": str(self.secrets),
            "AGENCIES": "legal",
            "VHOST": VHOST,
            "RABBITMQCTL": str(self._tool),
            "GERAI": f"{sys.executable} -m gerai_shared.cli",
        }
        command = [ROOT / "deploy" / "rabbitmq" / "setup.sh"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=110, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def connection(self, user: str) -> Connection:
        """Connect as one of its users."""
        return connection_to((self.secrets / f"{user}.bus_url").read_text().strip())


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadyBroker]:
    """A broker of these tests' own: its users belong to the whole node."""
    with RabbitServer() as server:
        made = ReadyBroker(server, tmp_path_factory.mktemp("broker"))
        made.set_up()
        yield made


def test_everything_that_the_mall_needs_is_there(ready: ReadyBroker) -> None:
    listed = ready.server.rabbitmqctl("list_queues", "--vhost", VHOST, "--no-table-headers", "name", "policy")
    found = dict(line.split("\t") for line in listed.splitlines())
    assert set(found) == {queue.name for queue in describe(["legal"]).queues}
    assert found["notifications.events"] == "gerai-events"
    assert found["rpc.booking-legal"] == "gerai-rpc"


def test_a_second_run_changes_nothing_but_passwords_that_were_renewed(ready: ReadyBroker) -> None:
    before = ready.server.rabbitmqctl("list_permissions", "--vhost", VHOST)
    for suffix in ("bus_password", "bus_url"):
        (ready.secrets / f"gateway.{suffix}").unlink()
    make_secrets(ready.secrets, "--agencies", "legal", "--bus-port", str(ready.server.port), "--vhost", VHOST)
    with ready.connection("gateway") as connection, pytest.raises(AccessRefused):
        connection.connect()
    ready.set_up()
    with ready.connection("gateway") as connection:
        connection.connect()
        assert connection.connected
    assert ready.server.rabbitmqctl("list_permissions", "--vhost", VHOST) == before


@pytest.mark.parametrize(
    ("user", "exchange"),
    [
        ("booking-legal", "booking.events"),
        ("complaints", "complaints.events"),
        ("gateway", "gerai.rpc"),
        ("complaints", "gerai.rpc"),
    ],
)
def test_a_deployment_publishes_where_it_belongs(ready: ReadyBroker, user: str, exchange: str) -> None:
    publish(ready, user, exchange)


@pytest.mark.parametrize(
    ("user", "exchange"),
    [
        ("booking-legal", "complaints.events"),
        ("complaints", "booking.events"),
        ("notifications", "booking.events"),
        ("gateway", "booking.events"),
        ("gateway", "gerai.parking"),
    ],
)
def test_a_deployment_cannot_speak_for_another(ready: ReadyBroker, user: str, exchange: str) -> None:
    with pytest.raises(AccessRefused):
        publish(ready, user, exchange)


@pytest.mark.parametrize(
    ("user", "queue"),
    [
        ("booking-legal", "rpc.booking-legal"),
        ("complaints", "rpc.complaints"),
        ("notifications", "notifications.events"),
    ],
)
def test_a_deployment_takes_what_is_meant_for_it(ready: ReadyBroker, user: str, queue: str) -> None:
    with ready.connection(user) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, passive=True)
        assert channel.basic_get(queue) is None


@pytest.mark.parametrize(
    ("user", "queue"),
    [
        ("booking-legal", "rpc.complaints"),
        ("booking-legal", "notifications.events"),
        ("complaints", "rpc.booking-legal"),
        ("notifications", "gerai.parked"),
        ("gateway", "rpc.booking-legal"),
        ("gateway", "gerai.parked"),
    ],
)
def test_a_deployment_cannot_take_what_is_meant_for_another(
    ready: ReadyBroker, user: str, queue: str
) -> None:
    with ready.connection(user) as connection:
        channel = connection.channel()
        with pytest.raises(AccessRefused):
            channel.basic_get(queue)


def test_a_deployment_makes_queues_of_its_own_alone(ready: ReadyBroker) -> None:
    with ready.connection("gateway") as connection:
        channel = connection.channel()
        channel.queue_declare("reply.gateway.one", exclusive=True, durable=False)
        channel.queue_declare("live.gateway.one", exclusive=True, durable=False)
        channel.queue_bind("live.gateway.one", "booking.events", "#")
    for name in ("reply.complaints.one", "anything"):
        with ready.connection("gateway") as connection:
            channel = connection.channel()
            with pytest.raises(AccessRefused):
                channel.queue_declare(name, exclusive=True, durable=False)


def test_a_request_reaches_its_service_and_its_answer_comes_back(ready: ReadyBroker) -> None:
    with ready.connection("gateway") as asking, ready.connection("booking-legal") as answering:
        asker, answerer = asking.channel(), answering.channel()
        asker.queue_declare("reply.gateway.two", exclusive=True, durable=False)
        asker.basic_publish(
            asker.prepare_message(b"?"), exchange="gerai.rpc", routing_key="booking-legal", mandatory=True
        )
        request = take(answerer, "rpc.booking-legal")
        assert bytes(request) == b"?"
        answerer.basic_publish(answerer.prepare_message(b"!"), exchange="", routing_key="reply.gateway.two")
        assert bytes(take(asker, "reply.gateway.two")) == b"!"


def test_the_script_waits_for_a_broker_that_is_being_started(tmp_path: Path) -> None:
    """What is said to a node that is not there yet fails at once."""
    (tmp_path / "gateway.bus_password").write_text("password")
    tool, said = tmp_path / "rabbitmqctl", tmp_path / "said"
    tool.write_text(
        f'#!/bin/sh\necho "$2" >>{said}\n'
        f'[ "$2" != await_startup ] || [ "$(grep -c await_startup {said})" -eq 3 ]\n'
    )
    tool.chmod(0o755)
    env = {"PATH": os.environ["PATH"], "SECRETS": str(tmp_path), "RABBITMQCTL": str(tool), "GERAI": "true"}
    subprocess.run([ROOT / "deploy" / "rabbitmq" / "setup.sh"], env=env, check=True, timeout=30)
    assert said.read_text().split()[:4] == ["await_startup"] * 3 + ["list_vhosts"]


def publish(ready: ReadyBroker, user: str, exchange: str) -> None:
    """Publish one message that no queue gets, confirmed. Raises AccessRefused."""
    with ready.connection(user) as connection:
        channel = connection.channel()
        channel.confirm_select()
        channel.basic_publish_confirm(channel.prepare_message(b""), exchange=exchange, routing_key="nobody")


def take(channel: object, queue: str) -> bytes:
    """Return the one message of a queue as soon as it is there."""
    from tests.support.waiting import wait_until

    found = wait_until(lambda: channel.basic_get(queue, no_ack=True))  # type: ignore[attr-defined]
    body: str | bytes = found.body
    return body.encode() if isinstance(body, str) else bytes(body)
