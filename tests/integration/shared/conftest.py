"""The tables that every deployment has, in an empty database of each kind."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from gerai_shared import accounts, tables
from gerai_shared.database import Database
from sqlalchemy import MetaData, delete

from tests.support.servers import PostgresServer

METADATAS: tuple[MetaData, ...] = (tables.metadata, accounts.metadata)


@pytest.fixture(scope="session")
def tables_on_postgres(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database that the tests of this folder use one after the other."""
    name = f"shared_{secrets.token_hex(4)}"
    url = postgres.create_database(name)
    database = Database(url)
    for metadata in METADATAS:
        metadata.create_all(database.engine)
    database.close()
    yield url
    postgres.drop_database(name)


@pytest.fixture
def postgres_database(tables_on_postgres: str) -> Iterator[Database]:
    """Outbox, inbox, parking, commands and officers on PostgreSQL; emptied afterwards."""
    database = Database(tables_on_postgres)
    yield database
    with database.transaction() as session:
        for metadata in METADATAS:
            for table in reversed(metadata.sorted_tables):
                session.execute(delete(table))
    database.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite."""
    database = Database(f"sqlite:///{tmp_path / 'shared.sqlite'}")
    for metadata in METADATAS:
        metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture(params=["postgres", "sqlite"])
def database(request: pytest.FixtureRequest) -> Database:
    """The tables on each of the databases in turn."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found
