"""The registry of event types: what each one's data looks like and who waits for it."""

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError


class UnknownEventType(Exception):
    """No event type of this name is registered."""


class InvalidEventData(Exception):
    """A producer built an event whose data does not have its type's shape: an error in our own code."""


@dataclass(frozen=True, kw_only=True)
class EventType:
    """One version of one fact.

    `context` names the exchange (`<context>.events`). `consumers` are the deployments that keep a
    durable queue for it: with at least one, publishing is mandatory and an event that no queue
    takes is kept and retried; `booking` stands for every agency's. Without any it only feeds live boards,
    which start from a snapshot.
    """

    name: str
    context: str
    schema: type[Schema]
    summary: str
    consumers: frozenset[str] = frozenset()

    @property
    def exchange(self) -> str:
        """The topic exchange it is published to."""
        return f"{self.context}.events"


class Registry:
    """Event types by name."""

    def __init__(self, types: tuple[EventType, ...]) -> None:
        self._types = {event_type.name: event_type for event_type in types}
        if len(self._types) != len(types):
            raise ValueError("two event types have the same name")
        # Making one costs more than using it.
        self._schemas: dict[str, Schema] = {}

    def __iter__(self) -> Any:
        return iter(self._types.values())

    def __getitem__(self, name: str) -> EventType:
        try:
            return self._types[name]
        except KeyError:
            raise UnknownEventType(name) from None

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def dump(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON form of `data` (native values). Producers are strict: raises InvalidEventData
        when a field lacks, is not known, or has a wrong value.
        """
        schema = self._schema(name)
        unknown = data.keys() - schema.fields.keys()
        if unknown:
            raise InvalidEventData(f"{name}: unknown {sorted(unknown)}")
        try:
            dumped: dict[str, Any] = schema.dump(data)
            schema.load(dumped, unknown=RAISE)
        except ValidationError as error:
            raise InvalidEventData(f"{name}: {error.messages}") from error
        except (AttributeError, TypeError, ValueError) as error:
            # marshmallow writes without checking: a value of another type fails somewhere inside a field.
            raise InvalidEventData(f"{name}: {error}") from error
        return dumped

    def load(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return native values of `data` (JSON). Readers are tolerant: fields they do not know are
        passed over. Raises InvalidEventData.
        """
        try:
            loaded: dict[str, Any] = self._schema(name).load(data, unknown=EXCLUDE)
        except ValidationError as error:
            raise InvalidEventData(f"{name}: {error.messages}") from error
        return loaded

    def _schema(self, name: str) -> Schema:
        found = self._schemas.get(name)
        if found is None:
            found = self._schemas[name] = self[name].schema()
        return found
