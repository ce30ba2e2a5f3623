"""Every event of the mall. A published version never changes incompatibly: a new version is added instead."""

from marshmallow import Schema, fields, validate

from gerai_shared.events.registry import EventType, Registry
from gerai_shared.ticket import Lane, State, TicketSchema

LANGUAGES = ("id", "en")
MATCH_STATES = ("matches", "differs", "being_corrected", "corrected", "not_listed")
COUNTER_STATES = ("open", "paused", "closed")
NOTIFICATIONS = frozenset({"notifications"})
#: Every agency hears what the others have to tell it; its own news it passes over.
AGENCIES = frozenset({"booking"})
#: What one agency tells the others of a visit's step: where its holder is, and never for what.
STEP_FACTS = ("waiting", "at_counter", "aside", "done", "left")


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


class DirectiveSchema(Schema):
    """The order of the centre behind a change: who gave it under which number, and what it says to citizens.

    `choose_until` is the last day on which its holder may choose another hour, null where nothing is offered.
    """

    number = fields.String(required=True)
    issuer = fields.String(required=True)
    text = fields.Nested(TextSchema, required=True)
    choose_until = fields.Date(required=True, allow_none=True)


class TicketByOrderSchema(TicketNewsSchema):
    """A change by an order of the centre, which its holder is told of."""

    directive = fields.Nested(DirectiveSchema, required=True)


class WaitingNewsSchema(Schema):
    """What happened to somebody who waits for a place on some day from `first_day` to `last_day`.

    `slot_starts_at` and `offer_ends` are of the place that is or was offered, null without one. `recipient`
    and `sealed_token` as in ticket events; the token opens the page of the waiting list.
    """

    state = fields.String(required=True)
    site = fields.String(required=True)
    service = fields.String(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    slot_starts_at = fields.AwareDateTime(required=True, allow_none=True)
    offer_ends = fields.AwareDateTime(required=True, allow_none=True)
    recipient = fields.String(required=True, allow_none=True)
    sealed_token = fields.String(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    site_name = fields.Nested(TextSchema, required=True)
    site_address = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    service_name = fields.Nested(TextSchema, required=True)


class WaitingByOrderSchema(WaitingNewsSchema):
    """An order of the centre took back what was offered to somebody who waits."""

    directive = fields.Nested(DirectiveSchema, required=True)


class MatchNewsSchema(TicketNewsSchema):
    """How a ticket's holder compares with a list now; of what differs only the fields are named."""

    match_state = fields.String(required=True, validate=validate.OneOf(MATCH_STATES))
    previous_match_state = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(MATCH_STATES)
    )
    differing_fields = fields.List(
        fields.String(validate=validate.OneOf(("name", "birth_date"))), required=True
    )


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


class CounterEventSchema(Schema):
    """A counter after the change: whether it is open, and what is served there.

    `until` is when a paused counter is expected to go on, null where nobody said.
    """

    site = fields.String(required=True)
    counter = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(COUNTER_STATES))
    services = fields.List(fields.String(), required=True)
    until = fields.AwareDateTime(required=True, allow_none=True)


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


class ComplaintEscalatedSchema(ComplaintEventSchema):
    """A complaint that was not answered in time: `level` is whom it has reached."""

    level = fields.String(
        required=True, validate=validate.OneOf(("unit_head", "agency_head", "mall", "ombudsman"))
    )


class ComplaintErasedSchema(Schema):
    """Something was erased of the complaint that is the event's subject; nothing here is personal.

    `part` is person (who brought it) or contents (what was said, and its files).
    """

    part = fields.String(required=True, validate=validate.OneOf(("person", "contents")))


class AuditSealedSchema(Schema):
    """The head of the audit's chain on a day; whoever keeps it can tell later whether all before it stands.

    `position` is how many acts the chain has, `count` how many of them since the head before, `hash` the
    SHA-256 of the last, in hexadecimal digits.
    """

    day = fields.Date(required=True)
    position = fields.Integer(required=True, validate=validate.Range(min=0))
    hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    count = fields.Integer(required=True, validate=validate.Range(min=0))


class DossierReadySchema(Schema):
    """A dossier that waits for the Ombudsman's account at the desk; nothing personal is in it.

    `digest` is the SHA-256 over all its parts.
    """

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(("ladder", "rapid_response", "asked")))
    is_rapid_response = fields.Boolean(required=True)
    digest = fields.String(required=True)


class ApplicationEventSchema(Schema):
    """Where an application is after the counter; `number` is that of the ticket it was opened from.

    `previous_stage` is null for a new one; `collection_site` is where its result is handed over.
    """

    application_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    service = fields.String(required=True)
    site = fields.String(required=True)
    collection_site = fields.String(required=True)
    stage = fields.String(required=True)
    previous_stage = fields.String(required=True, allow_none=True)
    promise_on = fields.Date(required=True, allow_none=True)
    revision = fields.Integer(required=True, validate=validate.Range(min=1))


