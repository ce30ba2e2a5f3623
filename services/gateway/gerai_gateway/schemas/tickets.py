"""What the public interface answers about tickets: booked, changed, missed."""

from gerai_shared.ticket import TicketSchema
from marshmallow import fields, validate

from gerai_gateway.schemas.advice import AdviceSchema, MatchSchema, RestrictionSchema
from gerai_gateway.schemas.applications import ApplicationSchema, IncompleteFileSchema
from gerai_gateway.schemas.availability import OrderSchema
from gerai_gateway.schemas.base import Given, TextSchema
from gerai_gateway.schemas.wait_estimates import WaitSchema

#: Space-separated codes, so that a ticket can say both.
IDENTITY_NOTES = ("birth_date_differs", "sex_differs", "birth_date_differs sex_differs")


class HeldSchema(Given):
    """A held place. `token` opens it; book it until `held_until`."""

    ticket = fields.Nested(TicketSchema, required=True)
    token = fields.String(required=True)
    held_until = fields.AwareDateTime(required=True)


class BookedSchema(Given):
    """A ticket. `token` is the reference that its holder keeps; `url` is its page."""

    ticket = fields.Nested(TicketSchema, required=True)
    token = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    advice = fields.List(fields.Nested(AdviceSchema))


class AbilitiesSchema(Given):
    """What its holder may do with a ticket now."""

    cancel = fields.Boolean(required=True)
    reschedule = fields.Boolean(required=True)
    reschedule_reason = fields.String(allow_none=True, validate=validate.OneOf(("outage",)))
    check_in = fields.Boolean(required=True)
    check_in_opens_at = fields.AwareDateTime(required=True, allow_none=True)


class OrderOfTicketSchema(OrderSchema):
    """The order that changed a ticket: `treatment` is move, offer or cancel.

    Instead of a lost hour, another one may be chosen until `choose_until`. `undone`: it holds no more.
    """

    treatment = fields.String(required=True)
    choose_until = fields.Date(required=True, allow_none=True)
    undone = fields.Boolean(required=True)


class TicketOutageSchema(Given):
    """The outage that hit a ticket's hour; for its sake the ticket may move to a later hour, once."""

    failed = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    expected_end_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class AppealViewSchema(Given):
    """What the holder said of a missed visit: when, and what was decided; null until it is."""

    filed_at = fields.AwareDateTime(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    accepted = fields.Boolean(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class MissedSchema(Given):
    """A missed visit. While it `counts` it is the `count`-th of its window and leads to `grade`.

    The `paused_at`-th pauses online booking for `pause_days`; `paused_until` is the last day of a pause.
    """

    counts = fields.Boolean(required=True)
    can_appeal = fields.Boolean(required=True)
    grade = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("reminder", "warning", "pause"))
    )
    count = fields.Integer(required=True, allow_none=True)
    paused_at = fields.Integer(required=True, allow_none=True)
    pause_days = fields.Integer(required=True, allow_none=True)
    window_days = fields.Integer(required=True, allow_none=True)
    paused_until = fields.Date(required=True, allow_none=True)
    appeal = fields.Nested(AppealViewSchema, required=True, allow_none=True)


class TicketViewSchema(Given):
    """What a ticket's holder may see of it. `ahead` is how many are called before; null: it does not wait."""

    ticket = fields.Nested(TicketSchema, required=True)
    token = fields.String(required=True)
    check_code = fields.String()
    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    service_name = fields.Nested(TextSchema, required=True)
    counter_name = fields.Nested(TextSchema, required=True, allow_none=True)
    collection = fields.Nested(TextSchema, required=True, allow_none=True)
    name_masked = fields.String(required=True, allow_none=True)
    nik_masked = fields.String(required=True, allow_none=True)
    identity_note = fields.String(
        allow_none=True,
        validate=validate.OneOf(IDENTITY_NOTES),
        metadata={"description": "What digits 7 to 12 of the NIK say otherwise than its holder."},
    )
    match = fields.Nested(MatchSchema, allow_none=True)
    restriction = fields.Nested(RestrictionSchema, allow_none=True)
    ahead = fields.Integer(required=True, allow_none=True)
    estimate = fields.Nested(WaitSchema, allow_none=True)
    directive = fields.Nested(OrderOfTicketSchema, allow_none=True)
    can = fields.Nested(AbilitiesSchema, required=True)
    missed = fields.Nested(MissedSchema, allow_none=True)
    outage = fields.Nested(TicketOutageSchema, allow_none=True)
    is_shared_visit = fields.Boolean()
    replaced_by_token = fields.String(required=True, allow_none=True)
    application = fields.Nested(ApplicationSchema, allow_none=True)
    incomplete_file = fields.Nested(IncompleteFileSchema, allow_none=True)


class TicketStateSchema(Given):
    """What a ticket's stream tells, texts in the language asked for. `ahead` as in the ticket's view."""

    revision = fields.Integer(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    ahead = fields.Integer(required=True, allow_none=True)
    ahead_text = fields.String(required=True)
    wait_low_minutes = fields.Integer(required=True, allow_none=True)
    wait_high_minutes = fields.Integer(required=True, allow_none=True)
    wait_text = fields.String(required=True)
    counters_text = fields.String(required=True)
    counter_name = fields.String(required=True, allow_none=True)
    call_id = fields.String(required=True)
    times_called = fields.Integer(required=True)
