"""Files of complaints: uploaded, attached, shown, opened, scanned, removed. Contents are kept elsewhere.

The row of a file is written before its content and goes after it, so that nothing is kept that no row
knows of: whatever fails between, the row is found again and its content removed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from gerai_shared import accounts, commands
from gerai_shared.accounts import Officer
from gerai_shared.ids import new_id
from gerai_shared.refusals import NotFound
from gerai_shared.tokens import make_token, read_token, realm_of
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from gerai_complaints.attachment_shapes import AttachmentView, Opened, Upload, Uploaded
from gerai_complaints.models import Attachment, Complaint
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.attachments import (
    FileNotKept,
    FileNotOpened,
    FilesAreNotTaken,
    NothingMoreIsAdded,
    check_count,
    may_add,
    may_open,
    scan_state,
)
from gerai_complaints.rules.case import State
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases.case_view import find
from gerai_complaints.usecases.cases import REALM as COMPLAINT_REALM
from gerai_complaints.usecases.cases import note
from gerai_complaints.usecases.reading import must_read

REALM = "attachment"
CITIZEN, OFFICER = "citizen", "officer"
ADDED = "files_added"
#: How long a file waits to be sent with something.
KEPT_LOOSE = timedelta(days=1)
#: So many bytes that nobody has sent with anything are kept at most: whoever fills the store fills no more.
LOOSE_BYTES = 4 << 30
#: After which whoever began to scan or to remove a file is taken for gone.
LEASE = timedelta(minutes=5)
REMOVED_AT_ONCE = 20


def begin(
    session: Session, upload: Upload, *, key: str, keyring: Keyring, now: datetime
) -> tuple[Uploaded, bool]:
    """Write the row of a file; return what refers to it, and whether its content is still to be stored.

    The same `key` again returns the same.

    Raises IdempotencyKeyReused, FilesAreNotTaken, FileNotKept when it is repeated after the file is gone.
    """

    def run() -> dict[str, Any]:
        if upload.by == CITIZEN and _loose_bytes(session) + upload.size > LOOSE_BYTES:
            raise FilesAreNotTaken
        row = Attachment(
            id=new_id(),
            by=upload.by,
            officer_id=upload.officer_id,
            name=keyring.sealer.seal({"name": upload.name}),
            kind=upload.kind.value,
            size=upload.size,
            uploaded_at=now,
            scan_at=now,
            scan_attempts=0,
        )
        session.add(row)
        session.flush()
        return {"id": row.id}

    who = upload.officer_id or CITIZEN
    body = {"name": upload.name, "digest": upload.original_digest}
    answer = commands.once(session, scope=f"complaints.upload.{who}", key=key, body=body, now=now, run=run)
    row = session.get(Attachment, answer["id"])
    if row is None:
        raise FileNotKept
    uploaded = Uploaded(
        id=row.id,
        reference=make_token(secret=keyring.secret, realm=REALM, identifier=row.id),
        name=name_of(row, keyring),
        kind=row.kind,
        size=row.size,
    )
    return uploaded, row.stored_at is None


def _loose_bytes(session: Session) -> int:
    is_loose = Attachment.complaint_id.is_(None)
    return session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(is_loose)) or 0


def stored(session: Session, attachment_id: str, *, now: datetime) -> None:
    """Note that the content of a file is stored. Raises FileNotKept when it is about to be removed."""
    row = session.get(Attachment, attachment_id, with_for_update=True)
    if row is None or row.removing_at is not None:
        raise FileNotKept
    row.stored_at = row.stored_at or now


def attach(
    session: Session,
    complaint: Complaint,
    references: Sequence[str],
    *,
    by: str,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Attach uploaded files to a complaint that is new or locked: all of them or none.

    Raises TooManyFiles, CaseHoldsEnoughFiles, FileNotKept.
    """
    ids = [_id_in(reference, keyring) for reference in dict.fromkeys(references)]
    if not ids:
        return
    there = session.scalar(
        select(func.count()).select_from(Attachment).where(Attachment.complaint_id == complaint.id)
    )
    check_count(len(ids), there=there or 0)
    # In one order, so that two who lock the same rows wait for each other rather than for ever.
    rows = session.scalars(
        select(Attachment).where(Attachment.id.in_(ids)).order_by(Attachment.id).with_for_update()
    ).all()
    if len(rows) != len(ids) or not all(_is_loose(row, by=by, now=now) for row in rows):
        raise FileNotKept
    for row in rows:
        row.complaint_id, row.attached_at = complaint.id, now
    session.flush()


