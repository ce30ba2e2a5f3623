"""The chain of the audit as anybody may compute it, from what the decision says about it."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from gerai_complaints.rules.chain import GENESIS, canonical, digest_of, hash_after, moment


def test_an_object_is_written_down_in_one_way() -> None:
    assert canonical({"b": 1, "a": None, "c": "Él"}) == '{"a":null,"b":1,"c":"Él"}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})


def test_a_moment_is_the_same_in_every_zone() -> None:
    jakarta = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=7)))
    assert (
        moment(jakarta)
        == moment(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
        == "2026-11-23T03:00:00.000000+00:00"
    )


def test_the_hash_covers_the_one_before_and_the_row() -> None:
    first = hash_after(GENESIS, {"position": 1})
    assert first == hashlib.sha256(bytes(32) + b'{"position":1}').hexdigest()
    assert (
        hash_after(first, {"position": 2})
        == hashlib.sha256(bytes.fromhex(first) + b'{"position":2}').hexdigest()
    )


def test_the_same_text_has_another_digest_with_another_salt() -> None:
    content = {"text": "0812"}
    assert digest_of(content, salt="00" * 16) == hashlib.sha256(bytes(16) + b'{"text":"0812"}').hexdigest()
    assert digest_of(content, salt="00" * 16) != digest_of(content, salt="01" * 16)
