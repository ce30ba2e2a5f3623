"""The events' documents, made from their schemas: JSON Schemas, AsyncAPI 3, a page to read."""

from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from gerai_complaints.schemas.dossier import DossierSchema
from gerai_shared.events.catalogue import REGISTRY
from gerai_shared.events.envelope import CONTENT_TYPE, EnvelopeSchema
from gerai_shared.events.registry import EventType
from gerai_shared.ticket import TicketSchema
from marshmallow import Schema

INTRODUCTION = """# Events

Made by `make generate` from the schemas; a test keeps it equal to the code. Each event is a CloudEvents 1.0
object in structured JSON mode (`schemas/envelope.json`), published to its context's topic exchange with the
routing key `<type>.<agency>.<site>`. `sequence` counts the events of one deployment and site without gaps.
A published version never changes incompatibly: `schemas/published/` holds what readers were promised.

Events with readers are published mandatory and confirmed, and kept until a queue takes them. Events without
feed live boards alone, which begin with a snapshot."""
JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def json_schema(schema: type[Schema], *, title: str) -> dict[str, Any]:
    """Return a marshmallow schema as JSON Schema 2020-12, nested schemas written out in place."""
    converter = OpenAPIConverter("3.1.0", schema_name_resolver=lambda _schema: None, spec=None)  # type: ignore[arg-type]
    converted = converter.schema2jsonschema(schema())  # type: ignore[no-untyped-call]
    return {
        "$schema": JSON_SCHEMA,
        "title": title,
        "description": " ".join((schema.__doc__ or "").split()),
        **converted,
    }


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every event's data, envelope, dossier and ticket, by file name."""
    found = {
        f"{event_type.name}.json": json_schema(event_type.schema, title=event_type.name)
        for event_type in REGISTRY
    }
    found["envelope.json"] = json_schema(EnvelopeSchema, title="envelope")
    found["dossier.v1.json"] = json_schema(DossierSchema, title="dossier.v1")
    found["ticket.v1.json"] = json_schema(TicketSchema, title="ticket.v1")
    return found


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3 document of the bus."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for event_type in sorted(REGISTRY, key=lambda each: each.name):
        key = event_type.name.replace(".", "_")
        messages[key] = _message(event_type)
        channels[key] = {
            "address": f"{event_type.name}.{{agency}}.{{site}}",
            "description": event_type.summary,
            "parameters": {
                "agency": {"description": "the agency's short name, - for none"},
                "site": {"description": "the site's short name, - for none"},
            },
            "messages": {key: {"$ref": f"#/components/messages/{key}"}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": event_type.exchange, "type": "topic", "durable": True},
                    "bindingVersion": "0.3.0",
                }
            },
        }
        operations[f"publish_{key}"] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{key}"},
            "summary": event_type.summary,
            "bindings": {
                "amqp": {
                    "deliveryMode": 2,
                    "mandatory": bool(event_type.consumers),
                    "bindingVersion": "0.3.0",
                }
            },
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Gerai events",
            "version": "1.0.0",
            "description": "Past facts with a version, as CloudEvents 1.0 in structured JSON mode.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _message(event_type: EventType) -> dict[str, Any]:
    envelope = json_schema(EnvelopeSchema, title=event_type.name)
    envelope.pop("$schema")
    data = json_schema(event_type.schema, title=f"{event_type.name} data")
    data.pop("$schema")
    envelope["properties"] = {
        **envelope["properties"],
        "type": {"type": "string", "const": event_type.name},
        "data": data,
    }
    return {
        "name": event_type.name,
        "title": event_type.summary,
        "contentType": CONTENT_TYPE,
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": envelope},
    }


def page() -> str:
    """Return docs/events.md."""
    lines = [
        *INTRODUCTION.splitlines(),
        "",
        "| event | exchange | durable readers | what happened |",
        "|---|---|---|---|",
    ]
    for event_type in REGISTRY:
        readers = ", ".join(sorted(event_type.consumers)) or "-"
        link = f"[`{event_type.name}`](schemas/{event_type.name}.json)"
        lines.append(f"| {link} | `{event_type.exchange}` | {readers} | {event_type.summary} |")
    for event_type in REGISTRY:
        lines += [
            "",
            f"## {event_type.name}",
            "",
            f"{event_type.summary}.",
            "",
            "| field | type | may be null |",
            "|---|---|---|",
        ]
        lines += _rows(event_type)
    return "\n".join(lines) + "\n"


def _rows(event_type: EventType) -> list[str]:
    return [f"| `{name}` | {kind} | {'yes' if null else 'no'} |" for name, kind, null in _fields(event_type)]


def _fields(event_type: EventType) -> list[tuple[str, str, bool]]:
    properties = json_schema(event_type.schema, title="")["properties"]
    found = []
    for name, schema in properties.items():
        kinds = schema.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        nullable = "null" in kinds or any(each == {"type": "null"} for each in schema.get("anyOf", []))
        kind = " or ".join(each for each in kinds if each != "null")
        values = [value for value in schema.get("enum", []) if value is not None]
        note = (
            f": {', '.join(map(str, values))}"
            if values
            else f" ({schema['format']})"
            if "format" in schema
            else ""
        )
        found.append((name, kind + note, nullable))
    return found


def incompatibilities(published: dict[str, Any], current: dict[str, Any], path: str = "") -> list[str]:
    """Return what a reader of `published` would miss or misread in `current`; empty when it may go on.

    New fields are allowed, because readers pass over what they do not know. A field that goes away,
    may be missing or null where it could not, or takes values it did not take is not.
    """
    problems = []
    properties = current.get("properties", {})
    for name, schema in published.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        if name not in properties:
            problems.append(f"{where} was removed")
            continue
        if name in published.get("required", []) and name not in current.get("required", []):
            problems.append(f"{where} may be missing now")
        problems += incompatibilities(schema, properties[name], where)
    return problems + _other_values(published, current, path or "the whole")


def _other_values(published: dict[str, Any], current: dict[str, Any], where: str) -> list[str]:
    """Return how one value may be now what it could not be."""
    problems = []
    for keyword in ("type", "enum"):
        before, after = _values(published.get(keyword)), _values(current.get(keyword))
        if before and (not after or after - before):
            problems.append(f"{where} takes other values of {keyword} now")
    return problems + [
        f"{where} has another {keyword} now"
        for keyword in ("format", "const", "pattern", "anyOf", "allOf", "items")
        if published.get(keyword) != current.get(keyword)
    ]


def _values(value: Any) -> set[str]:
    return (
        {str(each) for each in (value if isinstance(value, list) else [value])}
        if value is not None
        else set()
    )
