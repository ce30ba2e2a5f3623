"""Sealing of personal data that has to travel or to rest: authenticated encryption, keyed hashes."""

import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class BrokenSeal(Exception):
    """Sealed data was changed, or was sealed with a key this process does not have."""


class Sealer:
    """Seals small JSON objects (contact data, identity numbers), and files that hold such data.

    Events carry contact data only sealed: a broker operator, a parked message or a log line shows
    nothing. The first key seals, every key opens, so that keys can be changed without a pause.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, value: dict[str, Any]) -> str:
        """Return `value` as an opaque text."""
        return self._fernet.encrypt(json.dumps(value, separators=(",", ":")).encode()).decode()

    def unseal(self, sealed: str) -> dict[str, Any]:
        """Return what was sealed. Raises BrokenSeal."""
        try:
            opened = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError) as error:
            raise BrokenSeal from error
        if not isinstance(opened, dict):
            raise BrokenSeal
        return opened

    def seal_bytes(self, content: bytes) -> bytes:
        """Return `content`, of some megabytes at most, sealed; a third longer than it was."""
        return self._fernet.encrypt(content)

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """Return what was sealed by `seal_bytes`. Raises BrokenSeal."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise BrokenSeal from error


def keyed_hash(key: str, text: str) -> str:
    """Return 64 hexadecimal digits that identify `text` to holders of `key` and to nobody else.

    A plain hash of a NIK can be reversed by trying all of them; a keyed one cannot.
    """
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
