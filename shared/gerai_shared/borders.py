"""What comes in from outside: checked by marshmallow, refused field by field."""

from collections.abc import Iterator
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from gerai_shared.refusals import InvalidRequest

#: What a field with such signs is refused with.
UNSTORABLE = "Please use letters and ordinary signs only."


def is_storable(value: Any) -> bool:
    """Tell whether a database can keep every text in a JSON value: PostgreSQL takes neither NUL nor half
    a pair of UTF-16 surrogates, both of which JSON can spell. One such text would fail a whole batch.
    """
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or storable(value) == value)
    if isinstance(value, dict):
        return all(is_storable(key) and is_storable(inner) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return all(is_storable(inner) for inner in value)
    return True


def storable(text: str) -> str:
    """Return `text` with a question mark for each sign that no database takes."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()


def _unstorable(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict | list | tuple):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, found in inner:
            name = storable(f"{path}.{key}" if path else str(key))
            if not is_storable(key):
                yield name
            yield from _unstorable(found, name)
    elif not is_storable(value):
        yield path or "_schema"


def load(schema: Schema, data: Any) -> Any:
    """Return `data` as `schema` reads it; unknown fields are refused.

    Raises InvalidRequest with details {"fields": {"<dotted path>": [English messages]}}.
    """
    if not is_storable(data):
        raise InvalidRequest(fields={path: [UNSTORABLE] for path in _unstorable(data, "")})
    try:
        return schema.load(data, unknown=RAISE)
    except ValidationError as error:
        raise InvalidRequest(fields=flat(error.normalized_messages())) from error


def flat(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages with dotted paths; `_schema` is the whole."""
    if not isinstance(messages, dict):
        several = messages if isinstance(messages, list) else [messages]
        return {path or "_schema": [str(message) for message in several]}
    found: dict[str, list[str]] = {}
    for key, inner in messages.items():
        below = path if key == "_schema" and path else f"{path}.{key}" if path else str(key)
        for name, texts in flat(inner, below).items():
            found.setdefault(name, []).extend(texts)
    return found
