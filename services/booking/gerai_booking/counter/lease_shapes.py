"""What a site node tells the centre."""

from gerai_shared.ticket import State
from marshmallow import Schema, fields, validate

MOST_TICKETS = 400
_state = validate.OneOf([state.value for state in State])


class _Travelling(Schema):
    """A row as it travels. What is not named here is taken as it is, where there is a column for it."""

    class Meta:
        unknown = "include"


class TicketRow(_Travelling):
    """A row of tickets."""

    id = fields.String(required=True, validate=validate.Length(equal=36))
    number = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]-\d{3,5}$"))
    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    state = fields.String(required=True, validate=_state)


class LineRow(_Travelling):
    """A line of history."""

    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    to_state = fields.String(required=True, validate=_state)


class TicketChange(Schema):
    """A ticket as the node has it."""

    base = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    row = fields.Nested(TicketRow, required=True)
    lines = fields.List(fields.Nested(LineRow), required=True)
    beside = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(_Travelling)), load_default=dict
    )


class MergeSchema(Schema):
    """A page of tickets."""

    tickets = fields.List(
        fields.Nested(TicketChange), required=True, validate=validate.Length(min=1, max=MOST_TICKETS)
    )


class ChangesSchema(Schema):
    """What the node has written of the page before, and what it goes by."""

    confirmed = fields.List(
        fields.Tuple((fields.String(), fields.Integer(strict=True))),
        load_default=list,
        validate=validate.Length(max=MOST_TICKETS),
    )
    standing = fields.String(allow_none=True, load_default=None)
