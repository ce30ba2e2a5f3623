"""Every event of the mall. A published version never changes incompatibly: a new version is added instead."""

from marshmallow import Schema, fields, validate

from gerai_shared.events.registry import EventType, Registry
from gerai_shared.ticket import State, TicketSchema

LANGUAGES = ("id", "en")
NOTIFICATIONS = frozenset({"notifications"})


class TextSchema(Schema):
    """One text in both languages."""

    id = fields.String(required=True)
    en = fields.String(required=True)


class TicketEventSchema(Schema):
    """The ticket after the change; `previous_state` is null for a new one."""

    ticket = fields.Nested(TicketSchema, required=True)
    previous_state = fields.Enum(State, by_value=True, required=True, allow_none=True)


class TicketNewsSchema(TicketEventSchema):
    """A change that its holder is told of.

    `recipient` is the contact {name, email, phone, language} sealed for notifications, null when
    none was given; `token` opens the ticket page; the names are what people call site and service.
    """

    recipient = fields.String(required=True, allow_none=True)
    sealed_token = fields.String(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    service_name = fields.Nested(TextSchema, required=True)
    duration_minutes = fields.Integer(required=True, validate=validate.Range(min=1))
    counter_name = fields.Nested(TextSchema, required=True, allow_none=True)


class NoShowNewsSchema(TicketNewsSchema):
    """A visit that counts as missed: the `count`-th within `window_days`.

    The `paused_at`-th pauses online booking for `pause_days`; `paused_until` is the last day of a pause that
    this one led to.
    """

    grade = fields.String(required=True, validate=validate.OneOf(("reminder", "warning", "pause")))
    count = fields.Integer(required=True, validate=validate.Range(min=1))
    paused_at = fields.Integer(required=True, validate=validate.Range(min=1))
    pause_days = fields.Integer(required=True, validate=validate.Range(min=1))
    window_days = fields.Integer(required=True, validate=validate.Range(min=1))
    paused_until = fields.Date(required=True, allow_none=True)


class AppealNewsSchema(TicketNewsSchema):
    """What was decided about an appeal; the reason stands on the ticket's page alone."""

    accepted = fields.Boolean(required=True)


class OutageNewsSchema(TicketNewsSchema):
    """An outage of the mall's own systems hit a ticket's hour.

    `failed` is what failed; `started_at` and `expected_end_at` are of the outage.
    """

    failed = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    expected_end_at = fields.AwareDateTime(required=True, allow_none=True)


class ComplaintEventSchema(Schema):
    """What happened to a complaint. `recipient` and `sealed_token` as in ticket events."""

    number = fields.String(required=True)
    state = fields.String(required=True)
    previous_state = fields.String(required=True, allow_none=True)
    classification = fields.String(required=True)
    due_on = fields.Date(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    recipient = fields.String(required=True, allow_none=True)
    sealed_token = fields.String(required=True)
    ticket_id = fields.UUID(required=True, allow_none=True)


def _ticket(name: str, summary: str) -> EventType:
    return EventType(name=name, context="booking", schema=TicketEventSchema, summary=summary)


def _ticket_news(name: str, summary: str, schema: type[Schema] = TicketNewsSchema) -> EventType:
    return EventType(name=name, context="booking", schema=schema, summary=summary, consumers=NOTIFICATIONS)


def _complaint(name: str, summary: str) -> EventType:
    return EventType(
        name=name, context="complaints", schema=ComplaintEventSchema, summary=summary, consumers=NOTIFICATIONS
    )


REGISTRY = Registry(
    (
        _ticket("ticket.held.v1", "A place was taken for some minutes while a citizen fills in the form"),
        _ticket("ticket.expired.v1", "A hold ran out and its place is free again"),
        _ticket_news("ticket.booked.v1", "A citizen booked a place"),
        _ticket_news("ticket.rescheduled.v1", "A booking moved to another hour; the ticket is the new one"),
        _ticket("ticket.replaced.v1", "A ticket gave way to the one it was moved to"),
        _ticket_news("ticket.cancelled.v1", "A ticket was cancelled and its place is free again"),
        _ticket("ticket.checked_in.v1", "Its holder is there and waits"),
        _ticket("ticket.walked_in.v1", "A ticket was given to somebody who came without a booking"),
        _ticket_news("ticket.called.v1", "Its holder was called to a counter, for the first time or again"),
        _ticket("ticket.serving.v1", "Service began"),
        _ticket("ticket.served.v1", "Service ended"),
        _ticket("ticket.missed.v1", "Its holder was called and did not come"),
        _ticket("ticket.parked.v1", "Its holder waits aside until called back"),
        _ticket("ticket.requeued.v1", "Its holder waits again, with the old place in the queue"),
        _ticket("ticket.transferred.v1", "Its holder was sent on to another service"),
        _ticket("ticket.undone.v1", "An officer took back the last step"),
        _ticket_news("no_show.recorded.v1", "A visit counts as missed", NoShowNewsSchema),
        _ticket_news("no_show.withdrawn.v1", "A visit that counted as missed does not any more"),
        _ticket("appeal.filed.v1", "Its holder said why they could not come"),
        _ticket_news("appeal.decided.v1", "A supervisor decided about an appeal", AppealNewsSchema),
        _ticket_news("outage.hit.v1", "An outage hit its hour; it may move to a later one", OutageNewsSchema),
        _complaint("complaint.filed.v1", "A complaint was received and has a due date"),
        _complaint("complaint.answered.v1", "An officer answered it"),
        _complaint(
            "complaint.closed.v1", "The complainant accepted the answer, or the time to dispute it is over"
        ),
        _complaint(
            "complaint.disputed.v1", "The complainant disputes the answer; work goes on until a new due date"
        ),
    )
)
