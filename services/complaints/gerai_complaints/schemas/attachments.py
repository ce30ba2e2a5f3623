"""What crosses the border about files. Contents travel as base64: messages of the bus are JSON."""

import base64
import binascii
import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from gerai_complaints.rules.attachments import MOST_AT_ONCE

LONGEST_SENT_NAME = 255
ATTACHMENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFERENCE = validate.Regexp(
    r"^attachment\.[A-Za-z0-9_-]{43}\Z", error="This is no reference of a file. Please choose the file again."
)


class Content(fields.Field[bytes]):
    """Bytes as base64."""

    def _serialize(self, value: bytes | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        content = super()._serialize(value, attr, obj, **options)
        return None if content is None else base64.b64encode(content).decode()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bytes:
        try:
            return base64.b64decode(super()._deserialize(value, attr, data, **options), validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError("This is no file.") from error


class References(fields.List[str]):
    """References of uploaded files."""

    def __init__(self, **options: Any) -> None:
        most = validate.Length(max=MOST_AT_ONCE, error=f"At most {MOST_AT_ONCE} files can be added at once.")
        super().__init__(fields.String(validate=REFERENCE), validate=most, **options)


class UploadSchema(Schema):
    """The request `upload`."""

    name = fields.String(required=True, validate=validate.Length(max=LONGEST_SENT_NAME))
    content = Content(required=True)


class UploadedSchema(Schema):
    """The answer to `upload`."""

    reference = fields.String()
    name = fields.String()
    kind = fields.String()
    size = fields.Integer()


class AddFilesSchema(Schema):
    """The request `add_files`."""

    token = fields.String(required=True)
    attachments = References(required=True)


class OpenFileSchema(Schema):
    """The request `open_file`."""

    token = fields.String(required=True)
    id = fields.UUID(required=True)


class AttachmentSchema(Schema):
    """A file of a complaint, as its holder sees it."""

    id = fields.String()
    name = fields.String()
    kind = fields.String()
    size = fields.Integer()
    at = fields.AwareDateTime()
    by = fields.String()
    scan = fields.String()
    may_open = fields.Boolean()


class DeskAttachmentSchema(AttachmentSchema):
    """A file of a case, as officers see it."""

    officer = fields.String()


class OpenedSchema(Schema):
    """The answer to `open_file`."""

    name = fields.String()
    kind = fields.String()
    content = Content()
