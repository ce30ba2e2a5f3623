"""A database of the messaging tables, in one SQLite file for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gerai_shared import tables
from gerai_shared.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database with outbox, inbox, parking and commands."""
    database = Database(f"sqlite:///{tmp_path / 'shared.sqlite'}")
    tables.metadata.create_all(database.engine)
    yield database
    database.close()
