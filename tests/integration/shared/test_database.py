"""The database of a deployment: whole transactions, moments with a zone, and telling an outage from an error."""

import sqlite3
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from gerai_shared import commands, tables
from gerai_shared.context import new_context, working_in
from gerai_shared.database import Database, is_outage
from gerai_shared.outbox import NOTIFY_CHANNEL, NewEvent, add
from gerai_shared.refusals import IdempotencyKeyReused, Unavailable
from gerai_shared.tables import inbox
from gerai_shared.ticket import State
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from tests.support.servers import PostgresServer, free_port
from tests.support.waiting import wait_until
from tests.unit.shared.samples import NOW, a_ticket


def note(database: Database, *names: str, at: datetime = NOW) -> None:
    with database.transaction() as session:
        for name in names:
            session.execute(insert(inbox).values(consumer="test", event_id=name, received_at=at))


def noted(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(inbox.c.event_id).order_by(inbox.c.event_id)))


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    note(database, "kept")
    with pytest.raises(IntegrityError):
        note(database, "one", "kept")
    assert noted(database) == ["kept"]


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_told_in(database: Database) -> None:
    in_serang = NOW.astimezone(timezone(timedelta(hours=7)))
    note(database, "one", at=in_serang)
    with database.reading() as session:
        kept = session.scalar(select(inbox.c.received_at))
    assert kept == NOW
    assert kept is not None
    assert kept.tzinfo is UTC


def test_a_moment_without_a_zone_never_reaches_the_database(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        note(database, "one", at=datetime(2026, 12, 1, 9, 0))  # noqa: DTZ001 - that is the point
    assert noted(database) == []


def test_a_command_is_carried_out_once_on_either_database(database: Database) -> None:
    done: list[int] = []

    def once(body: object) -> dict[str, object]:
        with database.transaction() as session:
            return commands.once(session, scope="test", key="key-0001", body=body, now=NOW, run=run)

    def run() -> dict[str, object]:
        done.append(len(done) + 1)
        return {"done": done[-1]}

    assert [once({"a": 1}), once({"a": 1})] == [{"done": 1}, {"done": 1}]
    with pytest.raises(IdempotencyKeyReused):
        once({"a": 2})
    assert done == [1]


def test_an_event_wakes_whoever_listens_when_its_transaction_commits(postgres_database: Database) -> None:
    database = postgres_database
    listener = database.engine.raw_connection()
    cursor = listener.cursor()
    cursor.execute(f"LISTEN {NOTIFY_CHANNEL}")
    listener.commit()
    heard = listener.driver_connection
    assert heard is not None
    data = {"ticket": a_ticket(State.HELD), "previous_state": None}
    announced = NewEvent(type="ticket.held.v1", subject="one", data=data, agency="immigration", site="here")
    with database.transaction() as session:
        add(session, announced, source="booking-immigration", now=NOW)
        heard.poll()
        assert heard.notifies == []
    wait_until(lambda: heard.poll() or heard.notifies)
    assert [notification.channel for notification in heard.notifies] == [NOTIFY_CHANNEL]
    listener.close()


def test_writers_of_one_process_take_turns_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'turns.sqlite'}", pool_size=4)
    tables.metadata.create_all(database.engine)

    def write(number: int) -> None:
        for turn in range(20):
            note(database, f"{number}-{turn:02d}")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(noted(database)) == 80
    database.close()


def test_a_database_that_is_away_does_not_answer_and_is_told_from_an_error() -> None:
    away = Database(f"postgresql+psycopg2://gerai:x@127.0.0.1:{free_port()}/gerai")
    assert not away.answers()
    with pytest.raises(DBAPIError) as caught, away.transaction() as session:
        session.execute(text("SELECT 1"))
    assert is_outage(caught.value)
    away.close()


def test_work_that_nobody_waits_for_any_more_is_not_begun(postgres_url: str) -> None:
    """All connections are busy until its asker has gone, who was told that nothing had happened."""
    database = Database(postgres_url, pool_size=1)
    tables.metadata.create_all(database.engine)
    asked = replace(new_context(), deadline=datetime.now(UTC) + timedelta(seconds=0.5))

    def work() -> None:
        with working_in(asked):
            note(database, "late")

    busy = database.engine.connect()
    with ThreadPoolExecutor() as pool:
        late = pool.submit(work)
        wait_until(lambda: datetime.now(UTC) > asked.deadline)
        busy.close()
        assert isinstance(late.exception(), Unavailable)
    note(database, "in time")
    assert noted(database) == ["in time"]
    database.close()


def test_an_error_in_our_own_work_is_no_outage(database: Database) -> None:
    assert database.answers()
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(text("SELECT nonsense FROM nowhere"))
    note(database, "one")
    with pytest.raises(IntegrityError) as twice:
        note(database, "one")
    assert not is_outage(twice.value)
    assert not is_outage(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO inbox (consumer, event_id, received_at) VALUES (:typed, :typed, :now)",
        "INSERT INTO inbox (consumer, event_id, received_at) VALUES (:typed, :typed, NULL)",
        "INSERT INTO inbox (consumer, event_id, received_at) VALUES (:typed, :typed, CAST(:typed AS TIMESTAMP))",
    ],
)
def test_an_error_tells_no_value_of_its_statement(database: Database, statement: str) -> None:
    """It is logged with all that it says, and kept with the message that failed."""
    values = {"typed": "Siti Aminah", "now": "2026-12-01T02:00:00Z"}

    def write_twice() -> None:
        with database.transaction() as session:
            session.execute(text(statement), values)
            session.execute(text(statement), values)

    with pytest.raises(DBAPIError) as caught:
        write_twice()
    told = "".join(traceback.format_exception(caught.value))
    assert "Siti" not in told
    assert "INSERT INTO inbox" in told


def test_a_database_file_that_cannot_be_had_now_is_an_outage(tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'no such folder' / 'away.sqlite'}")
    with pytest.raises(DBAPIError) as unopened, away.transaction() as session:
        session.execute(text("SELECT 1"))
    assert is_outage(unopened.value)
    away.close()
    database = Database(f"sqlite:///{tmp_path / 'busy.sqlite'}")
    tables.metadata.create_all(database.engine)
    event.listen(database.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout = 10"))
    database.close()
    with closing(sqlite3.connect(tmp_path / "busy.sqlite")) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as busy:
            note(database, "one")
    assert is_outage(busy.value)
    database.close()


def test_a_session_that_was_ended_by_the_server_is_an_outage_and_the_next_one_works(
    postgres: PostgresServer, postgres_url: str
) -> None:
    database = Database(postgres_url, pool_size=1)

    def work() -> None:
        with database.transaction() as session:
            process = session.scalar(text("SELECT pg_backend_pid()"))
            postgres.sql(f"SELECT pg_terminate_backend({process})")
            session.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError) as caught:
        work()
    assert is_outage(caught.value)
    assert database.answers()
    database.close()
