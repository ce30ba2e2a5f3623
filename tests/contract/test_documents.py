"""The documents say what the code does, and a published event keeps its promise."""

import json
from pathlib import Path
from typing import Any

import pytest
from gerai_shared.bus import topology
from gerai_shared.events.catalogue import REGISTRY
from jsonschema import Draft202012Validator

from tools import event_documents, generate

DOCS = Path(generate.DOCS)


def published() -> dict[str, dict[str, Any]]:
    """Return the schemas that readers were promised."""
    return {
        file.name: json.loads(file.read_text()) for file in (DOCS / "schemas" / "published").glob("*.json")
    }


def test_generated_documents_are_what_the_code_generates() -> None:
    stale = [
        name
        for name, contents in generate.documents().items()
        if not (DOCS / name).exists() or (DOCS / name).read_text() != contents
    ]
    assert stale == [], "run `make generate`"


def test_every_event_type_is_published() -> None:
    assert {f"{event_type.name}.json" for event_type in REGISTRY} <= published().keys()


@pytest.mark.parametrize("name", sorted(published()))
def test_a_published_schema_is_still_kept(name: str) -> None:
    current = event_documents.schemas()
    assert name in current, f"{name} was published and may not disappear"
    assert event_documents.incompatibilities(published()[name], current[name]) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda schema: schema["properties"].pop("number"), "number was removed"),
        (lambda schema: schema["required"].remove("number"), "number may be missing now"),
        (
            lambda schema: schema["properties"]["number"].update(type=["string", "null"]),
            "number takes other values of type now",
        ),
        (
            lambda schema: schema["properties"]["state"]["enum"].append("lost"),
            "state takes other values of enum now",
        ),
        (lambda schema: schema["properties"]["day"].update(format="date-time"), "day has another format now"),
    ],
)
def test_an_incompatible_change_is_found(change: Any, problem: str) -> None:
    before = event_documents.schemas()["ticket.v1.json"]
    after = json.loads(json.dumps(before))
    change(after)
    assert problem in event_documents.incompatibilities(before, after)


def test_a_new_field_is_a_compatible_change() -> None:
    before = event_documents.schemas()["ticket.v1.json"]
    after = json.loads(json.dumps(before))
    after["properties"]["mood"] = {"type": "string"}
    after["required"].append("mood")
    assert event_documents.incompatibilities(before, after) == []


@pytest.mark.parametrize("name", sorted(event_documents.schemas()))
def test_every_schema_is_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(event_documents.schemas()[name])
    assert event_documents.schemas()[name]["title"]


def test_the_permissions_let_a_deployment_write_to_its_own_exchange_alone() -> None:
    commands = {
        command[3]: command for command in topology.permission_commands(["booking-legal", "gateway"], "/")
    }
    write = commands["booking-legal"][5]
    assert "booking\\.events" in write
    assert "complaints" not in write
