"""What the waiting room and the public check answer."""

from marshmallow import fields

from gerai_gateway.schemas.base import Given, TextSchema


class PlaceInLineSchema(Given):
    """A number of a waiting room. `token` shows it; `position` are still to come up, this one included.

    It comes up at `admitted_at` and is good until `expires_at`. Ask again after `retry_after` seconds.
    """

    token = fields.String(required=True)
    agency = fields.String(required=True)
    site = fields.String(required=True)
    number = fields.Integer(required=True)
    position = fields.Integer(required=True)
    opens_at = fields.AwareDateTime(required=True)
    admitted = fields.Boolean(required=True)
    admitted_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    expected_wait_seconds = fields.Integer(required=True)
    retry_after = fields.Integer(required=True)


class CheckSchema(Given):
    """A genuine ticket as anybody may see it. `is_valid` says whether it still is one; the name is masked."""

    agency = fields.String(required=True)
    agency_name = fields.Nested(TextSchema, required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    is_valid = fields.Boolean(required=True)
    service_name = fields.Nested(TextSchema, required=True)
    site_name = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    day = fields.Date(required=True)
    starts_at = fields.AwareDateTime(required=True, allow_none=True)
    name_masked = fields.String(required=True, allow_none=True)
