"""What the public interface takes and answers about files of complaints."""

from marshmallow import Schema, fields, validate

from gerai_gateway.schemas.base import Given

LONGEST_NAME = 255
MOST_AT_ONCE = 5
NO_FILE = "This is no reference of a file. Please choose the file again."
KINDS = ("image/jpeg", "image/png", "image/webp", "application/pdf")
SCANS = ("unscanned", "waiting", "clean", "infected", "unscannable")


def references(**options: object) -> fields.List[str]:
    """Return the field of references of kept files."""
    return fields.List(
        fields.String(validate=validate.Regexp(r"^attachment\.[A-Za-z0-9_-]{43}\Z", error=NO_FILE)),
        error_messages={"invalid": NO_FILE, "required": NO_FILE, "null": NO_FILE},
        validate=validate.Length(max=MOST_AT_ONCE, error="At most 5 files can be added at once."),
        **options,  # type: ignore[arg-type]
    )


class FileNameQuerySchema(Schema):
    """How a file is called; its ending is replaced by that of what it is."""

    name = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_NAME, error="At most 255 characters.")
    )


class AddAttachmentsSchema(Schema):
    """Kept files to add, by their references."""

    attachments = references(required=True)


class UploadedSchema(Given):
    """A file that is kept for a day. `kind` is its media type, `size` in bytes is after it was cleaned."""

    reference = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    size = fields.Integer(required=True)


class AttachmentSchema(Given):
    """A file of a complaint. `scan` is what is known of its harmlessness; it is opened while `may_open`."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    size = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True, validate=validate.OneOf(("citizen", "officer")))
    scan = fields.String(required=True, validate=validate.OneOf(SCANS))
    may_open = fields.Boolean(required=True)


class ComplaintFilesSchema(Given):
    """The files of a complaint, and whether more may be added."""

    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    may_add_files = fields.Boolean(required=True)