class ApplicationNewsSchema(ApplicationEventSchema):
    """A step that the owner is told of; `recipient` and `sealed_token` as in ticket events.

    `kept_until` is the last day on which a result that is ready can be collected, null when there is none.
    """

    recipient = fields.String(required=True, allow_none=True)
    sealed_token = fields.String(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    service_name = fields.Nested(TextSchema, required=True)
    stage_name = fields.Nested(TextSchema, required=True)
    collection_name = fields.Nested(TextSchema, required=True)
    collection_address = fields.Nested(TextSchema, required=True)
    kept_until = fields.Date(required=True, allow_none=True)


class VisitStepSchema(Schema):
    """The fact of one step of a visit over several agencies: no service, no counter, nobody's name.

    `arrived_at` is when its holder checked in, null while nobody did; `revision` tells which fact is the
    newer.
    """

    visit_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    site = fields.String(required=True)
    day = fields.Date(required=True)
    fact = fields.String(required=True, validate=validate.OneOf(STEP_FACTS))
    arrived_at = fields.AwareDateTime(required=True, allow_none=True)
    revision = fields.Integer(required=True, validate=validate.Range(min=1))


class VisitWishSchema(Schema):
    """An officer sends somebody on to another agency, for one of its services at the same site.

    The visit keeps its `number` and the time of arrival. `recipient` and `language` as in ticket events, so
    that the other agency's calls reach their holder; null when none was given.
    """

    wish_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    number = fields.String(required=True)
    site = fields.String(required=True)
    day = fields.Date(required=True)
    to_agency = fields.String(required=True)
    service = fields.String(required=True)
    lane = fields.Enum(Lane, by_value=True, required=True)
    arrived_at = fields.AwareDateTime(required=True, allow_none=True)
    recipient = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class VisitRefusalSchema(Schema):
    """An agency cannot take somebody who was sent on to it; `to_agency` is the one that sent them."""

    wish_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    to_agency = fields.String(required=True)
    reason = fields.Nested(TextSchema, required=True)


class OfferedServiceSchema(Schema):
    """A service that is given at a site."""

    code = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)


class OffersSchema(Schema):
    """Everything that an agency gives at a site."""

    site = fields.String(required=True)
    agency_name = fields.Nested(TextSchema, required=True)
    services = fields.List(fields.Nested(OfferedServiceSchema), required=True)


class DeviceEventSchema(Schema):
    """A kiosk, display or printer of an agency; `last_seen_at` is when it was heard of."""

    device_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("kiosk", "display", "printer")))
    name = fields.String(required=True)
    last_seen_at = fields.AwareDateTime(required=True)


def _ticket(name: str, summary: str) -> EventType:
    return EventType(name=name, context="booking", schema=TicketEventSchema, summary=summary)


def _ticket_news(name: str, summary: str, schema: type[Schema] = TicketNewsSchema) -> EventType:
    return EventType(name=name, context="booking", schema=schema, summary=summary, consumers=NOTIFICATIONS)


def _by_order(name: str, summary: str) -> EventType:
    return EventType(
        name=name, context="booking", schema=TicketByOrderSchema, summary=summary, consumers=NOTIFICATIONS
    )


def _counter(name: str, summary: str) -> EventType:
    return EventType(name=name, context="booking", schema=CounterEventSchema, summary=summary)


def _waiting(name: str, summary: str) -> EventType:
    return EventType(
        name=name, context="booking", schema=WaitingNewsSchema, summary=summary, consumers=NOTIFICATIONS
    )


def _complaint(name: str, summary: str) -> EventType:
    return EventType(
        name=name, context="complaints", schema=ComplaintEventSchema, summary=summary, consumers=NOTIFICATIONS
    )


def _between_agencies(name: str, summary: str, schema: type[Schema]) -> EventType:
    return EventType(name=name, context="booking", schema=schema, summary=summary, consumers=AGENCIES)


def _application_news(name: str, summary: str) -> EventType:
    return EventType(
        name=name, context="booking", schema=ApplicationNewsSchema, summary=summary, consumers=NOTIFICATIONS
    )


