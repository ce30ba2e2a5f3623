"""What the public interface answers about complaints."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given
from gerai_gateway.schemas.complaint_files import AttachmentSchema


class FiledSchema(Given):
    """The receipt of a complaint. `token` opens it; `url` is its page."""

    number = fields.String(required=True)
    token = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    received_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    working_days = fields.Integer(required=True)
    state = fields.String(required=True)


class TurnSchema(Given):
    """One turn of the conversation about a complaint."""

    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True, validate=validate.OneOf(("citizen", "officer")))
    text = fields.String(required=True)


class DecisionsSchema(Given):
    """What the complainant may do now: with an answer, with what lacks, with the whole."""

    accept = fields.Boolean(required=True)
    dispute = fields.Boolean(required=True)
    complete = fields.Boolean()
    withdraw = fields.Boolean()
    reopen = fields.Boolean()


class ErasedSchema(Given):
    """What was erased at the complainant's wish or by time, each with its moment."""

    asked_at = fields.AwareDateTime(required=True)
    person_erased_at = fields.AwareDateTime(required=True, allow_none=True)
    contents_erased_at = fields.AwareDateTime(required=True, allow_none=True)


class ComplaintViewSchema(Given):
    """A complaint as its sender sees it.

    `escalated_to` is the highest level that it ever reached because it was not answered in time: unit_head,
    agency_head, mall or ombudsman; null for none. An answer, or a dispute of it, does not take it back.
    `waits_until` is when it ends by itself, should the complainant say nothing; `refused_for` the ground of a
    refusal.
    `erasure` says what was erased of it or is to be, null for nothing.
    `publication` says what everybody may read of it: waiting, published or withheld; null for nothing.
    """

    number = fields.String(required=True)
    state = fields.String(required=True)
    classification = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    agency = fields.String(required=True)
    site = fields.String(required=True, allow_none=True)
    received_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True)
    overdue = fields.Boolean(required=True)
    escalated_to = fields.String(required=True, allow_none=True)
    ticket_number = fields.String(required=True, allow_none=True)
    thread = fields.List(fields.Nested(TurnSchema), required=True)
    waits_until = fields.AwareDateTime(allow_none=True)
    refused_for = fields.String(allow_none=True)
    publication = fields.String(allow_none=True)
    can = fields.Nested(DecisionsSchema, required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema))
    may_add_files = fields.Boolean()
    erasure = fields.Nested(ErasedSchema, allow_none=True)
