"""What the desk's forms say of agreements and of supervised agencies."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from gerai_complaints.pvl_shapes import AgreementText
from gerai_complaints.schemas.fields import CODE, PlainText
from gerai_complaints.schemas.pvl import LONGEST_NOTE, FormSchema

ENDS_FIRST = "The last day comes before the first."


class AgreementSchema(FormSchema):
    """An agreement between the Ombudsman and agencies."""

    number = PlainText(longest=100, required=True)
    subject = PlainText(longest=LONGEST_NOTE, required=True)
    parties = PlainText(longest=2_000, lines=True, required=True)
    signed_on = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    document = PlainText(longest=LONGEST_NOTE, load_default=None, allow_none=True)
    focal_role = PlainText(longest=150, required=True)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse an agreement that ends before it is signed, or that has one party."""
        if values["valid_until"] is not None and values["valid_until"] < values["signed_on"]:
            raise ValidationError({"valid_until": [ENDS_FIRST]})
        if len([line for line in values["parties"].split("\n") if line.strip()]) < 2:
            raise ValidationError({"parties": ["An agreement has at least two parties, each on a line."]})

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> AgreementText:
        """Build the dataclass."""
        return AgreementText(**values)


class SupervisedSchema(FormSchema):
    """That an agency is supervised."""

    agency = fields.String(required=True, validate=CODE)
    since = fields.Date(required=True)
    until = fields.Date(load_default=None, allow_none=True)
    basis = PlainText(longest=LONGEST_NOTE, required=True)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """Refuse an end before the beginning."""
        if values["until"] is not None and values["until"] < values["since"]:
            raise ValidationError({"until": [ENDS_FIRST]})
