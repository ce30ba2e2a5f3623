"""What crosses the border about PVL on the spot: forms of the desk, what a tablet sends, receipts."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from gerai_complaints.pvl_shapes import EventPlan, Intake
from gerai_complaints.rules.case import Classification
from gerai_complaints.rules.pvl import EventState, IntakeKind
from gerai_complaints.schemas.fields import (
    CODE,
    LANGUAGES,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    EmailAddress,
    PhoneNumber,
    PlainText,
)
from gerai_complaints.shapes import Contact

FILL_IN = "Please fill this in."
CHOOSE = "Please choose one of these."
#: What is filed as a complaint; a consultation is a kind of its own here.
BROUGHT = (Classification.COMPLAINT, Classification.INFORMATION, Classification.ASPIRATION)
#: An event is a few days, not a season.
LONGEST_EVENT = timedelta(days=31)
LONGEST_NOTE = 300
LOCAL_NUMBER = validate.Regexp(r"^[A-Z0-9]{2,8}-[0-9]{1,6}\Z", error="This is not a number of a tablet.")
YEAR = validate.Range(min=2018, max=2100, error="A year is between 2018 and 2100.")
TARGET = validate.Range(min=0, max=1000, error="A number of events is between 0 and 1,000.")


class FormSchema(Schema):
    """A form of the desk: what was left empty is nothing."""

    @pre_load
    def drop_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take empty texts for none."""
        return {name: value if value != "" else None for name, value in data.items()}


class EventSchema(FormSchema):
    """An event: its days, its place, its host, its team."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(load_default=None, allow_none=True)
    agency = fields.String(required=True, validate=CODE)
    site = fields.String(load_default=None, allow_none=True, validate=CODE)
    place = PlainText(longest=200, load_default=None, allow_none=True)
    regency = PlainText(longest=100, load_default=None, allow_none=True)
    head = fields.String(required=True)
    assistants = fields.List(fields.String(), load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse an event that ends before it begins, or is nowhere."""
        first, last = values["first_day"], values["last_day"]
        if last is not None and not first <= last <= first + LONGEST_EVENT:
            raise ValidationError({"last_day": ["An event ends on its first day or within a month."]})
        if values["site"] is None and values["place"] is None:
            raise ValidationError({"place": ["Please choose a place or write one."]})
        if values["site"] is None and values["regency"] is None:
            raise ValidationError({"regency": [FILL_IN]})

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> EventPlan:
        """Build the dataclass."""
        site = values["site"]
        return EventPlan(
            **{
                **values,
                "last_day": values["last_day"] or values["first_day"],
                "place": None if site else values["place"],
                "assistants": tuple(each for each in values["assistants"] if each != values["head"]),
            }
        )


class EventStateSchema(FormSchema):
    """What became of an event; a cancelled one needs a reason."""

    state = fields.String(
        required=True, validate=validate.OneOf([each.value for each in EventState], error=CHOOSE)
    )
    reason = PlainText(longest=LONGEST_NOTE, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def say_why(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse to cancel without a word."""
        if values["state"] == EventState.CANCELLED and values["reason"] is None:
            raise ValidationError({"reason": [FILL_IN]})


class PlanSchema(FormSchema):
    """How many events a year should have."""

    year = fields.Integer(required=True, validate=YEAR)
    target = fields.Integer(required=True, validate=TARGET)
    basis = PlainText(longest=LONGEST_NOTE, required=True)


class IntakeSchema(FormSchema):
    """What a tablet sends of one person. All in one level, so that each error finds its field."""

    kind = fields.String(
        required=True, validate=validate.OneOf([each.value for each in IntakeKind], error=CHOOSE)
    )
    local_number = fields.String(required=True, validate=LOCAL_NUMBER)
    taken_at = fields.AwareDateTime(required=True)
    classification = fields.String(
        load_default=Classification.COMPLAINT.value,
        validate=validate.OneOf([each.value for each in BROUGHT], error=CHOOSE),
    )
    title = PlainText(longest=LONGEST_TITLE, required=True)
    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)
    advice = PlainText(longest=LONGEST_TEXT, lines=True, load_default=None, allow_none=True)
    legal_basis = PlainText(longest=LONGEST_NOTE, load_default=None, allow_none=True)
    agency = fields.String(required=True, validate=CODE)
    service = fields.String(load_default=None, allow_none=True, validate=CODE)
    occurred_on = fields.Date(load_default=None, allow_none=True)
    anonymous = fields.Boolean(required=True)
    confidential = fields.Boolean(required=True)
    consent = fields.Boolean(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES, error=CHOOSE))
    name = PlainText(longest=LONGEST_NAME, load_default=None, allow_none=True)
    email = EmailAddress(load_default=None, allow_none=True)
    phone = PhoneNumber(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def complete(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse what lacks a name, an advice or the consent."""
        wrong: dict[str, list[str]] = {}
        if not values["anonymous"] and values["name"] is None:
            wrong["name"] = [FILL_IN]
        if values["kind"] == IntakeKind.CONSULTATION and values["advice"] is None:
            wrong["advice"] = [FILL_IN]
        if not values["consent"]:
            wrong["consent"] = ["Without consent nothing may be kept."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Intake:
        """Build the dataclass: what belongs to the other kind is left out."""
        del values["consent"]
        is_complaint = values["kind"] == IntakeKind.COMPLAINT
        others = ("advice", "legal_basis") if is_complaint else ("classification", "occurred_on")
        person = Contact(**{name: values.pop(name) for name in ("name", "email", "phone")})
        return Intake(**{**values, **dict.fromkeys(others), "person": person})


class IntakeReceiptSchema(Schema):
    """The answer to a tablet."""

    kind = fields.String()
    local_number = fields.String()
    officer = fields.String()
    taken_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime()
    number = fields.String()
    due_on = fields.Date()
