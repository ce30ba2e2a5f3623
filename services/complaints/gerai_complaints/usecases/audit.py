"""The audit: each act adds a row in its own transaction; the sealer chains the rows afterwards."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gerai_shared import outbox
from gerai_shared.clock import local_date
from gerai_shared.database import insert_into
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.orm import Session

from gerai_complaints.models import AuditHead, AuditRow, Complaint, Entry, Look
from gerai_complaints.rules.chain import GENESIS, digest_of, followed, hash_after, moment
from gerai_complaints.usecases.places import DEFAULT_TIME_ZONE

FILED, OPENED, ADOPTED, ERASED = "filed", "opened", "adopted", "erased"
CITIZEN, OFFICER, OVERSEER, SYSTEM = "citizen", "officer", "overseer", "system"
#: So many rows are chained in one transaction.
BATCH = 1000
SEALER_LOCK = 0x67657261_75646974
SALT_BYTES = 16
HEADS_TOLD = timedelta(days=92)
#: What a row's hash covers, beside its position: all but the salt.
CHAINED = ("by", "officer_id", "act", "number", "complaint_id", "entry_id", "look_id", "digest")
_COLUMNS = [AuditRow.id, AuditRow.at, *(getattr(AuditRow, name) for name in CHAINED)]


def record(
    session: Session,
    *,
    act: str,
    by: str,
    content: Mapping[str, Any],
    now: datetime,
    complaint: Complaint | None = None,
    officer_id: str | None = None,
    entry: Entry | None = None,
    look: Look | None = None,
) -> None:
    """Add an act to the audit, in the transaction of the act itself.

    `act` names it (at most 40 characters), `by` is citizen, officer, overseer or system. `content` is what
    was said or changed, as JSON: the row keeps its salted digest alone, so it may be personal. What stands in
    an entry is recorded by `cases.note` already.
    """
    salt = secrets.token_hex(SALT_BYTES)
    session.add(
        AuditRow(
            at=now,
            by=by,
            officer_id=officer_id,
            act=act,
            number=complaint.number if complaint else None,
            complaint_id=complaint.id if complaint else None,
            entry=entry,
            look=look,
            digest=digest_of(content, salt=salt),
            salt=salt,
        )
    )


def content_of_complaint(complaint: Any) -> dict[str, Any]:
    """Return what the row of a complaint's filing covers: what was said, which never changes."""
    return {"title": complaint.title, "text": complaint.text}


def content_of_entry(entry: Any) -> dict[str, Any]:
    """Return what the row of an entry covers: all of it."""
    return {
        "complaint_id": entry.complaint_id,
        "at": moment(entry.at),
        "by": entry.by,
        "officer_id": entry.officer_id,
        "kind": entry.kind,
        "text": entry.text,
    }


def content_of_look(look: Any) -> dict[str, Any]:
    """Return what the row of an overseer's look covers: all of it."""
    return {
        "at": moment(look.at),
        "officer_id": look.officer_id,
        "officer_name": look.officer_name,
        "address": look.address,
        "number": look.number,
    }


def erase(
    session: Session, complaint: Complaint, *, by: str, why: str, now: datetime, officer_id: str | None = None
) -> None:
    """Take the salts of a complaint's rows away, so that their digests tell nothing; an act like any other.

    For who erases what was said: the chain stays whole. Only what is there already is released: later
    entries of the complaint have to be there, as before.
    """
    session.flush()
    session.execute(
        update(AuditRow)
        .where(AuditRow.complaint_id == complaint.id)
        .values(salt=None)
        .execution_options(synchronize_session=False)
    )
    record(
        session,
        act=ERASED,
        by=by,
        content={"why": why},
        complaint=complaint,
        officer_id=officer_id,
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last row of the chain: its position, 0 for none yet, and its hash."""

    position: int
    hash: str


def head(session: Session) -> Head:
    """Return the chain's head."""
    row = session.execute(
        select(AuditRow.position, AuditRow.hash)
        .where(AuditRow.position.is_not(None))
        .order_by(AuditRow.position.desc())
        .limit(1)
    ).one_or_none()
    return Head(position=row.position, hash=followed(row.hash)) if row else Head(position=0, hash=GENESIS)


def unsealed(session: Session) -> int:
    """Return how many rows wait for the sealer."""
    return session.scalar(select(func.count()).where(AuditRow.position.is_(None))) or 0


def chained(row: Any, position: int) -> dict[str, Any]:
    """Return what the hash of a row covers, as JSON."""
    return {"position": position, "at": moment(row.at), **{name: getattr(row, name) for name in CHAINED}}


def seal(session: Session, *, limit: int = BATCH) -> int:
    """Chain the rows that were committed since; return how many. Nothing while another process is at it.

    A row that is committed late has a smaller id than others that are sealed: it gets a later position.
    """
    if not _is_alone(session):
        return 0
    rows = session.execute(
        select(*_COLUMNS).where(AuditRow.position.is_(None)).order_by(AuditRow.id).limit(limit)
    ).all()
    if not rows:
        return 0
    last = head(session)
    position, previous = last.position, last.hash
    sealed = []
    for row in rows:
        position += 1
        previous = hash_after(previous, chained(row, position))
        sealed.append({"row": row.id, "place": position, "chain": previous})
    table = AuditRow.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("row"))
        .values(position=bindparam("place"), hash=bindparam("chain")),
        sealed,
    )
    return len(sealed)


def _is_alone(session: Session) -> bool:
    """Take the sealer's lock until the transaction ends; on SQLite whoever writes is alone anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    locked = session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": SEALER_LOCK})
    return bool(locked)


def publish(session: Session, *, source: str, now: datetime) -> Head | None:
    """Publish the head once a day, of the mall's calendar; return it, None when it was told already."""
    today = local_date(now, DEFAULT_TIME_ZONE)
    before = session.scalar(select(AuditHead).order_by(AuditHead.day.desc()).limit(1))
    if before is not None and before.day >= today:
        return None
    last = head(session)
    told = {
        "day": today,
        "position": last.position,
        "hash": last.hash,
        "count": last.position - (before.position if before else 0),
    }
    added = session.execute(
        insert_into(session, AuditHead)
        .values(at=now, **told)
        .on_conflict_do_nothing()
        .returning(AuditHead.day)
    ).one_or_none()
    if added is None:
        return None
    event = outbox.NewEvent(type="audit.sealed.v1", subject=today.isoformat(), data=told)
    outbox.add(session, event, source=source, now=now)
    return last


def heads(session: Session, *, now: datetime) -> list[AuditHead]:
    """Return the heads that were published in the last three months, the newest first."""
    since: date = local_date(now, DEFAULT_TIME_ZONE) - HEADS_TOLD
    return list(
        session.scalars(select(AuditHead).where(AuditHead.day >= since).order_by(AuditHead.day.desc()))
    )
