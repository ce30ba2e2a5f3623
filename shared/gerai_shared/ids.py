"""Identifiers."""

import uuid

import uuid_utils


def new_id() -> str:
    """Return a UUIDv7 as 36 characters: sorts by time of creation, so that indexes stay compact."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Tell whether `text` is a UUID in its canonical form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
