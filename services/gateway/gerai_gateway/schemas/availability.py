"""What the public interface answers about days and their free hours."""

from marshmallow import fields

from gerai_gateway.schemas.base import Given, TextSchema


class SlotSchema(Given):
    """An hour; `id` books it. `places` are free of `capacity`."""

    id = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    places = fields.Integer(required=True)
    capacity = fields.Integer(required=True)


class OrderSchema(Given):
    """The order of the centre by which something is closed, and what it says to citizens."""

    number = fields.String(required=True)
    issuer = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)


class DaySchema(Given):
    """A day; one that is not open says why.

    `reason`: closed, holiday, full, past, not_yet_open, not_on_this_weekday (the note names the days), or
    closed_by_order, then with the `directive` and its text as the note. `opens_at` is there when it opens at
    a published time.
    """

    day = fields.Date(required=True)
    open = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    note = fields.Nested(TextSchema, required=True, allow_none=True)
    directive = fields.Nested(OrderSchema, allow_none=True)
    places = fields.Integer(required=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)
    opens_at = fields.AwareDateTime(allow_none=True)


class DaySumSchema(Given):
    """A day of a service, without its hours; one that is not open says why, as in `DaySchema`."""

    day = fields.Date(required=True)
    open = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    places = fields.Integer(required=True)
    opens_at = fields.AwareDateTime(allow_none=True)


class FreeDaysOfServiceSchema(Given):
    """The days of a service."""

    service = fields.String(required=True)
    days = fields.List(fields.Nested(DaySumSchema), required=True)


class FreeDaysOfAgencySchema(Given):
    """The services of an agency that are booked at the site."""

    agency = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    services = fields.List(fields.Nested(FreeDaysOfServiceSchema), required=True)


class FreeDaysSchema(Given):
    """Free days of a whole site, at most some seconds old; `missing` are agencies that do not answer now."""

    site = fields.String(required=True)
    time_zone = fields.String(required=True)
    agencies = fields.List(fields.Nested(FreeDaysOfAgencySchema), required=True)
    missing = fields.List(fields.String(), required=True)


class AvailabilitySchema(Given):
    """Free places; at most some seconds old."""

    site = fields.String(required=True)
    service = fields.String(required=True)
    time_zone = fields.String(required=True)
    days = fields.List(fields.Nested(DaySchema), required=True)
