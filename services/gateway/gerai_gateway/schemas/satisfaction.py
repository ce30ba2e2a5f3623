"""What the public interface takes and answers about satisfaction."""

from marshmallow import Schema, fields, validate

from gerai_gateway.rules.survey import ELEMENTS, HIGHEST, LOWEST
from gerai_gateway.schemas.base import Given
from gerai_gateway.schemas.taken import CHOOSE, NO_TEXT

LONGEST_REMARK = 500
#: Lines, and whatever can be seen.
REMARK = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*\Z"


def _answer() -> fields.Integer:
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.OneOf(range(LOWEST, HIGHEST + 1), error=CHOOSE),
        error_messages={"required": CHOOSE, "null": CHOOSE, "invalid": CHOOSE},
    )


AnswersSchema = Schema.from_dict({element: _answer() for element in ELEMENTS}, name="AnswersSchema")


class SurveySchema(Schema):
    """What somebody says of a visit: all nine elements from 1 (worst) to 4 (best)."""

    answers = fields.Nested(AnswersSchema, required=True)
    remark = fields.String(
        allow_none=True,
        load_default=None,
        validate=[
            validate.Length(max=LONGEST_REMARK, error="Please give at most 500 characters."),
            validate.Regexp(REMARK, error=NO_TEXT),
        ],
    )


class SurveyReceiptSchema(Given):
    """The receipt: whether an earlier answer was replaced, and the last day on which this one may be."""

    is_changed = fields.Boolean(required=True)
    changeable_until = fields.Date(required=True)
