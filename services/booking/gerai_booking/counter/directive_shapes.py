"""What the forms about orders of the centre bring, as marshmallow reads it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from gerai_booking.rules.catalogue import Text
from gerai_booking.rules.directives import LONGEST_CLOSURE_DAYS, SCOPE_KINDS, TREATMENTS
from gerai_booking.schemas import CHOICE, DAY, FREE_OF_CONTROLS, REASON
from gerai_booking.usecases.directives import Order

#: A service is named in its own field, one for each that can be ticked.
SERVICE_FIELD = "service_"
NUMBER = "Please give the number of the order as it is written on it."
ISSUER = "Please name the office that gave the order."
TEXT = "Please tell citizens in at least ten letters why it is closed."
TOO_LONG = f"An order closes for at most {LONGEST_CLOSURE_DAYS} days. It can be prolonged by another one."


class DirectiveSchema(Schema):
    """An order to close, to be written down; `scope` is `kind:code`, as its list offers it."""

    number = fields.String(
        required=True, validate=[validate.Length(min=3, max=100, error=NUMBER), FREE_OF_CONTROLS]
    )
    issuer = fields.String(
        required=True, validate=[validate.Length(min=3, max=200, error=ISSUER), FREE_OF_CONTROLS]
    )
    dated = fields.Date(required=True, error_messages={"invalid": DAY})
    scope = fields.String(
        required=True, validate=validate.Regexp(rf"^({'|'.join(SCOPE_KINDS)}):[a-z0-9.-]*\Z", error=CHOICE)
    )
    first_day = fields.Date(required=True, error_messages={"invalid": DAY})
    last_day = fields.Date(required=True, error_messages={"invalid": DAY})
    text_id = fields.String(
        required=True, validate=[validate.Length(min=10, max=500, error=TEXT), FREE_OF_CONTROLS]
    )
    text_en = fields.String(load_default="", validate=[validate.Length(max=500), FREE_OF_CONTROLS])

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take empty fields as not given."""
        tidy = {key: " ".join(value.split()) for key, value in data.items()}
        return {key: value for key, value in tidy.items() if value}

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A last day does not come before the first, nor too long after it."""
        days = (data["last_day"] - data["first_day"]).days
        if days < 0:
            raise ValidationError({"last_day": ["The last day comes before the first."]})
        if days >= LONGEST_CLOSURE_DAYS:
            raise ValidationError({"last_day": [TOO_LONG]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Build the order; without an English text, the Indonesian one is told to all."""
        scope, _colon, code = data["scope"].partition(":")
        ticked = frozenset(
            name.removeprefix(SERVICE_FIELD) for name in data if name.startswith(SERVICE_FIELD)
        )
        order = Order(
            number=data["number"],
            issuer=data["issuer"],
            dated=data["dated"],
            scope=scope,
            code=code,
            services=ticked,
            first_day=data["first_day"],
            last_day=data["last_day"],
            text=Text(id=data["text_id"], en=data.get("text_en") or data["text_id"]),
        )
        return {"order": order}


def directive_schema(services: list[str]) -> Schema:
    """Return the schema of the form for an agency with these services."""
    ticks: dict[str, fields.Field[Any]] = {f"{SERVICE_FIELD}{code}": fields.String() for code in services}
    schema = type("DirectiveOfAgencySchema", (DirectiveSchema,), ticks)()
    assert isinstance(schema, Schema)
    return schema


class ApplySchema(Schema):
    """An order to be put in force, with what becomes of those who have booked."""

    treatment = fields.String(required=True, validate=validate.OneOf(TREATMENTS, error=CHOICE))


class UndoSchema(Schema):
    """An order to be undone."""

    why = fields.String(required=True, validate=REASON)
