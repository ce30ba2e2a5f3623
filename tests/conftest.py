"""Fixtures of all stages. Servers start only for a test that asks, and are shared where they can be."""

import secrets
from collections.abc import Iterator

import hypothesis
import pytest
import structlog

from tests.support.migrated import MigratedDatabases, MigratedFiles
from tests.support.passwords import hash_quickly
from tests.support.servers import PostgresServer, RabbitServer, shared_postgres, shared_rabbit
from tests.support.services import serve_quickly

# A loaded machine is no fault of the code; what fails must fail again, so chance starts from the same seed.
hypothesis.settings.register_profile("gerai", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("gerai")
hash_quickly()
serve_quickly()
# Structlog's own way shows every local of every frame of a traceback: seconds for each of them.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def broker() -> Iterator[RabbitServer]:
    """The RabbitMQ that the tests of a run share."""
    with shared_rabbit() as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL that the tests of a run share."""
    with shared_postgres() as server:
        yield server


@pytest.fixture
def bus_url(broker: RabbitServer) -> Iterator[str]:
    """AMQP address of an empty virtual host, gone after the test."""
    name = f"test-{secrets.token_hex(6)}"
    yield broker.add_vhost(name)
    broker.delete_vhost(name)


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """SQLAlchemy address of an empty PostgreSQL database, gone after the test."""
    name = f"test_{secrets.token_hex(6)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def migrated_files(tmp_path_factory: pytest.TempPathFactory) -> MigratedFiles:
    """SQLite databases as migrations leave them."""
    return MigratedFiles(folder=tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def migrated_databases(postgres: PostgresServer) -> Iterator[MigratedDatabases]:
    """PostgreSQL databases as migrations leave them, for one test at a time."""
    databases = MigratedDatabases(server=postgres)
    yield databases
    databases.close()


@pytest.fixture
def private_broker() -> Iterator[RabbitServer]:
    """A RabbitMQ for this test alone, to be stopped, killed and starved."""
    with RabbitServer() as server:
        yield server


@pytest.fixture
def private_postgres() -> Iterator[PostgresServer]:
    """A durable PostgreSQL for this test alone, to be stopped and killed."""
    with PostgresServer() as server:
        yield server
