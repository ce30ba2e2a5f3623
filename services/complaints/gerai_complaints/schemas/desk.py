"""What crosses the border of the desk: sessions, lists, cases, orders."""

from typing import Any

from marshmallow import Schema, fields, validate

from gerai_complaints.schemas.complaints import TicketFactsSchema
from gerai_complaints.schemas.fields import LONGEST_TEXT, PlainText


class SignInSchema(Schema):
    """An officer signs in."""

    username = fields.String(
        required=True,
        validate=validate.Regexp(r"^[\x20-\x7e]{0,40}\Z", error="User name or password is wrong."),
    )
    password = fields.String(
        required=True, validate=validate.Length(max=200, error="User name or password is wrong.")
    )


class TakeSchema(Schema):
    """An officer takes a case in hand."""

    revision = fields.Integer(required=True, validate=validate.Range(min=1))


class ReplySchema(TakeSchema):
    """An officer answers."""

    text = PlainText(longest=LONGEST_TEXT, lines=True, required=True)


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


class CaseListSchema(Schema):
    """A page of the list of cases."""

    cases = fields.List(fields.Nested(CaseSummarySchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()


class CaseTurnSchema(Schema):
    """One thing that happened, as officers see it."""

    at = fields.AwareDateTime()
    by = fields.String()
    kind = fields.String()
    text = fields.String()
    officer = fields.String()


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
    can = fields.Function(lambda case: {"take": case.may_take, "reply": case.may_reply})


def dump_case(case: Any) -> dict[str, Any]:
    """Return a `Case` as one flat JSON object, what the list says of it first."""
    return {**CaseSummarySchema().dump(case.summary), **CaseSchema().dump(case)}
