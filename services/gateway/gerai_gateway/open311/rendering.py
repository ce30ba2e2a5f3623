"""Answers of GeoReport v2: one structure, written as XML or by the Spark convention as JSON."""

import json
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from gerai_shared.refusals import InvalidRequest, Refused
from gerai_shared.translations import details_in, translate
from werkzeug.wrappers import Response

from gerai_gateway.rules.open311 import for_xml

#: What one of a list is called in XML.
SINGULAR = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
MEDIA_TYPES = {"xml": "text/xml", "json": "application/json"}
#: Fields of the standard by where our schemas have them.
FIELD_OF_PATH = {
    "text": "description",
    "title": "description",
    "latitude": "lat",
    "longitude": "long",
    "address": "address_string",
    "site": "address_id",
    "occurred_on": "attribute[occurred_on]",
    "agency": "service_code",
    "service": "service_code",
    "name": "first_name",
}
BAD_REQUEST, NOT_FOUND, FORBIDDEN, CONFLICT, TOO_MANY, FAULT = 400, 404, 403, 409, 429, 500


def answer(name: str, value: Any, form: str, *, status: int = 200) -> Response:
    """Return `value` (of dicts, lists and scalars) under the root `name`, in the form `xml` or `json`."""
    body = (
        json.dumps(value, ensure_ascii=False).encode()
        if form == "json"
        else ElementTree.tostring(_element(name, value), encoding="utf-8", xml_declaration=True)
    )
    return Response(
        body,
        status=status,
        content_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
        # What is listed is public, and pages of other sites may show it.
        headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"},
    )


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, dict):
        element.extend(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, list):
        element.extend(_element(SINGULAR[name], inner) for inner in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = for_xml(str(value))
    return element


def refused(refusal: Refused, form: str, *, language: str) -> Response:
    """Return a refusal as the standard has it: a list of errors, each with code and description."""
    status = status_of(refusal)
    errors = [{"code": status, "description": text} for text in _told(refusal, language)]
    response = answer("errors", errors, form, status=status)
    response.headers["Content-Language"] = language
    if "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


def status_of(refusal: Refused) -> int:
    """Return the status of the standard: 404 for what is not there, 403 for keys, 400 for all else.

    Except that whoever asked too much, or at a bad moment, is told so: trying again helps them.
    """
    kept = refusal.status in (NOT_FOUND, FORBIDDEN, CONFLICT, TOO_MANY) or refusal.status >= FAULT
    return refusal.status if kept else BAD_REQUEST


def _told(refusal: Refused, language: str) -> Iterable[str]:
    fields = refusal.details.get("fields")
    if refusal.code != InvalidRequest.code or not fields:
        return [translate(refusal, language)]
    said = details_in(refusal, language)["fields"]
    return [f"{_field(path)}: {' '.join(texts)}" for path, texts in said.items()]


def _field(path: str) -> str:
    last = path.rpartition(".")[2]
    return FIELD_OF_PATH.get(last, last)
