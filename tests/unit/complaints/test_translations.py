"""Every text that people may read stands in Indonesian, too."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import gerai_complaints
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from gerai_complaints import schemas
from gerai_complaints.schemas import fields as form_fields
from gerai_shared.refusals import Refused
from gerai_shared.translations import texts
from marshmallow import Schema, fields, validate

PACKAGE = Path(gerai_complaints.__file__).parent
Kind = TypeVar("Kind")
PLACES = re.compile(r"%\((\w+)\)s")


def refusals() -> list[type[Refused]]:
    """Return every refusal of the package."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "gerai_complaints."):
        if not module.name.startswith("gerai_complaints.migrations") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [each for each in _below(Refused) if each.__module__.startswith("gerai_complaints")]


def _below(kind: type[Kind]) -> Iterator[type[Kind]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def translated() -> dict[str, str]:
    """Return the Indonesian texts by their English key."""
    with resources.files("gerai_complaints").joinpath("locale", "id.po").open("rb") as file:
        found = {}
        for message in read_po(file, locale="id"):
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            text = message.string[0] if isinstance(message.string, tuple) else message.string
            if key:
                found[str(key)] = str(text)
    return found


def template_texts() -> set[str]:
    """Return every text that the templates and pages ask for."""
    found = extract_from_dir(
        PACKAGE / "templates",
        method_map=[("**.html", "jinja2")],
        options_map={"**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true"}},
    )
    return {each[2][0] if isinstance(each[2], tuple) else each[2] for each in found}


def schema_messages() -> set[str]:
    """Return what the fields of the requests say no with."""
    said: set[str] = {"Missing data for required field.", "Field may not be null.", "Unknown field."}
    for schema in request_schemas():
        for field in schema().fields.values():
            said |= _messages_of(field)
    return said


def request_schemas() -> list[type[Schema]]:
    """Return every schema of the border."""
    for module in pkgutil.walk_packages(schemas.__path__, f"{schemas.__name__}."):
        importlib.import_module(module.name)
    return [each for each in _below(Schema) if each.__module__.startswith(schemas.__name__)]


def _messages_of(field: fields.Field[Any]) -> set[str]:
    ours = validate.OneOf | validate.Regexp
    said = {validator.error for validator in field.validators if isinstance(validator, ours)}
    if isinstance(field, form_fields.PlainText):
        said.add(f"At most {field.longest:,} characters.")
        said |= {form_fields.TEXT_MESSAGES[key] for key in ("blank", "unseen")}
    if isinstance(field, form_fields.PhoneNumber):
        said.add(str(field.error_messages["phone"]))
    return {message for message in said if message}


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.__name__)
def test_every_refusal_is_said_in_indonesian(refusal: type[Refused]) -> None:
    template = refusal().template
    indonesian = translated().get(template)
    assert indonesian
    assert set(PLACES.findall(indonesian)) == set(PLACES.findall(template))
    assert refusal.code != Refused.code
    assert 400 <= refusal.status < 500


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in refusals()]
    assert len(codes) >= 6
    assert len(set(codes)) == len(codes)


def test_every_text_of_the_pages_is_translated() -> None:
    wanted = template_texts()
    assert len(wanted) > 50
    assert wanted - {key for key, text in translated().items() if text} == set()


def test_every_message_at_a_field_is_translated() -> None:
    assert len(request_schemas()) > 10
    assert schema_messages() - translated().keys() == set()


def test_plural_texts_read_well_in_both_languages() -> None:
    key, plural = "Overdue by %(num)s working day", "Overdue by %(num)s working days"
    indonesian = texts(("gerai_complaints",), "id").ngettext(key, plural, 3)
    assert indonesian % {"num": 3} == "Lewat 3 hari kerja"
    assert (
        texts(("gerai_complaints",), "en").ngettext(key, plural, 3) % {"num": 3}
        == "Overdue by 3 working days"
    )
