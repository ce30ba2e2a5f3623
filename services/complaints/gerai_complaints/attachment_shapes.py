"""What goes in and out of the use cases of attachments."""

from dataclasses import dataclass
from datetime import datetime

from gerai_complaints.rules.attachments import Kind, Scan


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that came. `size` in bytes is of what is kept, `original_digest` the SHA-256 of what was sent.

    `by` is citizen or officer, `officer_id` who.
    """

    name: str
    kind: Kind
    size: int
    original_digest: str
    by: str
    officer_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """A file that is kept for a day; its `reference` is sent with something. `size` in bytes."""

    id: str
    reference: str
    name: str
    kind: str
    size: int


@dataclass(frozen=True, kw_only=True)
class AttachmentView:
    """A file of a complaint. `officer` is a name, for officers' eyes only. `size` in bytes."""

    id: str
    name: str
    kind: str
    size: int
    at: datetime
    by: str
    scan: Scan
    may_open: bool
    officer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file that may be opened, before its content is fetched."""

    id: str
    name: str
    kind: str
