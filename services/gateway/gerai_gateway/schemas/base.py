"""What the answers of the public interface are made of."""

from marshmallow import EXCLUDE, Schema, fields


class Given(Schema):
    """An answer may get further fields: clients pass over those that they do not know."""

    class Meta:
        unknown = EXCLUDE


class TextSchema(Given):
    """One text in both languages."""

    id = fields.String(required=True)
    en = fields.String(required=True)
