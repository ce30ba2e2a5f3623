"""Files on the bus: uploaded before they are sent with something, added, opened; scanned and removed."""

from typing import Any

from gerai_shared.borders import is_storable, load
from gerai_shared.bus.rpc import Request, rpc
from gerai_shared.database import is_outage
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from nameko.timer import timer

from gerai_complaints.attachment_files import files_of
from gerai_complaints.keyring import keyring_of
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.schemas.attachments import (
    AddFilesSchema,
    AttachmentSchema,
    OpenedSchema,
    OpenFileSchema,
    UploadedSchema,
    UploadSchema,
)
from gerai_complaints.schemas.fields import checked_key
from gerai_complaints.usecases import attachments

log = get_logger(__name__)

SCANNING_SECONDS = 5.0
REMOVING_SECONDS = 60.0
#: One tick scans so many at most; what is left waits for the next.
SCANS_A_TICK = 20


class AttachmentRequests:
    """Mixin: what the gateway asks about files, and what time does with them."""

    deployment: Deployment

    @rpc
    def upload(self, request: Request) -> dict[str, Any]:
        """Keep a file for a day; answers the reference with which it is sent."""
        key = checked_key(request.idempotency_key)
        wanted = load(UploadSchema(), request.payload)
        uploaded = files_of(self.deployment).receive(
            wanted["content"], name=wanted["name"], by=attachments.CITIZEN, key=key
        )
        answer: dict[str, Any] = UploadedSchema().dump(uploaded)
        return answer

    @rpc
    def add_files(self, request: Request) -> dict[str, Any]:
        """Add uploaded files to a complaint; answers its files."""
        refuse_impossible_token(request.payload)
        wanted = load(AddFilesSchema(), request.payload)
        key = checked_key(request.idempotency_key)
        with self.deployment.database.transaction() as session:
            attachments.add(
                session,
                wanted["token"],
                wanted["attachments"],
                key=key,
                keyring=keyring_of(self.deployment),
                now=self.deployment.clock.now(),
            )
            return self.files_seen(session, wanted["token"])

    @rpc
    def files(self, request: Request) -> dict[str, Any]:
        """Answer the files of a complaint, to whoever holds its token."""
        refuse_impossible_token(request.payload)
        with self.deployment.database.reading() as session:
            return self.files_seen(session, str(request.payload.get("token")))

    @rpc
    def open_file(self, request: Request) -> dict[str, Any]:
        """Answer the content of a file of a complaint."""
        refuse_impossible_token(request.payload)
        wanted = load(OpenFileSchema(), request.payload)
        files = files_of(self.deployment)
        with self.deployment.database.reading() as session:
            opened = attachments.open_with_token(
                session,
                wanted["token"],
                str(wanted["id"]),
                is_scanning=files.is_scanning,
                keyring=keyring_of(self.deployment),
            )
        content = files.content_of(opened)
        answer: dict[str, Any] = OpenedSchema().dump(
            {"name": opened.name, "kind": opened.kind, "content": content}
        )
        return answer

    @timer(interval=SCANNING_SECONDS)
    def scan_files(self) -> None:
        """Have files scanned until none waits, or the scanner gives no answer."""
        self._as_long_as_it_lasts(files_of(self.deployment).scan_next, at_most=SCANS_A_TICK)

    @timer(interval=REMOVING_SECONDS)
    def remove_files(self) -> None:
        """Remove files that were sent with nothing, and those of complaints that are gone."""
        self._as_long_as_it_lasts(files_of(self.deployment).remove_some, at_most=SCANS_A_TICK)

    def _as_long_as_it_lasts(self, work: Any, *, at_most: int) -> None:
        try:
            for _ in range(at_most):
                if not work():
                    return
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("files_wait_for_database", reason=type(error).__name__)

    def files_seen(self, session: Any, token: str) -> dict[str, Any]:
        """Return {"attachments", "may_add_files"} of a token's complaint. Raises UnknownComplaint."""
        seen, may_add = attachments.of_token(
            session,
            token,
            is_scanning=files_of(self.deployment).is_scanning,
            keyring=keyring_of(self.deployment),
        )
        return {"attachments": AttachmentSchema(many=True).dump(seen), "may_add_files": may_add}


def refuse_impossible_token(payload: dict[str, Any]) -> None:
    """Answer a token that no database could hold like every other wrong one: it opens nothing."""
    if not is_storable(payload.get("token")):
        raise UnknownComplaint
