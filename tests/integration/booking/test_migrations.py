"""The migrated database is the one that the models describe, however often and by however many it is migrated."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from gerai_booking.models import metadata
from gerai_shared import accounts, migrating, tables
from gerai_shared.database import Database
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

PACKAGE = "gerai_booking"
METADATAS = [metadata, accounts.metadata, tables.metadata]


@pytest.fixture(params=["postgres", "sqlite"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def tables_of(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(inspect(database.engine).get_table_names())
    finally:
        database.close()


def test_migrations_and_models_agree(empty_url: str) -> None:
    assert not migrating.is_current(empty_url, PACKAGE)
    migrating.upgrade(empty_url, PACKAGE)
    assert migrating.is_current(empty_url, PACKAGE)
    assert migrating.differences(empty_url, METADATAS) == []


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    migrating.upgrade(empty_url, PACKAGE)
    before = tables_of(empty_url)
    migrating.upgrade(empty_url, PACKAGE)
    assert tables_of(empty_url) == before
    assert migrating.differences(empty_url, METADATAS) == []


def test_a_table_that_lacks_is_noticed(empty_url: str) -> None:
    migrating.upgrade(empty_url, PACKAGE)
    database = Database(empty_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE people")
    database.close()
    missing = [difference[0] for difference in migrating.differences(empty_url, METADATAS)]
    assert missing == ["add_table", "add_index", "add_index"]


def test_several_at_once_wait_for_each_other(empty_url: str) -> None:
    code = "import sys; from gerai_shared import migrating; sys.stdin.readline(); migrating.upgrade(*sys.argv[1:])"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-W", "ignore", "-c", code, empty_url, PACKAGE]
    several = [
        subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for one in several:
        assert one.stdin is not None
        one.stdin.write("begin\n")
        one.stdin.flush()
    errors = [one.communicate(timeout=60)[1] for one in several]
    assert [one.returncode for one in several] == [0, 0, 0], errors
    assert migrating.differences(empty_url, METADATAS) == []


def test_a_migration_that_breaks_off_leaves_nothing_behind(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE tickets (in_the_way INTEGER)")
    with pytest.raises(DBAPIError, match="already exists"):
        migrating.upgrade(empty_url, PACKAGE)
    assert tables_of(empty_url) == {"tickets"}
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE tickets")
    database.close()
    migrating.upgrade(empty_url, PACKAGE)
    assert migrating.differences(empty_url, METADATAS) == []
