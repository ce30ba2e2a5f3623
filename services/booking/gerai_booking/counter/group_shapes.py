"""What supervisors write about groups, and what stands in their lists, as marshmallow reads it."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from gerai_booking.counter.establishment_shapes import FormSchema, choice, day, text, why
from gerai_booking.counter.road_map_shapes import basis, number
from gerai_booking.schemas import CHOICE, CODE, PersonSchema

MOST_PLACES = 500
PLACES = "A number of places is between 1 and 500."
DATES = "The last day comes before the first, or the places go back after the first day."
REFERENCE = "A reference has 1 to 60 letters and digits; a NIK is none."
HOUR = "An hour is written like 09:00 or 2026-12-02 09:00."
ALL_LINES, GOOD_LINES = "all", "good"


class GroupSchema(FormSchema):
    """Places for an institution."""

    institution = text(longest=200, required=True)
    contact = text(longest=200, required=True)
    service = fields.String(required=True, validate=CODE, error_messages={"required": CHOICE})
    purpose = fields.String(load_default=None, validate=CODE)
    first_day = day(required=True)
    last_day = day(required=True)
    wanted = number(1, MOST_PLACES, PLACES, required=True)
    most_an_hour = number(1, MOST_PLACES, PLACES, required=True)
    returns_on = day(required=True)
    basis = basis()
    why = why()

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Places go back before the first day, so that the public can use them."""
        if not data["returns_on"] <= data["first_day"] <= data["last_day"]:
            raise ValidationError({"returns_on": [DATES]})


class ReturnSchema(FormSchema):
    """Why places go back."""

    why = why()


class ListSchema(FormSchema):
    """How a list is taken: whole, or its good lines."""

    take = choice((ALL_LINES, GOOD_LINES), required=True)


class LineSchema(PersonSchema):
    """One line of a list: a person, whom a contact is not asked of."""

    reference = fields.String(
        required=True, validate=validate.Regexp(r"^(?!.*\d{16})[\w./ -]{1,60}\Z", error=REFERENCE)
    )
    hour = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^(\d{4}-\d\d-\d\d )?\d\d:\d\d\Z", error=HOUR),
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Check what concerns more than one field; the institution tells those who left no contact."""
        try:
            super().check(data)
        except ValidationError as error:
            problems = dict(error.normalized_messages())
            if not data.get("email") and not data.get("phone"):
                problems.pop("email", None)
            if problems:
                raise ValidationError(problems) from error
