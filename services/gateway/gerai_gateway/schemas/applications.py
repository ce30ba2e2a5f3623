"""What the public interface answers about what became of a ticket after the counter."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given, TextSchema


class StageSchema(Given):
    """A stage of an application: done, current or pending; `at` is when it was reached."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    state = fields.String(required=True, validate=validate.OneOf(("done", "current", "pending")))
    at = fields.AwareDateTime(required=True, allow_none=True)


class ReceiverSchema(Given):
    """Who may collect a result, and everything they have to show."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    proofs = fields.List(fields.Nested(TextSchema), required=True)


class CollectionSchema(Given):
    """Where a result is collected; `until` is the last day, null as long as it is not known."""

    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    until = fields.Date(required=True, allow_none=True)
    receivers = fields.List(fields.Nested(ReceiverSchema), required=True)


class ApplicationSchema(Given):
    """What became of a ticket after the counter.

    `promise_on` is null before the stage `promise_from`, from which `promise_days` working days are counted;
    while `promise_paused` it moves on by what the office waits for the citizen. It is `promise_provisional`
    when it reaches into a year whose collective leave is not announced. Without a promise, `no_promise` says
    why. `asks` is what the citizen has to do next; `note` is what the officer wrote for the citizen at the
    last step.
    """

    stage = fields.String(required=True)
    stage_name = fields.Nested(TextSchema, required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(("open", "waiting", "ready", "done", "closed"))
    )
    stages = fields.List(fields.Nested(StageSchema), required=True)
    moved_at = fields.AwareDateTime(required=True)
    promise_on = fields.Date(required=True, allow_none=True)
    promise_provisional = fields.Boolean(load_default=False)
    promise_days = fields.Integer(required=True, allow_none=True)
    promise_from = fields.Nested(TextSchema, required=True, allow_none=True)
    promise_basis = fields.String(required=True, allow_none=True)
    promise_paused = fields.Boolean(required=True)
    no_promise = fields.Nested(TextSchema, required=True, allow_none=True)
    asks = fields.Nested(TextSchema, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    collection = fields.Nested(CollectionSchema, required=True, allow_none=True)


class IncompleteFileSchema(Given):
    """What lacked when a file was handed back, and why it was not taken."""

    at = fields.AwareDateTime(required=True)
    why = fields.String(required=True)
    missing = fields.List(fields.Nested(TextSchema), required=True)
