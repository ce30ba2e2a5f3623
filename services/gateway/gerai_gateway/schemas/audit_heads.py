"""What the public interface answers about the audit of complaints."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given


class AuditHeadSchema(Given):
    """The end of the audit's chain as it was published on a day of the mall's calendar.

    `position` is how many acts the chain had, `count` how many of them since the head before, `hash` the
    SHA-256 of the last one, which covers all before it.
    """

    day = fields.Date(required=True)
    at = fields.AwareDateTime(required=True)
    position = fields.Integer(required=True)
    hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    count = fields.Integer(required=True)


class AuditHeadsSchema(Given):
    """The heads of the last three months, the newest first, as told at `told_at`.

    `is_old` when the complaints service does not answer since. Whoever keeps this can have it compared later.
    """

    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)
    heads = fields.List(fields.Nested(AuditHeadSchema), required=True)
