"""What the public may read of a complaint begins with who brought it, and may end with them."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gerai_complaints.models import Complaint, PublicReport
from gerai_complaints.rules.public_reports import ConfidentialIsNotPublic, Publication
from gerai_complaints.shapes import PublicWish
from gerai_complaints.usecases.cases import note


def publish_later(session: Session, complaint: Complaint, wish: PublicWish, *, now: datetime) -> PublicReport:
    """Write down that a complaint may be read by the public, once a moderator has looked at it.

    Raises ConfidentialIsNotPublic.
    """
    if complaint.confidential and wish.agreed:
        raise ConfidentialIsNotPublic
    report = PublicReport(
        # Random: an id that sorts by time would tell how many were filed between two of them.
        id=str(uuid.uuid4()),
        complaint_id=complaint.id,
        client_id=wish.client_id,
        content_hash=wish.content_hash,
        requested_at=complaint.received_at,
        agreed_at=now if wish.agreed else None,
        state=Publication.WAITING.value,
        revision=1,
        address=wish.address,
        latitude=wish.latitude,
        longitude=wish.longitude,
        shows_place=False,
    )
    session.add(report)
    if wish.agreed:
        note(session, complaint, kind="may_be_public", by="citizen", now=now)
    if place := place_of(wish.address, wish.latitude, wish.longitude):
        note(session, complaint, kind="place", by="system", text=place, now=now)
    session.flush()
    return report


def place_of(address: str | None, latitude: float | None, longitude: float | None) -> str:
    """Return where it was, for those who work on it; empty when nobody said."""
    degrees = None if latitude is None or longitude is None else f"{latitude:.5f}, {longitude:.5f}"
    return "; ".join(filter(None, (address, degrees)))


def publication_of(session: Session, complaint: Complaint) -> str | None:
    """Return where the public report of a complaint stands, None when nobody may read it."""
    report = report_of(session, complaint)
    if report is None or not is_listed(report) or complaint.confidential:
        return None
    return report.state


def report_of(session: Session, complaint: Complaint) -> PublicReport | None:
    """Return a complaint's public report, whether or not it is listed."""
    return session.scalar(select(PublicReport).where(PublicReport.complaint_id == complaint.id))


def is_listed(report: PublicReport) -> bool:
    """Tell whether who brought the complaint lets the public read it."""
    return report.agreed_at is not None and report.withdrawn_at is None


def take_back(session: Session, complaint: Complaint, *, now: datetime, by: str = "citizen") -> None:
    """End that the public may read a complaint, and forget what was published; a second time is nothing."""
    report = report_of(session, complaint)
    if report is None:
        return
    session.refresh(report, with_for_update=True)
    if not is_listed(report):
        return
    report.withdrawn_at = now
    report.title = report.text = report.address = report.latitude = report.longitude = None
    report.revision += 1
    note(session, complaint, kind="not_public", by=by, now=now)
    session.flush()