REGISTRY = Registry(
    (
        _ticket("ticket.held.v1", "A place was taken for some minutes while a citizen fills in the form"),
        _ticket("ticket.expired.v1", "A hold ran out, or its site is no more; its place is free again"),
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
        _counter("counter.opened.v1", "An officer opened a counter, or took it over"),
        _counter("counter.paused.v1", "A counter calls nobody for a while"),
        _counter("counter.resumed.v1", "A counter that had paused goes on"),
        _counter("counter.closed.v1", "Nobody has a counter open any more"),
        _counter("counter.services_changed.v1", "Something else is served at a counter from now on"),
        _by_order(
            "ticket.moved_by_order.v1", "A closure moved a booking to another hour; the ticket is the new one"
        ),
        _by_order(
            "ticket.offered_by_order.v1", "A closure took a booking's hour; its holder may choose another"
        ),
        _by_order(
            "ticket.cancelled_by_order.v1", "A closure ended a booking, or nobody chose another hour in time"
        ),
        _by_order(
            "ticket.restored_by_order.v1",
            "A closure was undone; the ticket is the one for the hour given back",
        ),
        _by_order(
            "ticket.reopened_by_order.v1",
            "A closure was undone; its holder keeps the ticket, and may move it",
        ),
        _waiting("waiting_list.joined.v1", "Somebody waits for a place of full days"),
        _waiting("waiting_list.offered.v1", "A place is kept for somebody on the waiting list, for a while"),
        _waiting("waiting_list.lapsed.v1", "An offer passed unused; the place goes to the next one"),
        EventType(
            name="waiting_list.withdrawn.v1",
            context="booking",
            schema=WaitingByOrderSchema,
            summary="A closure took an offer back; they wait on, at their old position",
            consumers=NOTIFICATIONS,
        ),
        EventType(
            name="ticket.match_changed.v1",
            context="booking",
            schema=MatchNewsSchema,
            summary="Its holder's data differs from a list that it is compared with, or does so no more",
            consumers=NOTIFICATIONS,
        ),
        EventType(
            name="application.advanced.v1",
            context="booking",
            schema=ApplicationEventSchema,
            summary="An application was opened, or reached its next stage",
        ),
        _application_news(
            "application.waiting_for_citizen.v1",
            "An application waits for something only its owner can bring",
        ),
        _application_news("application.ready.v1", "The result of an application waits to be collected"),
        _application_news("application.reminded.v1", "Its owner is reminded of a result not collected yet"),
        _application_news("application.handed_over.v1", "The result was handed over, and signed for"),
        _application_news(
            "application.cancelled.v1",
            "An application ended without its result: rejected, withdrawn or not collected in time",
        ),
        _application_news(
            "application.corrected.v1", "A step that its owner was told of was wrong and is taken back"
        ),
        _ticket_news("no_show.recorded.v1", "A visit counts as missed", NoShowNewsSchema),
        _ticket_news("no_show.withdrawn.v1", "A visit that counted as missed does not any more"),
        _ticket("appeal.filed.v1", "Its holder said why they could not come"),
        _ticket_news("appeal.decided.v1", "A supervisor decided about an appeal", AppealNewsSchema),
        _ticket_news("outage.hit.v1", "An outage hit its hour; it may move to a later one", OutageNewsSchema),
        _between_agencies(
            "visit.step_changed.v1",
            "Where somebody with a visit over several agencies is at one of them",
            VisitStepSchema,
        ),
        _between_agencies(
            "visit.step_wanted.v1", "An officer sends somebody on to another agency", VisitWishSchema
        ),
        _between_agencies(
            "visit.step_refused.v1", "The other agency cannot take whom it was sent", VisitRefusalSchema
        ),
        _between_agencies("catalogue.offered.v1", "What an agency gives at a site", OffersSchema),
        EventType(
            name="device.silent.v1",
            context="booking",
            schema=DeviceEventSchema,
            summary="A device has not been heard of for minutes while its site is open",
        ),
        EventType(
            name="device.back.v1",
            context="booking",
            schema=DeviceEventSchema,
            summary="A device that was silent is heard of again",
        ),
        _complaint("complaint.filed.v1", "A complaint was received and has a due date"),
        _complaint("complaint.answered.v1", "An officer answered it"),
        _complaint(
            "complaint.closed.v1", "The complainant accepted the answer, or the time to dispute it is over"
        ),
        EventType(
            name="complaint.escalated.v1",
            context="complaints",
            schema=ComplaintEscalatedSchema,
            summary="It was not answered in time and has reached the next level",
            consumers=NOTIFICATIONS,
        ),
        _complaint("complaint.incomplete.v1", "The complainant has to complete it; the clock stands still"),
        _complaint("complaint.forwarded.v1", "It was passed on to the agency that it is for"),
        _complaint("complaint.extended.v1", "A supervisor gave it more time; the due date is a new one"),
        _complaint("complaint.refused.v1", "Two persons refused it; the complainant can object"),
        _complaint("complaint.urgent.v1", "A life is in danger: it goes before all others"),
        _complaint("complaint.reopened.v1", "It was over, or at the Ombudsman, and work goes on"),
        _complaint("complaint.withdrawn.v1", "The complainant withdrew it, or did not complete it in time"),
        EventType(
            name="complaint.dossier_ready.v1",
            context="complaints",
            schema=DossierReadySchema,
            summary="A dossier for the Ombudsman was made; it waits at the desk",
        ),
        _complaint(
            "complaint.disputed.v1", "The complainant disputes the answer; work goes on until a new due date"
        ),
        EventType(
            name="complaint.erased.v1",
            context="complaints",
            schema=ComplaintErasedSchema,
            summary="Who brought it, or what it said, was erased: whoever holds some of it erases it, too",
            consumers=NOTIFICATIONS,
        ),
        EventType(
            name="audit.sealed.v1",
            context="complaints",
            schema=AuditSealedSchema,
            summary="The head of the audit's chain, published once a day",
        ),
    )
)
