"""The verifier of the audit: whether the chain holds, and what it tells of still stands as it was.

Each step reads one batch in one statement, so it needs no lock and a working service may go on meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from gerai_complaints.models import AuditHead, AuditRow, Complaint, Entry, Look
from gerai_complaints.rules.chain import GENESIS, digest_of, followed, hash_after
from gerai_complaints.usecases import audit

BATCH = 1000
#: Of what lacks a row, so much is told.
TOLD = 20


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something is not as it was: at which position of the chain, None for what has none, and what."""

    position: int | None
    problem: str


@dataclass(kw_only=True)
class Walk:
    """A walk along the chain: how far it has come, and what it found."""

    position: int = 0
    hash: str = GENESIS
    erased: int = 0
    adopted: int = 0
    findings: list[Finding] = field(default_factory=list)

    def step(self, session: Session, *, heads: Iterable[Any] = (), limit: int = BATCH) -> int:
        """Check the next rows, and those of `heads` (day, position, hash) among them; return how many."""
        rows = session.execute(_next_rows(self.position, limit)).all()
        due: dict[int, list[Any]] = {}
        for each in heads:
            due.setdefault(each.position, []).append(each)
        for row in rows:
            self._check_place(row.AuditRow)
            problem = _problem_of_contents(session, row)
            if problem:
                self._find(row.AuditRow.position, problem)
            self.erased += row.AuditRow.salt is None
            self.adopted += row.AuditRow.act == audit.ADOPTED
            for kept in due.get(self.position, ()):
                if kept.hash != self.hash:
                    self._find(self.position, f"its hash is not the one that was published on {kept.day}")
        return len(rows)

    def end(self, heads: Iterable[Any]) -> None:
        """Check, at the end of the chain, that no published head is behind it."""
        for kept in heads:
            if kept.position > self.position:
                self._find(
                    self.position + 1,
                    f"rows are missing: the head that was published on {kept.day} is at {kept.position}",
                )

    def _check_place(self, row: AuditRow) -> None:
        position = row.position or 0
        if position != self.position + 1:
            self._find(self.position + 1, "rows are missing here")
        if row.hash != hash_after(self.hash, audit.chained(row, position)):
            self._find(position, "its hash does not follow from what it says and from the row before it")
        # From what stands there, so that one broken row does not make all that follow look broken.
        self.position, self.hash = position, followed(row.hash)

    def _find(self, position: int, problem: str) -> None:
        self.findings.append(Finding(position=position, problem=problem))


def _next_rows(position: int, limit: int) -> Any:
    return (
        select(AuditRow, Entry, Complaint.title, Complaint.text, Look)
        .outerjoin(Entry, Entry.id == AuditRow.entry_id)
        .outerjoin(Complaint, Complaint.id == AuditRow.complaint_id)
        .outerjoin(Look, Look.id == AuditRow.look_id)
        .where(AuditRow.position > position)
        .order_by(AuditRow.position)
        .limit(limit)
    )


def _problem_of_contents(session: Session, found: Any) -> str | None:
    """Return what is wrong with what a row tells of, as far as that is kept."""
    row: AuditRow = found.AuditRow
    if row.salt is None:
        return None if _was_erased(session, row) else "its salt is gone, and nothing says that it was erased"
    if row.entry_id is not None:
        content = audit.content_of_entry(found.Entry) if found.Entry else None
    elif row.look_id is not None:
        content = audit.content_of_look(found.Look) if found.Look else None
    elif row.act in (audit.FILED, audit.ADOPTED):
        content = audit.content_of_complaint(found) if found.title is not None else None
    else:
        return None
    if content is None:
        return "what it tells of is gone, and nothing says that it was erased"
    if row.digest != digest_of(content, salt=row.salt):
        return "what it tells of was changed afterwards"
    return None


def _was_erased(session: Session, row: AuditRow) -> bool:
    later = select(AuditRow.id).where(
        AuditRow.complaint_id == row.complaint_id, AuditRow.act == audit.ERASED, AuditRow.id > row.id
    )
    return session.scalar(later.limit(1)) is not None


def without_rows(session: Session) -> list[Finding]:
    """Return what has no row in the audit although it should, each kind up to TOLD of them."""
    entries = session.execute(
        select(Entry.id, Complaint.number)
        .join(Complaint, Complaint.id == Entry.complaint_id)
        .where(~exists().where(AuditRow.entry_id == Entry.id))
        .order_by(Entry.id)
        .limit(TOLD)
    )
    found = [f"entry {row.id} of {row.number} is not in the audit" for row in entries]
    complaints = session.scalars(select(Complaint.number).where(~_FILING).order_by(Complaint.id).limit(TOLD))
    found += [f"the filing of {number} is not in the audit" for number in complaints]
    looks = session.scalars(
        select(Look.id).where(~exists().where(AuditRow.look_id == Look.id)).order_by(Look.id).limit(TOLD)
    )
    found += [f"an overseer's look ({number}) is not in the audit" for number in looks]
    return [Finding(position=None, problem=problem) for problem in found]


_FILING = exists().where(
    and_(
        AuditRow.complaint_id == Complaint.id,
        AuditRow.entry_id.is_(None),
        AuditRow.act.in_((audit.FILED, audit.ADOPTED)),
    )
)


def published(session: Session) -> list[AuditHead]:
    """Return every head that was ever published, as the database has them."""
    return list(session.scalars(select(AuditHead).order_by(AuditHead.day)))


def length(session: Session) -> int:
    """Return how many rows there are to walk."""
    return session.scalar(select(func.count()).where(AuditRow.position.is_not(None))) or 0


def adopt(session: Session, *, now: Any, limit: int = BATCH) -> int:
    """Add rows for what older releases wrote without any; return how many. They say when it was done."""
    entries = session.execute(
        select(Entry, Complaint)
        .join(Complaint, Complaint.id == Entry.complaint_id)
        .where(~exists().where(AuditRow.entry_id == Entry.id))
        .order_by(Entry.id)
        .limit(limit)
    ).all()
    for entry, complaint in entries:
        content = audit.content_of_entry(entry)
        _adopt(session, complaint, content, now, entry=entry)
    complaints = session.scalars(select(Complaint).where(~_FILING).order_by(Complaint.id).limit(limit)).all()
    for complaint in complaints:
        _adopt(session, complaint, audit.content_of_complaint(complaint), now)
    return len(entries) + len(complaints)


def _adopt(
    session: Session,
    complaint: Complaint,
    content: dict[str, Any],
    now: Any,
    *,
    entry: Entry | None = None,
) -> None:
    audit.record(
        session,
        act=audit.ADOPTED,
        by=audit.SYSTEM,
        content=content,
        complaint=complaint,
        entry=entry,
        now=now,
    )
