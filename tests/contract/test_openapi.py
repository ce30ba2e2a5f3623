"""The interface's document is valid, complete, and says what the interface answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from gerai_gateway import openapi
from gerai_gateway.limits import Limits
from gerai_gateway.service import GatewayService
from gerai_shared.ticket import State
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.unit.gateway.conftest import Gateway, make_gateway

SLOT = "mpp-lebak.passport-new.20261125T0200Z"
PERSON = {"name": "Warga Contoh", "nik": "3602146508900003", "email": "warga@example.org"}
BOOKING = {"slot_id": SLOT, "purpose": "umrah", "person": PERSON}
COMPLAINT = {
    "classification": "complaint",
    "title": "Menunggu terlalu lama",
    "text": "Saya menunggu dua jam tanpa penjelasan.",
    "agency": "immigration",
    "person": {"name": "Warga Contoh"},
}
#: Addresses that serve the document, files and operators rather than clients of the interface.
UNDESCRIBED = {"/api/v1/openapi.json"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document(GatewayService, public_url="http://localhost")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = make_gateway(Limits(writes=100_000, reads=100_000))
    yield made
    made.mall.boards.close()
    made.settle()


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


def answer_schema(
    document: dict[str, Any], path: str, method: str, status: int, mimetype: str
) -> dict[str, Any]:
    """The schema of an answer, with the document's components beside it."""
    answers = document["paths"][path][method.lower()]["responses"]
    assert str(status) in answers, f"{method} {path} does not tell of {status}"
    schema = answers[str(status)]["content"][mimetype]["schema"]
    return {**schema, "components": {"schemas": _closed(document["components"]["schemas"])}}


