"""What the gateway asks and is answered about satisfaction, and about what everybody may read of a site."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from gerai_complaints.rules.periods import FIRST_DAY, KINDS, LAST_DAY
from gerai_complaints.rules.satisfaction import HIGHEST, LOWEST, Element
from gerai_complaints.satisfaction_shapes import CHANNELS, Said
from gerai_complaints.schemas.fields import CODE, COUNTER, PlainText

LONGEST_REMARK = 500
CHOOSE = "Please choose one of these."


def _answer() -> fields.Integer:
    return fields.Integer(
        required=True, strict=True, validate=validate.OneOf(range(LOWEST, HIGHEST + 1), error=CHOOSE)
    )


AnswersSchema = Schema.from_dict({element.value: _answer() for element in Element}, name="AnswersSchema")


class SaySchema(Schema):
    """The request `answer_survey`: what the agency told of the visit, and all nine answers.

    Without a ticket `ticket_id` and `day` are null, and the day is today.
    """

    agency = fields.String(required=True, validate=CODE)
    site = fields.String(required=True, validate=CODE)
    service = fields.String(load_default=None, allow_none=True, validate=CODE)
    counter = fields.String(load_default=None, allow_none=True, validate=COUNTER)
    day = fields.Date(load_default=None, allow_none=True)
    ticket_id = fields.UUID(load_default=None, allow_none=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS, error=CHOOSE))
    answers = fields.Nested(AnswersSchema, required=True)
    remark = PlainText(longest=LONGEST_REMARK, lines=True, load_default=None, allow_none=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Said:
        """Build the dataclass."""
        ticket_id = values.pop("ticket_id")
        answers = {Element(code): value for code, value in values.pop("answers").items()}
        return Said(**values, answers=answers, ticket_id=str(ticket_id) if ticket_id else None)


class SaidSchema(Schema):
    """The answer to `answer_survey`."""

    is_changed = fields.Boolean()
    changeable_until = fields.Date()


class SiteSchema(Schema):
    """The request `site_performance`."""

    site = fields.String(required=True, validate=CODE)


class PeriodSchema(Schema):
    """Which period the desk wants to see; without one this year."""

    period = fields.String(validate=validate.OneOf(tuple(KINDS), error=CHOOSE))
    day = fields.Date(
        validate=validate.Range(min=FIRST_DAY, max=LAST_DAY, error="Please choose a day from 2000 to 2099.")
    )
