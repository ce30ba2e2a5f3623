"""What the public interface answers about the figures of agencies and about outreach."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given, TextSchema

MONTH = validate.Regexp(r"^\d{4}-\d\d\Z")


class CountsSchema(Given):
    """Tickets of a month; null where a number is hidden: it is small, or would give a small one away."""

    issued = fields.Integer(required=True, allow_none=True)
    booked = fields.Integer(required=True, allow_none=True)
    walked_in = fields.Integer(required=True, allow_none=True)
    served = fields.Integer(required=True, allow_none=True)
    missed = fields.Integer(required=True, allow_none=True)
    cancelled = fields.Integer(required=True, allow_none=True)
    open = fields.Integer(required=True, allow_none=True)
    over_quota = fields.Integer(required=True, allow_none=True)
    emergency = fields.Integer(required=True, allow_none=True)


class MonthSchema(Given):
    """A month of a site, or all of them together (`month` is null).

    `hidden` has the sign of each hidden count: <5 for one to four, * for one kept back. `wait_minutes` is a
    median, `on_time_percent` of results that were ready by the promised day; null for too few people.
    """

    month = fields.String(required=True, allow_none=True, validate=MONTH)
    counts = fields.Nested(CountsSchema, required=True)
    hidden = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    wait_minutes = fields.Integer(required=True, allow_none=True)
    on_time_percent = fields.Integer(required=True, allow_none=True)


class SiteFiguresSchema(Given):
    """The last months of a site, the newest first, then all of them."""

    site = fields.String(required=True)
    months = fields.List(fields.Nested(MonthSchema), required=True)


class ClosingOrderSchema(Given):
    """An order of the centre that closes, or closed, places in its scope; no `services` are all."""

    number = fields.String(required=True)
    issuer = fields.String(required=True)
    dated = fields.Date(required=True)
    scope = fields.String(required=True)
    code = fields.String(required=True)
    services = fields.List(fields.String(), required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    text = fields.Nested(TextSchema, required=True)
    is_closing = fields.Boolean(required=True)


class PastOutageSchema(Given):
    """What failed where (null: everywhere), and for how many minutes (null: it goes on)."""

    site = fields.String(required=True, allow_none=True)
    failed = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)


class AgencyFiguresSchema(Given):
    """What one agency told at `told_at`; `is_old` when it does not answer since."""

    agency = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)
    sites = fields.List(fields.Nested(SiteFiguresSchema), required=True)
    orders = fields.List(fields.Nested(ClosingOrderSchema), required=True)
    outages = fields.List(fields.Nested(PastOutageSchema), required=True)


class OversightSchema(Given):
    """The mall's figures; `missing` are the short names of agencies that have told nothing."""

    agencies = fields.List(fields.Nested(AgencyFiguresSchema), required=True)
    missing = fields.List(fields.String(), required=True)


class OutreachEventSchema(Given):
    """By what an agency makes its services known; no `topics` are all services."""

    agency = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    title = fields.String(required=True)
    place = fields.String(required=True)
    regency = fields.String(required=True, allow_none=True)
    audience = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True)
    station = fields.String(required=True, allow_none=True)
    topics = fields.List(fields.String(), required=True)


class OutreachYearSchema(Given):
    """How many events an agency has had this year, and is to have."""

    agency = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    year = fields.Integer(required=True)
    held = fields.Integer(required=True)
    to_come = fields.Integer(required=True)
    target = fields.Integer(required=True, allow_none=True)


class OutreachSchema(Given):
    """What is to come, in its order; `missing` are the short names of agencies that have told nothing."""

    coming = fields.List(fields.Nested(OutreachEventSchema), required=True)
    years = fields.List(fields.Nested(OutreachYearSchema), required=True)
    missing = fields.List(fields.String(), required=True)
