"""Fresh houses on both databases: each a copy of one that was migrated and opened once."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from gerai_shared import migrating

from tests.integration.booking.house import House
from tests.support.servers import PostgresServer


@pytest.fixture(scope="session")
def opened_on_postgres(postgres: PostgresServer) -> Iterator[str]:
    """The name of a database that others are copied from."""
    name = f"opened_{secrets.token_hex(4)}"
    open_house(postgres.create_database(name))
    yield name
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def opened_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that others are copied from."""
    path = tmp_path_factory.mktemp("opened") / "house.sqlite"
    open_house(f"sqlite:///{path}")
    return path


def open_house(url: str) -> None:
    """Migrate a database and open its days."""
    migrating.upgrade(url, "gerai_booking")
    house = House(url)
    house.open()
    house.database.close()


@pytest.fixture
def postgres_house(postgres: PostgresServer, opened_on_postgres: str) -> Iterator[House]:
    """A house on PostgreSQL."""
    name = f"house_{secrets.token_hex(6)}"
    postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE "{opened_on_postgres}"')
    house = House(postgres.url(name))
    yield house
    house.database.close()
    postgres.drop_database(name)


@pytest.fixture
def sqlite_house(opened_on_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    """A house on SQLite."""
    shutil.copy(opened_on_sqlite, tmp_path / "house.sqlite")
    house = House(f"sqlite:///{tmp_path / 'house.sqlite'}")
    yield house
    house.database.close()


@pytest.fixture(params=["postgres", "sqlite"])
def house(request: pytest.FixtureRequest) -> House:
    """A house on each of the databases in turn."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found
