"""What is kept of a report of the national platform as it is written there."""

from marshmallow import Schema, fields

from gerai_complaints.schemas.fields import PlainText


class NationalReportSchema(Schema):
    """The cells that have no place of ours, and the platform's number."""

    number = PlainText(longest=60, required=True)
    reported_on = fields.Date(load_default=None, allow_none=True)
    status = PlainText(longest=100, load_default=None, allow_none=True)
    agency = PlainText(longest=200, required=True)
    location = PlainText(longest=500, load_default=None, allow_none=True)
    category = PlainText(longest=200, load_default=None, allow_none=True)
    attachments = PlainText(longest=5_000, lines=True, load_default=None, allow_none=True)
    latitude = fields.Float(load_default=None, allow_none=True)
    longitude = fields.Float(load_default=None, allow_none=True)
