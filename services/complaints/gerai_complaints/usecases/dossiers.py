"""Dossiers for the Ombudsman: when one is due, who sees and takes which, under which number they have it."""

from dataclasses import dataclass
from datetime import datetime

from gerai_shared.accounts import Officer
from gerai_shared.refusals import Forbidden, NotFound
from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from gerai_complaints.models import Complaint, Dossier, DossierDownload, DossierPart
from gerai_complaints.refusals import UnknownComplaint
from gerai_complaints.rules.case import OPEN_STATES
from gerai_complaints.rules.dossier import (
    DOCUMENT,
    PRINT,
    DossierUpToDate,
    Identity,
    Reason,
    identity_of,
)
from gerai_complaints.rules.ladder import Level
from gerai_complaints.shapes import Keyring, Named
from gerai_complaints.usecases.case_view import find
from gerai_complaints.usecases.cases import note
from gerai_complaints.usecases.dossier_content import newest_entry
from gerai_complaints.usecases.places import names
from gerai_complaints.usecases.reading import own_cases

BATCH = 25
PAGE = 50
#: Which dossiers a list shows.
WAITING, TAKEN, ALL = "waiting", "taken", "all"
FILTERS = (WAITING, TAKEN, ALL)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A case with its newest dossier. `title` stays out: some are confidential, and a list is read over
    shoulders.
    """

    number: str
    agency: Named
    classification: str
    state: str
    version: int
    reason: str
    is_urgent: bool
    is_secret: bool
    due_since: datetime
    made_at: datetime | None
    handed_over_at: datetime | None
    ombudsman_number: str | None
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class DossierList:
    """A page of the list."""

    cases: tuple[Listed, ...]
    page: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class File:
    """A part of a dossier, to be taken; `size` in bytes."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Who took which part when."""

    at: datetime
    officer: str
    part: str


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a dossier; hashes are None and there are no files until it is made."""

    version: int
    reason: str
    due_since: datetime
    made_at: datetime | None
    asked_by: str | None
    has_notes: bool
    identity: Identity
    document_digest: str | None
    print_digest: str | None
    digest: str | None
    handed_over_at: datetime | None
    handed_over_to: str | None
    files: tuple[File, ...]
    taken: tuple[Taken, ...]


@dataclass(frozen=True, kw_only=True)
class CaseDossiers:
    """A case with the versions of its dossier, the newest first. `may_ask`: something has happened since."""

    number: str
    time_zone: str
    is_urgent: bool
    is_secret: bool
    anonymous: bool
    ombudsman_number: str | None
    versions: tuple[Version, ...]
    may_ask: bool


def due(session: Session, complaint: Complaint, *, reason: Reason, now: datetime) -> None:
    """Have a dossier of a locked complaint made, in this transaction.

    Is one due already, that one is made, with everything that happens until then.
    """
    if _under_way(session, complaint) is None:
        session.add(_next(session, complaint, reason=reason, now=now))
        session.flush()


def adopt(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Have those of open complaints made that came to the Ombudsman's level with a release before dossiers.

    Returns how many.
    """
    found = session.scalars(
        select(Complaint)
        .where(
            Complaint.state.in_([state.value for state in OPEN_STATES]),
            Complaint.level == Level.OMBUDSMAN.value,
            ~exists().where(Dossier.complaint_id == Complaint.id),
            # Confidence was promised when nobody outside read it: for these, somebody has to ask.
            or_(Complaint.confidential.is_(False), Complaint.urgent_at.is_not(None)),
        )
        .order_by(Complaint.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for complaint in found:
        is_urgent = complaint.urgent_at is not None
        due(session, complaint, reason=Reason.RAPID_RESPONSE if is_urgent else Reason.LADDER, now=now)
    return len(found)


def ask(
    session: Session,
    number: str,
    *,
    officer: Officer,
    has_notes: bool,
    names_complainant: bool,
    now: datetime,
) -> None:
    """Ask for a new version; a supervisor does. One that is under way is made at once, with these choices.

    Raises Forbidden, UnknownComplaint, DossierUpToDate.
    """
    officer.must_be_supervisor()
    complaint = find(session, number, officer=officer)
    session.refresh(complaint, with_for_update=True)
    dossier = _under_way(session, complaint)
    if dossier is None:
        newest = _newest(session, complaint)
        choices = (has_notes, names_complainant)
        if (
            newest is not None
            and (newest.has_notes, newest.names_complainant) == choices
            and not _is_out_of_date(session, newest)
        ):
            raise DossierUpToDate
        dossier = _next(session, complaint, reason=Reason.ASKED, now=now)
        dossier.asked_by = officer.id
        session.add(dossier)
    dossier.has_notes, dossier.names_complainant, dossier.make_at = has_notes, names_complainant, now
    session.flush()


def _next(session: Session, complaint: Complaint, *, reason: Reason, now: datetime) -> Dossier:
    newest = _newest(session, complaint)
    return Dossier(
        complaint_id=complaint.id,
        version=newest.version + 1 if newest else 1,
        reason=reason.value,
        due_since=now,
        make_at=now,
        # Nobody chose anything: the least is said.
        has_notes=False,
        names_complainant=False,
    )


def _under_way(session: Session, complaint: Complaint) -> Dossier | None:
    return session.scalar(
        select(Dossier)
        .where(Dossier.complaint_id == complaint.id, Dossier.made_at.is_(None))
        .with_for_update()
    )


def _newest(session: Session, complaint: Complaint) -> Dossier | None:
    return session.scalar(
        select(Dossier).where(Dossier.complaint_id == complaint.id).order_by(Dossier.version.desc()).limit(1)
    )


def _is_out_of_date(session: Session, dossier: Dossier) -> bool:
    return newest_entry(session, dossier.complaint_id) != dossier.last_entry


def set_number(
    session: Session, number: str, *, officer: Officer, ombudsman_number: str | None, now: datetime
) -> None:
    """Keep the Ombudsman's own number of a case; a supervisor does. Raises Forbidden, UnknownComplaint."""
    officer.must_be_supervisor()
    complaint = find(session, number, officer=officer)
    session.refresh(complaint, with_for_update=True)
    if complaint.ombudsman_number == ombudsman_number:
        return
    complaint.ombudsman_number = ombudsman_number
    complaint.revision += 1
    note(
        session,
        complaint,
        kind="ombudsman_number",
        by="officer",
        officer_id=officer.id,
        text=ombudsman_number,
        now=now,
    )


def _may_see(officer: Officer) -> None:
    if not (officer.is_supervisor or officer.is_overseer):
        raise Forbidden


def list_cases(session: Session, *, officer: Officer, wanted: str, page: int) -> DossierList:
    """Return the cases with dossiers: danger to life first, then what waits longest. Raises Forbidden."""
    _may_see(officer)
    page = max(page, 1)
    later = aliased(Dossier)
    is_newest = ~exists().where(later.complaint_id == Dossier.complaint_id, later.version > Dossier.version)
    conditions: dict[str, ColumnElement[bool]] = {
        WAITING: Dossier.handed_over_at.is_(None),
        TAKEN: Dossier.handed_over_at.is_not(None),
    }
    query = (
        select(Dossier, Complaint)
        .join(Complaint, Complaint.id == Dossier.complaint_id)
        .where(is_newest, own_cases(session, officer), conditions.get(wanted, true()))
        .order_by(Complaint.urgent_at.is_(None), Dossier.due_since, Dossier.id)
    )
    rows = session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    known = names(session)
    return DossierList(
        cases=tuple(
            Listed(
                number=complaint.number,
                agency=known.agency(complaint.agency),
                classification=complaint.classification,
                state=complaint.state,
                version=dossier.version,
                reason=dossier.reason,
                is_urgent=complaint.urgent_at is not None,
                is_secret=complaint.confidential,
                due_since=dossier.due_since,
                made_at=dossier.made_at,
                handed_over_at=dossier.handed_over_at,
                ombudsman_number=complaint.ombudsman_number,
                time_zone=complaint.time_zone,
            )
            for dossier, complaint in rows[:PAGE]
        ),
        page=page,
        has_more=len(rows) > PAGE,
    )


def of_case(session: Session, number: str, *, officer: Officer) -> CaseDossiers:
    """Return the versions of a case's dossier. Overseers see the cases that have one, and no others.

    Raises Forbidden, UnknownComplaint.
    """
    complaint, dossiers = _dossiers_of(session, number, officer)
    known = names(session)
    newest = dossiers[0] if dossiers else None
    return CaseDossiers(
        number=complaint.number,
        time_zone=complaint.time_zone,
        is_urgent=complaint.urgent_at is not None,
        is_secret=complaint.confidential,
        anonymous=complaint.anonymous,
        ombudsman_number=complaint.ombudsman_number,
        versions=tuple(_version(session, complaint, each, known.officers) for each in dossiers),
        may_ask=newest is None or newest.made_at is None or _is_out_of_date(session, newest),
    )


def _dossiers_of(session: Session, number: str, officer: Officer) -> tuple[Complaint, list[Dossier]]:
    _may_see(officer)
    complaint = find(session, number, officer=officer)
    dossiers = list(
        session.scalars(
            select(Dossier).where(Dossier.complaint_id == complaint.id).order_by(Dossier.version.desc())
        )
    )
    if officer.is_overseer and not dossiers:
        raise UnknownComplaint
    return complaint, dossiers


def _version(session: Session, complaint: Complaint, dossier: Dossier, officers: dict[str, str]) -> Version:
    files = session.execute(
        select(DossierPart.name, DossierPart.size, DossierPart.digest)
        .where(DossierPart.dossier_id == dossier.id)
        .order_by(DossierPart.name != PRINT, DossierPart.name != DOCUMENT, DossierPart.name)
    )
    downloads = session.scalars(
        select(DossierDownload)
        .where(DossierDownload.dossier_id == dossier.id)
        .order_by(DossierDownload.id.desc())
    )
    return Version(
        version=dossier.version,
        reason=dossier.reason,
        due_since=dossier.due_since,
        made_at=dossier.made_at,
        asked_by=officers.get(dossier.asked_by or ""),
        has_notes=dossier.has_notes,
        identity=identity_of(
            anonymous=complaint.anonymous,
            confidential=complaint.confidential,
            agreed=dossier.names_complainant,
        ),
        document_digest=dossier.document_digest,
        print_digest=dossier.print_digest,
        digest=dossier.digest,
        handed_over_at=dossier.handed_over_at,
        handed_over_to=officers.get(dossier.handed_over_to or ""),
        files=tuple(File(name=name, size=size, digest=digest) for name, size, digest in files),
        taken=tuple(
            Taken(at=each.at, officer=officers.get(each.officer_id, ""), part=each.part) for each in downloads
        ),
    )


def take(
    session: Session,
    number: str,
    version: int,
    part: str,
    *,
    officer: Officer,
    keyring: Keyring,
    now: datetime,
) -> tuple[str, bytes]:
    """Return the media type and bytes of a part, and write down who took it.

    The first time that an overseer does, the version is handed over. Raises Forbidden, UnknownComplaint,
    NotFound, BrokenSeal.
    """
    complaint, dossiers = _dossiers_of(session, number, officer)
    dossier = next((each for each in dossiers if each.version == version), None)
    file = session.get(DossierPart, (dossier.id, part)) if dossier else None
    if dossier is None or file is None:
        raise NotFound
    if officer.is_overseer:
        session.refresh(complaint, with_for_update=True)
        session.refresh(dossier, with_for_update=True)
        if dossier.handed_over_at is None:
            dossier.handed_over_at, dossier.handed_over_to = now, officer.id
            # Under nobody's name: an entry of one's own would open a confidential case (usecases.reading).
            note(session, complaint, kind="dossier_taken", by="system", text=str(version), now=now)
    session.add(DossierDownload(dossier_id=dossier.id, part=part, officer_id=officer.id, at=now))
    return file.media_type, keyring.sealer.unseal_bytes(file.sealed)


def recorded(session: Session, number: str, version: int) -> str | None:
    """Return the hash over all parts of a version, as it stands on record; None when there is none."""
    return session.scalar(
        select(Dossier.digest)
        .join(Complaint, Complaint.id == Dossier.complaint_id)
        .where(Complaint.number == number, Dossier.version == version)
    )
