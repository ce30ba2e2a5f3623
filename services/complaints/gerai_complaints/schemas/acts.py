"""What officers say with what they do to a case. All but notes say which revision they saw."""

from typing import Any

from marshmallow import Schema, fields, post_load, pre_load, validate

from gerai_complaints.rules.clock import LONGEST_EXTENSION
from gerai_complaints.rules.maladministration import Maladministration
from gerai_complaints.rules.refusal import DECISIONS, Ground
from gerai_complaints.rules.verification import Item
from gerai_complaints.schemas.fields import CODE, LONGEST_NAME, LONGEST_TEXT, PlainText

CHOOSE = "Please choose one of these."
LONGEST_RULE = 300
LONGEST_REFERENCE = 60


def _chosen(values: Any, **options: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf([getattr(each, "value", each) for each in values], error=CHOOSE), **options
    )


def _without_empty(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {name: value for name, value in data.items() if value != ""}


class ActSchema(Schema):
    """An act that needs no words."""

    revision = fields.Integer(required=True, validate=validate.Range(min=1))

    @pre_load
    def leave_out_what_is_empty(self, data: Any, **_: Any) -> Any:
        """Take a field of a form that nobody filled in for one that is not there."""
        return _without_empty(data)


class WordsSchema(ActSchema):
    """An act with words."""

    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)


class NoteSchema(Schema):
    """A note for colleagues."""

    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)


class CheckSchema(ActSchema):
    """What was found on the check list: `checks` is {item: whether it is fulfilled}."""

    checks = fields.Dict(
        keys=_chosen(Item),
        values=fields.Boolean(),
        required=True,
        validate=validate.Length(min=1, error=CHOOSE),
    )

    @post_load
    def in_order(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Bring the items into an order of their own."""
        return {**values, "checks": tuple(sorted(values["checks"].items()))}


class ForwardSchema(WordsSchema):
    """Pass on to another agency."""

    choice = fields.String(data_key="agency", required=True, validate=CODE)


class AssignSchema(ActSchema):
    """Give to an officer by their user name, or to nobody."""

    choice = fields.String(
        data_key="officer", load_default=None, allow_none=True, validate=validate.Length(max=40, error=CHOOSE)
    )


class QualifySchema(ActSchema):
    """What went wrong."""

    choice = _chosen(Maladministration, data_key="maladministration", load_default=None, allow_none=True)
    reference = PlainText(data_key="breached_rule", longest=LONGEST_RULE, load_default=None, allow_none=True)
    flag = fields.Boolean(data_key="is_oversight", load_default=False)


class ExtendSchema(WordsSchema):
    """More working days."""

    days = fields.Integer(
        required=True,
        validate=validate.Range(
            min=1, max=LONGEST_EXTENSION, error=f"Please give 1 to {LONGEST_EXTENSION} working days."
        ),
    )


class JoinSchema(ActSchema):
    """Answer together with another case."""

    choice = fields.String(
        data_key="main",
        required=True,
        validate=validate.Length(max=20, error="There is no open complaint with this number."),
    )


class ProposeRefusalSchema(WordsSchema):
    """Propose to refuse it."""

    choice = _chosen(Ground, data_key="ground", required=True)


class DecideRefusalSchema(ActSchema):
    """Decide about the proposal."""

    choice = _chosen(DECISIONS, data_key="decision", required=True)


class OmbudsmanSchema(WordsSchema):
    """What the Ombudsman asks or orders, under its own number."""

    reference = PlainText(
        data_key="ombudsman_number", longest=LONGEST_REFERENCE, load_default=None, allow_none=True
    )


class TemplateSchema(Schema):
    """A text that answers begin with."""

    title = PlainText(longest=LONGEST_NAME, required=True)
    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)
    agency = fields.String(load_default=None, allow_none=True, validate=CODE)
    language = _chosen(("id", "en"), required=True)

    @pre_load
    def leave_out_what_is_empty(self, data: Any, **_: Any) -> Any:
        """Take an agency that nobody chose for all of them."""
        return _without_empty(data)
