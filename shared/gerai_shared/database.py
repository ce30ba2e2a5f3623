"""The database of one deployment: engine, transactions, waiting for it.

PostgreSQL through psycopg2, which can be told to yield while it waits (psycopg 3 waits in C and
would stop every other green thread of the process); or one SQLite file in WAL for a single process.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Engine, Integer, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from gerai_shared.context import current_deadline
from gerai_shared.refusals import Unavailable
from gerai_shared.times import AwareDateTime

#: An integer key that counts up by itself on both databases.
CountingKey = BigInteger().with_variant(Integer(), "sqlite")

#: What passes, or is for the machine's operator to mend: the file cannot be opened, read, written or had now.
SQLITE_OUTAGES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
    )
)

#: A server that vanishes without a word is noticed within half a minute: by the keepalives while nothing
#: is under way, by the limit on what was sent and never confirmed while something is.
CONNECT_ARGUMENTS = {
    "connect_timeout": 5,
    "application_name": "gerai",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c timezone=UTC -c idle_in_transaction_session_timeout=30000",
}

#: Set in a session's `info` when its transaction wrote events.
ANNOUNCES = "announces"

__all__ = ["ANNOUNCES", "AwareDateTime", "CountingKey", "Database", "insert_into", "is_outage"]


class Database:
    """Engine and transactions of one deployment.

    `url` is `postgresql+psycopg2://...` or `sqlite:///...`. Connects lazily: making one cannot fail.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self._announcement_listeners: list[Callable[[], None]] = []
        if self.is_sqlite:
            # All writers of this process queue here. SQLite itself would make a second writer wait
            # inside C code, where the hub cannot run the first one to its end.
            self._writer: Any = threading.RLock()
            self.engine: Engine = create_engine(
                self.url, connect_args={"timeout": 10}, pool_size=pool_size, hide_parameters=True
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediately)
        else:
            self._writer = nullcontext()
            self.engine = create_engine(
                self.url,
                pool_size=pool_size,
                max_overflow=0,
                pool_timeout=5,
                pool_pre_ping=False,
                # The values of a statement that failed are what people typed.
                hide_parameters=True,
                # Many updates of one kind go to the server together, not one by one.
                executemany_mode="values_plus_batch",
                connect_args=CONNECT_ARGUMENTS,
            )
            event.listen(self.engine, "handle_error", _tell_no_values)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the database of the one-process mall."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open one session in one transaction: commits at the end, rolls back on any error.

        Raises Unavailable when nobody waits for the work any more: under load the wait for a connection
        can outlast who asked, and what he was told had not happened must not happen then.
        """
        with self._writer, Session(self.engine, expire_on_commit=False) as session, session.begin():
            if (deadline := current_deadline()) is not None:
                # The session itself would fetch its connection later, at its first statement.
                session.connection()
                if datetime.now(UTC) >= deadline:
                    raise Unavailable(retry_after=5)
            yield session
        if session.info.get(ANNOUNCES):
            for listener in self._announcement_listeners:
                listener()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one session for queries alone; nothing is committed."""
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            yield session

    def connect_apart(self) -> Any:
        """Return a new connection of the driver itself, watched over as all others but not of the pool."""
        dialect = self.engine.dialect
        arguments, keywords = dialect.create_connect_args(self.url)
        return dialect.connect(*arguments, **{**CONNECT_ARGUMENTS, **keywords})

    def on_announcement(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after each commit here that wrote events. It must not raise or block."""
        self._announcement_listeners.append(listener)

    def answers(self) -> bool:
        """Tell whether the database answers now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeoutError):
            return False
        return True

    def close(self) -> None:
        """Close all idle connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is off; `_begin_immediately` does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    # A transaction that read first and wants to write later could be refused half-way in WAL mode.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _tell_no_values(context: Any) -> None:
    """Leave out of an error what PostgreSQL adds to it: whole keys and rows, as people typed them.

    Errors are logged, and kept with messages that failed. The names of tables and constraints stay.
    """
    original = context.original_exception
    told = getattr(getattr(original, "diag", None), "message_primary", None)
    if told is None:
        return
    # Class 22 is about values, and quotes them.
    if (original.pgcode or "").startswith("22"):
        told = "a value that the database does not take"
    whole = str(original)
    original.args = (told,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = tuple(
            argument.replace(whole, told) for argument in context.sqlalchemy_exception.args
        )


def insert_into(session: Session, table: Any) -> Any:
    """Return the dialect's INSERT for `table`, which knows ON CONFLICT on both databases."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def is_outage(error: BaseException) -> bool:
    """Tell whether `error` means that the database is away, rather than that the work is wrong."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        # The lower byte is the kind, what is above it says more about it.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_OUTAGES
    if isinstance(error, PoolTimeoutError | InterfaceError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "pgcode", None)
    # 40xxx: the transaction lost a race, 55xxx: a lock; both are worth another attempt, not a wait.
    return code is None or code.startswith(("08", "53", "57"))
