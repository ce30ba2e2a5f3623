"""`gerai parked` on a database: however many there are, each is found, and none is passed over in silence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gerai_shared import cli, inbox, tables
from gerai_shared.database import Database

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MANY = 130


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with many parked messages, the one that the command finds in its environment."""
    url = f"sqlite:///{tmp_path}/parked.sqlite"
    made = Database(url)
    tables.metadata.create_all(made.engine)
    with made.transaction() as session:
        for number in range(MANY):
            inbox.record_failure(
                session,
                consumer="notifications",
                event_id=f"event-{number}",
                event_type="ticket.booked.v1",
                content_type="application/json",
                raw=f"number {number}".encode(),
                reason="KeyError",
                hopeless=True,
                now=NOW + timedelta(seconds=number),
            )
    monkeypatch.setenv("GERAI_DATABASE_URL", url)
    monkeypatch.delenv("GERAI_DATABASE_URL_FILE", raising=False)
    yield made
    made.close()


def test_a_list_that_leaves_some_out_says_so(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parked", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"100 of {MANY} parked"
    assert cli.main(["parked", "list", "--limit", "1000"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert (listed[-1], len(listed)) == (f"{MANY} of {MANY} parked", 2 * MANY + 1)


def test_the_oldest_of_many_is_shown(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with database.reading() as session:
        oldest = inbox.list_parked(session, limit=MANY)[-1]
    assert cli.main(["parked", "show", oldest.id]) == 0
    assert "number 0" in capsys.readouterr().out
    assert cli.main(["parked", "show", "tidak-ada"]) == 1


def test_all_are_tried_again(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parked", "replay", "all"]) == 0
    assert f"{MANY} will be tried again now" in capsys.readouterr().out
    with database.reading() as session:
        assert inbox.count_failed(session) == {"retrying": MANY, "parked": 0}
    assert cli.main(["parked", "replay", "all"]) == 0
