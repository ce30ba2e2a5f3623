"""What the public interface answers about who is called at a site."""

from marshmallow import fields

from gerai_gateway.schemas.base import Given


class CallSchema(Given):
    """One call, named by `call_id`: a number called again has another one."""

    call_id = fields.String(required=True)
    number = fields.String(required=True)
    counter = fields.String(required=True, allow_none=True)
    counter_name = fields.String(required=True)
    agency = fields.String(required=True)
    agency_name = fields.String(required=True)
    called_at = fields.AwareDateTime(required=True)
    times_called = fields.Integer(required=True)


class NextSchema(Given):
    """Somebody who is called soon."""

    number = fields.String(required=True)
    agency = fields.String(required=True)
    agency_name = fields.String(required=True)


class AtCounterSchema(Given):
    """A counter, and the number that is called to it or served there; None when there is nobody."""

    agency = fields.String(required=True)
    agency_name = fields.String(required=True)
    counter = fields.String(required=True)
    counter_name = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)


class WaitingSchema(Given):
    """How many wait for an agency; `is_live` is false while its news do not arrive."""

    agency = fields.String(required=True)
    agency_name = fields.String(required=True)
    waiting = fields.Integer(required=True)
    is_live = fields.Boolean(required=True)


class BoardSchema(Given):
    """The board of a site: the newest calls first, who is next, who is at which counter, notices.

    `calls` are at least those of the last two minutes.

    `sequence` grows with each change for as long as the answering process runs.
    """

    sequence = fields.Integer(required=True)
    now = fields.AwareDateTime(required=True)
    site = fields.String(required=True)
    site_name = fields.String(required=True)
    time_zone = fields.String(required=True)
    calls = fields.List(fields.Nested(CallSchema), required=True)
    next = fields.List(fields.Nested(NextSchema), required=True)
    counters = fields.List(fields.Nested(AtCounterSchema), required=True)
    waiting = fields.List(fields.Nested(WaitingSchema), required=True)
    notices = fields.List(fields.String(), required=True)
