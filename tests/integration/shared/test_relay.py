"""The relay: one leads, knows when it does no more, and tries again in good time."""

from collections.abc import Callable, Iterator

import pytest
from eventlet import sleep, spawn
from eventlet.event import Event
from eventlet.hubs import get_hub
from eventlet.hubs.hub import READ
from eventlet.timeout import Timeout
from gerai_shared.bus import relay
from gerai_shared.bus.back_off import BackOff
from gerai_shared.database import Database
from gerai_shared.deployment import Deployment, Resources, deployment_of
from gerai_shared.runtime import Runner
from gerai_shared.settings import Settings
from sqlalchemy import text

from tests.support.waiting import wait_until

LEADER = "SELECT min(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"


class Relaying:
    """A process that relays."""

    name = "relaying"
    deployment = Resources()

    @relay.relay
    def relay(self) -> None:
        """Runs by itself."""


@pytest.fixture
def runner() -> Iterator[Runner]:
    """What runs the relay until the test is over."""
    found = Runner()
    yield found
    found.kill()


@pytest.fixture
def run(runner: Runner, database: Database) -> Callable[[], Deployment]:
    """Return a starter of a relay on each of the databases."""

    def start() -> Deployment:
        settings = Settings(
            deployment="booking-immigration",
            environment="test",
            bus_url="embedded://test-relay",
            database_url=database.url.render_as_string(hide_password=False),
        )
        deployment = deployment_of(settings)
        runner.add(Relaying, deployment, name="relaying")
        runner.start()
        return deployment

    return start


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_busy_leader_whose_lock_is_gone_stops_leading(
    run: Callable[[], Deployment], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failover can take the lock without a word; meanwhile somebody else may lead."""

    def busy(*_: object) -> int:
        sleep(0.01)
        return relay.BATCH

    monkeypatch.setattr(relay, "CHECK_SECONDS", 0.1)
    monkeypatch.setattr(relay.Relay, "_pass_on", busy)
    run()
    first = wait_until(lambda: leader(database))
    with database.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    wait_until(lambda: leader(database) not in (None, first))


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_relay_that_is_killed_leaves_neither_its_lock_nor_a_reader_behind(
    run: Callable[[], Deployment], runner: Runner, database: Database
) -> None:
    """Whoever still reads a closed descriptor reads the next connection that gets its number."""
    before = readers()
    run()
    wait_until(lambda: leader(database))
    wait_until(lambda: readers() - before)
    runner.kill()
    assert readers() <= before
    wait_until(lambda: leader(database) is None)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_relay_that_is_told_to_end_while_it_passes_events_on_ends_at_once(
    run: Callable[[], Deployment], runner: Runner, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, go_on = Event(), Event()

    def pass_on(*_: object) -> int:
        if not at_work.ready():
            at_work.send()
            go_on.wait()
        return 0

    monkeypatch.setattr(relay.Relay, "_pass_on", pass_on)
    run()
    at_work.wait()
    (entrypoint,) = runner.service_map["relaying"].entrypoints
    stopping = spawn(runner.stop)
    wait_until(lambda: entrypoint._stopping)
    go_on.send()
    with Timeout(relay.IDLE_SECONDS / 2):
        stopping.wait()


def readers() -> set[int]:
    """Return the descriptors that green threads of this process wait for."""
    return set(get_hub().listeners[READ])


def leader(database: Database) -> int | None:
    """Return the server process that holds the relay's lock."""
    with database.reading() as session:
        found: int | None = session.scalar(text(LEADER))
        return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_how_long_it_led_decides_how_soon_it_tries_again(
    run: Callable[[], Deployment], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []

    def after(_self: BackOff, lasted: float) -> float:
        told.append(lasted)
        return 0.01

    def lead(*_: object) -> None:
        sleep(0.2)
        raise ConnectionError("the broker went away")

    monkeypatch.setattr(BackOff, "after", after)
    monkeypatch.setattr(relay.Relay, "_lead", lead)
    run()
    wait_until(lambda: told)
    assert 0.2 <= told[0] < 2.0


def test_every_connection_notices_a_server_that_vanished(postgres_database: Database) -> None:
    apart = postgres_database.connect_apart()
    pooled = postgres_database.engine.raw_connection()
    for connection in (apart, pooled.driver_connection):
        watched = connection.info.dsn_parameters
        assert (watched["keepalives_idle"], watched["tcp_user_timeout"]) == ("10", "20000")
    apart.close()
    pooled.close()
