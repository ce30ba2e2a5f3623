"""Migrations as a step of their own, never part of starting a process. Alembic, one chain a service."""

from collections.abc import Sequence
from importlib import resources
from typing import Any, Literal

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, event, make_url, pool, text

from gerai_shared.times import AwareDateTime

MIGRATION_LOCK = 0x6D6967
SQLITE_PATIENCE_SECONDS = 60


def configuration(database_url: str, package: str) -> Config:
    """Return Alembic's configuration for the migrations inside `package`."""
    config = Config()
    config.set_main_option("script_location", str(resources.files(package).joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    # A percent sign in a password must not be read as a reference.
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def upgrade(database_url: str, package: str) -> None:
    """Bring a database to the newest revision; several at once wait for each other."""
    command.upgrade(configuration(database_url, package), "head")


def is_current(database_url: str, package: str) -> bool:
    """Tell whether a database is at the newest revision of `package`."""
    scripts = ScriptDirectory.from_config(configuration(database_url, package))
    engine = create_engine(make_url(database_url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(scripts.get_heads())


def differences(database_url: str, metadatas: Sequence[MetaData]) -> list[Any]:
    """Return what the migrated database has otherwise than the models; empty when they agree."""
    engine = create_engine(make_url(database_url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        migration = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": False}
        )
        return list(compare_metadata(migration, _together(metadatas)))


def _together(metadatas: Sequence[MetaData]) -> MetaData:
    together = MetaData(naming_convention=metadatas[0].naming_convention)
    for metadata in metadatas:
        for table in metadata.tables.values():
            table.to_metadata(together)
    return together


def run_environment(metadatas: Sequence[MetaData]) -> None:
    """Be the body of a service's `migrations/env.py`."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    engine = create_engine(make_url(url), poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        _change_tables_in_transactions(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=list(metadatas),
            render_as_batch=engine.dialect.name == "sqlite",
            render_item=_render_item,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            context.run_migrations()


def _change_tables_in_transactions(engine: Engine) -> None:
    """Have a migration of SQLite be done wholly or not at all, and others wait for it.

    The driver on its own would run each change of a table outside of any transaction.
    """

    def leave_transactions_to_us(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {SQLITE_PATIENCE_SECONDS * 1000}")

    event.listen(engine, "connect", leave_transactions_to_us)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def _render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    # A new migration names our column type as its template imports it.
    return "AwareDateTime()" if kind == "type" and isinstance(item, AwareDateTime) else False