def _id_in(reference: str, keyring: Keyring) -> str:
    found = read_token(secret=keyring.secret, token=reference) if realm_of(reference) == REALM else None
    if found is None:
        raise FileNotKept
    return found


def _is_loose(row: Attachment, *, by: str, now: datetime) -> bool:
    return (
        row.by == by
        and row.stored_at is not None
        and row.attached_at is None
        and row.removing_at is None
        and row.uploaded_at > now - KEPT_LOOSE
    )


def add(
    session: Session,
    token: str,
    references: Sequence[str],
    *,
    key: str,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Add uploaded files to the complaint that `token` opens; the same `key` again adds nothing more.

    Raises UnknownComplaint, NothingMoreIsAdded, TooManyFiles, CaseHoldsEnoughFiles, FileNotKept,
    IdempotencyKeyReused.
    """
    complaint = _by_token(session, token, keyring)
    _add(session, complaint, references, by=CITIZEN, key=key, keyring=keyring, now=now)


def add_at_desk(
    session: Session,
    number: str,
    references: Sequence[str],
    *,
    officer: Officer,
    key: str,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Add an officer's files to a case; whoever brought it sees them.

    Raises as `add`, and ConfidentialCase.
    """
    complaint = find(session, number, officer=officer)
    must_read(session, complaint, officer)
    _add(session, complaint, references, by=OFFICER, officer=officer, key=key, keyring=keyring, now=now)


def _add(
    session: Session,
    complaint: Complaint,
    references: Sequence[str],
    *,
    by: str,
    key: str,
    keyring: Keyring,
    now: datetime,
    officer: Officer | None = None,
) -> None:
    def run() -> dict[str, Any]:
        session.refresh(complaint, with_for_update=True)
        if not may_add(State(complaint.state)):
            raise NothingMoreIsAdded
        attach(session, complaint, references, by=by, keyring=keyring, now=now)
        note(session, complaint, kind=ADDED, by=by, officer_id=officer.id if officer else None, now=now)
        session.flush()
        return {}

    body = {"by": officer.id if officer else by, "attachments": list(references)}
    commands.once(session, scope=f"complaints.add_files.{complaint.id}", key=key, body=body, now=now, run=run)


def of_token(
    session: Session, token: str, *, is_scanning: bool, keyring: Keyring
) -> tuple[tuple[AttachmentView, ...], bool]:
    """Return the files of a token's complaint, and whether files may be added. Raises UnknownComplaint."""
    complaint = _by_token(session, token, keyring)
    return _files(session, complaint, is_scanning=is_scanning, keyring=keyring)


def at_desk(
    session: Session, number: str, *, officer: Officer, is_scanning: bool, keyring: Keyring
) -> tuple[tuple[AttachmentView, ...], bool]:
    """Return the files of a case, and whether files may be added.

    Raises UnknownComplaint, ConfidentialCase.
    """
    complaint = find(session, number, officer=officer)
    must_read(session, complaint, officer)
    return _files(session, complaint, is_scanning=is_scanning, keyring=keyring)


def open_with_token(
    session: Session, token: str, attachment_id: str, *, is_scanning: bool, keyring: Keyring
) -> Opened:
    """Return a file of the complaint that `token` opens. Raises UnknownComplaint, NotFound, FileNotOpened."""
    return _opened(
        session, _by_token(session, token, keyring), attachment_id, is_scanning=is_scanning, keyring=keyring
    )


def open_at_desk(
    session: Session,
    number: str,
    attachment_id: str,
    *,
    officer: Officer,
    is_scanning: bool,
    keyring: Keyring,
) -> Opened:
    """Return a file of a case. Raises UnknownComplaint, ConfidentialCase, NotFound, FileNotOpened."""
    complaint = find(session, number, officer=officer)
    must_read(session, complaint, officer)
    return _opened(session, complaint, attachment_id, is_scanning=is_scanning, keyring=keyring)


def _files(
    session: Session, complaint: Complaint, *, is_scanning: bool, keyring: Keyring
) -> tuple[tuple[AttachmentView, ...], bool]:
    officers = accounts.officers.c
    rows = session.execute(
        select(Attachment, officers.name)
        .outerjoin(accounts.officers, officers.id == Attachment.officer_id)
        .where(Attachment.complaint_id == complaint.id)
        .order_by(Attachment.attached_at, Attachment.id)
    ).all()
    views = tuple(_view(row, officer, is_scanning=is_scanning, keyring=keyring) for row, officer in rows)
    return views, may_add(State(complaint.state))


def _view(row: Attachment, officer: str | None, *, is_scanning: bool, keyring: Keyring) -> AttachmentView:
    scan = scan_state(row.verdict, is_scanning=is_scanning)
    return AttachmentView(
        id=row.id,
        name=name_of(row, keyring),
        kind=row.kind,
        size=row.size,
        at=row.attached_at or row.uploaded_at,
        by=row.by,
        scan=scan,
        may_open=may_open(scan),
        officer=officer,
    )


def _opened(
    session: Session, complaint: Complaint, attachment_id: str, *, is_scanning: bool, keyring: Keyring
) -> Opened:
    row = session.scalar(
        select(Attachment).where(Attachment.id == attachment_id, Attachment.complaint_id == complaint.id)
    )
    if row is None:
        raise NotFound
    if not may_open(scan_state(row.verdict, is_scanning=is_scanning)):
        raise FileNotOpened
    return Opened(id=row.id, name=name_of(row, keyring), kind=row.kind)


def name_of(row: Attachment, keyring: Keyring) -> str:
    """Return what a file is called."""
    return str(keyring.sealer.unseal(row.name)["name"])


def _by_token(session: Session, token: str, keyring: Keyring) -> Complaint:
    # Made-up tokens are refused by their signature alone, as when a complaint is followed.
    is_ours = realm_of(token) == COMPLAINT_REALM
    identifier = read_token(secret=keyring.secret, token=token) if is_ours else None
    complaint = session.get(Complaint, identifier) if identifier is not None else None
    if complaint is None:
        raise UnknownComplaint
    return complaint


def next_to_scan(session: Session, *, now: datetime) -> Opened | None:
    """Claim the file that waits longest for the scanner, None when none does. Its name is not told."""
    row = session.scalar(
        select(Attachment)
        .where(Attachment.verdict.is_(None), Attachment.scan_at <= now, Attachment.stored_at.is_not(None))
        .order_by(Attachment.scan_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.scan_attempts += 1
    # Whoever gives no answer, this process included, is asked again: soon at first, then more rarely.
    row.scan_at = now + LEASE * min(row.scan_attempts, 12)
    return Opened(id=row.id, name="", kind=row.kind)


def scanned(session: Session, attachment_id: str, verdict: str) -> None:
    """Keep what the scanner said of a file (one of rules.attachments.VERDICTS)."""
    row = session.get(Attachment, attachment_id, with_for_update=True)
    if row is not None:
        row.verdict = verdict


def next_to_remove(session: Session, *, now: datetime) -> list[str]:
    """Claim files that nobody will open any more, some of them; their contents are to be removed.

    Those are what was sent with nothing within a day, and what was attached to a complaint that is gone.
    """
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.complaint_id.is_(None),
            or_(Attachment.uploaded_at <= now - KEPT_LOOSE, Attachment.attached_at.is_not(None)),
            or_(Attachment.removing_at.is_(None), Attachment.removing_at <= now - LEASE),
        )
        .order_by(Attachment.uploaded_at)
        .limit(REMOVED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.removing_at = now
    return [row.id for row in rows]


def removed(session: Session, attachment_id: str) -> None:
    """Forget a file whose content is removed."""
    row = session.get(Attachment, attachment_id, with_for_update=True)
    if row is not None and row.removing_at is not None:
        session.delete(row)
