"""The chain of the audit: how a row is written out, and which hash it has after the one before it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

#: Stands for the hash of a row before the first.
GENESIS = "0" * 64


def moment(at: datetime) -> str:
    """Return a moment as the chain has it: UTC to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one way to write a JSON object down: names sorted, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(content: Mapping[str, Any], *, salt: str) -> str:
    """Return the SHA-256 of what was said or changed, 64 hexadecimal digits; `salt` is hexadecimal.

    Without the salt nobody finds out a short text, such as a telephone number, by trying all there are.
    """
    return sha256(bytes.fromhex(salt) + canonical(content)).hexdigest()


def hash_after(previous: str, row: Mapping[str, Any]) -> str:
    """Return the hash of a row that follows the one with the hash `previous`, 64 hexadecimal digits."""
    return sha256(bytes.fromhex(previous) + canonical(row)).hexdigest()