def _closed(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas without room for fields that they do not tell of."""
    return {name: {"additionalProperties": False, **schema} for name, schema in schemas.items()}


def complaints_of(document: dict[str, Any], path: str, method: str, answer: Any) -> list[str]:
    """What is wrong with an answer, as its schema has it."""
    schema = answer_schema(document, path, method, answer.status_code, answer.mimetype)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(answer.data))]


def test_the_document_is_openapi_3_1(document) -> None:
    assert document["openapi"] == "3.1.0"
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []


def test_every_schema_in_it_is_json_schema(document) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(document))
    assert patterns
    assert [pattern for pattern in patterns if r"\Z" in pattern] == []


def test_every_reference_leads_somewhere(document) -> None:
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references <= document["components"]["schemas"].keys()


def test_every_route_of_the_interface_is_described_and_nothing_else(document, gateway) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in gateway.server.make_url_map().iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith("/api/")
        and rule.rule not in UNDESCRIBED
        and method not in {"HEAD", "OPTIONS"}
    }
    assert described(document) == routes


def test_the_paths_that_clients_were_promised_are_there(document) -> None:
    promised = {
        ("GET", "/api/v1/sites"),
        ("GET", "/api/v1/agencies"),
        ("GET", "/api/v1/agencies/{agency}/services"),
        ("GET", "/api/v1/agencies/{agency}/availability"),
        ("POST", "/api/v1/agencies/{agency}/tickets"),
        ("GET", "/api/v1/tickets/{token}"),
        ("GET", "/api/v1/tickets/{token}/calendar.ics"),
        ("GET", "/api/v1/tickets/{token}/qr.svg"),
        ("POST", "/api/v1/tickets/{token}/cancel"),
        ("POST", "/api/v1/tickets/{token}/reschedule"),
        ("POST", "/api/v1/tickets/{token}/check-in"),
        ("GET", "/api/v1/sites/{site}/board"),
        ("GET", "/api/v1/sites/{site}/road-map"),
        ("GET", "/api/v1/oversight"),
        ("GET", "/api/v1/outreach"),
        ("GET", "/api/v1/pvl"),
        ("GET", "/api/v1/sites/{site}/board/stream"),
        ("POST", "/api/v1/complaints"),
        ("GET", "/api/v1/complaints/{token}"),
    }
    assert promised <= described(document)


#: The newest heartbeat counts: repeating one does no harm.
WITHOUT_KEY = {"/api/v1/devices/heartbeat"}


def test_every_write_takes_a_key_and_every_operation_names_its_problems(document) -> None:
    names = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            headers = {each["name"] for each in operation["parameters"] if each["in"] == "header"}
            assert (headers == {"Idempotency-Key"}) is (method == "post" and path not in WITHOUT_KEY), where
            problems = {status: each for status, each in operation["responses"].items() if status >= "400"}
            assert "429" in problems, where
            assert all("`" in each["description"] for each in problems.values()), where
            assert all("application/problem+json" in each["content"] for each in problems.values()), where
            names.add(operation["operationId"])
    assert len(names) == len(described(document))


def test_the_gateway_hands_out_this_document(document, gateway) -> None:
    answer = gateway.client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json == document


def test_answers_have_the_shape_that_the_document_says(document, gateway) -> None:
    wrong: list[str] = []

    def ask(method: str, path: str, template: str, **options: Any) -> Any:
        answer = gateway.api(method, path, **options)
        problems = complaints_of(document, f"/api/v1/{template}", method, answer)
        wrong.extend(f"{method} {path}: {problem}" for problem in problems)
        return answer.json

    ask("GET", "sites", "sites")
    ask("GET", "agencies", "agencies")
    for agency in ("immigration", "legal"):
        ask("GET", f"agencies/{agency}/services", "agencies/{agency}/services")
    days = {"site": "mpp-lebak", "service": "passport-new", "from": "2026-11-20", "to": "2026-12-26"}
    ask("GET", "agencies/immigration/availability", "agencies/{agency}/availability", query_string=days)
    ask(
        "POST",
        "agencies/immigration/holds",
        "agencies/{agency}/holds",
        json={"slot_id": SLOT},
        key="hold-0001",
    )
    ticket = ask("POST", "agencies/immigration/tickets", "agencies/{agency}/tickets", json=BOOKING)["token"]
    ask("GET", f"tickets/{ticket}", "tickets/{token}")
    moved = {"slot_id": "mpp-lebak.passport-new.20261125T0300Z"}
    ticket = ask(
        "POST", f"tickets/{ticket}/reschedule", "tickets/{token}/reschedule", json=moved, key="move-0001"
    )["token"]
    ask("POST", f"tickets/{ticket}/check-in", "tickets/{token}/check-in", key="come-0001")
    ask("POST", f"tickets/{ticket}/cancel", "tickets/{token}/cancel", key="stop-0001")
    walk_in, _ = gateway.agencies.walk_in()
    gateway.agencies.change(
        walk_in, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=1
    )
    gateway.agencies.walk_in()
    gateway.mall.boards.receive(None)
    gateway.settle()
    ask("GET", "sites/mpp-lebak/board", "sites/{site}/board")
    ask("GET", "sites/mpp-lebak/road-map", "sites/{site}/road-map")
    ask("GET", "oversight", "oversight")
    ask("GET", "outreach", "outreach")
    ask("GET", "pvl", "pvl")
    complaint = ask("POST", "complaints", "complaints", json=COMPLAINT, key="file-0001")["token"]
    ask("GET", f"complaints/{complaint}", "complaints/{token}")
    ask("POST", f"complaints/{complaint}/dispute", "complaints/{token}/dispute", json={"text": "Belum."})
    ask("POST", f"complaints/{complaint}/accept", "complaints/{token}/accept")
    ask("GET", "agencies/police/services", "agencies/{agency}/services")
    ask("POST", "complaints", "complaints", json={**COMPLAINT, "site": 5}, key="file-0002")
    assert wrong == []


def test_what_streams_tell_has_the_shape_that_the_document_says(document, gateway) -> None:
    token, event = gateway.agencies.walk_in()
    gateway.mall.boards.receive(event)
    for path, template in (
        ("sites/mpp-lebak/board/stream", "sites/{site}/board/stream"),
        (f"tickets/{token}/stream", "tickets/{token}/stream"),
    ):
        answer = gateway.client.get(f"/api/v1/{path}", buffered=False)
        chunks = iter(answer.response)
        next(chunks)
        told = json.loads(next(chunks).decode().split("data: ")[1])
        schema = answer_schema(document, f"/api/v1/{template}", "GET", 200, "text/event-stream")
        assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []
        answer.close()


@pytest.mark.parametrize(
    "change",
    [
        {"nickname": "x"},
        {"slot_id": 5},
        {"priority": "yes"},
        {"language": "fr"},
        {"person": {**PERSON, "nik": "12"}},
    ],
)
def test_document_and_interface_refuse_the_same_bodies(document, gateway, change) -> None:
    schema = {"$ref": "#/components/schemas/Booking", "components": document["components"]}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(BOOKING)
    assert not validator.is_valid({**BOOKING, **change})
    answer = gateway.api("POST", "agencies/immigration/tickets", json={**BOOKING, **change})
    assert answer.status_code == 422
