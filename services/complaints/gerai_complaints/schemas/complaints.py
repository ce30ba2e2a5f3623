"""What the gateway asks and is answered: filing, following, deciding."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from gerai_complaints.rules.case import Classification
from gerai_complaints.rules.decisions import DECISIONS
from gerai_complaints.schemas.attachments import References
from gerai_complaints.schemas.fields import (
    CODE,
    COUNTER,
    LANGUAGES,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    TICKET_NUMBER,
    TICKET_TOKEN,
    EmailAddress,
    PhoneNumber,
    PlainText,
)
from gerai_complaints.shapes import Contact, Filing, Proxy, PublicWish, TicketFacts


class PersonSchema(Schema):
    """Who files, and where to send news; nobody has to be reachable, the receipt is enough."""

    name = PlainText(longest=LONGEST_NAME, load_default=None, allow_none=True)
    email = EmailAddress(load_default=None, allow_none=True)
    phone = PhoneNumber(load_default=None, allow_none=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Contact:
        """Build the dataclass."""
        return Contact(**values)


class ProxySchema(Schema):
    """For whom somebody acts, as what, and whether they have a power of attorney."""

    principal = PlainText(longest=LONGEST_NAME, required=True)
    relation = PlainText(longest=LONGEST_NAME, required=True)
    has_power_of_attorney = fields.Boolean(required=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Proxy:
        """Build the dataclass."""
        return Proxy(**values)


class TicketFactsSchema(Schema):
    """The answer of an agency's `complaint_facts`."""

    agency = fields.String(required=True, validate=CODE)
    site = fields.String(required=True, validate=CODE)
    service = fields.String(required=True, validate=CODE)
    counter = fields.String(required=True, allow_none=True, validate=COUNTER)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True, validate=TICKET_NUMBER)
    day = fields.Date(required=True)
    waited_minutes = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> TicketFacts:
        """Build the dataclass."""
        return TicketFacts(**{**values, "ticket_id": str(values["ticket_id"])})


class FileSchema(Schema):
    """The request `file`."""

    classification = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Classification], error="Please choose one of these."),
    )
    title = PlainText(longest=LONGEST_TITLE, required=True)
    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)
    agency = fields.String(required=True, validate=CODE)
    site = fields.String(load_default=None, allow_none=True, validate=CODE)
    service = fields.String(load_default=None, allow_none=True, validate=CODE)
    occurred_on = fields.Date(load_default=None, allow_none=True)
    anonymous = fields.Boolean(required=True)
    confidential = fields.Boolean(required=True)
    language = fields.String(
        required=True, validate=validate.OneOf(LANGUAGES, error="Please choose one of these.")
    )
    person = fields.Nested(PersonSchema, required=True)
    proxy = fields.Nested(ProxySchema, load_default=None, allow_none=True)
    claims_danger = fields.Boolean(load_default=False)
    ticket_facts = fields.Nested(TicketFactsSchema, load_default=None, allow_none=True)
    ticket_token = fields.String(load_default=None, allow_none=True, validate=TICKET_TOKEN)
    attachments = References(load_default=list)
    public = fields.Boolean(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def name_the_known(self, values: dict[str, Any], **_: Any) -> None:
        """Whoever does not ask to stay unknown says who they are."""
        if not values["anonymous"] and values["person"].name is None:
            raise ValidationError({"person": {"name": ["Please fill this in."]}})

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Filing:
        """Build the dataclass."""
        return Filing(**{**values, "public": PublicWish() if values.get("public") else None})


class TrackSchema(Schema):
    """The request `track`."""

    token = fields.String(required=True)


class DecideSchema(TrackSchema):
    """The request `decide`; thanks and a withdrawal may have a text, all others need one."""

    decision = fields.String(
        required=True, validate=validate.OneOf(tuple(DECISIONS), error="Please choose one of these.")
    )
    text = PlainText(longest=LONGEST_TEXT, lines=True, load_default=None, allow_none=True)


class FiledSchema(Schema):
    """The answer to `file`."""

    number = fields.String()
    token = fields.String()
    received_at = fields.AwareDateTime()
    due_on = fields.Date()
    working_days = fields.Integer()
    state = fields.String()


class TurnSchema(Schema):
    """One turn of the conversation as its holder sees it."""

    at = fields.AwareDateTime()
    by = fields.String()
    text = fields.String()


class ErasedSchema(Schema):
    """What was erased and when, or is to be."""

    asked_at = fields.AwareDateTime()
    person_erased_at = fields.AwareDateTime()
    contents_erased_at = fields.AwareDateTime()


class TrackedSchema(Schema):
    """The answer to `track` and `decide`."""

    number = fields.String()
    state = fields.String()
    classification = fields.String()
    title = fields.String()
    text = fields.String()
    agency = fields.String()
    site = fields.String()
    received_at = fields.AwareDateTime()
    due_on = fields.Date()
    overdue = fields.Boolean()
    escalated_to = fields.String()
    ticket_number = fields.String()
    thread = fields.List(fields.Nested(TurnSchema))
    waits_until = fields.AwareDateTime()
    refused_for = fields.String()
    can = fields.Function(lambda tracked: {name: name in tracked.may for name in DECISIONS})
    publication = fields.String()
    erasure = fields.Nested(ErasedSchema)
