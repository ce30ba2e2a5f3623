"""Files between the edges, the database and the store: received, given out, scanned, removed."""

import hashlib
from functools import partial

from eventlet import tpool
from eventlet.semaphore import Semaphore
from gerai_shared.deployment import Deployment
from gerai_shared.logs import get_logger
from gerai_shared.refusals import Unavailable
from gerai_shared.sealing import BrokenSeal

from gerai_complaints.attachment_shapes import Opened, Upload, Uploaded
from gerai_complaints.keyring import keyring_of
from gerai_complaints.pictures import cleaned
from gerai_complaints.rules.attachments import FilesAreNotTaken, kept_name, kind_of, shown_name
from gerai_complaints.storage.scanning import Scanner, ScannerAway
from gerai_complaints.storage.settings import StorageSettings, scanner_of, store_of
from gerai_complaints.storage.stores import Missing, Store
from gerai_complaints.usecases import attachments

log = get_logger(__name__)

#: Unpacked, a picture is up to a hundred times as large as its file: so many at once, the others wait.
PICTURES_AT_ONCE = 2


class AttachmentFiles:
    """The files of one process. Pictures are unpacked and disks are waited for in threads of their own."""

    def __init__(self, deployment: Deployment, settings: StorageSettings) -> None:
        self._deployment = deployment
        self._store: Store | None = store_of(settings, run=tpool.execute)
        self._scanner: Scanner | None = scanner_of(settings)
        self._pictures = Semaphore(PICTURES_AT_ONCE)

    @property
    def is_scanning(self) -> bool:
        """Whether files are opened only after a scanner found them clean."""
        return self._scanner is not None

    @property
    def is_taking(self) -> bool:
        """Whether there is a place for files at all."""
        return self._store is not None

    def receive(
        self, content: bytes, *, name: str, by: str, key: str, officer_id: str | None = None
    ) -> Uploaded:
        """Look at a file, clean it, store it, and return what refers to it; the same `key` again is the same.

        Raises what rules.attachments.kind_of and pictures.cleaned raise, FilesAreNotTaken, Unavailable,
        FileNotKept, IdempotencyKeyReused.
        """
        store = self._must_store()
        database, clock = self._deployment.database, self._deployment.clock
        called = shown_name(name)
        kind = kind_of(content, name=called)
        with self._pictures:
            kept = tpool.execute(partial(cleaned, content, kind, name=called))
        upload = Upload(
            name=kept_name(name, kind),
            kind=kind,
            size=len(kept),
            original_digest=hashlib.sha256(content).hexdigest(),
            by=by,
            officer_id=officer_id,
        )
        with database.transaction() as session:
            uploaded, is_new = attachments.begin(
                session, upload, key=key, keyring=keyring_of(self._deployment), now=clock.now()
            )
        if is_new:
            # With its name inside: whoever exchanges two files in the store is noticed.
            named = uploaded.id.encode() + kept
            store.put(uploaded.id, tpool.execute(self._deployment.sealer.seal_bytes, named))
            with database.transaction() as session:
                attachments.stored(session, uploaded.id, now=clock.now())
        return uploaded

    def content_of(self, opened: Opened) -> bytes:
        """Return what is kept of a file. Raises Unavailable, also when it was changed or lost."""
        try:
            sealed = self._must_store().get(opened.id)
            named: bytes = tpool.execute(self._deployment.sealer.unseal_bytes, sealed)
            if not named.startswith(opened.id.encode()):
                raise BrokenSeal
        except (Missing, BrokenSeal) as error:
            # For the operator: something else than this service wrote into the store, or lost from it.
            log.exception("attachment_is_broken", attachment=opened.id)
            raise Unavailable(retry_after=60) from error
        return named[len(opened.id) :]

    def scan_next(self) -> bool:
        """Have the file scanned that waits longest; return whether there may be another one."""
        if self._scanner is None or self._store is None:
            return False
        database, clock = self._deployment.database, self._deployment.clock
        with database.transaction() as session:
            waiting = attachments.next_to_scan(session, now=clock.now())
        if waiting is None:
            return False
        try:
            verdict = self._scanner.scan(self.content_of(waiting))
        except (ScannerAway, Unavailable) as error:
            log.warning("attachment_not_scanned", attachment=waiting.id, reason=str(error))
            return False
        with database.transaction() as session:
            attachments.scanned(session, waiting.id, verdict.value)
        log.info("attachment_scanned", attachment=waiting.id, verdict=verdict.value)
        return True

    def remove_some(self) -> bool:
        """Remove files that nobody will open any more; return whether there may be more of them."""
        if self._store is None:
            return False
        database, clock = self._deployment.database, self._deployment.clock
        with database.transaction() as session:
            claimed = attachments.next_to_remove(session, now=clock.now())
        for attachment_id in claimed:
            try:
                self._store.delete(attachment_id)
            except Unavailable:
                log.warning("attachment_not_removed", attachment=attachment_id)
                return False
            with database.transaction() as session:
                attachments.removed(session, attachment_id)
        return len(claimed) == attachments.REMOVED_AT_ONCE

    def _must_store(self) -> Store:
        if self._store is None:
            raise FilesAreNotTaken
        return self._store


def files_of(deployment: Deployment) -> AttachmentFiles:
    """Return the files of a process that takes some."""
    found: AttachmentFiles = deployment.extras["files"]
    return found
