"""What belongs into a dossier beside its JSON and its PDF: the one place where further parts are added."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Attachment, AuditRow, Complaint
from gerai_complaints.rules.dossier import DOCUMENT, PART_NAME, PRINT, Part, canonical

#: Reads further parts of a complaint's dossier, such as files that were sent with it. The name of each is
#: unlike that of any other part, whoever reads it.
Collector = Callable[[Session, Complaint], Sequence[Part]]


def _seals(session: Session, complaint: Complaint) -> list[Part]:
    """Return the complaint's rows of the audit's chain, which the published heads vouch for."""
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.complaint_id == complaint.id, AuditRow.position.is_not(None))
        .order_by(AuditRow.position)
    )
    told = [
        {
            "position": row.position,
            "at": row.at.isoformat(),
            "by": row.by,
            "act": row.act,
            "digest": row.digest,
            "hash": row.hash,
        }
        for row in rows
    ]
    return [_json("audit.json", told)] if told else []


def _files(session: Session, complaint: Complaint) -> list[Part]:
    """Return the list of the complaint's files, whose contents are opened at the desk."""
    rows = session.scalars(
        select(Attachment).where(Attachment.complaint_id == complaint.id).order_by(Attachment.id)
    )
    told = [
        {
            "id": row.id,
            "by": row.by,
            "kind": row.kind,
            "bytes": row.size,
            "added_at": row.attached_at.isoformat() if row.attached_at else None,
            "verdict": row.verdict,
        }
        for row in rows
    ]
    return [_json("files.json", told)] if told else []


def _json(name: str, told: Any) -> Part:
    return Part(name=name, media_type="application/json", content=canonical(told))


COLLECTORS: tuple[Collector, ...] = (_seals, _files)


def further_parts(session: Session, complaint: Complaint) -> tuple[Part, ...]:
    """Return a dossier's parts beside JSON and PDF, by name. Raises ValueError for a name that cannot be."""
    parts = sorted(
        (part for collect in COLLECTORS for part in collect(session, complaint)), key=lambda part: part.name
    )
    names = [part.name for part in parts]
    if len({*names, DOCUMENT, PRINT}) < len(names) + 2 or not all(map(PART_NAME.fullmatch, names)):
        raise ValueError(f"parts of a dossier cannot be called so: {names}")
    return tuple(parts)
