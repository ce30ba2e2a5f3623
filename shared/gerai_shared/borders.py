"""What comes in from outside: checked by marshmallow, refused field by field."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from gerai_shared.refusals import InvalidRequest


def load(schema: Schema, data: Any) -> Any:
    """Return `data` as `schema` reads it; unknown fields are refused.

    Raises InvalidRequest with details {"fields": {"<dotted path>": [English messages]}}.
    """
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
