"""The migrated database is the one that the models describe, however often and by however many it is migrated."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
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


def revise(url: str, revision: str, *, down: bool = False) -> None:
    """Migrate up or down to a revision."""
    (command.downgrade if down else command.upgrade)(migrating.configuration(url, PACKAGE), revision)


def days_of(url: str) -> list[tuple[object, ...]]:
    """The rows of days as revision 0002 has them."""
    database = Database(url)
    with database.engine.connect() as connection:
        query = "SELECT service, capacity, taken FROM day_quotas ORDER BY service"
        rows = [tuple(row) for row in connection.exec_driver_sql(query)]
    database.close()
    return rows


def test_bookings_of_before_the_stack_are_counted_in_it_and_there_is_a_way_back(empty_url: str) -> None:
    revise(empty_url, "0002")
    database = Database(empty_url)
    ticket = (
        "INSERT INTO tickets (id, number, visit_id, site, service, slot_id, day, channel, lane, state, created_at, "
        "times_called, revision, queue_rank) VALUES ('{id}', '{id}', 'v', 'mpp-lebak', 'passport-new', {slot}, "
        "'2026-12-01', 'online', 'appointment', 'booked', '2026-11-30 01:00:00+00:00', 0, 1, 1)"
    )
    with database.engine.begin() as connection:
        for service, taken in (("", 2), ("passport-new", 2)):
            connection.exec_driver_sql(
                "INSERT INTO day_quotas (site, day, service, capacity, taken) "
                f"VALUES ('mpp-lebak', '2026-12-01', '{service}', 60, {taken})"
            )
        for id_, slot in (("A-001", "'mpp-lebak.passport-new.1'"), ("A-002", "NULL")):
            connection.exec_driver_sql(ticket.format(id=id_, slot=slot))
    before = days_of(empty_url)

    revise(empty_url, "head")
    with database.engine.connect() as connection:
        stack = connection.exec_driver_sql(
            "SELECT service, channel, capacity, taken, extra FROM day_quotas ORDER BY service, channel"
        )
        assert [tuple(row) for row in stack] == [
            ("", "", None, 2, 0),
            ("", "online", 60, 2, 0),
            ("passport-new", "online", 60, 2, 0),
        ]
        counted = connection.exec_driver_sql("SELECT id, quota_channel FROM tickets ORDER BY id")
        assert [tuple(row) for row in counted] == [("A-001", "online"), ("A-002", None)]
    database.close()

    revise(empty_url, "0002", down=True)
    assert days_of(empty_url) == before


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
    assert [difference[0] for difference in migrating.differences(empty_url, METADATAS)] == ["add_table"]


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
