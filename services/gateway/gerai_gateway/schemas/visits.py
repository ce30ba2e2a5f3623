"""What the public interface answers about visits over several agencies."""

from gerai_shared.ticket import TicketSchema
from marshmallow import fields

from gerai_gateway.schemas.base import Given
from gerai_gateway.schemas.tickets import TicketViewSchema


class ProposedStepSchema(Given):
    """An errand at a free hour; `slot_id` books it. `ends_at` is when it should be over."""

    agency = fields.String(required=True)
    service = fields.String(required=True)
    slot_id = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class ProposalSchema(Given):
    """The errands in the order that takes the shortest time; nothing is held or booked."""

    site = fields.String(required=True)
    day = fields.Date(required=True)
    steps = fields.List(fields.Nested(ProposedStepSchema), required=True)


class StepProblemSchema(Given):
    """Why a step was not booked."""

    code = fields.String(required=True)
    title = fields.String(required=True)


class BookedStepSchema(Given):
    """What became of an errand: its ticket, or the problem."""

    agency = fields.String(required=True)
    slot_id = fields.String(required=True)
    ticket = fields.Nested(TicketSchema, required=True, allow_none=True)
    token = fields.String(required=True, allow_none=True)
    problem = fields.Nested(StepProblemSchema, required=True, allow_none=True)


class VisitBookedSchema(Given):
    """A visit. `token` is the reference that its holder keeps, `url` its page, `number` is called out."""

    token = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    number = fields.String(required=True)
    steps = fields.List(fields.Nested(BookedStepSchema), required=True)


class VisitViewSchema(Given):
    """A visit: its tickets at all agencies that answer, by their hours; `missing` are those that do not."""

    token = fields.String(required=True)
    number = fields.String(required=True)
    steps = fields.List(fields.Nested(TicketViewSchema), required=True)
    missing = fields.List(fields.String(), required=True)
