"""Databases that are as their migrations leave them, without migrating anew for each test."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from gerai_shared import migrating
from sqlalchemy import make_url
from sqlalchemy.engine.interfaces import DBAPICursor

from tests.support.servers import PostgresServer

#: Of the one that asks: all tables, and those of them in which migrations have written.
TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
WRITTEN = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'migrated' ORDER BY tablename"
#: Whoever is left over from another test; what they hold would stop us.
OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, kw_only=True)
class MigratedFiles:
    """The migrated SQLite database of each package, made when it is first wanted, to be copied."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def copy(self, path: Path, package: str) -> None:
        """Make `path`, which is not there yet, a database that is as `migrating.upgrade` leaves it."""
        if path.exists():
            raise FileExistsError(f"{path} is there: let its own migrations bring it up")
        if package not in self.made:
            made = self.folder / f"{package}.sqlite"
            migrating.upgrade(f"sqlite:///{made}", package)
            self.made[package] = made
        shutil.copyfile(self.made[package], path)


@dataclass(frozen=True, kw_only=True)
class MigratedDatabases:
    """One PostgreSQL database a package, which tests use one after the other.

    To make and to drop one takes PostgreSQL longer than most tests: it writes all that it has to the disk.
    """

    server: PostgresServer
    #: Addresses by package.
    made: dict[str, str] = field(default_factory=dict)

    def fresh(self, package: str) -> str:
        """Return the address of the package's database, which is as `migrating.upgrade` leaves it."""
        if package not in self.made:
            url = self.server.create_database(f"migrated_{secrets.token_hex(6)}")
            migrating.upgrade(url, package)
            with connected(url) as cursor:
                _remember(cursor)
            self.made[package] = url
        with connected(self.made[package]) as cursor:
            _put_back(cursor)
        return self.made[package]

    def close(self) -> None:
        """Drop all of them."""
        for url in self.made.values():
            self.server.drop_database(str(make_url(url).database))


@contextmanager
def connected(url: str) -> Iterator[DBAPICursor]:
    """Work in a database, in one transaction."""
    address = url.replace("+psycopg2", "")
    with closing(psycopg2.connect(address)) as connection, connection, connection.cursor() as cursor:
        yield cursor


def _remember(cursor: DBAPICursor) -> None:
    cursor.execute("CREATE SCHEMA migrated")
    for table in _names(cursor, TABLES):
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
        if cursor.fetchall() == [(True,)]:
            cursor.execute(f"CREATE TABLE migrated.{table} AS TABLE {table}")


def _put_back(cursor: DBAPICursor) -> None:
    cursor.execute(OTHERS)
    # No trigger and no foreign key is asked: some tables refuse to be emptied, and rows return in any order.
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(f"TRUNCATE {', '.join(_names(cursor, TABLES))} RESTART IDENTITY")
    for table in _names(cursor, WRITTEN):
        cursor.execute(f"INSERT INTO {table} SELECT * FROM migrated.{table}")


def _names(cursor: DBAPICursor, query: str) -> list[str]:
    cursor.execute(query)
    return [name for (name,) in cursor.fetchall()]
