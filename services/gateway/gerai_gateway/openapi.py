"""The interface's document, OpenAPI 3.1, made from the entrypoints and their schemas."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from gerai_shared.refusals import (
    ArrivedTooSlowly,
    BodyTooLarge,
    Fault,
    IdempotencyKeyMissing,
    Refused,
    Saturated,
    TookTooLong,
    TooManyRequests,
    Unavailable,
    UnreadableBody,
)
from gerai_shared.ticket import TicketSchema
from marshmallow import Schema

from gerai_gateway.entrypoints import KEY, Operation, Public, operations
from gerai_gateway.refusals import InvalidIdempotencyKey
from gerai_gateway.schemas.base import ProblemSchema

VERSION = "1.0.0"
PROBLEM_TYPE = "application/problem+json"
#: What every operation may answer, and every write beside it.
ANYWHERE: tuple[type[Refused], ...] = (TooManyRequests, Saturated, TookTooLong, Fault)
ON_WRITES: tuple[type[Refused], ...] = (IdempotencyKeyMissing, InvalidIdempotencyKey)
ON_BODIES: tuple[type[Refused], ...] = (UnreadableBody, ArrivedTooSlowly, BodyTooLarge)
DESCRIPTION = (
    "Books visits at the counters of a public service mall, follows them, and files complaints. "
    "Times are ISO 8601 with an offset. Errors are RFC 9457 problems with a stable `code`. Writes take "
    "an `Idempotency-Key`: the same key with the same body is carried out once and answered alike, so that "
    "an unanswered request may simply be repeated. Tokens are the unguessable references their holder keeps."
)


def _schema_name(schema: Any) -> str:
    name = schema.__name__ if isinstance(schema, type) else type(schema).__name__
    return str(name).removesuffix("Schema")


def document(service: type, *, public_url: str) -> dict[str, Any]:
    """Return the document of the described entrypoints of `service`, as JSON values."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(
        title="Gerai",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": DESCRIPTION},
        servers=[{"url": public_url}],
    )
    spec.components.schema("Ticket", schema=TicketSchema)
    spec.components.schema("Problem", schema=ProblemSchema)
    paths: dict[str, dict[str, Any]] = {}
    for entrypoint, function in operations(service):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", entrypoint.url)
        paths.setdefault(path, {})[entrypoint.method.lower()] = _describe(entrypoint, function.__name__)
    for path, methods in paths.items():
        spec.path(path=path, operations=methods)
    found: dict[str, Any] = _with_portable_patterns(spec.to_dict())
    return found


def _with_portable_patterns(value: Any) -> Any:
    r"""Return the document with patterns as JSON Schema writes them: it has no `\Z`, and its `$` is that."""
    if isinstance(value, list):
        return [_with_portable_patterns(each) for each in value]
    if not isinstance(value, dict):
        return value
    portable = {key: _with_portable_patterns(each) for key, each in value.items()}
    if isinstance(portable.get("pattern"), str):
        portable["pattern"] = portable["pattern"].replace(r"\Z", "$")
    return portable


def _describe(entrypoint: Public, name: str) -> dict[str, Any]:
    operation = entrypoint.operation
    if operation is None:
        raise ValueError(f"{name} has no description")
    is_write = entrypoint.method == "POST" and operation.is_keyed
    described: dict[str, Any] = {
        "operationId": name.removeprefix("api_"),
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *_path_parameters(entrypoint.url),
            *_query_parameters(operation),
            *_headers(is_write=is_write),
        ],
        "responses": {str(operation.status): _answer(operation), **_problems(operation, is_write=is_write)},
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.is_body_optional,
            "content": {"application/json": {"schema": operation.body}},
        }
    if operation.body_types:
        described["requestBody"] = {"required": True, "content": {each: {} for each in operation.body_types}}
    return described


def _path_parameters(url: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"<(?:\w+:)?(\w+)>", url)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [{"in": "query", "schema": operation.query}] if operation.query is not None else []


def _headers(*, is_write: bool) -> list[dict[str, Any]]:
    if not is_write:
        return []
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "Names this one wish; a repeat with the same key is carried out once.",
            "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
        }
    ]


def _answer(operation: Operation) -> dict[str, Any]:
    schema: type[Schema] | dict[str, str] = operation.answer or {"type": "string"}
    return {
        "description": HTTPStatus(operation.status).phrase,
        "content": {operation.answer_type: {"schema": schema}},
    }


def _problems(operation: Operation, *, is_write: bool) -> dict[str, Any]:
    classes: Iterable[type[Refused]] = (
        *operation.refusals,
        *ANYWHERE,
        *(ON_WRITES if is_write else ()),
        *(ON_BODIES if operation.body is not None or operation.body_types else ()),
    )
    codes: dict[int, set[str]] = {}
    for status, code in [*((each.status, each.code) for each in classes), *operation.codes]:
        codes.setdefault(status, set()).add(code)
    named = {status: ", ".join(f"`{code}`" for code in sorted(found)) for status, found in codes.items()}
    return {
        str(status): {
            "description": f"{HTTPStatus(status).phrase}: {named[status]}",
            "content": {PROBLEM_TYPE: {"schema": ProblemSchema}},
            **(_retry_after() if status in {TooManyRequests.status, Unavailable.status} else {}),
        }
        for status in sorted(codes)
    }


def _retry_after() -> dict[str, Any]:
    return {"headers": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}}
