"""A command that arrives twice acts once; a refused one leaves no trace."""

import json
from typing import Any

import pytest
from gerai_shared import commands, tables
from gerai_shared.commands import fingerprint
from gerai_shared.database import Database
from gerai_shared.refusals import IdempotencyKeyReused, NotFound
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.unit.shared.samples import NOW


class Work:
    """Counts how often it is done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> dict[str, Any]:
        self.done += 1
        return {"answer": self.done, "at": NOW}


def once(
    database: Database, run: Any, *, key: str = "key-0001", body: object = 1, scope: str = "cancel"
) -> Any:
    with database.transaction() as session:
        return commands.once(session, scope=scope, key=key, body=body, now=NOW, run=run)


def remembered(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.commands)) or 0


def test_a_repeat_is_given_the_first_answer_and_does_nothing(database: Database) -> None:
    work = Work()
    first = once(database, work, body={"a": 1, "b": [2]})
    again = once(database, work, body={"b": [2], "a": 1})
    assert (first["answer"], again, work.done) == (1, {"answer": 1, "at": str(NOW)}, 1)


def test_the_same_key_with_another_body_is_refused_and_nothing_happens(database: Database) -> None:
    work = Work()
    once(database, work, body={"a": 1})
    with pytest.raises(IdempotencyKeyReused):
        once(database, work, body={"a": 2})
    assert work.done == 1


def test_a_key_counts_in_its_own_scope_alone(database: Database) -> None:
    work = Work()
    once(database, work, scope="cancel")
    assert once(database, work, scope="hold")["answer"] == 2


def test_a_refusal_leaves_no_trace_and_the_key_may_be_tried_again(database: Database) -> None:
    def refuse() -> dict[str, Any]:
        raise NotFound

    with pytest.raises(NotFound):
        once(database, refuse)
    assert remembered(database) == 0
    assert once(database, Work(), body="another")["answer"] == 1


def test_claims_of_a_batch_tell_what_is_new_and_what_is_given_back_is_new_again(database: Database) -> None:
    wanted = [("key-2", "b"), ("key-1", "a"), ("key-2", "b")]
    with database.transaction() as session:
        assert commands.claim(session, scope="booking", requests=wanted, now=NOW) == {"key-1", "key-2"}
        commands.remember(session, scope="booking", answers={"key-1": {"ticket": 1}})
        commands.forget(session, scope="booking", keys=["key-2"])
    with database.transaction() as session:
        assert commands.claim(session, scope="booking", requests=wanted, now=NOW) == {"key-2"}
        answer = commands.earlier_answer(session, scope="booking", key="key-1", print_="a")
    assert answer == {"ticket": 1}


def test_a_batch_of_nothing_claims_nothing(database: Database) -> None:
    with database.transaction() as session:
        assert commands.claim(session, scope="booking", requests=[], now=NOW) == set()
        commands.remember(session, scope="booking", answers={})
        commands.forget(session, scope="booking", keys=[])
    assert remembered(database) == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.text(), json_values, max_size=4)


@given(bodies)
def test_the_order_of_fields_makes_no_other_body(body: dict[str, Any]) -> None:
    assert fingerprint(dict(reversed(list(body.items())))) == fingerprint(body)


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


@given(bodies, st.text(), json_values)
def test_another_value_makes_another_body(body: dict[str, Any], field: str, value: Any) -> None:
    changed = body | {field: value}
    same = field in body and canonical(body[field]) == canonical(value)
    assert (fingerprint(changed) == fingerprint(body)) is same
