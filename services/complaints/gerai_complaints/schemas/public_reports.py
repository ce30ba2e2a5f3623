"""What crosses the borders about public reports: programs that report, the public that reads, moderators."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from gerai_complaints.rules.public_reports import LONGEST_SPAN, MOST_REPORTS, Search
from gerai_complaints.schemas.complaints import FileSchema
from gerai_complaints.schemas.fields import CODE, LONGEST_TITLE, PlainText
from gerai_complaints.shapes import PublicWish

#: GeoReport v2 takes descriptions of so many characters.
LONGEST_PUBLISHED = 4_000
LONGEST_ADDRESS = 500
LONGEST_REASON = 300
KEY_HASH = validate.Regexp(r"^[0-9a-f]{64}\Z", error="This is not a key of ours.")
CHOOSE = "Please choose one of these."


class ReportSchema(Schema):
    """The request `report` of a program: a filing, who brings it, where it was, may all read it."""

    key_hash = fields.String(required=True, validate=KEY_HASH)
    filing = fields.Nested(FileSchema(exclude=["public"]), required=True)
    agreed = fields.Boolean(required=True)
    address = PlainText(longest=LONGEST_ADDRESS, load_default=None, allow_none=True)
    latitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=-90, max=90))
    longitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=-180, max=180))

    @validates_schema(skip_on_field_errors=True)
    def keep_together(self, values: dict[str, Any], **_: Any) -> None:
        """One coordinate alone is no place."""
        if (values["latitude"] is None) != (values["longitude"] is None):
            lacking = "latitude" if values["latitude"] is None else "longitude"
            raise ValidationError({lacking: ["Please fill this in."]})

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Build the wish."""
        wish = PublicWish(
            agreed=values["agreed"],
            address=values["address"],
            latitude=values["latitude"],
            longitude=values["longitude"],
        )
        return {"key_hash": values["key_hash"], "filing": values["filing"], "wish": wish}


class ReportedSchema(Schema):
    """The answer to `report`."""

    id = fields.String()
    token = fields.String()
    due_on = fields.Date()


class ServiceSchema(Schema):
    """One kind of report: of a classification, about an agency or one of its services."""

    classification = fields.String(required=True, validate=validate.Length(max=20))
    agency = fields.String(required=True, validate=CODE)
    service = fields.String(load_default=None, allow_none=True, validate=CODE)


class SearchSchema(Schema):
    """The request `public_reports`; `ids` overrides all else."""

    start = fields.AwareDateTime(required=True)
    end = fields.AwareDateTime(required=True)
    limit = fields.Integer(required=True, validate=validate.Range(min=1, max=MOST_REPORTS))
    offset = fields.Integer(load_default=0, validate=validate.Range(min=0, max=1_000_000))
    ids = fields.List(
        fields.String(), load_default=None, allow_none=True, validate=validate.Length(max=MOST_REPORTS)
    )
    services = fields.List(
        fields.Nested(ServiceSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MOST_REPORTS),
    )
    is_open = fields.Boolean(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def keep_to_a_span(self, values: dict[str, Any], **_: Any) -> None:
        """Nobody has the whole history read at once."""
        if values["end"] - values["start"] > LONGEST_SPAN:
            raise ValidationError({"end": ["At most 90 days at once."]})

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Search:
        """Build the dataclass."""
        services = values.pop("services")
        ids = values.pop("ids")
        return Search(
            **values,
            ids=tuple(ids) if ids is not None else None,
            services=tuple((each["classification"], each["agency"], each["service"]) for each in services)
            if services is not None
            else None,
        )


class ReportIdSchema(Schema):
    """The request `public_report`."""

    id = fields.String(required=True)


class PublicViewSchema(Schema):
    """A complaint as the public sees it."""

    id = fields.String()
    is_open = fields.Boolean()
    state = fields.String()
    publication = fields.String()
    classification = fields.String()
    agency = fields.String()
    service = fields.String()
    site = fields.String()
    requested_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()
    expected_at = fields.AwareDateTime()
    title = fields.String()
    text = fields.String()
    address = fields.String()
    latitude = fields.Float()
    longitude = fields.Float()


class VerdictSchema(Schema):
    """What a moderator decides."""

    revision = fields.Integer(required=True, validate=validate.Range(min=1))
    decision = fields.String(required=True, validate=validate.OneOf(("publish", "withhold"), error=CHOOSE))
    title = PlainText(longest=LONGEST_TITLE, load_default=None, allow_none=True)
    text = PlainText(longest=LONGEST_PUBLISHED, lines=True, load_default=None, allow_none=True)
    reason = PlainText(longest=LONGEST_REASON, load_default=None, allow_none=True)
    place = fields.Boolean(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def publish_something(self, values: dict[str, Any], **_: Any) -> None:
        """What is published has a title and a text."""
        if values["decision"] == "publish":
            lacking = {name: ["Please fill this in."] for name in ("title", "text") if not values[name]}
            if lacking:
                raise ValidationError(lacking)
