"""Commands that may arrive twice and act once."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from gerai_shared import tables
from gerai_shared.database import insert_into
from gerai_shared.refusals import IdempotencyKeyReused

#: How long a repeated command is recognised.
KEPT = timedelta(days=30)


def fingerprint(body: object) -> str:
    """Return a digest of a JSON body that does not depend on the order of its fields."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def once(
    session: Session, *, scope: str, key: str, body: object, now: datetime, run: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Carry out `run` unless `key` was already used in `scope`; return its answer or the first one's.

    Claim and effect are one transaction: a second request with the same key waits for the first and
    then reads its answer. A refusal leaves no trace, so that the key may be tried again. Raises
    IdempotencyKeyReused when the key came with another body.
    """
    claimed = claim(session, scope=scope, requests=[(key, fingerprint(body))], now=now)
    if key not in claimed:
        return earlier_answer(session, scope=scope, key=key, print_=fingerprint(body))
    answer = run()
    remember(session, scope=scope, answers={key: answer})
    return answer


def claim(session: Session, *, scope: str, requests: list[tuple[str, str]], now: datetime) -> set[str]:
    """Claim (key, fingerprint) pairs in one statement; return the keys that are new.

    Sorted, so that two batches that share keys wait for each other in the same order.
    """
    rows = [
        {"scope": scope, "key": key, "fingerprint": print_, "created_at": now}
        for key, print_ in sorted(dict(requests).items())
    ]
    if not rows:
        return set()
    statement = (
        insert_into(session, tables.commands).on_conflict_do_nothing().returning(tables.commands.c.key)
    )
    return set(session.scalars(statement, rows))


def earlier_answer(session: Session, *, scope: str, key: str, print_: str) -> dict[str, Any]:
    """Return what the first use of `key` was answered. Raises IdempotencyKeyReused."""
    table = tables.commands
    row = session.execute(
        select(table.c.fingerprint, table.c.response).where(table.c.scope == scope, table.c.key == key)
    ).one()
    if row.fingerprint != print_ or row.response is None:
        raise IdempotencyKeyReused
    answer: dict[str, Any] = json.loads(row.response)
    return answer


def remember(session: Session, *, scope: str, answers: dict[str, dict[str, Any]]) -> None:
    """Store the answers of claimed commands; they must be JSON."""
    if not answers:
        return
    table = tables.commands
    session.connection().execute(
        update(table)
        .where(table.c.scope == scope, table.c.key == bindparam("the_key"))
        .values(response=bindparam("the_response")),
        [
            {"the_key": key, "the_response": json.dumps(answer, default=str)}
            for key, answer in sorted(answers.items())
        ],
    )


def delete_old(session: Session, *, before: datetime) -> None:
    """Delete commands from before a moment: nobody repeats them any more."""
    session.execute(delete(tables.commands).where(tables.commands.c.created_at < before))


def forget(session: Session, *, scope: str, keys: list[str]) -> None:
    """Give back claims whose commands were refused, so that they may be tried again."""
    if keys:
        table = tables.commands
        session.execute(table.delete().where(table.c.scope == scope, table.c.key.in_(keys)))
