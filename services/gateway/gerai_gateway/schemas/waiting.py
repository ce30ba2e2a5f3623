"""What the public interface answers about the waiting list."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given, TextSchema

STATES = ("waiting", "offered", "taken", "lapsed", "left", "over")


class OfferedPlaceSchema(Given):
    """A place that is kept until `held_until`: book it with `hold_token`, as the person who waits."""

    hold_token = fields.String(required=True)
    slot_starts_at = fields.AwareDateTime(required=True)
    held_until = fields.AwareDateTime(required=True)


class WaitingEntrySchema(Given):
    """A place in the waiting list. `ahead` people are before it while it waits.

    taken: has a place, that of `ticket_token` if it came of the list. lapsed: an offer passed unused. left:
    gone by wish. over: the last day came and no place with it.
    """

    token = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    agency = fields.String(required=True)
    site = fields.String(required=True)
    service = fields.String(required=True)
    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    service_name = fields.Nested(TextSchema, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    name_masked = fields.String(required=True)
    ahead = fields.Integer(required=True, allow_none=True)
    offer = fields.Nested(OfferedPlaceSchema, required=True, allow_none=True)
    ticket_token = fields.String(required=True, allow_none=True)
