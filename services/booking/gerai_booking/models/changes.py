"""Who changed what, why, and how it was before: one shape for all tables of changes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gerai_shared.ids import new_id
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session


def add_change(
    session: Session,
    table: Table,
    *,
    officer_id: str,
    officer_name: str,
    kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    why: str,
    now: datetime,
    **about: Any,
) -> None:
    """Insert a change into its table; `about` are the columns that say of what it is one."""
    session.execute(
        insert(table).values(
            id=new_id(),
            at=now,
            officer_id=officer_id,
            officer_name=officer_name,
            kind=kind,
            before=json.dumps(dict(before), default=str) if before else None,
            after=json.dumps(dict(after), default=str),
            why=why,
            **about,
        )
    )
