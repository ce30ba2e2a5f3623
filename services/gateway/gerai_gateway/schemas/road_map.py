"""What the public interface answers about the road map of a site."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given, TextSchema


class EarlierTargetSchema(Given):
    """A date that was told before, when it was given up, and why."""

    target_on = fields.Date(required=True)
    changed_on = fields.Date(required=True)
    why = fields.String(required=True)


class PlannedCounterSchema(Given):
    """Counters for a group of services. `is_late`: not open though their day is over."""

    group = fields.Nested(TextSchema, required=True)
    counters = fields.Integer(required=True)
    target_on = fields.Date(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(("planned", "in_preparation", "open", "postponed"))
    )
    is_late = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    responsible = fields.String(required=True)
    basis = fields.String(required=True)
    earlier = fields.List(fields.Nested(EarlierTargetSchema), required=True)


class AgencyRoadMapSchema(Given):
    """One agency's part of a road map."""

    agency = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    entries = fields.List(fields.Nested(PlannedCounterSchema), required=True)


class RoadMapSchema(Given):
    """What is to open at a site; `missing` are the short names of agencies that do not answer now."""

    site = fields.String(required=True)
    agencies = fields.List(fields.Nested(AgencyRoadMapSchema), required=True)
    missing = fields.List(fields.String(), required=True)
