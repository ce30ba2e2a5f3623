"""What supervisors write into the forms of the register of establishments, as marshmallow reads it."""

from calendar import monthrange
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from gerai_booking.rules.establishment import ITEM_STATES, KINDS, STAGES
from gerai_booking.schemas import CHOICE, CODE, DAY, REASON

REGENCY = "A regency is a code like 36.02."
TEXT = "Please write this in 3 to 300 letters."
LONG_TEXT = "Please write this in 3 to 5,000 letters."
PEOPLE = "A number of people is between 0 and 1,000."
WHOLE_DOCUMENT = "A document has a number, a date, a title and a place where it is kept."
MONTH = "A month is written like 2026-01."
MONTHS = "The last month comes before the first."

REGENCY_CODE = validate.Regexp(r"^\d\d\.\d\d\Z", error=REGENCY)
MONTH_CODE = validate.Regexp(r"^20\d\d-(0[1-9]|1[0-2])\Z", error=MONTH)


class FormSchema(Schema):
    """A form: spaces around are dropped, and an empty field is not given."""

    @pre_load
    def tidy(self, data: Any, **_: Any) -> Any:
        """Take empty fields as not given."""
        tidy = {key: value.strip() if isinstance(value, str) else value for key, value in data.items()}
        return {key: value for key, value in tidy.items() if value != ""}


def text(*, longest: int = 300, error: str = TEXT, **more: Any) -> fields.String:
    """Return a field for a line of text."""
    messages: dict[str, Any] = {"required": error}
    return fields.String(
        validate=validate.Length(min=3, max=longest, error=error), error_messages=messages, **more
    )


def day(**more: Any) -> fields.Date:
    """Return a field for a day."""
    return fields.Date(error_messages={"invalid": DAY, "required": DAY}, **more)


def choice(choices: Any, **more: Any) -> fields.String:
    """Return a field for one of a list."""
    return fields.String(
        validate=validate.OneOf(tuple(choices), error=CHOICE), error_messages={"required": CHOICE}, **more
    )


def why() -> fields.String:
    """Return the field for the reason that is kept with the name of who gives it."""
    return fields.String(required=True, validate=REASON, error_messages={"required": REASON.error or ""})


def people() -> fields.Integer:
    """Return a field for a number of people."""
    return fields.Integer(
        load_default=None,
        validate=validate.Range(min=0, max=1000, error=PEOPLE),
        error_messages={"invalid": PEOPLE},
    )


class RequestSchema(FormSchema):
    """The request of a local government."""

    kind = choice(KINDS, required=True)
    regency = fields.String(required=True, validate=REGENCY_CODE, error_messages={"required": REGENCY})
    place = text(required=True)
    submitted_on = day(required=True)
    why = why()


class StageSchema(FormSchema):
    """Where a request goes, on which day."""

    stage = choice(STAGES, required=True)
    on = day(required=True)
    why = why()


class ItemSchema(FormSchema):
    """What became of an item of the checklist; its document is given whole or not at all."""

    item = fields.String(required=True, validate=CODE, error_messages={"required": CHOICE})
    state = choice(ITEM_STATES, required=True)
    number = text(longest=100, load_default=None)
    dated = day(load_default=None)
    title = text(longest=200, load_default=None)
    kept_at = text(longest=200, load_default=None)
    immigration_staff = people()
    regional_staff = people()
    why = why()

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A document that lacks a part cannot be found again."""
        parts = [data[name] for name in ("number", "dated", "title", "kept_at")]
        if any(parts) and not all(parts):
            raise ValidationError({"number": [WHOLE_DOCUMENT]})


class DocumentSchema(FormSchema):
    """A further document for the register."""

    number = text(longest=100, required=True)
    dated = day(required=True)
    title = text(longest=200, required=True)
    kept_at = text(longest=200, required=True)


class MinutesSchema(FormSchema):
    """A meeting."""

    held_on = day(required=True)
    place = text(longest=200, required=True)
    participants = text(longest=5000, error=LONG_TEXT, required=True)
    decisions = text(longest=5000, error=LONG_TEXT, required=True)


class ActionSchema(FormSchema):
    """What somebody is to do, by a role and a day."""

    minutes = text(longest=36, error=CHOICE, required=True)
    what = text(required=True)
    owner = text(longest=100, required=True)
    due_on = day(required=True)


class DoneSchema(FormSchema):
    """What was done."""

    action = text(longest=36, error=CHOICE, required=True)
    why = why()


class DemandSchema(FormSchema):
    """Whose demand is looked at: whole months, so that numbers of few days cannot be worked out."""

    regency = fields.String(required=True, validate=REGENCY_CODE, error_messages={"required": REGENCY})
    first = fields.String(required=True, validate=MONTH_CODE, error_messages={"required": MONTH})
    last = fields.String(required=True, validate=MONTH_CODE, error_messages={"required": MONTH})
    site = fields.String(load_default=None, validate=CODE)
    service = fields.String(load_default=None, validate=CODE)

    @pre_load
    def without_all(self, data: Any, **_: Any) -> Any:
        """A list cannot offer an empty choice: `all` is what it says."""
        return {key: value for key, value in data.items() if value != "all"}

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """A last month does not come before the first."""
        if data["last"] < data["first"]:
            raise ValidationError({"last": [MONTHS]})

    @post_load
    def as_days(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the first day of the first month and the last day of the last."""
        first = date.fromisoformat(f"{data['first']}-01")
        last = date.fromisoformat(f"{data['last']}-01")
        return data | {"first": first, "last": last.replace(day=monthrange(last.year, last.month)[1])}
