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


class ProblemSchema(Given):
    """A refusal (RFC 9457). `code` is stable; `title` is in the reader's language.

    In `details` of invalid_request, `fields` names what is wrong with each field.
    """

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    details = fields.Dict(keys=fields.String())
