"""Files that citizens add to complaints, on their way to who keeps them: this process keeps none."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gerai_shared.borders import storable
from gerai_shared.files import SentFile
from gerai_shared.refusals import NotFound, Refused

from gerai_gateway.catalogues import Json
from gerai_gateway.errands import check_complaint_token
from gerai_gateway.mall import Mall
from gerai_gateway.refusals import FileTooLarge, NoFileChosen, TooManyFiles

MEGABYTE = 1 << 20
#: As the complaints service has them: what it would refuse is refused before it travels.
MOST_BYTES = 5 * MEGABYTE
MOST_AT_ONCE = 5
#: Files, and what a form has beside them.
FORM_BYTES = MOST_AT_ONCE * MOST_BYTES + (64 << 10)
#: How long one file may take to be looked at and stored, and a form with the most of them.
FILE_SECONDS = 20.0
FORM_SECONDS = 90.0
LONGEST_NAME = 255
FIELD, KEPT_FIELD = "files", "kept_files"
ATTACHMENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEPT = re.compile(r"(attachment\.[A-Za-z0-9_-]{43}) (\d{1,9}) (.{1,255})")


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of a form that is stored already, so that nobody sends it twice. `size` in bytes."""

    reference: str
    size: int
    name: str

    @property
    def value(self) -> str:
        """What stands for it in the form."""
        return f"{self.reference} {self.size} {self.name}"


def kept_files(values: Sequence[str]) -> list[KeptFile]:
    """Return the files that a form says are stored already; what cannot be one of ours is left out."""
    found = [_KEPT.fullmatch(value) for value in values]
    return [KeptFile(reference=each[1], size=int(each[2]), name=each[3]) for each in found if each]


def upload(mall: Mall, content: bytes, *, name: str, address: str, key: str) -> Json:
    """Have a file kept for a day: {"reference", "name", "kind", "size"}. `address` is where it comes from.

    Raises Refused.
    """
    called = storable(name)[-LONGEST_NAME:]
    if len(content) > MOST_BYTES:
        raise FileTooLarge(file=called, megabytes=MOST_BYTES // MEGABYTE)
    mall.limiter.admit_upload(address=address)
    body = {"name": called, "content": base64.b64encode(content).decode()}
    return mall.ask("complaints", "upload", body, deadline=FILE_SECONDS, key=key)


def upload_all(mall: Mall, sent: Sequence[SentFile], kept: list[KeptFile], *, address: str, key: str) -> None:
    """Have the files of a form kept and add each to `kept`; the good ones are there also after a refusal.

    `address` is where they come from, `key` the form's. Raises Refused: of the first that is not taken, when
    all have been looked at.
    """
    if len(kept) + len(sent) > MOST_AT_ONCE:
        raise TooManyFiles(most=MOST_AT_ONCE)
    refusal: Refused | None = None
    for each in sent:
        mark = hashlib.sha256(each.content).hexdigest()[:20]
        try:
            told = upload(mall, each.content, name=each.name, address=address, key=f"{key[:70]}.{mark}")
        except Refused as refused:
            refusal = refusal or refused
            if refused.status >= 500:
                break
        else:
            kept.append(KeptFile(reference=told["reference"], size=told["size"], name=told["name"]))
    if refusal is not None:
        raise refusal


def add(mall: Mall, token: str, references: Sequence[str], *, key: str) -> Json:
    """Add kept files to a complaint; return {"attachments", "may_add_files"}. Raises Refused."""
    check_complaint_token(token)
    if not references:
        raise NoFileChosen
    return mall.ask("complaints", "add_files", {"token": token, "attachments": list(references)}, key=key)


def open_file(mall: Mall, token: str, attachment_id: str) -> tuple[bytes, Json]:
    """Return a file of a complaint with its {"name", "kind"}. Raises UnknownComplaint, NotFound, Refused."""
    check_complaint_token(token)
    if not ATTACHMENT_ID.fullmatch(attachment_id):
        raise NotFound
    told = mall.ask("complaints", "open_file", {"token": token, "id": attachment_id}, deadline=FILE_SECONDS)
    return base64.b64decode(told["content"]), told
