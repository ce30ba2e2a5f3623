"""What the public interface answers about how long people wait."""

from marshmallow import fields

from gerai_gateway.schemas.base import Given, TextSchema


class WaitSchema(Given):
    """A wait from `as_of` on: in 80 of 100 cases it lasts `low_minutes` to `high_minutes`.

    Minutes are null when nobody can tell. `ahead` wait before for the same service, which `open_counters`
    serve; `sentence` says so.
    """

    low_minutes = fields.Integer(required=True, allow_none=True)
    high_minutes = fields.Integer(required=True, allow_none=True)
    ahead = fields.Integer(required=True)
    open_counters = fields.Integer(required=True)
    sentence = fields.Nested(TextSchema, required=True)
    as_of = fields.AwareDateTime(required=True)


class WaitOfServiceSchema(WaitSchema):
    """How long somebody would wait for a service who came now."""

    agency = fields.String(required=True)
    service = fields.String(required=True)


class WaitingTimesSchema(Given):
    """The waits at a site. `missing` are agencies there that do not answer."""

    site = fields.String(required=True)
    services = fields.List(fields.Nested(WaitOfServiceSchema), required=True)
    missing = fields.List(fields.String(), required=True)
