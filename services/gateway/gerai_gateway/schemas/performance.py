"""What the public interface answers about how a site does."""

from marshmallow import fields

from gerai_gateway.schemas.base import Given, TextSchema


class PartSchema(Given):
    """From where figures are and of which days.

    They were computed at `computed_at` and told at `told_at`; `is_old` when whoever tells them does not
    answer since. A null count or percentage is not told: it is small, or would give a small one away, or
    there is nothing to tell of.
    """

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    computed_at = fields.AwareDateTime(required=True)
    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)
    source = fields.String(required=True)


class OutcomesSchema(Given):
    """What became of complaints so far: `in_time` and `late` answered, `overdue` and `running` open.

    `otherwise` are those that ended without an answer; `in_time_percent` is of answers that were due.
    """

    received = fields.Integer(required=True, allow_none=True)
    in_time = fields.Integer(required=True, allow_none=True)
    late = fields.Integer(required=True, allow_none=True)
    overdue = fields.Integer(required=True, allow_none=True)
    running = fields.Integer(required=True, allow_none=True)
    otherwise = fields.Integer(required=True, allow_none=True)
    in_time_percent = fields.Integer(required=True, allow_none=True)


class ClassSchema(OutcomesSchema):
    """A class of complaints, and within how many working days it is promised to be answered."""

    classification = fields.String(required=True)
    working_days = fields.Integer(required=True, allow_none=True)


class MonthOfComplaintsSchema(OutcomesSchema):
    """What was received in a month (YYYY-MM)."""

    month = fields.String(required=True)


class AgeSchema(Given):
    """Open complaints by the days since they came; the last band has no end."""

    from_days = fields.Integer(required=True)
    to_days = fields.Integer(required=True, allow_none=True)
    open = fields.Integer(required=True, allow_none=True)


class LevelSchema(Given):
    """How many complaints went up to which level at most, because they were not answered in time."""

    level = fields.String(required=True)
    complaints = fields.Integer(required=True, allow_none=True)


class ComplaintFiguresSchema(PartSchema):
    """Complaints about a place; counts below `fewest_complaints` are never told."""

    fewest_complaints = fields.Integer(required=True)
    classes = fields.List(fields.Nested(ClassSchema), required=True)
    complaints = fields.Nested(OutcomesSchema, required=True)
    months = fields.List(fields.Nested(MonthOfComplaintsSchema), required=True)
    ages = fields.List(fields.Nested(AgeSchema), required=True)
    open = fields.Integer(required=True, allow_none=True)
    levels = fields.List(fields.Nested(LevelSchema), required=True)


class SurveyResultSchema(Given):
    """What respondents said (SKM): the index from 25 to 100, its grade, and the mean of each element (NRR).

    Decimals are texts.
    """

    respondents = fields.Integer(required=True, allow_none=True)
    index = fields.String(required=True, allow_none=True)
    grade = fields.String(required=True, allow_none=True)
    means = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)


class MonthOfSurveySchema(SurveyResultSchema):
    """The survey in a month (YYYY-MM)."""

    month = fields.String(required=True)


class SurveyFiguresSchema(PartSchema):
    """The survey of satisfaction; of fewer than `fewest_respondents` nothing is told."""

    fewest_respondents = fields.Integer(required=True)
    months = fields.List(fields.Nested(MonthOfSurveySchema), required=True)
    all = fields.Nested(SurveyResultSchema, required=True)


class MonthOfVisitsSchema(Given):
    """The median of waiting, and how many of a hundred results were ready by the promised day."""

    month = fields.String(required=True)
    wait_minutes = fields.Integer(required=True, allow_none=True)
    on_time_percent = fields.Integer(required=True, allow_none=True)


class VisitFiguresSchema(Given):
    """What one agency told of its visits here."""

    agency = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    told_at = fields.AwareDateTime(required=True)
    is_old = fields.Boolean(required=True)
    source = fields.String(required=True)
    months = fields.List(fields.Nested(MonthOfVisitsSchema), required=True)


class PerformanceSchema(Given):
    """How a site does; parts that nobody has told yet are null, agencies that told nothing are `missing`."""

    site = fields.String(required=True)
    name = fields.Nested(TextSchema, required=True)
    time_zone = fields.String(required=True)
    complaints = fields.Nested(ComplaintFiguresSchema, required=True, allow_none=True)
    satisfaction = fields.Nested(SurveyFiguresSchema, required=True, allow_none=True)
    visits = fields.List(fields.Nested(VisitFiguresSchema), required=True)
    missing = fields.List(fields.String(), required=True)
