"""What the public interface answers about PVL on the spot."""

from marshmallow import fields

from gerai_gateway.schemas.base import Given, TextSchema


class PvlEventSchema(Given):
    """The Ombudsman at a place, as the guest of an agency; `site` is null where it is none of the mall."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    agency = fields.String(required=True)
    agency_name = fields.Nested(TextSchema, required=True)
    site = fields.String(required=True, allow_none=True)
    place = fields.Nested(TextSchema, required=True)
    regency = fields.String(required=True, allow_none=True)


class PvlYearSchema(Given):
    """How many events this year has had, and is to have; `target` is null where nobody has planned."""

    year = fields.Integer(required=True)
    held = fields.Integer(required=True)
    to_come = fields.Integer(required=True)
    target = fields.Integer(required=True, allow_none=True)


class PvlSchema(Given):
    """What is to come, in its order; `year` and `told_at` are null while the complaints service is away."""

    coming = fields.List(fields.Nested(PvlEventSchema), required=True)
    year = fields.Nested(PvlYearSchema, required=True, allow_none=True)
    told_at = fields.AwareDateTime(required=True, allow_none=True)
    is_old = fields.Boolean(required=True)
