"""Fresh houses on both databases, each as it was when it was migrated and opened once."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from gerai_booking.models import acts, calendar, dated_rules, directives, plan, sanctions, slot_quotas
from gerai_booking.models.places import day_quotas, slots
from gerai_shared import migrating
from gerai_shared.database import Database
from sqlalchemy import delete, text

from tests.integration.booking.house import House
from tests.support.servers import PostgresServer

#: What a house has when it was opened.
OPENED = (slots, day_quotas, plan.quotas)


@pytest.fixture(scope="session")
def opened_on_postgres(postgres: PostgresServer) -> Iterator[str]:
    """The name of the database that the tests of this folder use one after the other."""
    name = f"opened_{secrets.token_hex(4)}"
    house = open_house(postgres.create_database(name))
    # As it was opened, to be put back before each test: quicker than a database for each of them.
    with house.database.transaction() as session:
        session.execute(text("CREATE SCHEMA opened"))
        for table in OPENED:
            session.execute(text(f"CREATE TABLE opened.{table.name} AS TABLE {table.name}"))
    house.database.close()
    yield name
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def opened_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that others are copied from."""
    path = tmp_path_factory.mktemp("opened") / "house.sqlite"
    open_house(f"sqlite:///{path}").database.close()
    return path


@pytest.fixture(scope="session")
def postgres_engine(postgres: PostgresServer, opened_on_postgres: str) -> Database:
    """The way of all tests to the one PostgreSQL: SQLAlchemy keeps compiled statements by engine."""
    return Database(postgres.url(opened_on_postgres))


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The way of all tests to a file that each of them copies anew."""
    return Database(f"sqlite:///{tmp_path_factory.mktemp('house') / 'house.sqlite'}")


def open_house(url: str) -> House:
    """Migrate a database and open its days."""
    migrating.upgrade(url, "gerai_booking")
    house = House(url)
    house.open()
    return house


def put_back(house: House) -> None:
    """Have a PostgreSQL as it was opened."""
    house.empty()
    with house.database.transaction() as session:
        for table in (
            plan.restrictions,
            dated_rules.dated_rules,
            plan.plan_changes,
            sanctions.sanctions,
            acts.officer_acts,
            directives.directive_tickets,
            directives.directives,
            calendar.overrides,
            slot_quotas.slot_quotas,
        ):
            session.execute(delete(table))
        for table in OPENED:
            session.execute(delete(table))
            session.execute(text(f"INSERT INTO {table.name} SELECT * FROM opened.{table.name}"))


@pytest.fixture
def postgres_house(
    postgres: PostgresServer, opened_on_postgres: str, postgres_engine: Database
) -> Iterator[House]:
    """A house on PostgreSQL."""
    house = House(postgres.url(opened_on_postgres), database=postgres_engine)
    put_back(house)
    yield house
    house.database.close()


@pytest.fixture
def lone_postgres_house(postgres: PostgresServer, opened_on_postgres: str) -> Iterator[House]:
    """A house on a PostgreSQL database of its own, whose tables a test may change."""
    name = f"house_{secrets.token_hex(6)}"
    postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE "{opened_on_postgres}"')
    house = House(postgres.url(name))
    put_back(house)
    yield house
    house.database.close()
    postgres.drop_database(name)


@pytest.fixture
def sqlite_house(opened_on_sqlite: Path, sqlite_engine: Database) -> Iterator[House]:
    """A house on SQLite."""
    path = Path(sqlite_engine.url.database or "")
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    shutil.copy(opened_on_sqlite, path)
    house = House(f"sqlite:///{path}", database=sqlite_engine)
    yield house
    house.database.close()


@pytest.fixture(params=["postgres", "sqlite"])
def house(request: pytest.FixtureRequest) -> House:
    """A house on each of the databases in turn."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found
