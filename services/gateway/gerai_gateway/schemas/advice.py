"""What is told beside a booking: advice, areas of offices, how somebody compares with a list."""

from marshmallow import fields, validate

from gerai_gateway.schemas.base import Given, TextSchema


class AdviceSchema(Given):
    """Something worth knowing that refuses nothing: another office, or another day to come."""

    kind = fields.String(required=True, validate=validate.OneOf(("other_office", "postpone")))
    office = fields.Nested(TextSchema, required=True, allow_none=True)
    site = fields.String(required=True, allow_none=True)
    why = fields.Nested(TextSchema, required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)
    day = fields.Date(required=True, allow_none=True)


class DifferenceSchema(Given):
    """How a field compares with a list: same, a small difference, or a large one."""

    field = fields.String(required=True, validate=validate.OneOf(("name", "birth_date")))
    size = fields.String(required=True, validate=validate.OneOf(("same", "small", "large")))
    reason = fields.String(required=True)


class MatchSchema(Given):
    """How a ticket's holder compares with the list of `source`; what stands there is not told."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(("matches", "differs", "being_corrected", "corrected", "not_listed")),
    )
    source = fields.String(required=True)
    differences = fields.List(fields.Nested(DifferenceSchema), required=True)


class RestrictionSchema(Given):
    """A regime in force at the site on the day of a held place; `free_from` is the first day without it."""

    name = fields.String(required=True)
    level = fields.String(required=True)
    free_from = fields.Date(required=True, allow_none=True)


class RegencySchema(Given):
    """A regency or city by its code of Kemendagri; `province` is a name."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    province = fields.String(required=True)


class CoveredSchema(RegencySchema):
    """A regency with the short names of the offices that are there for it."""

    sites = fields.List(fields.String(), required=True)


class RouteSchema(Given):
    """Who has one of these purposes and lives in one of these regencies is advised to go to `office`."""

    purposes = fields.List(fields.String(), required=True)
    regencies = fields.List(fields.Nested(RegencySchema), required=True)
    office = fields.Nested(TextSchema, required=True)
    site = fields.String(required=True, allow_none=True)
    why = fields.Nested(TextSchema, required=True)
    basis = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class CoverageSchema(Given):
    """Which offices of an agency are there for which regency today. Any office may be used all the same."""

    agency = fields.String(required=True)
    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)
    coverage = fields.List(fields.Nested(CoveredSchema), required=True)
    routes = fields.List(fields.Nested(RouteSchema), required=True)
