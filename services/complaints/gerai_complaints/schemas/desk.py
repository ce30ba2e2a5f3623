"""What crosses the border of the desk: sessions, lists, cases, orders."""

from typing import Any

from marshmallow import Schema, fields, validate

from gerai_complaints.rules.acts import Act
from gerai_complaints.schemas.complaints import ErasedSchema, ProxySchema, TicketFactsSchema


class SignInSchema(Schema):
    """An officer signs in."""

    username = fields.String(
        required=True,
        validate=validate.Regexp(r"^[\x20-\x7e]{0,40}\Z", error="User name or password is wrong."),
    )
    password = fields.String(
        required=True, validate=validate.Length(max=200, error="User name or password is wrong.")
    )


class OfficerSchema(Schema):
    """Who is signed in."""

    username = fields.String()
    name = fields.String()
    role = fields.String()


class NamedSchema(Schema):
    """A code with its names."""

    code = fields.String()
    id = fields.String()
    en = fields.String()


class CaseSummarySchema(Schema):
    """A line of the list of cases."""

    number = fields.String()
    title = fields.String()
    classification = fields.String()
    agency = fields.Nested(NamedSchema)
    state = fields.String()
    revision = fields.Integer()
    received_on = fields.Date()
    due_on = fields.Date()
    overdue = fields.Boolean()
    working_days_left = fields.Integer()
    level = fields.String()
    confidential = fields.Boolean()
    is_urgent = fields.Boolean()
    officer = fields.String()


class CaseListSchema(Schema):
    """A page of the list of cases."""

    cases = fields.List(fields.Nested(CaseSummarySchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    total = fields.Integer()
    page = fields.Integer()
    has_more = fields.Boolean()


class CaseTurnSchema(Schema):
    """One thing that happened, as officers see it."""

    at = fields.AwareDateTime()
    by = fields.String()
    kind = fields.String()
    text = fields.String()
    officer = fields.String()


class PausedSchema(Schema):
    """A time in which the clock stood still."""

    began_on = fields.Date()
    ended_on = fields.Date()
    working_days = fields.Integer()


class ExtendedSchema(Schema):
    """Working days that a supervisor added."""

    at = fields.AwareDateTime()
    officer = fields.String()
    working_days = fields.Integer()
    reason = fields.String()
    due_on = fields.Date()


class ProposalSchema(Schema):
    """A proposal to refuse it."""

    ground = fields.String()
    text = fields.String()
    officer = fields.String()
    at = fields.AwareDateTime()
    is_own = fields.Boolean()


class CaseSchema(Schema):
    """A case as officers see it."""

    text = fields.String()
    site = fields.Nested(NamedSchema)
    service = fields.Nested(NamedSchema)
    occurred_on = fields.Date()
    anonymous = fields.Boolean()
    language = fields.String()
    received_at = fields.AwareDateTime()
    due_basis = fields.String()
    working_days = fields.Integer()
    answered_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime()
    name = fields.String()
    is_told_by_email = fields.Boolean()
    ticket = fields.Nested(TicketFactsSchema)
    ticket_awaited = fields.Boolean()
    thread = fields.List(fields.Nested(CaseTurnSchema))
    channel = fields.String()
    received_by = fields.String()
    proxy = fields.Nested(ProxySchema)
    is_oversight = fields.Boolean()
    maladministration = fields.String()
    breached_rule = fields.String()
    ombudsman_number = fields.String()
    verify_by = fields.Date()
    follow_up_by = fields.Date()
    checks = fields.Dict(keys=fields.String(), values=fields.Boolean())
    pauses = fields.List(fields.Nested(PausedSchema))
    extensions = fields.List(fields.Nested(ExtendedSchema))
    proposal = fields.Nested(ProposalSchema)
    joined_to = fields.String()
    joined = fields.List(fields.String())
    waits_until = fields.AwareDateTime()
    erasure = fields.Nested(ErasedSchema)
    can = fields.Function(lambda case: {act.value: act.value in case.may for act in Act})


# Made once: a schema copies all of its fields as it is made.
_SUMMARY, _CASE = CaseSummarySchema(), CaseSchema()


def dump_case(case: Any) -> dict[str, Any]:
    """Return a `Case` as one flat JSON object, what the list says of it first."""
    return {**_SUMMARY.dump(case.summary), **_CASE.dump(case)}
