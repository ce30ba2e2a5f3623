"""What crosses the public border, as marshmallow reads it. Unknown fields are refused.

The agencies check what only they can know (whether a NIK can exist, whether a place is free); here is
checked what any client can be told without asking them.
"""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

LANGUAGES = ("id", "en")
CLASSIFICATIONS = ("complaint", "information", "aspiration")
LONGEST_NAME = 100
LONGEST_TITLE = 150
LONGEST_COMPLAINT = 5_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_CONTROLS_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _no_controls(text: str) -> None:
    if _CONTROLS.search(text):
        raise ValidationError("Please use letters and ordinary signs only.")


def _no_controls_but_lines(text: str) -> None:
    if _CONTROLS_BUT_LINES.search(text):
        raise ValidationError("Please use letters and ordinary signs only.")


def code() -> validate.Validator:
    """Short names of agencies, sites, services."""
    return validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,59}\Z", error="This is no short name of ours.")


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class PersonSchema(Schema):
    """The applicant: a NIK for Indonesian citizens, a passport number for others; e-mail or phone or both."""

    name = fields.String(required=True, validate=[validate.Length(min=2, max=LONGEST_NAME), _no_controls])
    nik = fields.String(validate=validate.Regexp(r"^\d{16}\Z", error="A NIK has 16 digits."))
    passport_number = fields.String(
        validate=validate.Regexp(
            r"^[A-Z0-9]{5,15}\Z", error="A passport number has 5 to 15 letters and digits."
        )
    )
    birth_date = fields.Date(allow_none=True)
    phone = fields.String(
        allow_none=True,
        validate=[validate.Length(min=8, max=30, error="This phone number is too short or too long.")],
    )
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Check what concerns more than one field."""
        if ("nik" in data) == ("passport_number" in data):
            raise ValidationError(
                {"nik": ["Please give a NIK, or a passport number if you are a foreigner."]}
            )
        if not data.get("email") and not data.get("phone"):
            raise ValidationError(
                {"email": ["Please give an e-mail address or a mobile number, so that we can tell you."]}
            )


class BookingSchema(Schema):
    """One booking: of a slot, or of a held place."""

    slot_id = fields.String(validate=validate.Length(min=5, max=100))
    hold_token = fields.String(validate=validate.Length(min=10, max=120))
    purpose = fields.String(allow_none=True, validate=code())
    precondition_met = Flag()
    priority = Flag()
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    person = fields.Nested(PersonSchema, required=True)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two ways to name the place."""
        if ("slot_id" in data) == ("hold_token" in data):
            raise ValidationError({"slot_id": ["Please choose an hour."]})


class HoldSchema(Schema):
    """A place to be held for some minutes."""

    slot_id = fields.String(required=True, validate=validate.Length(min=5, max=100))
    language = fields.String(load_default="id", validate=validate.OneOf(LANGUAGES))


class ChangeSchema(Schema):
    """A change of a ticket; `revision` is what its holder last saw of it."""

    revision = fields.Integer(strict=True, validate=validate.Range(min=1))


class RescheduleSchema(ChangeSchema):
    """A move to another hour."""

    slot_id = fields.String(required=True, validate=validate.Length(min=5, max=100))


class AvailabilityQuerySchema(Schema):
    """Which free places."""

    site = fields.String(required=True, validate=code())
    service = fields.String(required=True, validate=code())
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")

    @validates_schema
    def check(self, data: dict[str, date], **_: Any) -> None:
        """The days are in order."""
        if data["last"] < data["first"]:
            raise ValidationError({"to": ["The last day is before the first."]})


class LanguageQuerySchema(Schema):
    """In which language texts are wanted."""

    lang = fields.String(validate=validate.OneOf(LANGUAGES))


class ComplainantSchema(Schema):
    """Who complains. E-mail and phone are only for telling of the answer."""

    name = fields.String(
        allow_none=True, load_default=None, validate=[validate.Length(min=2, max=LONGEST_NAME), _no_controls]
    )
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    phone = fields.String(
        allow_none=True,
        validate=validate.Length(min=8, max=30, error="This phone number is too short or too long."),
    )


class ComplaintSchema(Schema):
    """A complaint, a question or a wish. With `ticket_token` it concerns one visit."""

    classification = fields.String(required=True, validate=validate.OneOf(CLASSIFICATIONS))
    title = fields.String(required=True, validate=[validate.Length(min=3, max=LONGEST_TITLE), _no_controls])
    text = fields.String(
        required=True, validate=[validate.Length(min=10, max=LONGEST_COMPLAINT), _no_controls_but_lines]
    )
    agency = fields.String(required=True, validate=code())
    site = fields.String(allow_none=True, load_default=None, validate=code())
    service = fields.String(allow_none=True, load_default=None, validate=code())
    occurred_on = fields.Date(allow_none=True, load_default=None)
    anonymous = Flag(load_default=False)
    confidential = Flag(load_default=False)
    language = fields.String(load_default="id", validate=validate.OneOf(LANGUAGES))
    person = fields.Nested(ComplainantSchema, required=True)
    ticket_token = fields.String(
        allow_none=True, load_default=None, validate=validate.Length(min=10, max=120)
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever does not ask to stay unknown says who they are."""
        if not data["anonymous"] and not data["person"]["name"]:
            raise ValidationError({"person": {"name": ["Please fill this in."]}})


class DecisionSchema(Schema):
    """What a complainant says to the answer."""

    text = fields.String(validate=[validate.Length(max=LONGEST_COMPLAINT), _no_controls_but_lines])
