"""The chain of the audit: how a row is written out, and which hash it has after the one before it."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

#: Stands for the hash of a row before the first.
GENESIS = "0" * 64
_HASH = re.compile(r"[0-9a-f]{64}")


def followed(hash_of_row: str | None) -> str:
    """Return the hash that the next row follows; what is no hash, because somebody broke it, is GENESIS.

    So sealing goes on behind a broken place, and a walk along the chain tells that place alone.
    """
    return hash_of_row if hash_of_row and _HASH.fullmatch(hash_of_row) else GENESIS


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
