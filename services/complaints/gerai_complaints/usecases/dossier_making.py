"""Dossiers are made: one is claimed, read, built outside of any transaction, and stored.

A claim moves the next attempt into the future: any number of processes work side by side, one that dies in
between delays its dossier, and one that cannot be made does not stop the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gerai_shared import outbox
from gerai_shared.logs import get_logger
from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, Dossier, DossierPart
from gerai_complaints.rules.dossier import DOCUMENT, PRINT, Part, canonical, digest_over
from gerai_complaints.schemas.dossier import DossierSchema
from gerai_complaints.shapes import Keyring
from gerai_complaints.usecases.cases import note
from gerai_complaints.usecases.dossier_content import Collected
from gerai_complaints.usecases.dossier_pdf import pdf

log = get_logger(__name__)

#: How long the one who has claimed a dossier is left alone with it, and until one that failed is tried again.
TRIED_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Whoever holds it makes the dossier; it lapses at `until`."""

    dossier_id: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Made:
    """A dossier that is built: its parts with their sealed bytes, and the hash over all."""

    parts: tuple[tuple[Part, bytes], ...]
    digest: str
    last_entry: int | None

    def digest_of(self, name: str) -> str:
        """Return the SHA-256 of a part."""
        return next(part.digest for part, _ in self.parts if part.name == name)


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Claim the dossier that is made next, danger to life before all; None when none is due."""
    dossier = session.scalar(
        select(Dossier)
        .join(Complaint, Complaint.id == Dossier.complaint_id)
        .where(Dossier.make_at <= now)
        .order_by(Complaint.urgent_at.is_(None), Dossier.due_since, Dossier.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Dossier)
    )
    if dossier is None:
        return None
    dossier.make_at = now + TRIED_AGAIN_AFTER
    return Claim(dossier_id=dossier.id, until=dossier.make_at)


def build(collected: Collected, *, keyring: Keyring) -> Made:
    """Write JSON and PDF, hash all parts and seal them; needs no database. A tenth of a second, roughly."""
    said = DossierSchema().dump(collected.content)
    document = Part(name=DOCUMENT, media_type="application/json", content=canonical(said))
    printed = Part(name=PRINT, media_type="application/pdf", content=pdf(said, document.digest))
    parts = (document, printed, *collected.parts)
    return Made(
        parts=tuple((part, keyring.sealer.seal_bytes(part.content)) for part in parts),
        digest=digest_over((part.name, part.digest) for part in parts),
        last_entry=collected.last_entry,
    )


def store(session: Session, held: Claim, made: Made, *, keyring: Keyring, now: datetime) -> bool:
    """Store a dossier and announce it; False when the claim has lapsed and somebody else has it."""
    # The complaint before its dossier, as everybody locks them who changes both.
    complaint = session.scalar(
        select(Complaint)
        .join(Dossier, Dossier.complaint_id == Complaint.id)
        .where(Dossier.id == held.dossier_id)
        .with_for_update(of=Complaint)
    )
    dossier = session.get(Dossier, held.dossier_id, with_for_update=True)
    if complaint is None or dossier is None or dossier.make_at != held.until:
        return False
    dossier.make_at, dossier.made_at = None, now
    dossier.last_entry, dossier.digest = made.last_entry, made.digest
    dossier.document_digest, dossier.print_digest = made.digest_of(DOCUMENT), made.digest_of(PRINT)
    for part, sealed in made.parts:
        session.add(
            DossierPart(
                dossier_id=dossier.id,
                name=part.name,
                media_type=part.media_type,
                size=len(part.content),
                digest=part.digest,
                sealed=sealed,
            )
        )
    note(session, complaint, kind="dossier", by="system", text=str(dossier.version), now=now)
    event = outbox.NewEvent(
        type="complaint.dossier_ready.v1",
        subject=complaint.id,
        data={
            "number": complaint.number,
            "version": dossier.version,
            "reason": dossier.reason,
            "is_rapid_response": complaint.urgent_at is not None,
            "digest": made.digest,
        },
        agency=complaint.agency,
        site=complaint.site or "",
    )
    outbox.add(session, event, source=keyring.deployment, now=now)
    log.info("dossier_made", number=complaint.number, version=dossier.version)
    return True
