"""What crosses the border of the audit."""

from marshmallow import Schema, fields


class HeadSchema(Schema):
    """The chain's head as it was published on a day."""

    day = fields.Date()
    at = fields.AwareDateTime()
    position = fields.Integer()
    hash = fields.String()
    count = fields.Integer()


class HeadsSchema(Schema):
    """The heads of the last months, the newest first."""

    heads = fields.List(fields.Nested(HeadSchema))
